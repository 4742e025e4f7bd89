"""How often a person, and a channel, may ask for work. Buttons that decide are never limited.

What the work may cost in money is bounded beside it, by the day: ``engine/narrate/purse.py``.
"""

import math
from collections.abc import Callable, Mapping

from bot import ids
from bot.desk import channel_of, typed, user_of
from engine.errors import TooOften
from engine.models.delivery import Delivery, Often
from engine.models.study import STUDY_KINDS
from engine.ports import Clock, Tally

OFTEN: Mapping[str, Often] = {
    "analyses": Often(person=10, channel=30),
    "questions": Often(person=10, channel=30),
    "requests": Often(person=60, channel=60),
}
"""By what is counted; ``requests`` are analyses that a program asks for by the API."""


def _names_a_campaign(delivery: Delivery) -> bool:
    words = typed(delivery.payload)
    return bool(words) and words != ["help"]


def _names_a_study(delivery: Delivery) -> bool:
    words = typed(delivery.payload)
    return bool(words) and words[0].casefold() in STUDY_KINDS


def _always(_: Delivery) -> bool:
    return True


ANALYSES: Mapping[str, Callable[[Delivery], bool]] = {
    "command:/analyze": _names_a_campaign,
    "command:/marko": _names_a_study,
    f"action:{ids.ASK_STUDY}": _always,
    f"action:{ids.SHOW_STUDY}": _always,
    f"action:{ids.ANALYZE_AGAIN}": _always,
    f"action:{ids.ANALYZE_NAMED}": _always,
    f"view:{ids.ANALYZE_VIEW}": _always,
}
"""The listeners that analyze or study, and which of their deliveries do."""


class Limiter:
    """Counts in the memory, so that a restart forgets nothing and several bots count together."""

    def __init__(self, tally: Tally, clock: Clock) -> None:
        self._tally = tally
        self._clock = clock

    def check(self, delivery: Delivery) -> None:
        """Count an analysis; raises ``TooOften`` when this person or channel had as many as fit."""
        analyses = ANALYSES.get(f"{delivery.kind}:{delivery.name}")
        if analyses and analyses(delivery):
            self._count("analyses", delivery)

    def check_question(self, delivery: Delivery) -> None:
        """Count a question; raises ``TooOften``."""
        self._count("questions", delivery)

    def check_request(self, key: str, program: str) -> None:
        """Count an analysis by the API; raises ``TooOften``."""
        self._take(key, "requests", program, None)

    def _count(self, what: str, delivery: Delivery) -> None:
        self._take(delivery.key, what, user_of(delivery.payload), channel_of(delivery.payload))

    def _take(self, key: str, what: str, person: str, channel: str | None) -> None:
        often, now = OFTEN[what], self._clock.now()
        refused = self._tally.take(key, what, person=person, channel=channel, now=now, often=often)
        if refused is not None:
            count, wait_s = refused
            raise TooOften(count, what, max(1, math.ceil(wait_s)))
