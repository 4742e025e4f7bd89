/** The stack of open modals: only the top one is seen, the ones below keep what was filled in. */

import { drawBlocks } from "./blocks.js";
import { cannotDraw } from "./cannot_draw.js";
import { focusable, openDialog } from "./dialogs.js";
import { el, freshId } from "./dom.js";
import { Form } from "./form.js";
import { plainText } from "./mrkdwn.js";
import { notifyError } from "./notices.js";
import { post } from "./server.js";
import { Surface } from "./surface.js";
import { workspace } from "./workspace.js";

const open = [];

/** Show a view that the bot opened, or bring an open one up to date. */
export function showView(view) {
  const known = open.find((modal) => modal.view.id === view.id);
  if (known) return known.update(view);
  const modal = new Modal(view);
  open.push(modal);
  arrange();
  return modal;
}

/** Take a view away. */
export function removeView(viewId) {
  const place = open.findIndex((modal) => modal.view.id === viewId);
  if (place < 0) return;
  const [modal] = open.splice(place, 1);
  modal.close();
  arrange();
}

/** Make the page's modals the ones in `views`, bottom first. */
export function showViews(views) {
  const wanted = new Set(views.map((view) => view.id));
  for (const modal of [...open]) if (!wanted.has(modal.view.id)) removeView(modal.view.id);
  views.forEach(showView);
}

function arrange() {
  open.forEach((modal, index) => {
    modal.node.parentElement.classList.toggle("covered", index < open.length - 1);
  });
}

class Modal {
  constructor(view) {
    this.user = workspace.me.id;
    this.titleId = freshId("modal-title");
    this.node = el("div", {
      class: "dialog modal", role: "dialog", "aria-modal": "true", "aria-labelledby": this.titleId, tabindex: "-1", "data-testid": "modal",
    });
    this.draw(view, view.state?.values || {});
    this.close = openDialog(this.node, { onEscape: () => this.cancel(), focusOn: () => this.firstInput() });
  }

  firstInput() {
    return focusable(this.body)[0] || null;
  }

  update(view) {
    const focused = this.node.contains(document.activeElement);
    const place = placeOf(document.activeElement);
    this.draw(view, this.form.values());
    if (!focused || view.errors) return this;
    (nodeAt(this.body, place) || this.firstInput() || this.node).focus();
    return this;
  }

  draw(view, kept) {
    this.view = view;
    this.form = new Form(kept);
    this.node.dataset.viewId = view.id;
    this.problems = el("div", { role: "alert", class: "modal-problems" });
    const content = view.type === "modal" ? drawBlocks(view.blocks || [], new Surface({ view_id: view.id }, this.form)) : cannotDraw("a view", view);
    this.body = el("div", { class: "dialog-body" }, this.problems, content);
    this.submitter = view.submit ? el("button", { type: "submit", class: "button primary", "data-testid": "modal-submit" }, plainText(view.submit.text)) : null;
    const closer = el("button", { type: "button", class: "button", "data-testid": "modal-close", onclick: () => this.cancel() },
      view.close ? plainText(view.close.text) : view.submit ? "Cancel" : "Close");
    this.node.replaceChildren(el("form", { novalidate: true, onsubmit: (event) => this.submit(event), onkeydown: onKey },
      el("div", { class: "dialog-head" }, el("h2", { id: this.titleId }, plainText(view.title?.text || "")),
        el("button", { type: "button", class: "plain-button", "aria-label": "Close", onclick: () => this.cancel() }, "×")),
      this.body, el("div", { class: "dialog-foot" }, closer, this.submitter)));
    if (view.errors) this.showErrors(view.errors);
  }

  showErrors(errors) {
    const homeless = this.form.showErrors(errors);
    this.problems.replaceChildren(...homeless.map((text) => el("p", { class: "fault", "data-testid": "modal-error" }, text)));
  }

  showProblem(text) {
    this.problems.replaceChildren(el("p", { class: "fault", "data-testid": "modal-error" }, text));
    this.problems.scrollIntoView({ block: "nearest" });
  }

  async submit(event) {
    event.preventDefault();
    if (this.waiting || !this.submitter) return;
    const faults = this.form.faults();
    this.showErrors(faults);
    if (Object.keys(faults).length) return;
    this.wait(true);
    try {
      this.take(await post("/ui/view/submit", { user: this.user, view_id: this.view.id, values: this.form.values() }));
    } catch (error) {
      this.showProblem(error.message);
    } finally {
      this.wait(false);
    }
  }

  wait(waiting) {
    this.waiting = waiting;
    this.node.setAttribute("aria-busy", String(waiting));
    if (!this.submitter) return;
    this.submitter.setAttribute("aria-disabled", String(waiting));
    this.submitter.classList.toggle("waiting", waiting);
  }

  /** What the bot answered to the submission. */
  take(answer) {
    if (answer.errors) this.showErrors(answer.errors);
    else if (answer.view) showView(answer.view);
    else if (answer.closed) removeView(this.view.id);
    else this.showProblem(`The sandbox does not know the answer ${JSON.stringify(answer)}.`);
  }

  async cancel() {
    removeView(this.view.id);
    await post("/ui/view/close", { user: this.user, view_id: this.view.id }).catch(notifyError);
  }
}

/** Where focus is, in words that hold after a redraw: the element, and which of its choices. */
function placeOf(active) {
  const marked = active?.closest("[data-action-id]");
  return marked && { action: marked.dataset.actionId, index: [...marked.querySelectorAll("input")].indexOf(active) };
}

function nodeAt(body, place) {
  const marked = place && [...body.querySelectorAll("[data-action-id]")].find((one) => one.dataset.actionId === place.action);
  return marked && (marked.querySelectorAll("input")[place.index] || marked);
}

/** Enter in a one-line text submits; a menu uses Enter for itself. */
function onKey(event) {
  const plain = event.target.matches("input[type=text]:not([role=combobox])");
  if (event.key === "Enter" && !plain && event.target.matches("input")) event.preventDefault();
}
