"""How far rows can be trusted: a score with its named faults, and what drifted in them."""

from typing import Literal

from engine.models.campaign import Day
from engine.models.value import Value

FaultKind = Literal[
    "rejected",  # rows that were refused
    "missing_cells",  # what a ratio needs stands in some rows only
    "missing_days",
    "open_day",  # a range whose last day was not over when it was read
    "late",  # figures end before yesterday
    "total_differs",  # the file's own total says something else
    "unnamed",  # rows of ads without a name
    "conversions_exceed_clicks",
    "data_drift",  # counting or reading changed, not the market
]
DriftKind = Literal["data", "market"]
Sign = Literal["vanished", "appeared", "blank", "stopped", "factor", "money", "moved", "share"]


class QualityFault(Value):
    """One thing that is wrong, and how many points it costs.

    ``count`` of ``out_of`` are affected (days, rows); ``out_of`` is ``None`` where there is no whole.
    """

    kind: FaultKind
    deducted: float
    count: float
    out_of: float | None = None
    drift: "Drift | None" = None


class Quality(Value):
    """A score of 100 minus what its faults cost, never below 0; the costliest fault first."""

    score: int
    faults: tuple[QualityFault, ...] = ()


class Drift(Value):
    """A column that is not what it was, since when, and how sure that is.

    ``column`` is a number of the rows or a KPI. ``before`` and ``after`` are a typical day's values (a share
    of blank cells for "blank"; ``None`` where the column was not there). For "share" they are the share of
    impressions of ``value``, one of the column's. ``effect`` is the distance of
    Kolmogorov and Smirnov, or Cramér's V, 0 to 1; ``p_value`` is corrected for the days that were tried.
    """

    kind: DriftKind
    sign: Sign
    column: str
    since: Day
    before: float | None
    after: float | None
    effect: float
    p_value: float
    days: int
    value: str = ""


QualityFault.model_rebuild()
