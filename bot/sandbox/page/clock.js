/** The sandbox's clock: what it says, and the buttons that move it forward. */

import { el } from "./dom.js";
import { dayAndTime } from "./moments.js";
import { notify, notifyError } from "./notices.js";
import { post } from "./server.js";
import { closeDrawer } from "./sidebar.js";
import { workspace } from "./workspace.js";

const MOVES = [
  ["monday_0900", "Monday 09:00", "clock-monday"],
  ["three_days", "Three days later", "clock-three-days"],
  ["one_hour", "One hour later", "clock-one-hour"],
];

/** Put the clock into its place. `onMove` is called after the clock stands elsewhere. */
export function showClock(onMove) {
  const face = el("p", { class: "clock-face", "data-testid": "clock" });
  const zone = el("small", { class: "clock-zone" });
  const buttons = MOVES.map(([move, label, testid]) =>
    el("button", { type: "button", class: "side-button", "data-testid": testid, onclick: () => moveTo(move, onMove) }, label));
  document.getElementById("clock").append(face, zone, el("div", { class: "clock-buttons" }, buttons));
  const tick = () => {
    const text = dayAndTime(workspace.now());
    if (face.textContent !== text) face.textContent = text;
    if (zone.textContent !== workspace.clock.zone) zone.textContent = workspace.clock.zone;
  };
  window.setInterval(tick, 1000);
  return tick;
}

async function moveTo(move, onMove) {
  closeDrawer(); // what the new moment brings stands in the conversation
  try {
    const { clock } = await post("/ui/clock", { move });
    workspace.setClock(clock);
    notify(`It is now ${dayAndTime(workspace.now())}.`);
    onMove();
  } catch (error) {
    notifyError(error);
  }
}
