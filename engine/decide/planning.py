"""What to think of before the next campaign: chosen from what is known, by rule, without words."""

import math
from collections.abc import Sequence

from engine.models.brief import Brief
from engine.models.listing import KnownInsight, KnownPattern, Likeness, Plan
from engine.models.weight import SignalWeight, Weights

MOST_OF_A_KIND = 3


def plan(
    insights: Sequence[KnownInsight],
    patterns: Sequence[KnownPattern],
    weights: Weights,
    waiting: Sequence[Brief],
) -> Plan:
    """Take the first insights and patterns of their lists, the weights furthest from 1, and likenesses.

    Insights of low priority do not count, and only signals that moved. A likeness is the most similar
    campaign of each one that waits, where that campaign's own result is real.
    """
    urgent = [each for each in insights if each.priority != "low"]
    return Plan(
        insights=tuple(urgent[:MOST_OF_A_KIND]),
        patterns=tuple(patterns[:MOST_OF_A_KIND]),
        signals=tuple(_furthest(weights)[:MOST_OF_A_KIND]),
        likenesses=tuple(_likenesses(waiting)[:MOST_OF_A_KIND]),
    )


def _furthest(weights: Weights) -> list[SignalWeight]:
    moved = [each for each in weights.signals if each.events and each.weight != 1.0]
    return sorted(moved, key=lambda each: (-abs(math.log(each.weight)), each.signal))


def _likenesses(waiting: Sequence[Brief]) -> list[Likeness]:
    found = [each.likeness for each in waiting if each.likeness]
    return sorted(found, key=lambda each: (-each.like.score, each.campaign_id))
