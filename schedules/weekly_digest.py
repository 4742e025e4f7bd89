"""The tick of the weekly digest."""

import logging
from collections.abc import Callable

from engine.engine import Engine

log = logging.getLogger(__name__)


def weekly_digest(engine: Engine, publish: Callable[[], object]) -> int:
    """Claim every digest that is due and let it be published; returns how many."""
    claimed = engine.post_due_digests()
    if claimed:
        log.info("%d digest(s) due", claimed)
        publish()
    return claimed
