/** The select menus: fixed options, options from the bot, people, channels, conversations. */

import { el } from "./dom.js";
import { Picker } from "./picker.js";
import { titleOf, workspace } from "./workspace.js";

const OPTIONS_FROM_THE_BOT_AFTER = 3;

export function staticSelect(element, place) {
  const groups = element.option_groups
    ? element.option_groups.map((group) => ({ label: group.label.text, choices: group.options.map(fromOption) }))
    : [{ choices: element.options.map(fromOption) }];
  return select(element, place, {
    find: (query) => filtered(groups, query), property: "selected_option", initial: element.initial_option && fromOption(element.initial_option),
  });
}

export function externalSelect(element, place) {
  const least = element.min_query_length ?? OPTIONS_FROM_THE_BOT_AFTER;
  const find = async (query) => {
    if (query.length < least) throw new Error(`Type at least ${least} ${least === 1 ? "letter" : "letters"}.`);
    const answer = await place.surface.options(place.blockId, element, query);
    return (answer.option_groups || [{ options: answer.options || [] }])
      .map((group) => ({ label: group.label?.text, choices: group.options.map(fromOption) }));
  };
  return select(element, place, {
    find, property: "selected_option", initial: element.initial_option && fromOption(element.initial_option),
  });
}

export function usersSelect(element, place) {
  const choices = workspace.users.map((user) => ({ key: user.id, text: user.real_name, value: user.id }));
  return fromList(element, place, choices, "selected_user", element.initial_user);
}

export function channelsSelect(element, place) {
  const choices = workspace.channels.filter((channel) => !channel.is_im && !channel.is_private).map(fromChannel);
  return fromList(element, place, choices, "selected_channel", element.initial_channel);
}

export function conversationsSelect(element, place) {
  const kinds = element.filter?.include || ["im", "public", "private"];
  const kindOf = (channel) => (channel.is_im ? "im" : channel.is_private ? "private" : "public");
  const choices = workspace.channels.filter((channel) => kinds.includes(kindOf(channel))).map(fromChannel);
  const current = element.default_to_current_conversation ? place.surface.conversation() : null;
  return fromList(element, place, choices, "selected_conversation", element.initial_conversation || current);
}

function fromOption(option) {
  return { key: option.value, text: option.text.text, description: option.description?.text, value: option };
}

function fromChannel(channel) {
  return { key: channel.id, text: titleOf(channel), value: channel.id };
}

function fromList(element, place, choices, property, initialKey) {
  const initial = choices.find((choice) => choice.key === initialKey);
  return select(element, place, { find: (query) => filtered([{ choices }], query), property, initial, known: choices });
}

function filtered(groups, query) {
  const wanted = query.trim().toLowerCase();
  return groups.map((group) => ({ ...group, choices: group.choices.filter((choice) => choice.text.toLowerCase().includes(wanted)) }))
    .filter((group) => group.choices.length);
}

function select(element, place, { find, property, initial, known = null }) {
  const before = place.surface.form.before(place.blockId, element)?.[property];
  const kept = before && (known ? known.find((choice) => choice.key === before) : fromOption(before));
  const picker = new Picker({
    find, initial: kept || initial || null, placeholder: element.placeholder?.text, canEmpty: place.inInput, attributes: place.attributes,
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
