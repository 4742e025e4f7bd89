/** The select menus for several choices: what is chosen stands above the menu and can be taken away. */

import { el, freshId } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { Picker } from "./picker.js";
import { sourceOf } from "./selects.js";

export function multiSelect(element, place) {
  const source = sourceOf(element, place);
  const { property } = source;
  const before = place.surface.form.before(place.blockId, element)?.[property];
  const chosen = (before || element[source.initial] || []).map((value) => source.choiceOf(value)).filter(Boolean);
  return new Several(element, place, { ...source, chosen }).node;
}

class Several {
  constructor(element, place, { find, property, chosen }) {
    Object.assign(this, { element, place, property, chosen, most: element.max_selected_items || Infinity });
    this.list = el("ul", { class: "chosen", "aria-label": "Chosen", id: freshId("chosen") });
    this.picker = new Picker({
      find: async (query) => this.open(await find(query)), placeholder: element.placeholder?.text, canEmpty: true,
      attributes: place.attributes, onPick: (choice) => this.add(choice),
    });
    this.draw();
    const control = {
      target: this.picker.input,
      read: () => ({ type: element.type, [property]: this.values() }),
      isEmpty: () => !this.chosen.length,
      problem: () => null,
    };
    this.node = place.register(element, el("span", { class: "control" }, this.list, this.picker.node), control);
  }

  values() {
    return this.chosen.map((choice) => choice.value);
  }

  /** The groups without what is chosen already. */
  open(groups) {
    if (this.chosen.length >= this.most) throw new Error(`${this.most} can be chosen at most.`);
    const taken = new Set(this.chosen.map((choice) => choice.key));
    return groups.map((group) => ({ ...group, choices: group.choices.filter((choice) => !taken.has(choice.key)) })).filter((group) => group.choices.length);
  }

  add(choice) {
    this.picker.choose(null);
    return this.become([...this.chosen, choice]);
  }

  remove(choice) {
    this.picker.input.focus();
    return this.become(this.chosen.filter((one) => one !== choice));
  }

  async become(chosen) {
    const earlier = this.chosen;
    this.chosen = chosen;
    this.draw();
    if (!this.place.dispatches) return;
    const sent = await this.place.surface.act(this.place.blockId, this.element, { [this.property]: this.values() });
    if (sent) return;
    this.chosen = earlier;
    this.draw();
  }

  draw() {
    this.list.hidden = !this.chosen.length;
    this.list.replaceChildren(...this.chosen.map((choice) => el("li", { class: "attachment" }, el("span", {}, plainText(choice.text)),
      el("button", { type: "button", class: "plain-button", "aria-label": `Take away ${choice.text}`, onclick: () => this.remove(choice) }, "×"))));
  }
}

