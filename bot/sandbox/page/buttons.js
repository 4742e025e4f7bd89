/** Buttons and overflow menus in blocks. */

import { el, freshId, link, placeOf, safeUrl } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { placeBeside, whileOpen } from "./popups.js";

const STYLES = ["primary", "danger"];

/** A button; with `url` it is a link that also tells the bot. */
export function button(element, place) {
  const url = element.url ? safeUrl(element.url) : null;
  if (element.url && !url) throw new Error(`Slack opens no address like ${element.url}`);
  const attributes = {
    class: `button ${STYLES.includes(element.style) ? element.style : ""}`,
    "data-action-id": element.action_id, "data-block-id": place.blockId,
    "aria-label": element.accessibility_label,
  };
  const label = plainText(element.text.text);
  const action = "value" in element ? { value: element.value } : {};
  if (url && !element.confirm) {
    return link(url, label, { ...attributes, onclick: () => place.surface.act(place.blockId, element, action) });
  }
  const press = async () => {
    const sent = await busyWhile(node, () => place.surface.act(place.blockId, element, action));
    if (sent && url) follow(url);
  };
  const node = el("button", { type: "button", ...attributes, onclick: press }, label);
  return node;
}

function follow(url) {
  const here = placeOf(url);
  if (here) window.location.hash = here;
  else window.open(url.href, "_blank", "noopener");
}

/** One press at a time: presses while the first is on its way are dropped. */
async function busyWhile(node, work) {
  if (node.getAttribute("aria-busy") === "true") return false;
  node.setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    node.removeAttribute("aria-busy");
  }
}

/** The ⋯ menu. */
export function overflow(element, place) {
  const menuId = freshId("menu");
  const opener = el("button", {
    type: "button", class: "button overflow-button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": menuId,
    "aria-label": element.accessibility_label || "More actions", "data-action-id": element.action_id, "data-block-id": place.blockId,
  }, "⋯");
  const items = element.options.map((option) => menuItem(option, (chosen) => pick(chosen)));
  const menu = el("div", { id: menuId, class: "popup menu", role: "menu", hidden: true, onkeydown: (event) => onKey(event) }, items);
  const holder = el("span", { class: "overflow" }, opener, menu);
  let stop = () => {};

  const open = (index) => {
    menu.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    const place = () => placeBeside(opener, menu);
    place();
    items.at(index).focus();
    stop = whileOpen(holder, { close, place });
  };
  const close = () => {
    menu.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    stop();
  };
  const pick = (option) => {
    close();
    opener.focus();
    place.surface.act(place.blockId, element, { selected_option: option });
  };
  const onKey = (event) => {
    if (event.key === "Tab") close();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
    if (event.key === "Home") items[0].focus();
    if (event.key === "End") items.at(-1).focus();
    if (event.key === "Escape") {
      close();
      opener.focus();
    }
    if (["ArrowDown", "ArrowUp", "Home", "End", "Escape"].includes(event.key)) event.preventDefault();
  };
  opener.addEventListener("click", () => (menu.hidden ? open(0) : close()));
  opener.addEventListener("keydown", (event) => {
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    open(event.key === "ArrowDown" ? 0 : -1);
  });
  return holder;
}

function menuItem(option, pick) {
  const url = option.url ? safeUrl(option.url) : null;
  const attributes = { class: "menu-item", role: "menuitem", tabindex: "-1", onclick: () => pick(option) };
  const label = plainText(option.text.text);
  return url ? link(url, label, attributes) : el("button", { type: "button", ...attributes }, label);
}
