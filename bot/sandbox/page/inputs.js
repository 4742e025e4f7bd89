/** The input block: label, hint, control, and the place where its error stands. */

import { el, freshId } from "./dom.js";
import { drawElement, Place } from "./elements.js";
import { plainText } from "./mrkdwn.js";

export function inputBlock(block, surface) {
  const ids = { label: freshId("label"), hint: freshId("hint"), error: freshId("error") };
  const place = new Place({
    surface, blockId: block.block_id, inInput: true, dispatches: Boolean(block.dispatch_action),
    attributes: {
      "aria-labelledby": ids.label,
      "aria-describedby": block.hint ? `${ids.error} ${ids.hint}` : ids.error,
      "aria-required": block.optional ? null : "true",
    },
  });
  const control = drawElement(block.element, place);
  const error = el("p", { class: "input-error", id: ids.error, "data-testid": "input-error", hidden: true });
  if (place.control) surface.form.addInput(inputOf(block, place.control, error));
  return el("div", { class: "input" },
    el("div", { class: "input-label", id: ids.label, onclick: () => place.control?.target.focus() },
      plainText(block.label.text), block.optional ? el("span", { class: "optional" }, " (optional)") : null),
    control, error,
    block.hint ? el("p", { class: "hint", id: ids.hint }, plainText(block.hint.text)) : null);
}

function inputOf(block, control, error) {
  return {
    blockId: block.block_id,
    optional: Boolean(block.optional),
    control,
    showError(text) {
      error.hidden = !text;
      error.textContent = text || "";
      (control.marked || control.target).setAttribute("aria-invalid", String(Boolean(text)));
    },
  };
}
