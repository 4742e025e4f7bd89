/** The few emoji that are written by name. A name that is not here stays `:name:`, readable. */

const EMOJI = {
  "+1": "👍", "-1": "👎", alarm_clock: "⏰", arrow_down: "⬇️", arrow_right: "➡️", arrow_up: "⬆️",
  bar_chart: "📊", bell: "🔔", bulb: "💡", calendar: "📅", chart_with_downwards_trend: "📉",
  chart_with_upwards_trend: "📈", clipboard: "📋", eyes: "👀", file_folder: "📁", fire: "🔥",
  hand: "✋", heavy_check_mark: "✔️", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  information_source: "ℹ️", large_green_circle: "🟢", lock: "🔒", mag: "🔍", memo: "📝",
  moneybag: "💰", mute: "🔇", no_entry: "⛔", pencil2: "✏️", point_right: "👉", question: "❓",
  raised_hand: "✋", red_circle: "🔴", robot_face: "🤖", rocket: "🚀", snooze: "💤", sparkles: "✨",
  speech_balloon: "💬", tada: "🎉", thumbsdown: "👎", thumbsup: "👍", warning: "⚠️", wave: "👋",
  white_check_mark: "✅", x: "❌", zzz: "💤",
};

/** The character of a name, or null. */
export function emoji(name) {
  return Object.hasOwn(EMOJI, name) ? EMOJI[name] : null;
}

/** The text with every known `:name:` replaced. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) || whole);
}
