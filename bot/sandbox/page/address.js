/**
 * Where I am, in the location's hash: `#/C0GROWTH/1700000000.000100?as=U0MEMBER&thread=…&tab=home`.
 *
 * A permalink is the part before the question mark. Everything that goes somewhere changes the hash;
 * the page follows it, so reload, back and permalinks need nothing of their own.
 */

/** {channel, ts, user, thread, tab}; what the hash does not say is null. */
export function readAddress() {
  const [path, query = ""] = window.location.hash.replace(/^#/, "").split("?");
  const [, channel = null, ts = null] = path.split("/");
  const values = new URLSearchParams(query);
  return {
    channel: channel && decodeURIComponent(channel), ts: ts && decodeURIComponent(ts),
    user: values.get("as"), thread: values.get("thread"), tab: values.get("tab"),
  };
}

function hashOf({ channel, ts, user, thread, tab }) {
  const path = [channel, ts].filter(Boolean).map(encodeURIComponent).join("/");
  const values = Object.entries({ as: user, thread, tab }).filter(([, value]) => value);
  const query = new URLSearchParams(values).toString();
  return `#/${path}${query ? `?${query}` : ""}`;
}

/** Slack's form of a permalink arrives here as `/?channel=…&ts=…`; make it the page's own. */
export function settleSearch() {
  const values = new URLSearchParams(window.location.search);
  if (!values.has("channel")) return;
  window.history.replaceState(null, "", `/${hashOf({ channel: values.get("channel"), ts: values.get("ts") })}`);
}

/** Go somewhere; the page hears of it by `hashchange`. */
export function go(address) {
  window.location.hash = hashOf(address);
}

/** Correct the hash without going anywhere. */
export function settle(address) {
  window.history.replaceState(null, "", hashOf(address));
}

/** The link that opens one message, as Slack's chat.getPermalink gives it. */
export function permalink(message) {
  return `${window.location.origin}/#/${message.channel}/${message.ts}`;
}
