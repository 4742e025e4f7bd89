/** Inputs that are typed: text, numbers, dates and times. */

import { el, freshId } from "./dom.js";

/** The longest text Slack takes in one input. */
const LONGEST_TEXT = 3000;
const TELL_LEFT_BELOW = 100;

export function plainTextInput(element, place) {
  const longest = element.max_length ?? LONGEST_TEXT;
  const node = el(element.multiline ? "textarea" : "input", {
    class: "field", rows: element.multiline ? 4 : null, type: element.multiline ? null : "text", autocomplete: "off",
    placeholder: element.placeholder?.text, ...place.attributes,
  });
  const left = el("small", { class: "left-over", id: freshId("left"), role: "status" });
  node.addEventListener("input", () => {
    const rest = longest - node.value.length;
    left.textContent = rest < TELL_LEFT_BELOW ? `${rest} left` : "";
  });
  const problem = () => {
    if (node.value.length > longest) return `Use at most ${longest} characters; these are ${node.value.length}.`;
    const shortest = element.min_length ?? 0;
    return node.value.length < shortest ? `Use at least ${shortest} characters; these are ${node.value.length}.` : null;
  };
  return typed(element, place, { node, extra: left, property: "value", initial: element.initial_value, problem });
}

/** An e-mail address or a web address; the server looks at its form. */
export function addressInput(element, place) {
  const kind = element.type === "email_text_input" ? "email" : "url";
  const node = el("input", { class: "field", type: "text", inputmode: kind, autocomplete: "off", placeholder: element.placeholder?.text, ...place.attributes });
  return typed(element, place, { node, property: "value", initial: element.initial_value });
}

export function numberInput(element, place) {
  const node = el("input", {
    class: "field", type: "text", inputmode: element.is_decimal_allowed ? "decimal" : "numeric", autocomplete: "off",
    placeholder: element.placeholder?.text, ...place.attributes,
  });
  return typed(element, place, {
    node, property: "value", initial: element.initial_value, problem: () => numberProblem(node.value.trim(), element),
  });
}

function numberProblem(text, element) {
  if (!/^-?(\d+(\.\d*)?|\.\d+)$/.test(text)) return "Enter a number.";
  if (!element.is_decimal_allowed && !/^-?\d+$/.test(text)) return "Enter a whole number.";
  if (element.min_value !== undefined && Number(text) < Number(element.min_value)) return `Enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && Number(text) > Number(element.max_value)) return `Enter ${element.max_value} or less.`;
  return null;
}

export function datepicker(element, place) {
  const node = el("input", { class: "field narrow", type: "date", ...place.attributes });
  return typed(element, place, { node, property: "selected_date", initial: element.initial_date });
}

export function timepicker(element, place) {
  const node = el("input", { class: "field narrow", type: "time", ...place.attributes });
  return typed(element, place, { node, property: "selected_time", initial: element.initial_time });
}

function typed(element, place, { node, extra = null, property, initial, problem = () => null }) {
  const before = place.surface.form.before(place.blockId, element);
  node.value = (before ? before[property] : initial) ?? "";
  sendChanges(element, place, node, property);
  const wrapper = el("span", { class: "control" }, node, extra);
  return place.register(element, wrapper, {
    target: node,
    read: () => ({ type: element.type, [property]: node.value.trim() === "" ? null : node.value }),
    isEmpty: () => node.value.trim() === "",
    problem,
  });
}

/** Dates tell at each change; text tells at Enter or at each letter, as its config says. */
function sendChanges(element, place, node, property) {
  if (!place.dispatches) return;
  let sent = node.value;
  const send = async () => {
    if (node.value === sent) return;
    const earlier = sent;
    sent = node.value;
    const done = await place.surface.act(place.blockId, element, { [property]: node.value || null });
    if (!done) node.value = sent = earlier;
  };
  if (property !== "value") return void node.addEventListener("change", send);
  const when = element.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  if (when.includes("on_character_entered")) node.addEventListener("input", send);
  if (when.includes("on_enter_pressed")) node.addEventListener("keydown", (event) => event.key === "Enter" && !event.shiftKey && send());
}
