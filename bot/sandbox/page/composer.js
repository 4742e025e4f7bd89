/** Where messages are written. Enter sends, Shift+Enter breaks the line, "/" offers the commands. */

import { el, freshId } from "./dom.js";
import { notifyError } from "./notices.js";

const HIGHEST = 160;

export class Composer {
  /** `send(text)` returns a promise; the text stays when it fails. */
  constructor({ testid, sendTestid, send, commands = () => [] }) {
    const listId = freshId("commands");
    Object.assign(this, { send, commands, matches: [], active: 0, closedFor: null });
    this.input = el("textarea", {
      class: "composer-input", rows: 1, "data-testid": testid, autocomplete: "off", disabled: true,
      "aria-controls": listId, "aria-autocomplete": "list", "aria-haspopup": "listbox",
      oninput: () => this.onInput(), onkeydown: (event) => this.onKey(event), onblur: () => this.closeList(),
    });
    this.list = el("div", { id: listId, class: "commands", role: "listbox", "aria-label": "Commands", hidden: true });
    this.usage = el("p", { class: "usage", role: "status" });
    this.button = el("button", { type: "submit", class: "button primary send", "data-testid": sendTestid }, "Send");
    this.node = el("form", { class: "composer", onsubmit: (event) => this.onSubmit(event) },
      this.list, el("div", { class: "composer-row" }, this.input, this.button), this.usage);
  }

  /** Say what this composer writes to. Before that it takes no text: nobody could say where it goes. */
  name(label) {
    this.input.disabled = false;
    this.input.placeholder = label;
    this.input.setAttribute("aria-label", label);
  }

  get text() {
    return this.input.value;
  }

  set text(value) {
    this.input.value = value;
    this.onInput();
    this.closeList();
  }

  focus() {
    this.input.focus();
    this.input.setSelectionRange(this.text.length, this.text.length);
  }

  onInput() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, HIGHEST)}px`;
    this.showCommands();
  }

  showCommands() {
    const typed = /^\/\S*$/.test(this.text) ? this.text.toLowerCase() : null;
    this.matches = typed ? this.commands().filter((one) => one.command.startsWith(typed)) : [];
    this.showUsage();
    if (!this.matches.length || this.closedFor === this.text) return this.closeList();
    this.list.replaceChildren(...this.matches.map((command, index) => this.commandNode(command, index)));
    this.list.hidden = false;
    return this.mark(0);
  }

  showUsage() {
    const name = this.text.split(/\s/)[0];
    const command = /\s/.test(this.text) && this.commands().find((one) => one.command === name);
    this.usage.textContent = command ? `${command.command} ${command.usage_hint || ""} · ${command.description || ""}` : "";
  }

  commandNode(command, index) {
    return el("div", {
      id: freshId("command"), class: "option", role: "option", "aria-selected": "false",
      onpointerdown: (event) => event.preventDefault(), onclick: () => this.complete(index),
    }, el("strong", {}, command.command), ` ${command.usage_hint || ""}`, el("small", {}, command.description || ""));
  }

  mark(index) {
    this.active = index;
    [...this.list.children].forEach((node, place) => node.setAttribute("aria-selected", String(place === index)));
    const node = this.list.children[index];
    this.input.setAttribute("aria-activedescendant", node.id);
    node.scrollIntoView({ block: "nearest" });
  }

  closeList() {
    this.list.hidden = true;
    this.input.removeAttribute("aria-activedescendant");
  }

  complete(index) {
    this.text = `${this.matches[index].command} `;
    this.focus();
  }

  onKey(event) {
    if (event.isComposing) return;
    if (!this.list.hidden && this.onListKey(event)) return void event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.node.requestSubmit();
    }
  }

  /** True when the open list used the key. */
  onListKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.mark((this.active + step + this.matches.length) % this.matches.length);
      return true;
    }
    if (event.key === "Escape") {
      this.closedFor = this.text;
      this.closeList();
      return true;
    }
    const whole = this.matches[this.active].command === this.text;
    if ((event.key === "Tab" && !event.shiftKey) || (event.key === "Enter" && !event.shiftKey && !whole)) {
      this.complete(this.active);
      return true;
    }
    return false;
  }

  async onSubmit(event) {
    event.preventDefault();
    const text = this.text.trim();
    if (!text || this.sending) return;
    this.sending = true;
    this.text = "";
    try {
      await this.send(text);
    } catch (error) {
      if (!this.text) this.text = text;
      notifyError(error);
    } finally {
      this.sending = false;
    }
  }
}
