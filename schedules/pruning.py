"""The tick of what is over: a little of it is removed, again and again."""

import logging
from collections.abc import Callable
from datetime import datetime

from engine.ports import Clock

log = logging.getLogger(__name__)


def prune(remove: Callable[[datetime], int], clock: Clock) -> int:
    """Remove what is of no use any more; returns how many rows."""
    removed = remove(clock.now())
    if removed:
        log.info("%d row(s) of finished work removed", removed)
    return removed
