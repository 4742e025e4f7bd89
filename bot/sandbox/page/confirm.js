/** Slack's confirm dialog. */

import { openDialog } from "./dialogs.js";
import { el, freshId } from "./dom.js";
import { plainText, textObject } from "./mrkdwn.js";

/** Ask; resolves to true after yes, to false after no or Escape. */
export function askConfirm(confirm) {
  return new Promise((resolve) => {
    const titleId = freshId("confirm-title");
    const textId = freshId("confirm-text");
    const answer = (value) => {
      close();
      resolve(value);
    };
    const no = el("button", { type: "button", class: "button", "data-testid": "confirm-no", onclick: () => answer(false) },
      confirm.deny ? plainText(confirm.deny.text) : "Cancel");
    const yes = el("button", {
      type: "button", class: `button ${confirm.style === "danger" ? "danger" : "primary"}`,
      "data-testid": "confirm-yes", onclick: () => answer(true),
    }, confirm.confirm ? plainText(confirm.confirm.text) : "Yes");
    const node = el("div", {
      class: "dialog confirm", role: "alertdialog", "aria-modal": "true", "data-testid": "confirm",
      "aria-labelledby": titleId, "aria-describedby": textId, tabindex: "-1",
    },
      el("h2", { id: titleId }, confirm.title ? plainText(confirm.title.text) : "Are you sure?"),
      el("div", { id: textId, class: "dialog-body" }, confirm.text ? textObject(confirm.text) : []),
      el("div", { class: "dialog-foot" }, no, yes));
    const close = openDialog(node, { onEscape: () => answer(false), focusOn: () => yes });
  });
}
