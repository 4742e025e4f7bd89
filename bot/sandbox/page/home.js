/** Marko's Home, the second tab of the conversation with Marko. */

import { drawBlocks } from "./blocks.js";
import { el } from "./dom.js";
import { Surface } from "./surface.js";
import { workspace } from "./workspace.js";

export function homeView() {
  const view = workspace.home;
  if (!view) return el("p", { class: "empty", "data-testid": "home" }, "Marko has not published a Home for you yet.");
  return el("div", { class: "home", "data-testid": "home" }, drawBlocks(view.blocks || [], new Surface({ view_id: view.id })));
}
