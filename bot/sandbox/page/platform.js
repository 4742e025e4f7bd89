/** The ad platform: what stands there now, what it was asked last, its faults, and a hand to change a value. */

import { el } from "./dom.js";
import { notifyError } from "./notices.js";
import { post } from "./server.js";
import { Switchboard } from "./switchboard.js";

export class Platform {
  constructor(node) {
    this.words = el("p", {});
    this.values = el("div", { class: "platform-values" });
    this.requests = el("ol", { class: "platform-requests", "aria-label": "What it was asked last", "data-testid": "platform-requests" });
    const switches = el("div", { class: "switches" });
    this.faults = new Switchboard(switches, "/ui/platform/faults");
    this.rows = new Map();
    node.append(this.words, this.values, this.requests, el("h2", {}, "Its faults on purpose"), switches);
  }

  show({ connected, values, requests, faults }, zone) {
    this.faults.show(faults);
    this.words.textContent = describe(connected, values.length);
    for (const value of values) this.row(value).show(value);
    this.requests.replaceChildren(...requests.map((each) => request(each, zone)));
  }

  row(value) {
    const key = `${value.campaign}:${value.field}`;
    if (!this.rows.has(key)) {
      const row = new Row(value);
      this.rows.set(key, row);
      this.values.append(row.node);
    }
    return this.rows.get(key);
  }
}

/** One campaign's value; a form to change it there, as somebody else might. It keeps what is being typed. */
class Row {
  constructor({ campaign, field }) {
    this.told = el("strong", { "data-testid": "platform-value" });
    this.input = el("input", { class: "field", type: "text", inputmode: "decimal", "aria-label": `New ${field} of ${campaign}` });
    const change = (event) => {
      event.preventDefault();
      post("/ui/platform/value", { campaign, field, value: this.input.value.trim() })
        .then(() => { this.input.value = ""; })
        .catch(notifyError);
    };
    this.node = el("form", { class: "platform-value", "data-testid": "platform-row", onsubmit: change },
      el("span", { class: "platform-name" }, `${campaign} · ${field}`), this.told, this.input,
      el("button", { type: "submit", class: "button" }, "Change it there"));
  }

  show({ value, currency }) {
    this.told.textContent = currency ? `${value} ${currency}` : value;
  }
}

function describe(connected, known) {
  if (!connected) return "Nothing is connected: what is approved is carried out by hand.";
  return known ? "What stands on the ad platform now." : "Approved changes come here. Nothing came yet.";
}

function request({ at, type, campaign, to, said }, zone) {
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(at));
  return el("li", {}, `${time} ${type} ${campaign}${to ? ` to ${to}` : ""}: ${said}`);
}
