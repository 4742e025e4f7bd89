"""Patience with a slow analysis: after a moment its steps are shown where its card will stand."""

import logging
import threading
import time
from types import TracebackType

from bot.desk import Desk, channel_of
from engine.errors import EngineError
from engine.models.delivery import Delivery
from engine.models.headway import Step
from engine.models.retrospective import Retrospective

log = logging.getLogger(__name__)

FIRST_S = 0.8  # within a second the asker sees that something happens
BETWEEN_S = 3.0


class Headway:
    """Tells of one request while the block lasts, and nothing at all when it is over quickly.

    ``record`` names the message, also after a restart: the request goes on in the same one. It stands in
    ``channel``, or where the person was when they asked.
    """

    def __init__(
        self, delivery: Delivery, desk: Desk, *, channel: str | None = None, first_s: float = FIRST_S
    ) -> None:
        self.record = f"headway:{delivery.key}"
        self._desk = desk
        self._channel = channel or channel_of(delivery.payload)
        self._at: tuple[Step, Retrospective] | None = None
        self._over = threading.Event()
        self._begun = time.monotonic()
        self._first_s = first_s
        self._thread = threading.Thread(target=self._tell, name="headway", daemon=True)

    def step(self, step: Step, window: Retrospective) -> None:
        """Note what is being done; it is shown when its time comes."""
        self._at = (step, window)

    def __enter__(self) -> "Headway":
        if self._channel:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        if kind is not None:
            self._desk.engine.fail_headway(self.record)
            self._desk.publisher.wake()

    def _tell(self) -> None:
        wait = self._first_s
        while not self._over.wait(wait):
            wait = BETWEEN_S
            if self._at is None or self._channel is None:
                continue
            try:
                self._desk.engine.show_step(self.record, *self._at, self._channel)
            except EngineError:
                log.exception("how far %s is could not be told", self.record)  # the analysis itself goes on
                return
            self._desk.publisher.wake()
