/** The right-hand pane with one thread; on a phone it covers the page. */

import { go } from "./address.js";
import { StatusLine } from "./assistance.js";
import { takeDrops } from "./attachments.js";
import { Composer } from "./composer.js";
import { count, el } from "./dom.js";
import { MessageLog } from "./message_log.js";
import { Scroller } from "./scroller.js";
import { SandboxError, post, upload } from "./server.js";
import { titleOf, workspace } from "./workspace.js";

/** Whether the pane lies over the conversation instead of beside it. */
export const phone = window.matchMedia("(max-width: 760px)");

export class ThreadPane {
  constructor() {
    phone.addEventListener("change", () => this.cover());
    this.pane = document.getElementById("thread");
    this.composer = new Composer({ testid: "thread-composer", sendTestid: "thread-send", send: (text) => this.send(text), share: (...what) => this.share(...what) });
    takeDrops(this.pane, (files) => this.composer.attach(files));
    this.subtitle = el("p", { class: "thread-channel" });
    this.line = el("p", { class: "thread-count" });
    this.content = el("div", {});
    this.closer = el("button", { type: "button", class: "plain-button", "aria-label": "Close this thread", "data-testid": "thread-close", onclick: () => this.leave() }, "×");
    this.status = new StatusLine();
    const scroll = el("div", { class: "thread-scroll", tabindex: "0", role: "region", "aria-label": "Messages in this thread" }, this.content);
    this.pane.append(
      el("header", { class: "thread-head" }, el("h2", {}, "Thread"), this.subtitle, this.closer), scroll, this.status.node, this.composer.node);
    this.scroller = new Scroller(scroll, this.content);
    this.pane.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.leave();
    });
    this.root = null;
  }

  /** Show the thread of a message. */
  open(channel, rootTs) {
    if (this.root === rootTs && this.channel === channel) return;
    Object.assign(this, { channel, root: rootTs });
    this.subtitle.textContent = titleOf(channel);
    this.composer.name("Reply in this thread");
    this.composer.draft = {};
    this.first = new MessageLog("The message this thread is about", { inThread: true });
    this.log = new MessageLog("Replies", { inThread: true });
    this.content.replaceChildren(this.first.node, this.line, this.log.node);
    this.pane.hidden = false;
    this.cover();
    this.refresh();
    this.scroller.toEnd();
    this.composer.focus();
  }

  refresh(fresh = null) {
    if (!this.root) return;
    const root = workspace.message(this.channel.id, this.root);
    const replies = workspace.repliesOf(this.channel.id, this.root);
    this.first.show(root ? [root] : []);
    this.line.textContent = replies.length ? count(replies.length, "reply", "replies") : "No reply yet";
    this.log.show(replies);
    this.refreshStatus();
    this.scroller.settle();
    if (fresh?.thread_ts === this.root) this.scroller.announce();
  }

  refreshStatus() {
    if (this.root) this.status.show(workspace.statusOf(this.channel.id, this.root));
  }

  close() {
    this.root = null;
    this.pane.hidden = true;
    this.cover();
  }

  /** On a phone the pane lies over the conversation, which then cannot be reached. */
  cover() {
    document.getElementById("conversation").inert = phone.matches && !this.pane.hidden;
  }

  leave() {
    const { channel, root } = this;
    go({ channel: channel.id, user: workspace.me.id });
    this.close();
    const message = document.querySelector(`#conversation [data-ts="${CSS.escape(root)}"]`);
    (message?.querySelector(".replies") || message)?.focus();
  }

  find(ts) {
    const node = this.log.nodeOf(ts);
    if (node) this.scroller.toNode(node);
    return Boolean(node);
  }

  async send(text) {
    if (text.startsWith("/")) throw new SandboxError(`${text.split(/\s/)[0]} does not work in a thread, as in Slack. Write it in the channel.`, 0);
    this.scroller.toEnd();
    await post("/ui/message", { user: workspace.me.id, channel: this.channel.id, text, thread_ts: this.root });
  }

  async share(text, files, onProgress) {
    this.scroller.toEnd();
    await upload("/ui/file", { user: workspace.me.id, channel: this.channel.id, text, files, thread_ts: this.root }, onProgress);
  }
}
