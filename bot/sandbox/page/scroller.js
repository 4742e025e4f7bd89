/** A scrolling list that stays at its end while new things arrive, unless somebody scrolled up. */

import { el } from "./dom.js";

const NEAR_END = 40;

export class Scroller {
  constructor(node, content) {
    this.node = node;
    this.stuck = true;
    this.pill = el("button", { type: "button", class: "pill", hidden: true, onclick: () => this.toEnd() }, "New messages ↓");
    node.after(this.pill);
    node.addEventListener("scroll", () => this.onScroll());
    new ResizeObserver(() => this.stuck && this.jump()).observe(content);
    new ResizeObserver(() => this.stuck && this.jump()).observe(node);
  }

  onScroll() {
    this.stuck = this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_END;
    if (this.stuck) this.pill.hidden = true;
  }

  jump() {
    this.node.scrollTop = this.node.scrollHeight;
  }

  toEnd() {
    this.stuck = true;
    this.pill.hidden = true;
    this.jump();
  }

  toStart() {
    this.stuck = false;
    this.node.scrollTop = 0;
    this.onScroll();
  }

  /** Bring a node into the middle and let the eye find it. */
  toNode(node) {
    this.stuck = false;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("found");
    void node.offsetWidth; // restarts the animation when the same permalink is followed twice
    node.classList.add("found");
  }

  /** Something new stands at the end. */
  announce() {
    if (!this.stuck) this.pill.hidden = false;
  }
}
