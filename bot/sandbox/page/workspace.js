/**
 * What the page knows about the workspace: a copy of the server's state for one person, kept up to
 * date by events. No drawing happens here.
 */

const EMPTY = {
  team: { id: "", name: "" },
  me: { id: "", real_name: "", role: "" },
  users: [],
  channels: [],
  commands: [],
  clock: { now: new Date(0).toISOString(), zone: "UTC", offset_seconds: 0 },
  connected: false,
  messages: {},
  views: [],
  guide: null,
  home: null,
  prompts: [],
  statuses: [],
  file_limit: 20_000_000,
  last_seq: 0,
};

class Workspace {
  constructor() {
    this.unreadBefore = new Map();
    this.load({});
  }

  /** Replace everything by a snapshot from the server. */
  load(snapshot) {
    for (const channel of this.channels || []) this.unreadBefore.set(`${this.me.id} ${channel.id}`, channel.unread);
    Object.assign(this, structuredClone(EMPTY), snapshot);
    // The server counts what it has not told yet; what was told but not looked at is known only here.
    this.statuses = [];
    for (const status of snapshot.statuses || []) this.setStatus(status);
    for (const channel of this.channels) channel.unread += this.unreadBefore.get(`${this.me.id} ${channel.id}`) || 0;
    this.setClock(this.clock);
  }

  /** The prompts offered in a conversation, or null. */
  promptsOf(channelId) {
    return this.prompts.find((offer) => offer.channel === channelId) || null;
  }

  /** Offer other prompts in a conversation. */
  setPrompts(offer) {
    this.prompts = [...this.prompts.filter((one) => one.channel !== offer.channel), offer];
  }

  /** Note what the bot is doing in a thread; an empty status ends it. */
  setStatus(status) {
    this.statuses = this.statuses.filter((one) => one.channel !== status.channel || one.thread_ts !== status.thread_ts);
    if (status.status) this.statuses.push({ ...status, until: Date.now() + status.seconds_left * 1000 });
  }

  /** What the bot said ends what it was doing there; in its DM, wherever that was. */
  endStatus(message) {
    const direct = this.channel(message.channel)?.is_im;
    if (!this.user(message.user)?.is_bot || message.ephemeral) return;
    this.statuses = this.statuses.filter((one) => one.channel !== message.channel || !(direct || one.thread_ts === message.thread_ts));
  }

  /** What the bot is doing in a conversation, or in one thread of it; null when nothing, or not lately. */
  statusOf(channelId, threadTs = null) {
    const there = (one) => one.channel === channelId && (!threadTs || one.thread_ts === threadTs) && one.until > Date.now();
    return this.statuses.findLast(there) || null;
  }

  /** Take a clock reading; from now on it runs with this computer's clock. */
  setClock(clock) {
    this.clock = clock;
    this.clockReadAt = Date.now();
  }

  /** The sandbox's moment, as a Date. */
  now() {
    return new Date(new Date(this.clock.now).getTime() + Date.now() - this.clockReadAt);
  }

  user(id) {
    return this.users.find((user) => user.id === id) || null;
  }

  people() {
    return this.users.filter((user) => !user.is_bot);
  }

  channel(id) {
    return this.channels.find((channel) => channel.id === id) || null;
  }

  /** The conversation with the bot. */
  direct() {
    return this.channels.find((channel) => channel.is_im) || null;
  }

  /** Every message of a conversation, replies too, oldest first. */
  messagesOf(channelId) {
    this.messages[channelId] ||= [];
    return this.messages[channelId];
  }

  /** What stands in the conversation itself. */
  rootsOf(channelId) {
    return this.messagesOf(channelId).filter((message) => !isReply(message));
  }

  /** The answers in a thread, oldest first. */
  repliesOf(channelId, rootTs) {
    return this.messagesOf(channelId).filter((message) => isReply(message) && message.thread_ts === rootTs);
  }

  message(channelId, ts) {
    return this.messagesOf(channelId).find((message) => message.ts === ts) || null;
  }

  /** How many answers a message has; the server's number counts while none of them is here. */
  replyCount(message) {
    return this.repliesOf(message.channel, message.ts).length || message.reply_count || 0;
  }

  /** Add a message or replace the one with its ts. Returns true when it is new. */
  put(message) {
    const all = this.messagesOf(message.channel);
    const place = all.findIndex((known) => known.ts === message.ts);
    if (place >= 0) {
      all[place] = message;
      return false;
    }
    const after = all.findIndex((known) => compareTs(known.ts, message.ts) > 0);
    all.splice(after < 0 ? all.length : after, 0, message);
    return true;
  }

  /** Take a message away. Returns it, or null when it was not here. */
  remove(channelId, ts) {
    const gone = this.message(channelId, ts);
    this.messages[channelId] = this.messagesOf(channelId).filter((message) => message.ts !== ts);
    const root = gone && isReply(gone) ? this.message(channelId, gone.thread_ts) : null;
    if (root) root.reply_count = this.repliesOf(channelId, root.ts).length;
    return gone;
  }
}

/** "#growth", or "Marko" for the conversation with Marko. */
export function titleOf(channel) {
  if (!channel.is_im) return `#${channel.name}`;
  return workspace.users.find((user) => user.is_bot)?.real_name || channel.name;
}

/** An answer in a thread, as opposed to a message of the conversation itself. */
export function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}

/** Order of two "seconds.micro" moments, without losing the digits a float would drop. */
export function compareTs(left, right) {
  const [leftSeconds, leftMicro = "0"] = left.split(".");
  const [rightSeconds, rightMicro = "0"] = right.split(".");
  return Number(leftSeconds) - Number(rightSeconds) || Number(leftMicro) - Number(rightMicro);
}

export const workspace = new Workspace();
