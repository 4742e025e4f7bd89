"""The tick of proposals: what expires, comes back from a snooze, or is reminded of."""

import logging
from collections.abc import Callable

from engine.engine import Engine

log = logging.getLogger(__name__)


def keep_time(engine: Engine, publish: Callable[[], object]) -> int:
    """Let the engine do what the clock does, and let it be shown; returns how many records moved.

    What a process that was killed left to do about rows is taken up here too.
    """
    moved = engine.keep_time()
    settled = engine.settle_rows()
    if settled:
        publish()
    if moved:
        log.info("%d proposal(s) expired, came back or were reminded of", moved)
        publish()
    return moved
