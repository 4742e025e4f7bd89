"""What ``/marko trend`` finds: whether a KPI moves, since when, how fast, and if the market moves too."""

from typing import Literal

from engine.models.calendar import Occasion
from engine.models.campaign import Day
from engine.models.comparison import Interval, Kpi
from engine.models.study import Study
from engine.models.value import Value

TrendState = Literal["real", "none", "calendar", "immature", "too_early"]
TrendShape = Literal["step", "ramp"]
Velocity = Literal["accelerating", "steady", "stabilising"]
Market = Literal["market", "alone", "cannot_tell"]
Grade = Literal["slight", "significant", "critical"]


class Others(Value):
    """What the platform's other campaigns did from the same day on, in percent with an 80 % range."""

    says: Market
    campaigns: int
    change_pct: float | None = None
    interval: Interval | None = None


class Threshold(Value):
    """When the forecast is reached at this pace, with an 80 % range; ``high_days`` may be open."""

    forecast: float
    days: float
    low_days: float
    high_days: float | None


class TrendSeries(Value):
    """What is drawn: values by day, the fitted level, one day's 80 % range; ``onset`` is a place."""

    days: tuple[Day, ...]
    values: tuple[float | None, ...]
    fitted: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    onset: int | None
    between: tuple[int, int] | None


class TrendLine(Value):
    """One KPI of one campaign or platform.

    ``before`` and ``after`` are levels (sums over sums, weekdays evened out), ``change_pct`` lies between;
    ``level`` is that of the whole window. ``events`` counts ``counted``. ``duration_days`` are the days since
    the onset, flat ones too. ``p_value`` is how often days without a change look like this;
    ``onset_first`` and ``onset_last`` bound the onset with 90 % if its ``shape`` is right.
    ``slope_pct_per_week`` is robust and over the whole window, with Mann-Kendall's ``slope_p_value``.
    ``left_out`` falls on days that were left out. ``needs_days`` and ``needs_events`` are what is missing
    where it is too early. "immature": it looks worse only with the newest days, whose
    conversions still come in; where it is real without them, ``unsettled_days`` of them were left out.
    """

    name: str
    platform: str
    campaign_key: str = ""
    kpi: Kpi
    state: TrendState
    first_day: Day | None = None
    last_day: Day | None = None
    days: int = 0
    events: float = 0.0
    counted: Literal["clicks", "conversions", "impressions", "orders"] = "conversions"
    currency: str | None = None
    campaigns: int = 1
    level: float | None = None
    before: float | None = None
    after: float | None = None
    change_pct: float | None = None
    interval: Interval | None = None
    favourable: bool | None = None
    grade: Grade | None = None
    shape: TrendShape | None = None
    onset: Day | None = None
    onset_first: Day | None = None
    onset_last: Day | None = None
    duration_days: int | None = None
    velocity: Velocity | None = None
    p_value: float | None = None
    slope_pct_per_week: float | None = None
    slope_interval: Interval | None = None
    slope_p_value: float | None = None
    threshold: Threshold | None = None
    others: Others | None = None
    left_out: tuple[Occasion, ...] = ()
    unsettled_days: int = 0
    needs_days: int = 0
    needs_events: int = 0


class TrendStudy(Study):
    """One line of a campaign or platform that was named, with what is drawn; else one a platform."""

    window_days: int
    lines: tuple[TrendLine, ...]
    drawn: TrendSeries | None = None
    more: int = 0
