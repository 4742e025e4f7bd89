/** Slack's own charts: series over categories as lines, each with a dash of its own; a pie as a list. */

import { el } from "./dom.js";

const SPACE = "http://www.w3.org/2000/svg";
const SIZE = { width: 480, height: 200, left: 56, right: 12, top: 12, bottom: 28 };
const DASHES = ["", "8 4", "2 4", "12 3 2 3", "4 4", "16 6"];

/** A chart with its title above and the names of its series below. */
export function chart(block) {
  const { chart: told, title } = block;
  const body = told.type === "pie" ? segments(told.segments) : lines(told, title);
  return el("figure", { class: "chart" }, el("figcaption", { class: "chart-title" }, title), body);
}

function segments(parts) {
  return el("ul", {}, parts.map((part) => el("li", {}, `${part.label}: ${part.value}`)));
}

function lines({ series, axis_config: axis }, title) {
  const values = series.flatMap((one) => one.data.map((point) => point.value));
  const ends = [Math.min(...values), Math.max(...values)];
  const said = `${title}: ${series.map((one) => one.name).join(", ")}; ${ends.join(" to ")} ${axis.y_label || ""}`;
  const picture = svg("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-label": said });
  const last = axis.categories.length - 1;
  const x = (place) => SIZE.left + (place / Math.max(1, last)) * (SIZE.width - SIZE.left - SIZE.right);
  const y = (value) => SIZE.top + ((ends[1] - value) / (ends[1] - ends[0] || 1)) * (SIZE.height - SIZE.top - SIZE.bottom);
  for (const end of ends) picture.append(text(0, y(end) + 4, Number(end.toPrecision(3)), "start"));
  for (const place of new Set([0, last])) {
    picture.append(text(x(place), SIZE.height - 6, axis.categories[place], place ? "end" : "start"));
  }
  series.forEach((one, index) => {
    const points = one.data.map((point, place) => `${x(place)},${y(point.value)}`).join(" ");
    picture.append(svg("polyline", { points, "stroke-dasharray": DASHES[index % DASHES.length] }));
  });
  return [picture, el("ul", { class: "chart-names" }, series.map((one, index) => el("li", {}, key(index), one.name)))];
}

function key(index) {
  const mark = svg("svg", { viewBox: "0 0 36 8", "aria-hidden": "true" });
  mark.append(svg("polyline", { points: "0,4 36,4", "stroke-dasharray": DASHES[index % DASHES.length] }));
  return mark;
}

function text(x, y, says, anchor) {
  const node = svg("text", { x, y, "text-anchor": anchor });
  node.append(String(says));
  return node;
}

function svg(tag, attributes) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
