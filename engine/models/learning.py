"""What was learned, as people ask for it: a pattern with its sentence, its life, and what it was used for."""

from engine.models.campaign import Day
from engine.models.pattern import LevelEffect
from engine.models.pattern_life import Objection, PatternLife, Retraction, Sighting
from engine.models.value import Value


class Learning(Value):
    """A level's effect, said as a sentence; ``key`` names its pattern.

    ``score`` says how near it is to what was asked, 0 to 1, and ``why`` which words it shares.
    ``used_in`` counts the decided recommendations that knew the pattern, and ``approved_by`` names who
    approved one of them. ``found_in`` are platforms and objectives of its campaigns. ``undated``
    counts the campaigns since the claim that cannot test it, because they have no first day.
    """

    key: str
    signal: str
    text: str
    score: float
    why: tuple[str, ...]
    effect: LevelEffect
    life: PatternLife | None = None
    used_in: int = 0
    approved_by: tuple[str, ...] = ()
    found_in: tuple[str, ...] = ()
    undated: int = 0

    @property
    def periods(self) -> tuple[Sighting, ...]:
        return self.life.sightings if self.life else ()

    @property
    def objections(self) -> tuple[Objection, ...]:
        return self.life.objections if self.life else ()

    @property
    def is_silenced(self) -> bool:
        """Whether it is left out of digests, because an approver doubts it."""
        return self.life is not None and self.life.is_silenced


class Learnings(Value):
    """What fits a question, the surest first and candidates last, out of ``total`` that stand.

    Where nothing fits, ``nearest`` names what is nearest.
    """

    asked: str
    found: tuple[Learning, ...]
    total: int
    nearest: tuple[str, ...] = ()


class Witness(Value):
    """One campaign behind a learning, with its own figures; ``period`` counts from 1, ``None`` is outside."""

    campaign_id: str
    name: str
    period: int | None
    first_day: Day | None
    last_day: Day
    expected_cpa: float
    actual_cpa: float
    delta_pct: float
    conversions: float
    currency: str | None


class Grounds(Value):
    """A learning and every campaign that has its level, the oldest first."""

    learning: Learning
    witnesses: tuple[Witness, ...]


class Mistake(Value):
    """What was said and holds no more, with the decisions that were built on it (recommendations' ids)."""

    key: str
    name: str
    said: LevelEffect
    retraction: Retraction
    decisions: tuple[str, ...] = ()
