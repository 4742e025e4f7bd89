/** The rich_text block: sections, lists, quotes and preformatted text. */

import { cannotDraw, drawn } from "./cannot_draw.js";
import { el, link, safeUrl } from "./dom.js";
import { emoji } from "./emoji.js";
import { broadcast, channelMention, plainText, userMention } from "./mrkdwn.js";
import { fillDate } from "./moments.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };

const PARTS = {
  rich_text_section: (part) => el("div", { class: "rich-section" }, spans(part)),
  rich_text_quote: (part) => el("blockquote", {}, spans(part)),
  rich_text_preformatted: (part) => el("pre", {}, spans(part)),
  rich_text_list: list,
};

const SPANS = {
  text: (span) => styled(span, plainText(span.text)),
  link: (span) => linkSpan(span),
  user: (span) => userMention(span.user_id),
  channel: (span) => channelMention(span.channel_id),
  broadcast: (span) => broadcast(span.range),
  emoji: (span) => emoji(span.name) || `:${span.name}:`,
  date: (span) => fillDate(String(span.timestamp), span.format) ?? span.fallback ?? String(span.timestamp),
  color: (span) => el("code", {}, span.value),
};

/** Nodes for a rich_text block. */
export function richText(block) {
  return el("div", { class: "rich" }, block.elements.map((part) =>
    Object.hasOwn(PARTS, part?.type) ? drawn("a rich_text part", part, () => PARTS[part.type](part)) : cannotDraw("a rich_text part", part)));
}

function spans(part) {
  return part.elements.map((span) =>
    Object.hasOwn(SPANS, span?.type) ? drawn("a rich_text element", span, () => SPANS[span.type](span)) : cannotDraw("a rich_text element", span));
}

function styled(span, nodes) {
  const tags = Object.keys(STYLES).filter((style) => span.style?.[style]).map((style) => STYLES[style]);
  return tags.length ? tags.reduce((inner, tag) => [el(tag, {}, inner)], nodes) : nodes;
}

function linkSpan(span) {
  const url = safeUrl(span.url);
  if (!url) throw new Error(`the address ${span.url} is not one that Slack opens`);
  return link(url, styled(span, plainText(span.text || span.url)));
}

function list(part) {
  const tag = part.style === "ordered" ? "ol" : "ul";
  const from = tag === "ol" && part.offset ? part.offset + 1 : null;
  return el(tag, { start: from, class: `rich-indent-${Math.min(part.indent || 0, 4)}` },
    part.elements.map((item) => el("li", {}, spans(item))));
}
