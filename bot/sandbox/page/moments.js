/** Moments as text, in the sandbox's time zone and by the sandbox's clock. */

import { workspace } from "./workspace.js";

const LOCALE = "en-GB";
const DAY_SECONDS = 86_400;

function format(date, options) {
  return new Intl.DateTimeFormat(LOCALE, { timeZone: workspace.clock.zone, ...options }).format(date);
}

/** The moment of a message's ts. */
export function momentOf(ts) {
  return new Date(Number(ts) * 1000);
}

/** "07:40". */
export function time(date) {
  return format(date, { hour: "2-digit", minute: "2-digit" });
}

/** "Mon 30 Mar 2026, 07:40". */
export function dayAndTime(date) {
  const day = format(date, { weekday: "short", day: "numeric", month: "short", year: "numeric" }).replace(",", "");
  return `${day}, ${time(date)}`;
}

/** "2026-03-30": equal for two moments of one day in the sandbox's zone. */
export function dayKey(date) {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat(LOCALE, {
      timeZone: workspace.clock.zone, year: "numeric", month: "2-digit", day: "2-digit",
    }).formatToParts(date).map((part) => [part.type, part.value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** "Today", "Yesterday" or "Monday, 30 March 2026", for the line between two days. */
export function dayTitle(date) {
  const near = nearDay(date);
  if (near) return near[0].toUpperCase() + near.slice(1);
  return format(date, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

function nearDay(date) {
  const days = (Date.parse(dayKey(date)) - Date.parse(dayKey(workspace.now()))) / (DAY_SECONDS * 1000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] || null;
}

function ago(date) {
  const seconds = Math.round((workspace.now() - date) / 1000);
  const steps = [["day", DAY_SECONDS], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) || steps[3];
  return new Intl.RelativeTimeFormat(LOCALE).format(-Math.trunc(seconds / size), unit);
}

const SHORT = { day: "numeric", month: "short", year: "numeric" };
const MIDDLE = { day: "numeric", month: "long", year: "numeric" };
const LONG = { weekday: "long", ...MIDDLE };

const TOKENS = {
  date_num: dayKey,
  date: (date) => format(date, MIDDLE),
  date_short: (date) => format(date, SHORT),
  date_long: (date) => format(date, LONG),
  date_pretty: (date) => nearDay(date) || format(date, MIDDLE),
  date_short_pretty: (date) => nearDay(date) || format(date, SHORT),
  date_long_pretty: (date) => nearDay(date) || format(date, LONG),
  time,
  time_secs: (date) => format(date, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  ago,
};

/** A `<!date^…>` pattern filled in, or null when Slack would fall back to the plain text. */
export function fillDate(unix, pattern) {
  if (!/^\d+$/.test(unix)) return null;
  const date = new Date(Number(unix) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  const names = [...pattern.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  if (!names.length || names.some((name) => !Object.hasOwn(TOKENS, name))) return null;
  return pattern.replace(/\{(\w+)\}/g, (_, name) => TOKENS[name](date));
}
