"""What repeats over campaigns: levels that do better or worse, what it costs, and platforms that move."""

from typing import Literal

from engine.models.campaign import Day
from engine.models.listing import KnownPattern
from engine.models.pattern import LifeStatus
from engine.models.study import Study
from engine.models.value import Value


class LevelFinding(Value):
    """One level's CPA against the rest of its dimension, everything else held fixed; percent.

    ``effect_pct`` is shrunk, ``low`` and ``high`` are its 90 % range. ``impact`` is money over the level's
    campaigns, positive when it saved, with its range; ``None`` where currencies differ or are not given.
    ``more_conversions`` and ``days`` would settle what is promising. ``status`` is where its life stands.
    """

    dimension: str
    name: str
    effect_pct: float
    low: float
    high: float
    campaigns: int
    conversions: float
    impact: float | None
    impact_low: float | None
    impact_high: float | None
    currency: str | None
    status: LifeStatus | None = None
    more_conversions: float | None = None
    days: int | None = None


class TrendFinding(Value):
    """How a platform's CPA moves in 30 days, all dimensions held fixed; percent, with a 90 % range."""

    name: str
    per_30_days_pct: float
    low: float
    high: float
    campaigns: int
    first: Day
    last: Day


class FewCampaigns(Value):
    """A level that cannot be judged yet: ``campaigns`` of ``needed``."""

    dimension: str
    name: str
    campaigns: int
    needed: int


class SameCampaigns(Value):
    """A level that nobody can tell apart from another dimension: they always come together."""

    dimension: str
    name: str


class BestLevel(Value):
    """The level of a dimension that probably does best; whether that is real is told elsewhere."""

    dimension: str
    name: str


class PatternsStudy(Study):
    """``form``: "regression" on all dimensions at once, or "plain", each level against those without it.

    ``against`` says what a CPA was compared with: each campaign's own forecast, or the others' CPAs.
    ``held_fixed`` are differences that were never compared, such as the attribution window. ``known`` are the
    patterns of remembered campaigns, the largest impact first, each with the status of its life.
    """

    kind: Literal["patterns"] = "patterns"
    form: Literal["regression", "plain"]
    against: Literal["forecast", "others"]
    campaigns: int
    left_out: int
    needed: int
    first: Day | None
    last: Day | None
    dimensions: tuple[str, ...]
    held_fixed: tuple[str, ...]
    attribution_windows: tuple[str, ...]
    winners: tuple[LevelFinding, ...] = ()
    losers: tuple[LevelFinding, ...] = ()
    promising: tuple[LevelFinding, ...] = ()
    trends: tuple[TrendFinding, ...] = ()
    best: tuple[BestLevel, ...] = ()
    too_few: tuple[FewCampaigns, ...] = ()
    inseparable: tuple[SameCampaigns, ...] = ()
    known: tuple[KnownPattern, ...] = ()
