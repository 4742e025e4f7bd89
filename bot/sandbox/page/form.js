/**
 * What can be filled in on one surface (a message, a modal, Home): its controls, their values as
 * Slack sends them, and the checks Slack does before it sends.
 */

const REQUIRED = "Please complete this required field.";

/** A control is {target, read(), isEmpty(), problem()}; `read()` is Slack's state value. */
export class Form {
  /** `kept` are the values of an earlier drawing; a control with the same ids starts with them. */
  constructor(kept = {}) {
    this.kept = kept;
    this.controls = [];
    this.inputs = [];
  }

  add(blockId, actionId, control) {
    this.controls.push({ blockId, actionId, control });
  }

  /** An input block around a control: {blockId, optional, control, showError(text)}. */
  addInput(input) {
    this.inputs.push(input);
  }

  /** The value a control had before this drawing, if it is of the same type. */
  before(blockId, element) {
    const value = this.kept[blockId]?.[element.action_id];
    return value?.type === element.type ? value : null;
  }

  /** {block_id: {action_id: value}}. */
  values() {
    const values = {};
    for (const { blockId, actionId, control } of this.controls) {
      values[blockId] ||= {};
      values[blockId][actionId] = control.read();
    }
    return values;
  }

  /** {block_id: sentence} for everything that Slack would not let through, all at once. */
  faults() {
    const faults = {};
    for (const { blockId, optional, control } of this.inputs) {
      const fault = control.isEmpty() ? !optional && REQUIRED : control.problem();
      if (fault) faults[blockId] = fault;
    }
    return faults;
  }

  /** Show errors at their inputs, clear the others. Returns the sentences that have no input. */
  showErrors(errors) {
    for (const input of this.inputs) input.showError(errors[input.blockId] || null);
    const known = new Set(this.inputs.map((input) => input.blockId));
    const first = this.inputs.find((input) => errors[input.blockId]);
    first?.control.target.focus();
    return Object.entries(errors).filter(([blockId]) => !known.has(blockId))
      .map(([blockId, text]) => `${text} (No input block is called “${blockId}”.)`);
  }
}
