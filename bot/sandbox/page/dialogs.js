/** Dialogs above the page: focus goes in, stays in, and comes back; what lies below is inert. */

import { el } from "./dom.js";

const FOCUSABLE = "a[href], button:not([disabled]), input:not([disabled]), select, textarea, summary, [tabindex='0']";
const stack = [];

/** Open a dialog node. Returns close(); `onEscape` decides what Escape does, `focusOn()` where focus goes. */
export function openDialog(node, { onEscape, focusOn = () => null }) {
  const frame = el("div", { class: "dialog-frame" }, node);
  const dialog = { frame, node, onEscape, opener: document.activeElement };
  document.getElementById("dialogs").append(frame);
  stack.push(dialog);
  arrange();
  (focusOn() || node).focus();
  return () => closeDialog(dialog);
}

function closeDialog(dialog) {
  const place = stack.indexOf(dialog);
  if (place < 0) return;
  stack.splice(place, 1);
  const hadFocus = dialog.frame.contains(document.activeElement) || document.activeElement === document.body;
  dialog.frame.remove();
  arrange();
  if (hadFocus) focusAfter(dialog);
}

function focusAfter(dialog) {
  const top = stack.at(-1);
  const goal = dialog.opener?.isConnected && !dialog.opener.closest("[inert]") ? dialog.opener : top?.node;
  (goal || document.querySelector("[data-testid=composer]")).focus();
}

function arrange() {
  document.getElementById("app").inert = stack.length > 0;
  stack.forEach((dialog, index) => {
    dialog.frame.inert = index < stack.length - 1;
  });
}

/** What Tab can reach in a node, in order. */
export function focusable(node) {
  return [...node.querySelectorAll(FOCUSABLE)].filter((one) => one.tabIndex >= 0 && one.getClientRects().length > 0);
}

function onKey(event) {
  const top = stack.at(-1);
  if (!top || event.defaultPrevented) return;
  if (event.key === "Escape") {
    event.preventDefault();
    top.onEscape();
  }
  if (event.key === "Tab") keepInside(top, event);
}

function keepInside(dialog, event) {
  const all = focusable(dialog.node);
  const edge = event.shiftKey ? all[0] : all.at(-1);
  const inside = dialog.node.contains(document.activeElement);
  const atEdge = !inside || document.activeElement === edge || document.activeElement === dialog.node && event.shiftKey;
  if (!atEdge) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}

document.addEventListener("keydown", onKey);
