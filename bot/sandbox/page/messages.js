/** One message: who, when, what, and what hangs on it. */

import { go, permalink } from "./address.js";
import { drawBlocks } from "./blocks.js";
import { drawn, fault } from "./cannot_draw.js";
import { count, el } from "./dom.js";
import { emoji } from "./emoji.js";
import { drawFile } from "./files.js";
import { Form } from "./form.js";
import { dayAndTime, dayTitle, momentOf, time } from "./moments.js";
import { mrkdwn } from "./mrkdwn.js";
import { notify } from "./notices.js";
import { Surface } from "./surface.js";
import { workspace } from "./workspace.js";

/** {node, form} of a message; `kept` are values that were filled in before a redraw. */
export function drawMessage(message, { inThread = false, kept = {} } = {}) {
  const form = new Form(kept);
  const author = authorOf(message);
  const article = el("article", {
    class: "message", "data-testid": "message", "data-ts": message.ts, "data-channel": message.channel, tabindex: "-1",
    "aria-label": `${author.name}, ${time(momentOf(message.ts))}`,
  },
    avatar(author),
    el("div", { class: "message-main" },
      message.ephemeral ? el("p", { class: "ephemeral-label" }, "Only visible to you") : null,
      heading(message, author),
      body(message, form),
      (message.files || []).map(drawFile),
      (message.broken || []).map(fault),
      reactions(message),
      inThread ? null : repliesButton(message)),
    toolbar(message, inThread));
  const node = message.ephemeral ? el("div", { class: "ephemeral", "data-testid": "ephemeral" }, article) : article;
  return { node, form };
}

function authorOf(message) {
  const user = workspace.user(message.user);
  const app = Boolean(message.bot_id || user?.is_bot);
  const bot = app ? workspace.users.find((one) => one.is_bot) : null;
  return { id: user?.id || message.user || "", name: user?.real_name || bot?.real_name || "Unknown", app, role: user?.role };
}

/** A round letter in the colour of its role; decoration only. */
function avatar({ name, app, role }) {
  return el("span", { class: `avatar avatar-${app ? "bot" : role || "other"}`, "aria-hidden": "true" }, name.slice(0, 1));
}

function heading(message, author) {
  const moment = momentOf(message.ts);
  return el("div", { class: "message-heading" },
    el("span", { class: "author" }, author.name),
    author.app ? el("span", { class: "badge" }, "APP") : null,
    el("a", { class: "when", href: new URL(permalink(message)).hash, title: dayAndTime(moment) },
      el("time", { datetime: moment.toISOString() }, time(moment))));
}

function body(message, form) {
  const edited = message.edited ? el("span", { class: "edited" }, " (edited)") : null;
  if (message.blocks?.length) {
    const surface = new Surface({ channel: message.channel, message_ts: message.ts }, form);
    return el("div", { class: "message-body" }, drawBlocks(message.blocks, surface), edited);
  }
  if (message.text) {
    return el("div", { class: "message-body" }, drawn("the text of a message", { type: "mrkdwn", text: message.text }, () =>
      el("div", { class: "message-text" }, mrkdwn(message.text), edited)));
  }
  return message.files?.length ? null : fault("This message has neither text nor blocks. Slack would refuse it (no_text).");
}

function reactions(message) {
  if (!message.reactions?.length) return null;
  return el("ul", { class: "reactions", "aria-label": "Reactions" }, message.reactions.map(({ name, count: number }) =>
    el("li", { "aria-label": `${name}, ${number}` }, `${emoji(name) || `:${name}:`} ${number}`)));
}

function repliesButton(message) {
  const replies = workspace.replyCount(message);
  if (!replies) return null;
  const last = workspace.repliesOf(message.channel, message.ts).at(-1);
  const when = last ? `, last ${dayTitle(momentOf(last.ts)).replace(/^(Today|Yesterday|Tomorrow)/, (word) => word.toLowerCase())} ${time(momentOf(last.ts))}` : "";
  return el("button", { type: "button", class: "replies", "data-testid": "replies", onclick: () => openThread(message) },
    el("strong", {}, count(replies, "reply", "replies")), el("span", {}, when));
}

function openThread(message) {
  go({ channel: message.channel, user: workspace.me.id, thread: message.ts });
}

function toolbar(message, inThread) {
  if (message.ephemeral) return null;
  const thread = el("button", { type: "button", class: "tool", "data-testid": "reply-in-thread", onclick: () => openThread(message) }, "Reply");
  const copy = el("button", { type: "button", class: "tool", "data-testid": "copy-link", onclick: () => copyLink(message) }, "Copy link");
  return el("div", { class: "toolbar", role: "group", "aria-label": "For this message" }, inThread ? null : thread, copy);
}

async function copyLink(message) {
  try {
    await navigator.clipboard.writeText(permalink(message));
    notify("The link is copied.");
  } catch {
    notify(`The browser did not let me copy. The link is ${permalink(message)}`, "error");
  }
}
