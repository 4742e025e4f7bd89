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
    for (const channel of this.channels) channel.unread += this.unreadBefore.get(`${this.me.id} ${channel.id}`) || 0;
    this.setClock(this.clock);
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
