/** What the page shows instead of nothing: the red box that says what is wrong. */

import { el } from "./dom.js";

/** "The sandbox cannot draw a block of type …", with the JSON folded. */
export function cannotDraw(kind, thing, reason = "") {
  const type = thing?.type === undefined ? "(none)" : String(thing.type);
  const sentence = `The sandbox cannot draw ${kind} of type “${type}”.${reason ? ` ${reason}` : ""}`;
  return el("div", { class: "fault", role: "group", "aria-label": "Cannot be drawn", "data-testid": "cannot-draw" },
    el("p", {}, sentence),
    el("details", {}, el("summary", {}, "Show its JSON"), el("pre", {}, JSON.stringify(thing, null, 2) ?? "undefined")));
}

/** Draw with `draw`; when that fails, the box with the reason. */
export function drawn(kind, thing, draw) {
  try {
    return draw();
  } catch (error) {
    return cannotDraw(kind, thing, `Reason: ${error.message}.`);
  }
}

/** A sentence about something that Slack would refuse or not show. */
export function fault(sentence) {
  return el("div", { class: "fault", "data-testid": "fault" }, el("p", {}, sentence));
}
