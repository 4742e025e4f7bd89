/** Where blocks stand: a message, a modal or Home. It knows how to tell the server. */

import { askConfirm } from "./confirm.js";
import { Form } from "./form.js";
import { notifyError } from "./notices.js";
import { post } from "./server.js";
import { workspace } from "./workspace.js";

export class Surface {
  /** `where` is {channel, message_ts} or {view_id}. */
  constructor(where, form = new Form()) {
    this.where = where;
    this.user = workspace.me.id;
    this.form = form;
  }

  /** Send what was done to an element, after its confirm dialog. Resolves to true once it is sent. */
  async act(blockId, element, action) {
    if (element.confirm && !(await askConfirm(element.confirm))) return false;
    const body = {
      user: this.user, ...this.where, block_id: blockId, action_id: element.action_id,
      action: { type: element.type, ...action }, state: { values: this.form.values() },
    };
    try {
      await post("/ui/action", body);
      return true;
    } catch (error) {
      notifyError(error);
      return false;
    }
  }

  /** The conversation that a view or a message stands in, for selects that begin with it. */
  conversation() {
    return this.where.channel || workspace.openChannel;
  }

  /** The options of an external select for what was typed. */
  options(blockId, element, value) {
    return post("/ui/options", { user: this.user, ...this.where, block_id: blockId, action_id: element.action_id, value });
  }
}
