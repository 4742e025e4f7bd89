"""What ``/marko segments`` finds: which segments moved a figure between two windows, in numbers."""

from typing import Literal

from pydantic import Field

from engine.models.campaign import Day
from engine.models.comparison import Kpi
from engine.models.mix_shift import MixShift, SegmentDimension
from engine.models.study import Study, StudyKind
from engine.models.value import Value

SegmentsState = Literal[
    "no days", "too few days", "no figures", "one segment", "too early", "nothing", "everything", "found"
]
"""Rows are missing; are too few for two windows; lack the figure; tell no parts apart; hold too few events;
nothing stands out; everything moved alike; segments are named."""


class ShareRange(Value):
    """A share of the whole's change, in percent, with its 80 % range."""

    value: float
    low: float
    high: float


class ChangeRange(Value):
    """A change in percent with its range at ``level``."""

    value: float
    low: float
    high: float
    level: float


class SegmentPart(Value):
    """One segment: ``values`` of its ``dimensions``, the figure before and now, and its events of now.

    ``change`` is its own, beside what is named. ``weight_before`` and ``weight_now`` are its percent of what
    the figure is counted on. ``share`` is ``None`` where the whole did not change.
    """

    dimensions: tuple[SegmentDimension, ...]
    values: tuple[str, ...]
    before: float | None
    now: float | None
    change: ChangeRange
    share: ShareRange | None
    weight_before: float
    weight_now: float
    n: float
    verdict: Literal["real", "noise", "too early"]


class SegmentsStudy(Study):
    """``first_day`` to ``last_day`` against the same weekdays before, from ``before_first`` on.

    ``named`` shifted beyond chance, ``shown`` are all segments of one dimension; ``rest`` is how everything
    else moved, and what that is. ``looked_at`` counts the segments that were tried. ``n`` counts events
    (conversions, or clicks) of the newer window, ``n_before`` of the older. ``campaigns`` have rows, of one
    ``currency``; ``others`` are currencies that are left out. ``known_share`` is how many of the newer
    window's conversions are assumed to have come in.
    """

    kind: StudyKind = "segments"
    state: SegmentsState
    kpi: Kpi = "cpa"
    name: str | None = None
    campaign_key: str | None = None
    campaigns: int = 0
    campaigns_left_out: int = 0
    currency: str | None = None
    others: tuple[str, ...] = ()
    first_day: Day | None = None
    last_day: Day | None = None
    before_first: Day | None = None
    before_last: Day | None = None
    known_days: int = 0
    needed_days: int | None = None
    before: float | None = None
    now: float | None = None
    change: ChangeRange | None = None
    n: float = 0
    n_before: float = 0
    needed_events: int | None = None
    looked_at: int = 0
    named: tuple[SegmentPart, ...] = ()
    shown: tuple[SegmentPart, ...] = ()
    rest: ChangeRange | None = None
    rest_is: Literal["real", "noise", "too early"] | None = None
    mix: MixShift | None = None
    known_share: float = 1.0
    noise_band: float = Field(default=0.2)
