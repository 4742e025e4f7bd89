/**
 * Files that hang on a message: a picture is shown, everything else is a link with its size.
 *
 * `page_url` is where this page may fetch it; `url_private` wants the bot's token.
 */

import { picture } from "./blocks.js";
import { drawn } from "./cannot_draw.js";
import { el, fileSize, link, safeUrl } from "./dom.js";

export function drawFile(file) {
  return drawn("a file", { type: "file", ...file }, () => (isPicture(file) ? pictureFile(file) : otherFile(file)));
}

function isPicture(file) {
  return /^image\/(png|jpeg|gif|webp)$/.test(file.mimetype || "");
}

function nameOf(file) {
  return file.title || file.name || file.id;
}

function pictureFile(file) {
  const image = { image_url: file.page_url || file.url_private, alt_text: file.alt_txt || nameOf(file) };
  return el("figure", { class: "file-picture" }, el("figcaption", {}, nameOf(file)), picture(image, "picture"));
}

function otherFile(file) {
  const address = file.page_url || file.url_private;
  const url = address ? safeUrl(address) : null;
  const text = [el("span", { class: "file-name" }, nameOf(file)), el("small", {}, fileSize(file.size))];
  return url ? link(url, text, { class: "file", download: file.name }) : el("span", { class: "file" }, text);
}
