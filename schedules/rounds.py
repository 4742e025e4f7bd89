"""One tick, several rounds: each looks at what is due, and one that fails holds up no other."""

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)


def rounds(*each: Callable[[], object]) -> Callable[[], None]:
    """Make the tick that goes every round, in this order."""

    def tick() -> None:
        for one in each:
            try:
                one()
            except Exception:  # whatever it is, the next tick tries again
                log.exception("a round of the tick failed")

    return tick
