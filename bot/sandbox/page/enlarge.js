/** A picture in a dialog of its own, as wide as the window or, pressed again, in its own size. */

import { openDialog } from "./dialogs.js";
import { el, freshId } from "./dom.js";

/** A button around a picture that enlarges it. */
export function enlargeable(image) {
  return el("button", { type: "button", class: "enlarge", "aria-label": `Enlarge: ${image.alt}`, title: "Enlarge", "data-testid": "enlarge", onclick: () => enlarge(image) }, image);
}

function enlarge(image) {
  const words = freshId("words");
  const large = el("img", { src: image.src, alt: image.alt, referrerpolicy: "no-referrer" });
  const frame = el("div", { class: "large-frame", tabindex: "0", role: "region", "aria-label": "The picture" }, large);
  const size = el("button", { type: "button", class: "button", "data-testid": "own-size", onclick: () => turn(frame, size) }, "Own size");
  const close = el("button", { type: "button", class: "plain-button", "aria-label": "Close", "data-testid": "enlarged-close", onclick: () => shut() }, "×");
  const node = el("div", {
    class: "dialog enlarged", role: "dialog", "aria-modal": "true", "aria-label": "Picture", "aria-describedby": words, tabindex: "-1", "data-testid": "enlarged",
  }, el("div", { class: "dialog-head" }, size, close), frame, el("p", { id: words, class: "large-words" }, image.alt));
  const shut = openDialog(node, { onEscape: () => shut(), focusOn: () => close });
  large.addEventListener("click", () => turn(frame, size));
}

function turn(frame, size) {
  const own = frame.classList.toggle("own-size");
  size.textContent = own ? "Fit the window" : "Own size";
}
