/** The page of the traffic: listen, keep the list, pause, clear, filter. */

import { el } from "./dom.js";
import { Exchange } from "./exchange.js";
import { notifyError } from "./notices.js";
import { Platform } from "./platform.js";
import { Scroller } from "./scroller.js";
import { get, post } from "./server.js";
import { Switchboard } from "./switchboard.js";

const RETRY_MS = 2000;
const KINDS = [
  ["", "All kinds"], ["event", "Events"], ["command", "Commands"], ["click", "Clicks"],
  ["call", "Calls"], ["answer", "Answers"], ["file", "Files"], ["action", "Changes"], ["failed", "What failed"],
];

const node = (id) => document.getElementById(id);

class TrafficPage {
  constructor() {
    this.exchanges = new Map();
    this.paused = false;
    this.waiting = [];
    this.list = node("traffic-list");
    this.scroller = new Scroller(node("traffic-scroll"), this.list, { news: "Newer ↓" });
    this.faults = new Switchboard(node("faults"), "/ui/faults");
    this.scopes = new Switchboard(node("scopes"), "/ui/scopes");
    this.platform = new Platform(node("platform-panel"));
    node("platform").open = window.location.hash === "#platform";
    this.drawTools();
  }

  drawTools() {
    this.words = el("input", {
      class: "field", type: "search", placeholder: "Filter", "aria-label": "Filter by words", "data-testid": "traffic-words", oninput: () => this.filter(),
    });
    this.kind = el("select", { class: "field", "aria-label": "Filter by kind", "data-testid": "traffic-kind", onchange: () => this.filter() },
      KINDS.map(([value, label]) => el("option", { value }, label)));
    this.pauser = el("button", { type: "button", class: "button", "aria-pressed": "false", "data-testid": "traffic-pause", onclick: () => this.pause() }, "Pause");
    const clear = el("button", { type: "button", class: "button", "data-testid": "traffic-clear", onclick: () => post("/ui/traffic/clear", {}).catch(notifyError) }, "Clear");
    node("traffic-filter").append(this.words, this.kind, this.pauser, clear);
    node("traffic-filter").addEventListener("submit", (event) => event.preventDefault());
  }

  async start() {
    try {
      const [faults, platform] = await Promise.all([get("/ui/faults"), get("/ui/platform")]);
      this.faults.labels = faults.labels;
      this.platform.faults.labels = platform.labels;
    } catch (error) {
      notifyError(error);
      window.setTimeout(() => this.start(), RETRY_MS);
      return;
    }
    this.listen();
  }

  /** After a lost connection the server tells everything that it remembers once more. */
  listen() {
    const source = new EventSource("/ui/traffic/events");
    source.addEventListener("open", () => this.forgetAll());
    source.addEventListener("message", (message) => this.hear(JSON.parse(message.data)));
    source.addEventListener("error", () => {
      source.close();
      node("traffic-count").textContent = "The sandbox does not answer";
      window.setTimeout(() => this.listen(), RETRY_MS);
    });
  }

  hear(news) {
    this.showSwitches(news);
    if (this.paused) this.waiting.push(news);
    else this.take(news);
    this.say();
  }

  showSwitches({ faults, scopes, platform, zone }) {
    this.faults.show(faults);
    this.scopes.show(scopes);
    const on = Object.values(faults).filter(Boolean).length;
    const off = Object.values(scopes).filter((granted) => !granted).length;
    this.platform.show(platform, zone);
    const wrong = Object.values(platform.faults).filter(Boolean).length;
    node("platform-on").textContent = wrong ? `(${wrong} fault${wrong > 1 ? "s" : ""} on)` : "";
    node("faults-on").textContent = on ? `(${on} on)` : "";
    node("scopes-off").textContent = off ? `(${off} taken away)` : "";
  }

  take({ entries, first_id: first, zone }) {
    for (const [id, exchange] of this.exchanges) if (id < first) this.forget(id, exchange);
    let fresh = false;
    for (const entry of entries) fresh = this.put(entry, zone) || fresh;
    node("traffic-empty").hidden = this.exchanges.size > 0;
    if (fresh) this.scroller.announce();
  }

  put(entry, zone) {
    const known = this.exchanges.get(entry.id);
    if (known) known.update(entry);
    const exchange = known || new Exchange(entry, zone);
    exchange.node.hidden = !this.wants(entry);
    if (known) return false;
    this.exchanges.set(entry.id, exchange);
    this.list.append(exchange.node);
    return true;
  }

  forget(id, exchange) {
    exchange.node.remove();
    this.exchanges.delete(id);
  }

  forgetAll() {
    for (const [id, exchange] of this.exchanges) this.forget(id, exchange);
    this.waiting = [];
    this.say();
  }

  wants(entry) {
    const kind = this.kind.value;
    const words = this.words.value.trim().toLowerCase();
    const failed = !["ok", "waiting"].includes(entry.state);
    const ofKind = !kind || kind === entry.kind || (kind === "failed" && failed);
    return ofKind && `${entry.kind} ${entry.name} ${entry.about} ${entry.state}`.toLowerCase().includes(words);
  }

  filter() {
    for (const exchange of this.exchanges.values()) exchange.node.hidden = !this.wants(exchange.entry);
    this.say();
  }

  pause() {
    this.paused = !this.paused;
    this.pauser.textContent = this.paused ? "Go on" : "Pause";
    this.pauser.setAttribute("aria-pressed", String(this.paused));
    for (const news of this.waiting.splice(0)) this.take(news);
    this.say();
  }

  say() {
    const shown = [...this.exchanges.values()].filter((exchange) => !exchange.node.hidden).length;
    const of = shown === this.exchanges.size ? `${shown}` : `${shown} of ${this.exchanges.size}`;
    const missed = new Set(this.waiting.flatMap((news) => news.entries.map((entry) => entry.id))).size;
    node("traffic-count").textContent = this.paused ? `${of} · paused, ${missed} since` : of;
  }
}

new TrafficPage().start();
