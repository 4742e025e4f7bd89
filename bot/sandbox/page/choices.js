/** Radio buttons and checkboxes. */

import { el, freshId } from "./dom.js";
import { textObject } from "./mrkdwn.js";

export function radioButtons(element, place) {
  const before = place.surface.form.before(place.blockId, element);
  const start = before ? before.selected_option : element.initial_option;
  return choices(element, place, {
    type: "radio", role: "radiogroup", start: start ? [start] : [],
    result: (chosen) => ({ selected_option: chosen[0] || null }),
  });
}

export function checkboxes(element, place) {
  const before = place.surface.form.before(place.blockId, element);
  return choices(element, place, {
    type: "checkbox", role: "group", start: (before ? before.selected_options : element.initial_options) || [],
    result: (chosen) => ({ selected_options: chosen }),
  });
}

function choices(element, place, { type, role, start, result }) {
  const group = freshId("choices");
  const wanted = new Set(start.map((option) => option.value));
  const boxes = element.options.map((option) => el("input", { type, name: group, id: freshId("choice"), checked: wanted.has(option.value) }));
  const rows = element.options.map((option, index) => el("label", { class: "choice", for: boxes[index].id }, boxes[index],
    el("span", {}, textObject(option.text), option.description ? el("small", {}, textObject(option.description)) : null)));
  const node = el("div", { class: "choices", role, tabindex: "-1", ...place.attributes }, rows);
  const chosen = () => element.options.filter((_, index) => boxes[index].checked);
  let sentState = boxes.map((box) => box.checked);
  node.addEventListener("change", async () => {
    if (!place.dispatches) return;
    const sent = await place.surface.act(place.blockId, element, result(chosen()));
    if (sent) sentState = boxes.map((box) => box.checked);
    else boxes.forEach((box, index) => { box.checked = sentState[index]; });
  });
  return place.register(element, node, {
    target: boxes[0],
    marked: node,
    read: () => ({ type: element.type, ...result(chosen()) }),
    isEmpty: () => chosen().length === 0,
    problem: () => null,
  });
}
