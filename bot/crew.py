"""The workers: what was accepted is done here, off the threads that acknowledge."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bot.apology import apologise
from bot.desk import Desk, Later
from bot.reading_room import RoomClosed
from engine.errors import StoreTrouble
from engine.models.delivery import Delivery
from engine.ports import Inbox

log = logging.getLogger(__name__)

Handler = Callable[[Delivery, Desk], None]
WORKERS = 8
READERS = 4
AT_ONCE = 100


class Crew:
    """Bounded pools. A delivery stays in the inbox until it is finished, so a kill loses none.

    A dialog has three seconds to open, and somebody looks at it from then on. So deliveries of which
    ``quick`` is true have a pool of their own, which opens and does nothing else; and what is done in a
    dialog that is open has another: what the handlers put off with ``desk.later``, and deliveries of
    which ``follows`` is true. However long the others wait for Slack, neither waits for them.
    Nor does anybody wait for files: deliveries of which ``reads`` is true have a pool as well.

    What is put off is no part of its delivery: a kill loses it, as it loses nothing that is kept.
    """

    def __init__(
        self,
        inbox: Inbox,
        desk: Desk,
        handlers: Mapping[str, Handler],
        *,
        quick: Callable[[Delivery], bool] = lambda _: False,
        follows: Callable[[Delivery], bool] = lambda _: False,
        reads: Callable[[Delivery], bool] = lambda _: False,
    ) -> None:
        self._inbox = inbox
        self._desk = desk
        self._handlers = handlers
        self._quick = quick
        self._follows = follows
        self._reads = reads
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="crew")
        self._reading_pool = ThreadPoolExecutor(READERS, thread_name_prefix="crew-reading")
        self._quick_pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="crew-quick")
        self._dialog_pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="crew-dialog")
        self._recovered = False
        self._stopped = False

    def resume(self) -> int:
        """Take up what an earlier run accepted and did not finish; returns how many.

        May be called again where it failed: what it took up before that is at work, and not taken twice.
        """
        if not self._recovered:
            self._inbox.recover()
            self._recovered = True
        return self.take_up()

    def take_up(self) -> int:
        """Take up what waits, and what other bots held when they died; returns how many."""
        taken = 0
        while not self._stopped and (waiting := self._inbox.claim(AT_ONCE)):
            taken += len(waiting)
            for delivery in waiting:
                self.take(delivery)
        return taken

    def take(self, delivery: Delivery) -> None:
        """Put an accepted delivery to work."""
        self._pool_of(delivery).submit(self._work, delivery)

    def stop(self) -> None:
        """Finish what has begun; what has not stays in the inbox for the next start, or another bot."""
        self._stopped = True
        for pool in (self._quick_pool, self._reading_pool, self._pool):
            pool.shutdown(wait=True, cancel_futures=True)
        self._dialog_pool.shutdown(wait=True)  # the dialogs that those opened are drawn to their end
        try:
            self._inbox.hand_over()
        except StoreTrouble as trouble:
            log.warning("what was not done waits until its lease has run out: %s", trouble)

    def _pool_of(self, delivery: Delivery) -> ThreadPoolExecutor:
        if self._quick(delivery):
            return self._quick_pool
        if self._reads(delivery):
            return self._reading_pool
        return self._dialog_pool if self._follows(delivery) else self._pool

    def _work(self, delivery: Delivery) -> None:
        desk = self._desk._replace(later=partial(self._put_off, delivery))
        error: str | None = None
        try:
            self._handlers[_name_of(delivery)](delivery, desk)
        except RoomClosed:
            return  # the bot is stopping: it stays in the inbox
        except Exception as problem:  # noqa: BLE001  the worker's last resort: told to the person and logged
            error = type(problem).__name__
            apologise(problem, delivery, desk)
        try:
            self._inbox.finish(delivery.key, error=error)
        except Exception:
            # The work is done but not ticked off: after a restart it is done again, and finds itself done.
            log.exception("%s could not be finished", delivery.key)

    def _put_off(self, delivery: Delivery, rest: Later) -> None:
        self._dialog_pool.submit(self._do_after, delivery, rest)

    def _do_after(self, delivery: Delivery, rest: Later) -> None:
        try:
            rest()
        except Exception as problem:  # noqa: BLE001  the same last resort
            apologise(problem, delivery, self._desk)


def _name_of(delivery: Delivery) -> str:
    return f"{delivery.kind}:{delivery.name}"
