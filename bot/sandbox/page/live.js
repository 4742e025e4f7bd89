/** The stream of events for one person. When it breaks, the page fetches the state anew and listens again. */

const RETRY_MS = [300, 1000, 2000, 5000];

export class Live {
  /** `onEvent(event)` for each event, `recover()` fetches the state and resolves to its last_seq. */
  constructor({ onEvent, onLost, recover }) {
    Object.assign(this, { onEvent, onLost, recover, source: null, failures: 0 });
  }

  /** Listen for `user`, from the event after `after` on. */
  listen(user, after) {
    this.stop();
    this.user = user;
    this.seq = after;
    const query = new URLSearchParams({ user, after: String(after) });
    const source = new EventSource(`/ui/events?${query}`);
    this.source = source;
    source.addEventListener("open", () => { this.failures = 0; });
    source.addEventListener("message", (message) => this.take(JSON.parse(message.data)));
    source.addEventListener("error", () => this.lost(source));
  }

  take(event) {
    if (event.seq <= this.seq) return;
    this.seq = event.seq;
    this.onEvent(event);
  }

  stop() {
    window.clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  lost(source) {
    if (source !== this.source) return;
    this.stop();
    this.onLost();
    this.retryLater();
  }

  retryLater() {
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    this.timer = window.setTimeout(() => this.retry(), wait);
  }

  async retry() {
    const { user } = this;
    try {
      const after = await this.recover(user);
      if (user === this.user) this.listen(user, after);
    } catch {
      // The sandbox is still away, and the page says so already.
      if (user === this.user) this.retryLater();
    }
  }
}
