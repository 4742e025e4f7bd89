"""The life of a pattern: when it was first seen, held again, was contradicted, and who doubts it."""

from typing import Literal

from engine.models.campaign import Day, Moment
from engine.models.comparison import Interval
from engine.models.pattern import Dimension, LevelEffect, PatternKind
from engine.models.value import Value

KeptStatus = Literal["candidate", "validated", "retracted"]


class Sighting(Value):
    """One period in which the pattern was found: the effect in that period's campaigns alone.

    The period reaches from the first to the last day of every campaign that was compared, with the
    level or without it. ``first_day`` is ``None`` where one of them has none.
    """

    first_day: Day | None
    last_day: Day
    effect: LevelEffect
    found_at: Moment


class Retraction(Value):
    """What was claimed last, and what all campaigns say now; ``was`` is the status it had.

    Campaigns up to ``last_day`` are behind it: only later ones can bring the pattern back. ``lift_pct``
    and ``interval`` (80 %, in percent) are as in ``LevelEffect``.
    """

    said: LevelEffect
    was: KeptStatus
    lift_pct: float
    interval: Interval
    campaigns: int
    last_day: Day
    at: Moment


class Objection(Value):
    """Somebody says that it is not true for this team.

    ``silences``: an approver said so, which leaves the pattern out of digests.
    """

    by: str
    at: Moment
    note: str
    silences: bool = False


class PatternLife(Value):
    """What is kept of a pattern between analyses; its newest figures are computed when they are asked for.

    ``claim`` is the effect over all campaigns when the status changed last, which is what was said.
    ``retraction`` stays when the pattern comes back. "Decaying" is not kept: the clock makes it
    (``engine.learn.lifecycle.status_of``). ``version`` grows with every change.
    """

    key: str
    kind: PatternKind
    signal: str
    name: str
    dimension: Dimension
    metric: Literal["cpa"] = "cpa"
    scope: Literal["all"] = "all"
    status: KeptStatus
    claim: LevelEffect
    sightings: tuple[Sighting, ...]
    first_claimed_at: Moment
    validated_at: Moment | None = None
    retraction: Retraction | None = None
    objections: tuple[Objection, ...] = ()
    version: int = 1

    @property
    def is_silenced(self) -> bool:
        return any(each.silences for each in self.objections)


def key_of(kind: PatternKind, signal: str) -> str:
    """Name a pattern by kind, signal, metric and scope; metric and scope have one value so far."""
    return f"{kind}|{signal}|cpa|all"
