/** Where messages are written. Enter sends, Shift+Enter breaks the line, "/" offers the commands, files wait above. */

import { Attachments, readFile } from "./attachments.js";
import { el, freshId } from "./dom.js";
import { notifyError } from "./notices.js";
import { SandboxError } from "./server.js";

const HIGHEST = 160;

export class Composer {
  /** `send(text)` and `share(text, files, onProgress)` return promises; what was to be sent stays when they fail. */
  constructor({ testid, sendTestid, send, share, commands = () => [] }) {
    const listId = freshId("commands");
    Object.assign(this, { send, share, commands, matches: [], active: 0, closedFor: null });
    this.input = el("textarea", {
      class: "composer-input", rows: 1, "data-testid": testid, autocomplete: "off", disabled: true,
      "aria-controls": listId, "aria-autocomplete": "list", "aria-haspopup": "listbox",
      oninput: () => this.onInput(), onkeydown: (event) => this.onKey(event), onblur: () => this.closeList(), onpaste: (event) => this.onPaste(event),
    });
    this.attachments = new Attachments({ testid, onChange: () => this.focus() });
    this.list = el("div", { id: listId, class: "commands", role: "listbox", "aria-label": "Commands", hidden: true });
    this.usage = el("p", { class: "usage", role: "status" });
    this.button = el("button", { type: "submit", class: "button primary send", "data-testid": sendTestid }, "Send");
    this.node = el("form", { class: "composer", onsubmit: (event) => this.onSubmit(event) },
      this.list, this.attachments.list, this.attachments.progress,
      el("div", { class: "composer-row" }, this.attachments.button, this.input, this.button),
      this.attachments.chooser, this.attachments.said, this.usage);
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

  /** What was begun and not sent: {text, files}. */
  get draft() {
    return { text: this.text, files: this.attachments.files };
  }

  set draft({ text = "", files = [] }) {
    this.text = text;
    this.attachments.replace(files);
  }

  attach(files) {
    if (!this.input.disabled) this.attachments.add(files);
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

  onPaste(event) {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    this.attach(files);
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
    const sent = { text: this.text.trim(), files: this.attachments.files };
    if ((!sent.text && !sent.files.length) || this.sending) return;
    this.sending = true;
    this.draft = {};
    try {
      await this.deliver(sent);
    } catch (error) {
      this.restore(sent);
      notifyError(error);
    } finally {
      this.sending = false;
      this.attachments.share = null;
    }
  }

  async deliver({ text, files }) {
    if (!files.length) return void await this.send(text);
    if (text.startsWith("/")) throw new SandboxError("A command takes no file, as in Slack. Send the file without it.", 0);
    this.attachments.share = 0;
    const contents = await Promise.all(files.map(readFile));
    await this.share(text, contents, (part) => { this.attachments.share = part; });
  }

  /** Put back what could not be sent, beside what was begun meanwhile. */
  restore({ text, files }) {
    this.draft = { text: this.text || text, files: [...files, ...this.attachments.files] };
  }
}
