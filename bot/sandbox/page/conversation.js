/** The middle of the page: one channel or DM, its head, its messages and its composer. */

import { go } from "./address.js";
import { Prompts, StatusLine } from "./assistance.js";
import { takeDrops } from "./attachments.js";
import { Composer } from "./composer.js";
import { el } from "./dom.js";
import { guideCard } from "./guide.js";
import { homeView } from "./home.js";
import { MessageLog, pointOutReplies } from "./message_log.js";
import { notify, notifyError } from "./notices.js";
import { Scroller } from "./scroller.js";
import { get, post, upload } from "./server.js";
import { phone } from "./thread.js";
import { compareTs, isReply, titleOf, workspace } from "./workspace.js";

const PRESS_LASTS_MS = 30_000;
const AT_ONCE_MS = 5_000;
const drafts = new Map();

export class Conversation {
  constructor() {
    this.head = document.getElementById("conversation-head");
    this.content = document.getElementById("conversation-content");
    this.scroller = new Scroller(document.getElementById("conversation-scroll"), this.content);
    this.composer = new Composer({
      testid: "composer", sendTestid: "send", send: (text) => this.send(text), share: (...what) => this.share(...what),
      commands: () => workspace.commands,
    });
    takeDrops(document.getElementById("conversation"), (files) => this.composer.attach(files));
    const foot = document.getElementById("conversation-composer");
    this.prompts = new Prompts((text) => this.send(text).catch(notifyError));
    this.status = new StatusLine();
    foot.append(this.prompts.node, this.status.node, this.composer.node);
    new ResizeObserver(() => document.documentElement.style.setProperty("--composer-height", `${foot.offsetHeight}px`)).observe(foot);
    this.content.addEventListener("click", (event) => this.notePress(event.target));
    this.channel = null;
  }

  /** Show a channel; `tab` is "home" for Marko's Home. */
  open(channel, tab) {
    this.keepDraft();
    this.channel = channel;
    this.tab = channel.is_im && tab === "home" ? "home" : "messages";
    workspace.openChannel = channel.id;
    channel.unread = 0;
    this.drawHead();
    this.drawContent();
    this.composer.name(`Message ${titleOf(channel)}`);
    this.composer.draft = drafts.get(this.draftKey()) || {};
    this.scroller.toEnd();
    this.scroller.sticks = this.tab === "messages";
    this.refreshAssistance();
    this.tellOpened();
    if (this.tab === "home" || !workspace.rootsOf(channel.id).length) this.toStart();
  }

  /** The bot hears each time that its conversation, or the other tab of it, is opened. */
  tellOpened() {
    if (this.channel.is_im) post("/ui/home", { user: workspace.me.id, tab: this.tab }).catch(notifyError);
  }

  /** The prompts offered here, and what the bot is doing here. */
  refreshAssistance() {
    if (!this.channel) return;
    this.prompts.show(this.channel.is_im ? workspace.promptsOf(this.channel.id) : null);
    this.status.show(workspace.statusOf(this.channel.id));
  }

  /** Forget what is shown: another person looks now. */
  clear() {
    this.keepDraft();
    this.channel = null;
  }

  keepDraft() {
    if (this.channel) drafts.set(this.draftKey(), this.composer.draft);
  }

  draftKey() {
    return `${this.user} ${this.channel.id}`;
  }

  drawHead() {
    this.user = workspace.me.id;
    const { channel } = this;
    const absent = !channel.is_im && !channel.marko_is_member;
    const tabs = ["messages", "home"].map((tab) => el("a", {
      class: "tab", href: `#/${channel.id}?as=${this.user}${tab === "home" ? "&tab=home" : ""}`,
      "aria-current": this.tab === tab ? "page" : null, "data-testid": `tab-${tab}`,
    }, tab === "home" ? "Home" : "Messages"));
    this.head.replaceChildren(
      el("h1", { class: "channel-title", id: "channel-title" }, titleOf(channel)),
      el("span", { class: "as-whom" }, `as ${workspace.me.real_name}`),
      absent ? el("span", { class: "absent" }, "Marko is not in this channel: type /invite @Marko") : "",
      ...(channel.is_im ? [el("nav", { class: "tabs", "aria-label": "In this conversation" }, tabs)] : []));
    document.getElementById("conversation").classList.toggle("shows-home", this.tab === "home");
  }

  drawContent() {
    const guide = guideCard({ suggest: (...what) => this.suggest(...what), share: (name) => this.shareSample(name) });
    this.log = new MessageLog(`Messages in ${titleOf(this.channel)}`);
    this.log.show(workspace.rootsOf(this.channel.id));
    this.newest = this.log.newest();
    this.empty = el("p", { class: "empty" }, "Nothing here yet.");
    this.content.replaceChildren(...(this.tab === "home" ? [homeView()] : [guide || "", this.empty, this.log.node]));
    this.refreshEmpty();
  }

  refreshEmpty() {
    this.empty.hidden = workspace.rootsOf(this.channel.id).length > 0;
  }

  /** Bring the messages up to date; `fresh` is a message that was not here before. */
  refresh(fresh = null) {
    if (!this.channel) return;
    this.log.show(workspace.rootsOf(this.channel.id));
    this.refreshEmpty();
    this.refreshAssistance();
    if (this.tab === "messages") this.showNews(fresh);
  }

  /** At once and not at the next frame, so that nothing in between takes the new height for a way up. */
  showNews(fresh) {
    const before = this.newest;
    this.newest = this.log.newest();
    this.scroller.settle();
    if (compareTs(this.newest, before) > 0) this.scroller.announce();
    if (fresh?.channel === this.channel.id && isReply(fresh)) this.pointOut(fresh);
  }

  /** An answer in a thread is told by its message's link: it is no news of the conversation itself. */
  pointOut(reply) {
    if (reply.user === workspace.me.id) return;
    const link = pointOutReplies(this.log.nodeOf(reply.thread_ts));
    if (!link || !this.justPressed(reply.thread_ts)) return;
    if (this.mayOpenThread()) go({ channel: this.channel.id, user: this.user, thread: reply.thread_ts });
    else this.scroller.reveal(link);
  }

  /** Remember whose button was pressed: what comes of it should be seen. */
  notePress(target) {
    const pressed = target.closest(".message-body button, .message-body a")?.closest(".message");
    if (pressed) this.pressed = { ts: pressed.dataset.ts, at: Date.now() };
  }

  justPressed(ts) {
    return this.pressed?.ts === ts && Date.now() - this.pressed.at < PRESS_LASTS_MS;
  }

  /** Not over what was just pressed, as on a phone; not for another thread; not away from where I type. */
  mayOpenThread() {
    const active = document.activeElement;
    const stillThere = active === document.body || this.content.contains(active);
    const atOnce = Date.now() - this.pressed.at < AT_ONCE_MS;
    return atOnce && stillThere && !phone.matches && document.getElementById("thread").hidden;
  }

  /** Home changed. */
  refreshHome() {
    if (this.channel && this.tab === "home") this.content.replaceChildren(homeView());
  }

  /** Show the beginning, where the guide stands. */
  toStart() {
    this.scroller.toStart();
  }

  /** Highlight one message. Returns false when it is not here. */
  find(ts) {
    const node = this.log.nodeOf(ts);
    if (node) this.scroller.toNode(node);
    return Boolean(node);
  }

  /** Put a text into the composer, ready to be sent; `direct` goes to the conversation with Marko first. */
  suggest(text, { direct = false } = {}) {
    const there = direct ? workspace.direct() : null;
    if (there && there.id !== this.channel.id) {
      drafts.set(`${this.user} ${there.id}`, { text });
      go({ channel: there.id, user: this.user });
      return;
    }
    this.composer.text = text;
    this.composer.focus();
  }

  async send(text) {
    const where = { user: workspace.me.id, channel: this.channel.id, text };
    this.scroller.toEnd();
    await post(text.startsWith("/") ? "/ui/command" : "/ui/message", where);
    if (text.startsWith("/invite")) await this.refreshMembership();
    if (!workspace.connected) notify("Marko is not connected, so nobody answers.", "error");
  }

  async share(text, files, onProgress) {
    this.scroller.toEnd();
    await upload("/ui/file", { user: workspace.me.id, channel: this.channel.id, text, files }, onProgress);
  }

  /** Drop one of the sandbox's own files here, by its name; without one the usual file. */
  shareSample(name) {
    this.scroller.toEnd();
    const which = name ? { name } : {};
    post("/ui/sample", { user: workspace.me.id, channel: this.channel.id, ...which }).catch(notifyError);
  }

  /** Marko may have joined: read again who is where. */
  async refreshMembership() {
    const { channels } = await get("/ui/state", { user: workspace.me.id });
    for (const { id, marko_is_member: member } of channels) Object.assign(workspace.channel(id) || {}, { marko_is_member: member });
    this.drawHead();
  }
}
