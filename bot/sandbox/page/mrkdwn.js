/**
 * Slack's mrkdwn, drawn as nodes.
 *
 * Blocks first (fences, quotes, lines), then what stands in a line: angle tokens such as `<@U…>`,
 * code, emoji, entities, and the three markers * _ ~ that hold other text.
 */

import { el, link, safeUrl } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { fillDate } from "./moments.js";
import { workspace } from "./workspace.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const MARKERS = { "*": "strong", _: "em", "~": "s" };
const BARE_URL = /https?:\/\/[^\s<>|"'`]*[^\s<>|"'`.,;:!?)\]}]/y;
const QUOTE = /^(?:>|&gt;) ?/;

/** Nodes for a mrkdwn text. */
export function mrkdwn(text) {
  const pieces = String(text).split(/```\n?([\s\S]+?)```/);
  return pieces.flatMap((piece, index) => (index % 2 ? [el("pre", {}, literal(piece.replace(/\n$/, "")))] : lines(piece)));
}

/** Nodes for a plain_text object: emoji and line ends, nothing else. */
export function plainText(text) {
  return broken(withEmoji(String(text)), (line) => [line]);
}

/** Nodes for a text object of either type. */
export function textObject(text) {
  if (typeof text === "string") return plainText(text);
  if (text?.type === "mrkdwn") return mrkdwn(text.text);
  if (text?.type === "plain_text") return plainText(text.text);
  throw new Error(`text is ${JSON.stringify(text?.type)}, neither plain_text nor mrkdwn`);
}

function lines(piece) {
  const nodes = [];
  let run = [];
  const flush = () => {
    if (run.length) nodes.push(...broken(run.join("\n"), inline));
    run = [];
  };
  const all = piece.replace(/^\n|\n$/g, "").split("\n");
  for (let at = 0; at < all.length; at += 1) {
    if (!QUOTE.test(all[at])) {
      run.push(all[at]);
      continue;
    }
    flush();
    const [quoted, next] = takeQuote(all, at);
    nodes.push(el("blockquote", {}, broken(quoted.join("\n"), inline)));
    at = next - 1;
  }
  if (piece !== "") flush();
  return nodes;
}

function takeQuote(all, from) {
  const rest = /^(?:>>>|&gt;&gt;&gt;) ?/;
  if (rest.test(all[from])) return [[all[from].replace(rest, ""), ...all.slice(from + 1)], all.length];
  let to = from;
  while (to < all.length && QUOTE.test(all[to])) to += 1;
  return [all.slice(from, to).map((line) => line.replace(QUOTE, "")), to];
}

function broken(text, draw) {
  return text.split("\n").flatMap((line, index) => (index ? [el("br"), ...draw(line)] : draw(line)));
}

/** One line of mrkdwn. */
function inline(line) {
  const nodes = [];
  let plain = "";
  let at = 0;
  while (at < line.length) {
    const taken = atom(line, at) || marked(line, at) || bareUrl(line, at);
    if (!taken) {
      plain += line[at];
      at += 1;
      continue;
    }
    if (plain) nodes.push(plain);
    plain = "";
    nodes.push(...taken.nodes);
    at = taken.end;
  }
  if (plain) nodes.push(plain);
  return nodes;
}

/** Angle token, code, entity or emoji that begins here: what no marker may cut through. */
function atom(line, at) {
  const rest = line.slice(at);
  const angle = /^<([^<>\n]+)>/.exec(rest);
  if (angle) return taken(at, angle, angleToken(angle[1]));
  const code = /^`([^`\n]+)`/.exec(rest);
  if (code) return taken(at, code, [el("code", {}, literal(code[1]))]);
  const entity = /^&(?:amp|lt|gt);/.exec(rest);
  if (entity) return taken(at, entity, [ENTITIES[entity[0]]]);
  const named = /^:([a-z0-9_+-]+):/.exec(rest);
  return named && emoji(named[1]) ? taken(at, named, [emoji(named[1])]) : null;
}

function taken(at, match, nodes) {
  return { end: at + match[0].length, nodes };
}

function bareUrl(line, at) {
  BARE_URL.lastIndex = at;
  const match = BARE_URL.exec(line);
  const url = match && safeUrl(decode(match[0]));
  return url ? taken(at, match, [link(url, [decode(match[0])])]) : null;
}

/** Bold, italic or struck text that begins here, or null when the sign is only a sign. */
function marked(line, at) {
  const tag = MARKERS[line[at]];
  if (!tag || isWord(line[at - 1]) || !line[at + 1] || /\s/.test(line[at + 1])) return null;
  const end = closing(line, at);
  return end < 0 ? null : { end: end + 1, nodes: [el(tag, {}, inline(line.slice(at + 1, end)))] };
}

function closing(line, at) {
  let seek = at + 1;
  while (seek < line.length) {
    const inner = atom(line, seek);
    if (inner) {
      seek = inner.end;
      continue;
    }
    const closes = line[seek] === line[at] && seek > at + 1 && !/\s/.test(line[seek - 1]) && !isWord(line[seek + 1]);
    if (closes) return seek;
    seek += 1;
  }
  return -1;
}

function isWord(sign) {
  return sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
}

/** Code and fences: no markers, but Slack still follows angle tokens there, so a leak is seen. */
function literal(text) {
  return text.split(/(<[^<>\n]+>)/).flatMap((part) => {
    const angle = /^<([^<>\n]+)>$/.exec(part);
    return angle ? angleToken(angle[1]) : [decode(part)];
  });
}

function decode(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

function angleToken(token) {
  const [head, ...labels] = token.split("|");
  const label = labels.length ? decode(labels.join("|")) : null;
  if (head.startsWith("@")) return [userMention(head.slice(1), label)];
  if (head.startsWith("#")) return [channelMention(head.slice(1), label)];
  if (head.startsWith("!date^")) return [dateToken(head, label)];
  if (head.startsWith("!")) return [broadcast(head.slice(1).split("^")[0], label)];
  const url = /^[a-z][a-z0-9+.-]*:/i.test(head) ? safeUrl(decode(head)) : null;
  return url ? [link(url, [label || decode(head)])] : [decode(`<${token}>`)];
}

/** `@Approver`, standing out when it is me. */
export function userMention(id, label) {
  const user = workspace.user(id);
  const mine = id === workspace.me.id ? " mention-me" : "";
  return el("span", { class: `mention${mine}`, "data-user": id }, `@${user ? user.real_name : label || id}`);
}

/** `#growth`, which opens the channel when I may see it. */
export function channelMention(id, label) {
  const channel = workspace.channel(id);
  const name = `#${channel ? channel.name : label || id}`;
  return channel ? el("a", { class: "mention", href: `#/${id}` }, name) : el("span", { class: "mention" }, name);
}

/** @here, @channel, @everyone: loud, because Marko must never send one. */
export function broadcast(name, label) {
  const known = ["here", "channel", "everyone"].includes(name);
  if (!known) return el("span", { class: "mention" }, label || `<!${name}>`);
  const warning = `This notifies everybody: @${name}`;
  return el("strong", { class: "broadcast", title: warning, "data-testid": "broadcast" }, `@${name}`);
}

function dateToken(head, fallback) {
  const [, unix, pattern = "", address] = head.split("^");
  const filled = fillDate(unix, decode(pattern));
  if (filled === null) return el("span", {}, fallback || `<${head}>`);
  const moment = el("time", { datetime: new Date(Number(unix) * 1000).toISOString(), title: fallback }, filled);
  const url = address ? safeUrl(decode(address)) : null;
  return url ? link(url, [moment]) : moment;
}
