/**
 * Building the page out of nodes.
 *
 * Everything that comes from the bot or from a person reaches the page as a text node or as an
 * attribute set here. Nothing in this folder writes HTML source, so a hostile name stays a name.
 */

const SAFE_PROTOCOLS = ["http:", "https:", "mailto:", "tel:"];

/** A new element. `on…` attributes take functions; null, undefined and false are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") node.addEventListener(name.replace(/^on/, ""), value);
  else node.setAttribute(name, value === true ? "" : String(value));
}

/** The address as a link may carry it, or null when its protocol could run something. */
export function safeUrl(address) {
  try {
    const url = new URL(String(address), window.location.origin);
    return SAFE_PROTOCOLS.includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** A link; permalinks of this sandbox stay in this tab, everything else opens in a new one. */
export function link(url, children, attributes = {}) {
  const here = placeOf(url);
  const target = here ? { href: here } : { href: url.href, target: "_blank", rel: "noopener noreferrer" };
  return el("a", { ...target, ...attributes }, children);
}

/** The hash that a permalink of this sandbox leads to, in the page's form or in Slack's; else null. */
export function placeOf(url) {
  if (url.origin !== window.location.origin) return null;
  if (url.hash.startsWith("#/")) return url.hash;
  const archived = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(url.pathname);
  return archived && `#/${archived[1]}/${archived[2]}.${archived[3]}`;
}

let lastId = 0;

/** An id that no other element of this page has. */
export function freshId(stem) {
  lastId += 1;
  return `${stem}-${lastId}`;
}

const UNITS = ["bytes", "kB", "MB"];

/** "31 bytes", "12.4 kB", "20 MB". */
export function fileSize(bytes) {
  if (!Number.isFinite(bytes)) return "";
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${Number((bytes / 1000 ** step).toFixed(step ? 1 : 0))} ${UNITS[step]}`;
}

/** "1 reply", "2 replies". */
export function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}
