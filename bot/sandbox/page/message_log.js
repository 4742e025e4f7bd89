/**
 * A list of messages with its day dividers, kept in step with the workspace.
 *
 * `show` compares what is wanted with what stands there and touches only what changed, so focus and
 * half-filled inputs survive, and a screen reader hears new messages only.
 */

import { el } from "./dom.js";
import { drawMessage } from "./messages.js";
import { dayKey, dayTitle, momentOf } from "./moments.js";
import { compareTs, workspace } from "./workspace.js";

export class MessageLog {
  constructor(label, { inThread = false } = {}) {
    this.inThread = inThread;
    this.rows = new Map();
    this.node = el("div", { class: "log", role: "log", "aria-label": label });
  }

  show(messages) {
    const wanted = this.withDays(messages);
    const keys = new Set(wanted.map((row) => row.key));
    for (const [key, row] of this.rows) if (!keys.has(key)) this.drop(key, row);
    let previous = null;
    for (const row of wanted) {
      const node = this.rowNode(row);
      const place = previous ? previous.nextSibling : this.node.firstChild;
      if (place !== node) this.node.insertBefore(node, place);
      previous = node;
    }
  }

  withDays(messages) {
    const rows = [];
    let day = null;
    for (const message of messages) {
      const moment = momentOf(message.ts);
      if (dayKey(moment) !== day) {
        day = dayKey(moment);
        rows.push({ key: `day ${day}`, version: dayTitle(moment), title: dayTitle(moment) });
      }
      const version = [message, workspace.repliesOf(message.channel, message.ts).at(-1), workspace.replyCount(message), dayKey(workspace.now())];
      rows.push({ key: message.ts, version, message });
    }
    return rows;
  }

  rowNode(row) {
    const known = this.rows.get(row.key);
    if (known && same(known.version, row.version)) return known.node;
    const drawn = row.message ? this.drawRow(row.message, known) : { node: divider(row.title) };
    this.rows.set(row.key, { ...drawn, version: row.version, message: row.message });
    if (known) replaceNode(known.node, drawn.node);
    return drawn.node;
  }

  drawRow(message, known) {
    const unchanged = known?.form && JSON.stringify(known.message.blocks) === JSON.stringify(message.blocks);
    return drawMessage(message, { inThread: this.inThread, kept: unchanged ? known.form.values() : {} });
  }

  drop(key, row) {
    row.node.remove();
    this.rows.delete(key);
  }

  /** The moment of the newest message here; "0" while there is none. */
  newest() {
    return [...this.rows.values()].reduce((latest, { message }) => (message && compareTs(message.ts, latest) > 0 ? message.ts : latest), "0");
  }

  /** The node of a message here, or null. */
  nodeOf(ts) {
    const row = this.rows.get(ts);
    return row ? row.node : null;
  }
}

/** Let the eye find a message's link to its thread. Returns the link, or null without one. */
export function pointOutReplies(node) {
  const link = node?.querySelector(".replies") || null;
  link?.classList.add("has-news");
  link?.addEventListener("animationend", () => link.classList.remove("has-news"), { once: true });
  return link;
}

function same(left, right) {
  if (!Array.isArray(left)) return left === right;
  return left.every((part, index) => part === right[index]);
}

function divider(title) {
  return el("div", { class: "day", role: "separator", "aria-label": title }, el("span", {}, title));
}

/** Replace a node; what was pointed out stays so, and focus goes to the same element in the new one, or to the message itself. */
function replaceNode(old, fresh) {
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  if (old.querySelector(".has-news")) pointOutReplies(fresh);
  old.replaceWith(fresh);
  if (!active) return;
  const again = active.dataset.actionId && [...fresh.querySelectorAll("[data-action-id]")]
    .find((one) => one.dataset.actionId === active.dataset.actionId && one.dataset.blockId === active.dataset.blockId);
  (again || fresh.closest(".message") || fresh.querySelector(".message"))?.focus({ preventScroll: true });
}
