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
QUICK_WORKERS = 3
AT_ONCE = 100


class Crew:
    """A bounded pool. A delivery stays in the inbox until it is finished, so a kill loses none.

    Deliveries of which ``quick`` is true have a small pool of their own: however long the others wait for
    Slack, a dialog opens at once.
    """

    def __init__(
        self,
        inbox: Inbox,
        desk: Desk,
        handlers: Mapping[str, Handler],
        *,
        quick: Callable[[Delivery], bool] = lambda _: False,
    ) -> None:
        self._inbox = inbox
        self._desk = desk
        self._handlers = handlers
        self._quick = quick
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="crew")
        self._quick_pool = ThreadPoolExecutor(QUICK_WORKERS, thread_name_prefix="crew-quick")
        self._recovered = False

    def resume(self) -> int:
        """Take up what an earlier run accepted and did not finish; returns how many.

        May be called again where it failed: what it took up before that is at work, and not taken twice.
        """
        if not self._recovered:
            self._inbox.recover()
            self._recovered = True
        taken = 0
        while waiting := self._inbox.claim(AT_ONCE):
            taken += len(waiting)
            for delivery in waiting:
                self.take(delivery)
        return taken

    def take(self, delivery: Delivery) -> None:
        """Put an accepted delivery to work."""
        pool = self._quick_pool if self._quick(delivery) else self._pool
        pool.submit(self._work, delivery)

    def stop(self) -> None:
        """Finish what has begun; what has not stays in the inbox for the next start."""
        for pool in (self._quick_pool, self._pool):
            pool.shutdown(wait=True, cancel_futures=True)

    def _work(self, delivery: Delivery) -> None:
        error: str | None = None
        try:
            self._handlers[_name_of(delivery)](delivery, self._desk)
        except Exception as problem:  # noqa: BLE001  the worker's last resort: told to the person and logged
            error = type(problem).__name__
            apologise(problem, delivery, self._desk)
        try:
            self._inbox.finish(delivery.key, error=error)
        except Exception:
            # The work is done but not ticked off: after a restart it is done again, and finds itself done.
            log.exception("%s could not be finished", delivery.key)


def _name_of(delivery: Delivery) -> str:
    return f"{delivery.kind}:{delivery.name}"
