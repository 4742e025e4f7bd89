/** The left side: workspace, connection, channels, who I am. On a phone it is a drawer. */

import { go, readAddress } from "./address.js";
import { el } from "./dom.js";
import { hasGuide } from "./guide.js";
import { titleOf, workspace } from "./workspace.js";

const node = (id) => document.getElementById(id);

export function showSidebar() {
  node("workspace-name").textContent = workspace.team.name;
  fill("channels", workspace.channels.filter((channel) => !channel.is_im));
  fill("direct", workspace.channels.filter((channel) => channel.is_im));
  showConnection();
  node("open-guide").hidden = !hasGuide();
  showPeople();
  showTitle();
}

function fill(id, channels) {
  node(id).replaceChildren(...channels.map((channel) => el("li", {}, row(channel))));
}

function row(channel) {
  const here = channel.id === workspace.openChannel;
  const name = titleOf(channel);
  const label = channel.unread ? `${name}, ${channel.unread} unread` : name;
  return el("a", {
    class: `channel ${channel.unread ? "has-unread" : ""}`, href: `#/${channel.id}?as=${workspace.me.id}`, "data-channel-id": channel.id,
    "aria-current": here ? "page" : null, "aria-label": label, onclick: closeDrawer,
  }, el("span", {}, name), channel.unread ? el("span", { class: "unread", "data-testid": "unread" }, channel.unread) : null);
}

/** Is Marko connected, and does the sandbox answer at all? */
export function showConnection(reachable = true) {
  const state = node("connection");
  const word = !reachable ? "lost" : workspace.connected ? "on" : "off";
  const text = { lost: "The sandbox does not answer", on: "Marko is connected", off: "Marko is not connected" }[word];
  state.dataset.state = word;
  if (state.textContent !== text) state.textContent = text;
}

function showPeople() {
  const choice = node("user-switch");
  choice.replaceChildren(...workspace.people().map((user) => el("option", { value: user.id, selected: user.id === workspace.me.id }, whoIs(user))));
  choice.value = workspace.me.id;
}

function whoIs(user) {
  return user.role && !user.real_name.toLowerCase().startsWith(user.role.toLowerCase()) ? `${user.real_name} (${user.role})` : user.real_name;
}

function showTitle() {
  const unread = workspace.channels.reduce((sum, channel) => sum + (channel.unread || 0), 0);
  const channel = workspace.channel(workspace.openChannel);
  document.title = `${unread ? `(${unread}) ` : ""}${channel ? `${titleOf(channel)} · ` : ""}${workspace.team.name}`;
  node("drawer-unread").hidden = !unread;
}

/** Wire the switch and the drawer, once. */
export function wireSidebar() {
  node("user-switch").addEventListener("change", (event) => {
    closeDrawer();
    go({ channel: workspace.openChannel, user: event.target.value, tab: readAddress().tab });
  });
  node("open-drawer").addEventListener("click", openDrawer);
  node("close-drawer").addEventListener("click", closeDrawer);
  node("drawer-shade").addEventListener("click", closeDrawer);
  node("sidebar").addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeDrawer();
  });
}

function openDrawer() {
  document.body.classList.add("drawer-open");
  node("open-drawer").setAttribute("aria-expanded", "true");
  node("main").inert = true;
  node("close-drawer").focus();
}

export function closeDrawer() {
  if (!document.body.classList.contains("drawer-open")) return;
  document.body.classList.remove("drawer-open");
  node("open-drawer").setAttribute("aria-expanded", "false");
  node("main").inert = false;
  node("open-drawer").focus();
}
