/** Switches that are told to the server one by one: the faults, the scopes. */

import { el } from "./dom.js";
import { notifyError } from "./notices.js";
import { post } from "./server.js";

export class Switchboard {
  /** `labels` are the words for the names; a name without words stands for itself. */
  constructor(node, path) {
    Object.assign(this, { node, path, labels: {}, boxes: new Map() });
  }

  /** Show which are on: {name: bool}. */
  show(state) {
    for (const [name, on] of Object.entries(state)) this.box(name).checked = on;
  }

  box(name) {
    if (!this.boxes.has(name)) {
      const box = el("input", { type: "checkbox", "data-switch": name, onchange: () => this.tell(name, box) });
      this.boxes.set(name, box);
      this.node.append(el("label", { class: "choice" }, box, el("span", {}, this.labels[name] || name)));
    }
    return this.boxes.get(name);
  }

  async tell(name, box) {
    try {
      await post(this.path, { name, on: box.checked });
    } catch (error) {
      box.checked = !box.checked;
      notifyError(error);
    }
  }
}
