/** The table block. It scrolls inside itself, so that the page never scrolls sideways. */

import { cannotDraw, drawn } from "./cannot_draw.js";
import { el } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const CELLS = {
  raw_text: (cell) => plainText(cell.text),
  raw_number: (cell) => plainText(cell.text ?? cell.value),
  rich_text: richText,
};

/** A table; the first row is its heading, as Slack draws it. */
export function table(block) {
  const settings = block.column_settings || [];
  const [head, ...rest] = block.rows;
  return el("div", { class: "table-frame", role: "region", "aria-label": "Table", tabindex: "0" },
    el("table", {},
      el("thead", {}, row(head, settings, "th")),
      el("tbody", {}, rest.map((cells) => row(cells, settings, "td")))));
}

function row(cells, settings, tag) {
  return el("tr", {}, cells.map((cell, column) => {
    const { align = "left", is_wrapped: wrapped = false } = settings[column] || {};
    const look = `align-${["left", "center", "right"].includes(align) ? align : "left"}${wrapped ? " wrapped" : ""}`;
    return el(tag, { class: look, scope: tag === "th" ? "col" : null }, cellNodes(cell));
  }));
}

function cellNodes(cell) {
  const draw = Object.hasOwn(CELLS, cell?.type) ? CELLS[cell.type] : null;
  return draw ? drawn("a table cell", cell, () => draw(cell)) : cannotDraw("a table cell", cell);
}
