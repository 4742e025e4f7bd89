"""A small thread that goes on holding what this bot works on, and looks for what dead bots left.

It has nothing to do with how long the work takes: an analysis of ten minutes is held for ten minutes.
"""

import logging
import threading
from collections.abc import Callable, Sequence

from engine.errors import StoreTrouble

log = logging.getLogger(__name__)


class Heartbeat:
    """Calls each beat in turn, again and again. One that fails stops neither the others nor the next."""

    def __init__(self, beats: Sequence[Callable[[], object]], *, every_s: float) -> None:
        self._beats = beats
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            for beat in self._beats:
                self._try(beat)

    def _try(self, beat: Callable[[], object]) -> None:
        try:
            beat()
        except StoreTrouble as trouble:
            log.warning("%s", trouble)
        except Exception:
            # The last resort: without this thread others would take up what is being done here.
            log.exception("a heartbeat failed")
