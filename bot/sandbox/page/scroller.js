/** A scrolling list that stays at its end while new things arrive, unless somebody scrolled up. */

import { el } from "./dom.js";

const NEAR_END = 40;
const BREATH = 12;

export class Scroller {
  /** `news` is what the button says that leads to what came meanwhile. */
  constructor(node, content, { news = "New messages ↓" } = {}) {
    Object.assign(this, { node, sticks: true, stuck: true, top: 0 });
    this.pill = el("button", { type: "button", class: "pill", hidden: true, "data-testid": "new-messages", onclick: () => this.toEnd() }, news);
    node.after(this.pill);
    node.addEventListener("scroll", () => this.onScroll());
    const sizes = new ResizeObserver(() => this.settle());
    for (const one of [content, node]) sizes.observe(one);
  }

  atEnd() {
    return this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_END;
  }

  /**
   * A scroll event comes a frame late: by then the list may have grown, and then its end is far away
   * although nobody left it. So only a way up means that somebody left.
   */
  onScroll() {
    const { scrollTop } = this.node;
    if (this.atEnd()) this.stuck = true;
    else if (scrollTop < this.top) this.stuck = false;
    this.top = scrollTop;
    if (this.stuck) this.pill.hidden = true;
  }

  /** Something changed its size: whoever stood at the end stands there still. */
  settle() {
    if (this.sticks && this.stuck) this.jump();
  }

  jump() {
    this.moveTo(this.node.scrollHeight);
  }

  moveTo(top) {
    this.node.scrollTop = top;
    this.top = this.node.scrollTop; // as far as it goes
  }

  toEnd() {
    this.stuck = true;
    this.pill.hidden = true;
    this.jump();
  }

  toStart() {
    this.moveTo(0);
    this.stuck = this.atEnd();
    if (this.stuck) this.pill.hidden = true;
  }

  /** Bring a node into the middle and let the eye find it. */
  toNode(node) {
    node.scrollIntoView({ block: "center" });
    this.top = this.node.scrollTop;
    this.stuck = this.atEnd();
    node.classList.remove("found");
    void node.offsetWidth; // restarts the animation when the same permalink is followed twice
    node.classList.add("found");
  }

  /** Move down as far as it takes to see a node that lies below. */
  reveal(node) {
    const below = node.getBoundingClientRect().bottom + BREATH - this.node.getBoundingClientRect().bottom;
    if (below > 0) this.node.scrollTop += below;
  }

  /** Something new stands at the end. */
  announce() {
    this.settle();
    if (!this.stuck && !this.atEnd()) this.pill.hidden = false;
  }
}
