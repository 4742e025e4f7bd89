/** The start: fetch the state, draw, listen, and follow the hash. */

import { readAddress, settle, settleSearch } from "./address.js";
import { showClock } from "./clock.js";
import { Conversation } from "./conversation.js";
import { reopenGuide } from "./guide.js";
import { Live } from "./live.js";
import { removeView, showView, showViews } from "./modals.js";
import { notify, notifyError } from "./notices.js";
import { get } from "./server.js";
import { closeDrawer, showConnection, showSidebar, wireSidebar } from "./sidebar.js";
import { ThreadPane } from "./thread.js";
import { isReply, workspace } from "./workspace.js";

const FIRST_USER = "U0APPROVER";
const RETRY_MS = 2000;

let turns = 0;

const conversation = new Conversation();
const thread = new ThreadPane();
const live = new Live({ onEvent: take, onLost: () => showConnection(false), recover });
const tick = showClock(refresh);

const EVENTS = {
  message: ({ message }) => arrived(message),
  message_changed: ({ message }) => {
    workspace.put(message);
    refresh();
  },
  message_deleted: ({ channel, ts }) => {
    workspace.remove(channel, ts);
    refresh();
  },
  view_opened: ({ view }) => showView(view),
  view_updated: ({ view }) => showView(view),
  view_closed: ({ view_id: viewId }) => removeView(viewId),
  clock: ({ clock }) => {
    workspace.setClock(clock);
    refresh();
  },
  connection: ({ connected }) => {
    workspace.connected = connected;
    showConnection();
  },
  notice: ({ text, level }) => notify(text, level),
  prompts: (offer) => {
    workspace.setPrompts(offer);
    conversation.refreshAssistance();
  },
  status: (status) => {
    workspace.setStatus(status);
    refreshStatus();
    window.setTimeout(refreshStatus, status.seconds_left * 1000 + 100);
  },
  home: ({ view }) => {
    workspace.home = view;
    conversation.refreshHome();
  },
};

function take(event) {
  const handle = Object.hasOwn(EVENTS, event.type) ? EVENTS[event.type] : null;
  if (handle) handle(event);
  else notify(`The page does not know the event “${event.type}”: ${JSON.stringify(event)}`, "error");
}

function arrived(message) {
  const fresh = workspace.put(message);
  if (fresh) workspace.endStatus(message);
  const channel = workspace.channel(message.channel);
  if (fresh && channel && message.channel !== workspace.openChannel && concernsMe(message)) channel.unread = (channel.unread || 0) + 1;
  refresh(fresh ? message : null);
  showSidebar();
}

/** Answers in a thread count as unread only when they mention me, as in Slack. */
function concernsMe(message) {
  if (message.user === workspace.me.id) return false;
  return !isReply(message) || JSON.stringify([message.text, message.blocks]).includes(`<@${workspace.me.id}>`);
}

function refreshStatus() {
  conversation.refreshAssistance();
  thread.refreshStatus();
}

function refresh(fresh = null) {
  tick();
  conversation.refresh(fresh);
  thread.refresh(fresh);
}

/** Files that miss their place must not take the browser away from here. */
function catchDrops() {
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
}

/** Take over a snapshot of one person's state. */
function takeOver(snapshot) {
  workspace.load(snapshot);
  const open = workspace.channel(workspace.openChannel);
  if (open) open.unread = 0;
}

/** After a lost connection: the same person, the same place, fresh data. */
async function recover(user) {
  const snapshot = await get("/ui/state", { user });
  if (user !== workspace.me.id) throw new Error("somebody else looks now");
  takeOver(snapshot);
  showSidebar();
  showViews(workspace.views);
  refresh();
  conversation.refreshHome();
  return snapshot.last_seq;
}

/** Become another person. Resolves to false when a later wish overtook this one. */
async function enter(user) {
  turns += 1;
  const turn = turns;
  const snapshot = await get("/ui/state", { user });
  if (turn !== turns) return false;
  live.stop();
  conversation.clear();
  thread.close();
  showViews([]);
  takeOver(snapshot);
  live.listen(user, snapshot.last_seq);
  showViews(workspace.views);
  return true;
}

/** Go where the hash says; somebody else's conversation with the bot becomes one's own. */
async function follow() {
  const goal = readAddress();
  const user = goal.user || workspace.me.id || FIRST_USER;
  const wasDirect = workspace.channel(goal.channel)?.is_im;
  try {
    if (user !== workspace.me.id && !(await enter(user))) return;
  } catch (error) {
    stayHere(error, user);
    return;
  }
  openPlace(wasDirect && !workspace.channel(goal.channel) ? { channel: workspace.direct()?.id, tab: goal.tab } : goal);
}

/** The state did not come: stay who I am; at the start, try again, as the first person if need be. */
function stayHere(error, user) {
  notifyError(error);
  if (workspace.me.id) {
    settle({ channel: workspace.openChannel, user: workspace.me.id });
    showSidebar();
    return;
  }
  showConnection(false);
  if (error.status && user !== FIRST_USER) settle({ user: FIRST_USER });
  window.setTimeout(follow, error.status ? 0 : RETRY_MS);
}

function openPlace(goal) {
  const channel = workspace.channel(goal.channel) || workspace.channels[0];
  if (goal.channel && channel.id !== goal.channel) notify(`${workspace.me.real_name} cannot see that conversation.`, "error");
  const message = goal.ts && channel.id === goal.channel ? workspace.message(channel.id, goal.ts) : null;
  if (goal.ts && channel.id === goal.channel && !message) notify("That message is not here.", "error");
  const root = message && isReply(message) ? message.thread_ts : goal.thread;
  settle({ channel: channel.id, ts: message?.ts, user: workspace.me.id, thread: root, tab: goal.tab });
  showPlace(channel, goal.tab, message, root);
}

function showPlace(channel, tab, message, root) {
  const elsewhere = conversation.channel?.id !== channel.id || conversation.tab !== (tab || "messages");
  if (elsewhere) conversation.open(channel, tab);
  showSidebar();
  tick();
  if (root && workspace.message(channel.id, root)) thread.open(channel, root);
  else thread.close();
  if (message) (isReply(message) ? thread : conversation).find(message.ts);
  else if (elsewhere && !root && window.matchMedia("(hover: hover)").matches) conversation.composer.focus();
}

function wireGuide() {
  document.getElementById("open-guide").addEventListener("click", () => {
    reopenGuide();
    closeDrawer();
    conversation.drawContent();
    conversation.toStart();
    document.querySelector("[data-testid=guide] button")?.focus();
  });
}

wireSidebar();
wireGuide();
catchDrops();
settleSearch();
window.addEventListener("hashchange", follow);
follow();
