/** What the agent shows above the composer: prompts to press in its DM, and what it is doing just now. */

import { el } from "./dom.js";
import { workspace } from "./workspace.js";

const TURN_MS = 2500;

/** The prompts of a direct message, as buttons; pressing one sends its message. */
export class Prompts {
  constructor(send) {
    this.send = send;
    this.title = el("p", { class: "prompts-title" });
    this.list = el("div", { class: "prompts-list" });
    this.node = el("div", { class: "prompts", role: "group", "aria-label": "Suggested prompts", hidden: true, "data-testid": "prompts" }, this.title, this.list);
  }

  /** `offer` is {title, prompts}, or null. */
  show(offer) {
    if (this.offer === offer) return;
    this.offer = offer;
    this.node.hidden = !offer;
    if (!offer) return;
    this.title.textContent = offer.title;
    this.title.hidden = !offer.title;
    this.list.replaceChildren(...offer.prompts.map((prompt) => el("button", {
      type: "button", class: "prompt", "data-testid": "prompt", title: prompt.message, onclick: () => this.send(prompt.message),
    }, prompt.title)));
  }
}

/** "Marko is looking it up…"; its loading messages take turns beside it. */
export class StatusLine {
  constructor() {
    this.text = el("span", {});
    this.turn = el("span", { class: "loading", "aria-hidden": "true" });
    this.node = el("p", { class: "status-line", role: "status", "data-testid": "status" }, this.text, " ", this.turn);
  }

  /** `status` is {status, loading_messages}, or null. */
  show(status) {
    if (this.status === status) return;
    this.status = status;
    window.clearInterval(this.timer);
    const bot = workspace.users.find((user) => user.is_bot)?.real_name || "The bot";
    this.text.textContent = status ? `${bot} ${status.status}` : "";
    this.take(status?.loading_messages || []);
  }

  take(messages) {
    let place = 0;
    this.turn.textContent = messages[0] || "";
    if (messages.length < 2) return;
    this.timer = window.setInterval(() => {
      place = (place + 1) % messages.length;
      this.turn.textContent = messages[place];
    }, TURN_MS);
  }
}
