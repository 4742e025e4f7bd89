/** The select menus for one choice: fixed options, options from the bot, people, channels, conversations. */

import { el } from "./dom.js";
import { Picker } from "./picker.js";
import { titleOf, workspace } from "./workspace.js";

const OPTIONS_FROM_THE_BOT_AFTER = 3;

const SOURCES = { static: fixed, external: fromTheBot, users, channels, conversations };

/**
 * Where the choices of a select come from: {find(query), choiceOf(value), property, initial}, the last two
 * being the names of what is chosen in the state and in the element.
 */
export function sourceOf(element, place) {
  const [, many, kind] = /^(multi_)?(\w+)_select$/.exec(element.type);
  const source = SOURCES[kind](element, place);
  const ending = many ? "s" : "";
  return { ...source, property: `selected_${source.noun}${ending}`, initial: `initial_${source.noun}${ending}` };
}

function fixed(element) {
  const groups = element.option_groups
    ? element.option_groups.map((group) => ({ label: group.label.text, choices: group.options.map(fromOption) }))
    : [{ choices: element.options.map(fromOption) }];
  const offered = new Set(groups.flatMap((group) => group.choices.map((choice) => choice.key)));
  const choiceOf = (option) => (offered.has(option.value) ? fromOption(option) : null);
  return { find: (query) => filtered(groups, query), choiceOf, noun: "option" };
}

function fromTheBot(element, place) {
  const least = element.min_query_length ?? OPTIONS_FROM_THE_BOT_AFTER;
  const find = async (query) => {
    if (query.length < least) throw new Error(`Type at least ${least} ${least === 1 ? "letter" : "letters"}.`);
    const answer = await place.surface.options(place.blockId, element, query);
    return (answer.option_groups || [{ options: answer.options || [] }])
      .map((group) => ({ label: group.label?.text, choices: group.options.map(fromOption) }));
  };
  return { find, choiceOf: fromOption, noun: "option" };
}

function users() {
  return listed(workspace.users.map((user) => ({ key: user.id, text: user.real_name, value: user.id })), "user");
}

function channels() {
  return listed(workspace.channels.filter((channel) => !channel.is_im && !channel.is_private).map(fromChannel), "channel");
}

function conversations(element, place) {
  const kinds = element.filter?.include || ["im", "public", "private"];
  const kindOf = (channel) => (channel.is_im ? "im" : channel.is_private ? "private" : "public");
  const choices = workspace.channels.filter((channel) => kinds.includes(kindOf(channel))).map(fromChannel);
  const current = element.default_to_current_conversation ? place.surface.conversation() : null;
  return { ...listed(choices, "conversation"), current };
}

function listed(choices, noun) {
  const choiceOf = (key) => choices.find((choice) => choice.key === key) || null;
  return { find: (query) => filtered([{ choices }], query), choiceOf, noun };
}

function fromOption(option) {
  return { key: option.value, text: option.text.text, description: option.description?.text, value: option };
}

function fromChannel(channel) {
  return { key: channel.id, text: titleOf(channel), value: channel.id };
}

function filtered(groups, query) {
  const wanted = query.trim().toLowerCase();
  return groups.map((group) => ({ ...group, choices: group.choices.filter((choice) => choice.text.toLowerCase().includes(wanted)) }))
    .filter((group) => group.choices.length);
}

export function select(element, place) {
  const { find, choiceOf, property, initial, current } = sourceOf(element, place);
  const start = place.surface.form.before(place.blockId, element)?.[property] || element[initial] || current;
  const picker = new Picker({
    find, initial: start ? choiceOf(start) : null, placeholder: element.placeholder?.text, canEmpty: place.inInput, attributes: place.attributes,
    onPick: async (choice, earlier) => {
      if (!place.dispatches) return;
      const sent = await place.surface.act(place.blockId, element, { [property]: choice.value });
      if (!sent) picker.choose(earlier);
    },
  });
  const control = {
    target: picker.input,
    read: () => ({ type: element.type, [property]: picker.chosen ? picker.chosen.value : null }),
    isEmpty: () => !picker.chosen,
    problem: () => null,
  };
  return place.register(element, el("span", { class: "control" }, picker.node), control);
}
