/** Notices in the corner, on a phone above the composer. Information leaves by itself; errors stay until they are dismissed. */

import { el } from "./dom.js";

const STAY_MS = 4000;
const holder = () => document.getElementById("notices");

/** Show a sentence; level is "info" or "error". The same sentence twice stands once. */
export function notify(text, level = "info") {
  const known = [...holder().children].find((notice) => notice.dataset.text === text && notice.dataset.level === level);
  known?.remove();
  const notice = el("div", {
    class: `notice notice-${level}`, "data-testid": "notice", "data-level": level, "data-text": text,
    role: level === "error" ? "alert" : "status",
  }, el("p", {}, text), el("button", { type: "button", class: "plain-button", "aria-label": "Dismiss this notice", onclick: () => notice.remove() }, "×"));
  holder().append(notice);
  if (level !== "error") window.setTimeout(() => notice.remove(), STAY_MS);
}

/** Show what a call to the server failed with. */
export function notifyError(error) {
  notify(error.message, "error");
}
