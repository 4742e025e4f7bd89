/** The markdown block, as far as Slack draws it: headings, lists, quotes, fences and inline signs. */

import { el, link, safeUrl } from "./dom.js";
import { withEmoji } from "./emoji.js";

const INLINE = [
  [/`([^`\n]+)`/, (match) => el("code", {}, match[1])],
  [/\[([^\]\n]+)\]\(([^()\s]+)\)/, (match) => linked(match)],
  [/\*\*(?=\S)(.+?\S|\S)\*\*/, (match) => el("strong", {}, inline(match[1]))],
  [/~~(?=\S)(.+?)~~/, (match) => el("s", {}, inline(match[1]))],
  [/(?<![\w*])\*(?=[^\s*])(.+?)\*(?![\w*])/, (match) => el("em", {}, inline(match[1]))],
  [/(?<!\w)_(?=\S)(.+?)_(?!\w)/, (match) => el("em", {}, inline(match[1]))],
];

const STARTS = [
  [/^(#{1,6})\s+(.*)$/, heading],
  [/^\s*>\s?/, quote],
  [/^\s*[-*+]\s+/, (lines, at) => list(lines, at, /^\s*[-*+]\s+/, "ul")],
  [/^\s*\d+[.)]\s+/, (lines, at) => list(lines, at, /^\s*\d+[.)]\s+/, "ol")],
  [/^(?:-{3,}|\*{3,})\s*$/, (_, at) => [el("hr"), at + 1]],
  [/^```/, fence],
];

/** A node with everything a markdown text says. */
export function markdown(text) {
  const lines = String(text).split("\n");
  const root = el("div", { class: "markdown" });
  let at = 0;
  while (at < lines.length) {
    const [node, next] = blank(lines, at) || startHere(lines, at) || paragraph(lines, at);
    if (node) root.append(node);
    at = next;
  }
  return root;
}

function blank(lines, at) {
  return lines[at].trim() === "" ? [null, at + 1] : null;
}

function startHere(lines, at) {
  // A rule is asked before a list, because "***" and "---" look like one.
  const rule = STARTS[4];
  const [, draw] = [rule, ...STARTS].find(([pattern]) => pattern.test(lines[at])) || [];
  return draw ? draw(lines, at) : null;
}

function heading(lines, at) {
  const [, signs, text] = STARTS[0][0].exec(lines[at]);
  return [el(`h${Math.min(signs.length + 2, 6)}`, {}, inline(text)), at + 1];
}

function quote(lines, at) {
  const [taken, next] = whileMatching(lines, at, /^\s*>\s?/);
  return [el("blockquote", {}, rows(taken)), next];
}

function list(lines, at, sign, tag) {
  const [taken, next] = whileMatching(lines, at, sign);
  return [el(tag, {}, taken.map((line) => el("li", {}, inline(line)))), next];
}

function whileMatching(lines, at, sign) {
  let next = at;
  while (next < lines.length && sign.test(lines[next])) next += 1;
  return [lines.slice(at, next).map((line) => line.replace(sign, "")), next];
}

function fence(lines, at) {
  const end = lines.findIndex((line, index) => index > at && line.startsWith("```"));
  const last = end < 0 ? lines.length : end;
  return [el("pre", {}, lines.slice(at + 1, last).join("\n")), last + 1];
}

function paragraph(lines, at) {
  let next = at + 1;
  while (next < lines.length && lines[next].trim() && !STARTS.some(([pattern]) => pattern.test(lines[next]))) next += 1;
  return [el("p", {}, rows(lines.slice(at, next))), next];
}

function rows(lines) {
  return lines.flatMap((line, index) => (index ? [el("br"), ...inline(line)] : inline(line)));
}

function inline(text) {
  const found = INLINE.map(([pattern, draw]) => [pattern.exec(text), draw]).filter(([match]) => match);
  if (!found.length) return text ? [withEmoji(text)] : [];
  const [match, draw] = found.reduce((first, next) => (next[0].index < first[0].index ? next : first));
  return [...inline(text.slice(0, match.index)), draw(match), ...inline(text.slice(match.index + match[0].length))];
}

function linked([whole, label, address]) {
  const url = safeUrl(address);
  return url ? link(url, inline(label)) : whole;
}
