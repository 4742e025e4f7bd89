"""The workers: what was accepted is done here, off the threads that acknowledge."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from bot.apology import apologise
from bot.desk import Desk
from engine.models.delivery import Delivery
from engine.ports import Inbox

log = logging.getLogger(__name__)

Handler = Callable[[Delivery, Desk], None]
WORKERS = 8
AT_ONCE = 100


class Crew:
    """A bounded pool. A delivery stays in the inbox until it is finished, so a kill loses none."""

    def __init__(self, inbox: Inbox, desk: Desk, handlers: Mapping[str, Handler]) -> None:
        self._inbox = inbox
        self._desk = desk
        self._handlers = handlers
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="crew")

    def resume(self) -> int:
        """Take up what an earlier run accepted and did not finish; returns how many."""
        self._inbox.recover()
        taken = 0
        while waiting := self._inbox.claim(AT_ONCE):
            taken += len(waiting)
            for delivery in waiting:
                self.take(delivery)
        return taken

    def take(self, delivery: Delivery) -> None:
        """Put an accepted delivery to work."""
        self._pool.submit(self._work, delivery)

    def stop(self) -> None:
        """Finish what has begun; what has not stays in the inbox for the next start."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(self, delivery: Delivery) -> None:
        error: str | None = None
        try:
            self._handlers[f"{delivery.kind}:{delivery.name}"](delivery, self._desk)
        except Exception as problem:  # noqa: BLE001  the worker's last resort: told to the person and logged
            error = type(problem).__name__
            apologise(problem, delivery, self._desk)
        try:
            self._inbox.finish(delivery.key, error=error)
        except Exception:
            # The work is done but not ticked off: after a restart it is done again, and finds itself done.
            log.exception("%s could not be finished", delivery.key)
