/**
 * One menu for every select: type to search, arrow keys, Enter. A combobox with a listbox.
 *
 * A choice is {key, text, description, value}; a group is {label, choices}. `find(query)` returns
 * the groups for what was typed, or a promise of them.
 */

import { el, freshId } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { placeBeside, whileOpen } from "./popups.js";

const TYPING_MS = 200;

export class Picker {
  constructor({ find, initial = null, placeholder = "Choose", canEmpty = false, attributes = {}, onPick = () => {} }) {
    Object.assign(this, { find, canEmpty, onPick, chosen: initial, shown: [], active: -1, asked: 0, stop: () => {} });
    const listId = freshId("list");
    this.input = el("input", {
      type: "text", class: "field", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder,
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId, ...attributes,
      onclick: () => this.open(""), onkeydown: (event) => this.onKey(event),
      oninput: () => this.onInput(), onblur: () => this.onBlur(),
    });
    this.list = el("div", { id: listId, class: "popup listbox", role: "listbox", hidden: true, "aria-label": placeholder });
    this.node = el("span", { class: "picker" }, this.input, this.list);
    this.showChosen();
  }

  showChosen() {
    this.input.value = this.chosen ? this.chosen.text : "";
  }

  /** Put back an earlier choice, without telling anybody. */
  choose(choice) {
    this.chosen = choice;
    this.showChosen();
  }

  onInput() {
    window.clearTimeout(this.typing);
    const query = this.input.value;
    this.typing = window.setTimeout(() => this.open(query), TYPING_MS);
  }

  async open(query) {
    this.asked += 1;
    const asked = this.asked;
    let groups;
    try {
      groups = await this.find(query);
    } catch (error) {
      groups = [];
      this.failure = error.message;
    }
    if (asked !== this.asked || document.activeElement !== this.input) return;
    this.fill(groups);
  }

  fill(groups) {
    this.shown = groups.flatMap((group) => group.choices);
    this.options = [];
    this.list.replaceChildren(...groups.flatMap((group) => this.groupNodes(group)));
    if (!this.shown.length) this.list.append(el("p", { class: "popup-note" }, this.failure || "Nothing found"));
    this.failure = null;
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    const place = () => placeBeside(this.input, this.list, { wide: true });
    place();
    this.stop();
    this.stop = whileOpen(this.node, { close: () => this.close(), place });
    this.mark(this.shown.findIndex((choice) => choice.key === this.chosen?.key));
  }

  groupNodes(group) {
    const nodes = group.choices.map((choice) => {
      const option = el("div", {
        id: freshId("option"), class: "option", role: "option", "aria-selected": "false",
        onpointerdown: (event) => event.preventDefault(), onclick: () => this.pick(choice),
      }, plainText(choice.text), choice.description ? el("small", {}, choice.description) : null);
      this.options.push(option);
      return option;
    });
    return group.label ? [el("div", { role: "group", "aria-label": group.label }, el("p", { class: "popup-note" }, group.label), nodes)] : nodes;
  }

  mark(index) {
    this.active = index;
    this.options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    const option = this.options[index];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", option.id);
    return option.scrollIntoView({ block: "nearest" });
  }

  close() {
    window.clearTimeout(this.typing);
    this.asked += 1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.stop();
  }

  pick(choice) {
    const before = this.chosen;
    this.close();
    this.choose(choice);
    this.onPick(choice, before);
  }

  onBlur() {
    this.close();
    if (this.input.value === "" && this.canEmpty) this.chosen = null;
    this.showChosen();
  }

  onKey(event) {
    const open = !this.list.hidden;
    if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      if (!open) this.open("");
      else this.mark((this.active + (event.key === "ArrowDown" ? 1 : -1) + this.shown.length) % (this.shown.length || 1));
    }
    if (event.key === "Enter") {
      event.preventDefault();
      if (open && this.shown[this.active]) this.pick(this.shown[this.active]);
      else if (!open) this.open("");
    }
    if (event.key === "Escape" && open) {
      event.preventDefault();
      this.close();
      this.showChosen();
    }
  }
}
