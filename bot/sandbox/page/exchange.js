/** One line of the traffic, and what was said in it once the line is pressed. */

import { el, fileSize, freshId } from "./dom.js";
import { get } from "./server.js";

const KINDS = { event: "→ event", command: "→ command", click: "→ click", call: "← call", answer: "← answer", file: "← file", action: "← change" };

export class Exchange {
  constructor(entry, zone) {
    this.entry = entry;
    this.said = el("div", { class: "exchange-said", id: freshId("said"), hidden: true, "data-testid": "exchange-said" });
    this.end = el("span", { class: "exchange-end" });
    this.line = el("button", { type: "button", class: "exchange-line", "aria-expanded": "false", "aria-controls": this.said.id, onclick: () => this.turn() },
      el("span", { class: "exchange-time" }, moment(entry.at, zone)),
      el("span", { class: "exchange-kind" }, KINDS[entry.kind] || entry.kind),
      el("span", { class: "exchange-name" }, entry.name),
      el("span", { class: "exchange-about" }, entry.about),
      this.end);
    this.node = el("li", { class: "exchange", "data-testid": "exchange", "data-kind": entry.kind }, this.line, this.said);
    this.update(entry);
  }

  update(entry) {
    this.entry = entry;
    this.node.dataset.state = entry.state;
    this.end.textContent = ending(entry);
    this.end.classList.toggle("failed", !["ok", "waiting"].includes(entry.state));
    if (!this.said.hidden) this.read();
  }

  turn() {
    this.said.hidden = !this.said.hidden;
    this.line.setAttribute("aria-expanded", String(!this.said.hidden));
    if (!this.said.hidden) this.read();
  }

  async read() {
    try {
      const { request, answer } = await get(`/ui/traffic/${this.entry.id}`);
      this.said.replaceChildren(...said("Sent", request), ...said("Answered", answer));
    } catch (error) {
      this.said.replaceChildren(el("p", { class: "fault" }, error.message));
    }
  }
}

function ending({ state, ms, attempt, size }) {
  const time = ms === null ? null : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  return [attempt ? `retry ${attempt}` : null, state === "waiting" ? "…" : state, time, fileSize(size)].filter(Boolean).join(" · ");
}

/** A heading and the JSON below it; what was cut short, or is none, stands as it came. */
function said(title, text) {
  if (!text) return [el("h2", {}, `${title}: nothing`)];
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    shown = text;
  }
  return [el("h2", {}, title), el("pre", { tabindex: "0" }, shown)];
}

function moment(at, zone) {
  const date = new Date(at);
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 }).format(date);
}
