"""How much the days of a campaign scatter, and how many of its conversions are still to come."""

from pydantic import Field

from engine.models.campaign import Day, Metrics
from engine.models.comparison import Kpi
from engine.models.value import Value


class Scatter(Value):
    """Variance of one KPI's counted thing over that of mere counting: of days, and of whole weeks.

    Weeks hold what days do not show: days that resemble their neighbours. ``days`` and ``weeks`` are the
    pairs behind either; ``per_day`` is how much is counted on an average day.
    """

    kpi: Kpi
    day: float
    days: int
    week: float
    weeks: int
    per_day: float


class Usual(Value):
    """What other campaigns' days are like: extra variance of the log of a day, and how much weeks add.

    ``extra`` is the relative variance of one day beyond counting (0.04: days differ by 20 %); ``ratio`` is
    how many times that of independent days the extra variance of a week is.
    """

    kpi: Kpi
    extra: float
    ratio: float
    campaigns: int


class Aged(Value):
    """Conversions of days as they were read ``age`` days after, and of the same days when all had come."""

    age: int
    then: float
    now: float


class Maturity(Value):
    """How many of a window's conversions are known: ``share``, 0 to 1, weighted by spend.

    Where it was ``learned`` from earlier readings of the same days, figures allow for what is to come, and
    ``error`` is the share's relative standard error. Where it is only assumed, no figure is changed, and
    ``settled`` are the days that are older than ``lag_days``: nothing is called worse that they do not show.
    ``settles`` is the day on which the whole window is known.
    """

    share: float
    learned: bool
    lag_days: int
    settles: Day
    error: float = 0.0
    settled: Metrics | None = Field(default=None, exclude_if=lambda found: found is None)
    settled_days: int = 0
