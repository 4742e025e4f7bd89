/** The table of block elements, and the place an element is drawn in. */

import { button, overflow } from "./buttons.js";
import { cannotDraw, drawn } from "./cannot_draw.js";
import { checkboxes, radioButtons } from "./choices.js";
import { addressInput, datepicker, numberInput, plainTextInput, timepicker } from "./fields.js";
import { multiSelect } from "./multi_selects.js";
import { select } from "./selects.js";

const ELEMENTS = {
  button,
  overflow,
  static_select: select,
  external_select: select,
  users_select: select,
  channels_select: select,
  conversations_select: select,
  multi_static_select: multiSelect,
  multi_external_select: multiSelect,
  multi_users_select: multiSelect,
  multi_channels_select: multiSelect,
  multi_conversations_select: multiSelect,
  radio_buttons: radioButtons,
  checkboxes,
  plain_text_input: plainTextInput,
  email_text_input: addressInput,
  url_text_input: addressInput,
  number_input: numberInput,
  datepicker,
  timepicker,
};

/** Where an element stands: its surface, its block, whether a change is told to the bot at once. */
export class Place {
  constructor({ surface, blockId, inInput = false, dispatches = true, attributes = {} }) {
    Object.assign(this, { surface, blockId, inInput, dispatches, attributes, control: null });
  }

  /** Note a control in the surface's form. Returns its node. */
  register(element, node, control) {
    (control.marked || control.target).setAttribute("data-action-id", element.action_id);
    this.surface.form.add(this.blockId, element.action_id, control);
    this.control = control;
    return node;
  }
}

/** An element's node; what is unknown becomes the red box. */
export function drawElement(element, place) {
  if (!Object.hasOwn(ELEMENTS, element?.type)) return cannotDraw("an element", element);
  return drawn("an element", element, () => ELEMENTS[element.type](element, place));
}
