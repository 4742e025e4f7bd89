/** The first screen's card: what to try. It can be closed, and comes back by its button. */

import { el } from "./dom.js";
import { workspace } from "./workspace.js";

const KEY = "marko-sandbox-guide";
let closed = null;

/** A browser may forbid storage; then the card is only closed until the next reload. */
function remembered() {
  try {
    return window.localStorage.getItem(KEY) === "closed";
  } catch {
    return false;
  }
}

function remember(value) {
  closed = value;
  try {
    window.localStorage.setItem(KEY, value ? "closed" : "open");
  } catch {
    closed = value;
  }
}

export function hasGuide() {
  return Boolean(workspace.guide?.title);
}

function guideIsOpen() {
  if (closed === null) closed = remembered();
  return hasGuide() && !closed;
}

export function reopenGuide() {
  remember(false);
}

/** The card, or null while it is closed. `suggest(text)` puts a step's text into the composer. */
export function guideCard(suggest) {
  if (!guideIsOpen()) return null;
  const { title, text, steps } = workspace.guide;
  const close = () => {
    remember(true);
    card.remove();
    document.getElementById("conversation-scroll").focus();
  };
  const card = el("section", { class: "guide", "data-testid": "guide", "aria-labelledby": "guide-title" },
    el("div", { class: "guide-head" }, el("h2", { id: "guide-title" }, title),
      el("button", { type: "button", class: "plain-button", "aria-label": "Close this card", "data-testid": "guide-close", onclick: close }, "×")),
    el("p", {}, text),
    el("ol", {}, (steps || []).map((step) => el("li", {}, el("span", {}, step.text), " ", step.try ? tryButton(step.try, suggest) : null))));
  return card;
}

function tryButton(text, suggest) {
  return el("button", { type: "button", class: "try", "data-testid": "try", "aria-label": `Put “${text}” into the message box`, onclick: () => suggest(text) }, text);
}
