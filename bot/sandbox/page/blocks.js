/** The table of blocks. Each draws one block on one surface. */

import { cannotDraw, drawn } from "./cannot_draw.js";
import { chart } from "./charts.js";
import { el, safeUrl } from "./dom.js";
import { drawElement, Place } from "./elements.js";
import { enlargeable } from "./enlarge.js";
import { inputBlock } from "./inputs.js";
import { markdown } from "./markdown.js";
import { plainText, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { table } from "./tables.js";

const LEVELS = ["default", "info", "warning", "error", "success"];

const BLOCKS = {
  header: (block) => el("h3", { class: "block-header" }, plainText(block.text.text)),
  section,
  context,
  divider: () => el("hr"),
  actions,
  image: imageBlock,
  table,
  data_visualization: chart,
  rich_text: richText,
  input: inputBlock,
  markdown: (block) => markdown(block.text),
  alert,
};

/** Nodes for a list of blocks; a block that cannot be drawn is a red box in its place. */
export function drawBlocks(blocks, surface) {
  return blocks.map((block) => {
    const known = Object.hasOwn(BLOCKS, block?.type);
    const inner = known ? drawn("a block", block, () => BLOCKS[block.type](block, surface)) : cannotDraw("a block", block);
    return el("div", { class: `block block-${known ? block.type : "unknown"}`, "data-block-id": block?.block_id }, inner);
  });
}

function section(block, surface) {
  if (!block.text && !block.fields?.length) throw new Error("a section needs text or fields");
  const label = (block.text || block.fields[0]).text;
  const place = new Place({ surface, blockId: block.block_id, attributes: { "aria-label": label } });
  return el("div", { class: "section" },
    el("div", { class: "section-body" },
      block.text ? el("div", { class: "section-text" }, textObject(block.text)) : null,
      block.fields ? el("div", { class: "fields" }, block.fields.map((field) => el("div", { class: "field-cell" }, textObject(field)))) : null),
    block.accessory ? el("div", { class: "accessory" }, accessory(block.accessory, place)) : null);
}

function accessory(element, place) {
  return element.type === "image" ? picture(element, "thumbnail") : drawElement(element, place);
}

function context(block) {
  return el("div", { class: "context" }, block.elements.map((element) => drawn("a context element", element, () =>
    element.type === "image" ? picture(element, "context-image") : el("span", { class: "context-text" }, textObject(element)))));
}

function actions(block, surface) {
  return el("div", { class: "actions" }, block.elements.map((element) => {
    const attributes = { "aria-label": element.accessibility_label || element.placeholder?.text };
    return drawElement(element, new Place({ surface, blockId: block.block_id, attributes }));
  }));
}

function imageBlock(block) {
  return el("figure", {}, block.title ? el("figcaption", {}, plainText(block.title.text)) : null, picture(block, "picture"));
}

/** An image; when it does not load, its alternative text and the reason stand there. A big one can be enlarged. */
export function picture(image, look) {
  if (typeof image.alt_text !== "string") throw new Error("an image needs alt_text");
  const address = image.image_url || (image.slack_file && slackFile(image.slack_file));
  const url = address ? safeUrl(address) : null;
  if (!url?.protocol.startsWith("http")) throw new Error("an image needs image_url or slack_file");
  const node = el("img", { src: url.href, alt: image.alt_text, class: look, referrerpolicy: "no-referrer" });
  const shown = look === "picture" ? enlargeable(node) : node;
  node.addEventListener("error", () => shown.replaceWith(cannotDraw("an image", { type: "image", ...image }, `It did not load. It shows: ${image.alt_text}`)));
  return shown;
}

/** Where this page, which has no token, reads a file that is shared in the sandbox. */
function slackFile({ id, url }) {
  const known = id || /\/files\/([^/]+)\//.exec(url || "")?.[1];
  return known ? `/ui/file/${encodeURIComponent(known)}` : url;
}

function alert(block) {
  const level = LEVELS.includes(block.level) ? block.level : "default";
  const word = level === "default" ? null : el("strong", {}, `${level[0].toUpperCase()}${level.slice(1)}: `);
  return el("div", { class: `alert alert-${level}`, role: "note" }, word, textObject(block.text));
}
