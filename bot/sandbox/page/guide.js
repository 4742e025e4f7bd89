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

/**
 * The card, or null while it is closed. `suggest(text, { direct })` puts a step's text into the composer
 * here, or in the conversation with Marko; `share(name)` drops a sample file here, "" the usual one.
 */
export function guideCard({ suggest, share }) {
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
    el("ol", {}, (steps || []).map((step) => el("li", {}, el("span", {}, step.text), " ", tool(step, { suggest, share })))));
  return card;
}

/** What a step offers to press. */
function tool(step, { suggest, share }) {
  if (step.try) return tryButton(step.try, () => suggest(step.try, { direct: step.in === "direct" }));
  if (step.sample) return el("button", { type: "button", class: "try said", "data-testid": "drop-sample", onclick: () => share("") }, step.sample);
  if (step.files) return el("span", { class: "guide-files" }, step.files.map((file) => fileButton(file, () => share(file.name))));
  const direct = workspace.direct();
  if (!step.open || !direct) return null;
  return el("a", { class: "try said", href: `#/${direct.id}?as=${workspace.me.id}&tab=home`, "data-testid": "open-home" }, step.open);
}

/** A sample to drop, by what it shows. */
function fileButton(file, share) {
  return el("button", { type: "button", class: "try said", "data-testid": "drop-file", "aria-label": `Drop the sample ${file.name} here: ${file.label}`, onclick: share }, file.label);
}

function tryButton(text, suggest) {
  return el("button", { type: "button", class: "try", "data-testid": "try", "aria-label": `Put “${text}” into the message box`, onclick: suggest }, text);
}
