/** Files that wait beside a composer until they are sent: chosen, dropped or pasted, each can be taken away. */

import { el, fileSize } from "./dom.js";
import { notify } from "./notices.js";
import { workspace } from "./workspace.js";

export class Attachments {
  /** `onChange()` is called when files came or went by hand. */
  constructor({ testid, onChange }) {
    Object.assign(this, { onChange, files: [] });
    this.chooser = el("input", {
      type: "file", multiple: true, class: "chooser", tabindex: "-1", "aria-hidden": "true", "data-testid": `${testid}-files`,
      onchange: () => this.onChosen(),
    });
    this.button = el("button", {
      type: "button", class: "plain-button attach", "aria-label": "Attach a file", title: "Attach a file", "data-testid": `${testid}-attach`,
      onclick: () => this.chooser.click(),
    }, paperClip());
    this.list = el("ul", { class: "attachments", "aria-label": "Attached files", hidden: true, "data-testid": `${testid}-attachments` });
    this.progress = el("progress", { class: "sharing", max: 1, hidden: true, "aria-label": "Sharing" });
    this.said = el("p", { class: "visually-hidden", role: "status" });
  }

  onChosen() {
    const chosen = [...this.chooser.files];
    this.chooser.value = ""; // so that the same file can be chosen again
    this.add(chosen);
  }

  /** Add files; what does not fit is said and left out. */
  add(files) {
    const fresh = files.filter((file) => this.fits(file));
    if (!fresh.length) return;
    this.replace([...this.files, ...fresh]);
    this.said.textContent = `Attached: ${fresh.map((file) => file.name).join(", ")}. Send shares it.`;
    this.onChange();
  }

  fits(file) {
    const total = this.files.reduce((sum, one) => sum + one.size, file.size);
    if (!file.size) notify(`${file.name} is empty, so there is nothing to share.`, "error");
    else if (total > workspace.file_limit) notify(`${file.name} cannot be shared: the sandbox takes ${fileSize(workspace.file_limit)} at once.`, "error");
    return file.size > 0 && total <= workspace.file_limit;
  }

  /** Show exactly these files. */
  replace(files) {
    this.files = files;
    this.list.replaceChildren(...files.map((file) => this.chip(file)));
    this.list.hidden = !files.length;
  }

  chip(file) {
    return el("li", { class: "attachment" },
      el("span", { class: "file-name" }, file.name), el("small", {}, fileSize(file.size)),
      el("button", { type: "button", class: "plain-button", "aria-label": `Do not share ${file.name}`, onclick: () => this.remove(file) }, "×"));
  }

  remove(file) {
    this.replace(this.files.filter((one) => one !== file));
    this.onChange();
  }

  /** How much is on its way, from 0 to 1; null when nothing is. */
  set share(part) {
    this.progress.hidden = part === null;
    this.progress.value = part ?? 0;
  }
}

/** {name, content} of a file, with its bytes as base64. Rejects when the browser cannot read it. */
export function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve({ name: file.name, content: reader.result.slice(reader.result.indexOf(",") + 1) }));
    reader.addEventListener("error", () => reject(new Error(`${file.name} cannot be read: ${reader.error.message}`)));
    reader.readAsDataURL(file);
  });
}

/** Files dropped on `node` go to `take(files)`; while they hover, the node says where they would go. */
export function takeDrops(node, take) {
  let depth = 0;
  const hover = (by) => {
    depth = by ? depth + by : 0;
    node.classList.toggle("dropping", depth > 0);
  };
  const withFiles = (handle) => (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    handle(event);
  };
  node.addEventListener("dragenter", withFiles(() => hover(1)));
  node.addEventListener("dragleave", withFiles(() => hover(-1)));
  node.addEventListener("dragover", withFiles((event) => { event.dataTransfer.dropEffect = "copy"; }));
  node.addEventListener("drop", withFiles((event) => {
    hover(0);
    take([...event.dataTransfer.files]);
  }));
}

function paperClip() {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  for (const [name, value] of [["viewBox", "0 0 24 24"], ["width", "20"], ["height", "20"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.6a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.8 1.8 0 0 1-2.5-2.5l7.8-7.8");
  path.setAttribute("class", "stroke");
  svg.append(path);
  return svg;
}
