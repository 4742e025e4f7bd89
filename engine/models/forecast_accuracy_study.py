"""How far the team's own forecasts run from what came, by platform and objective."""

from typing import Literal

from engine.models.campaign import Day
from engine.models.study import Study
from engine.models.value import Value


class ForecastBias(Value):
    """Forecasts of one KPI at one level; ``name`` is a platform or an objective, "" over all campaigns.

    ``forecast_pct`` is forecast over actual minus one in percent, shrunk: −31 says that forecasts run 31 %
    low. ``low`` and ``high`` are its 80 % range. ``factor`` takes the bias out of a forecast by which it is
    multiplied. ``miss_pct`` is the mean of |actual − forecast| / actual. ``verdict`` "real": too low or too
    high, beyond the tolerance, among all that was judged.
    """

    scope: Literal["all", "platform", "objective"]
    name: str
    kpi: Literal["ctr", "cvr", "cpa", "roas"]
    campaigns: int
    forecast_pct: float
    low: float
    high: float
    factor: float
    miss_pct: float | None
    p_value: float
    verdict: Literal["real", "noise", "too early"]


class ForecastAccuracyStudy(Study):
    """``campaigns`` have a forecast that can be graded, in ``windows`` windows that share no day.

    ``least`` is how many campaigns a level needs to be judged. ``biases``: what is real first, then the
    widest misses.
    """

    kind: Literal["forecast-accuracy"] = "forecast-accuracy"
    campaigns: int
    windows: int
    first: Day | None
    last: Day | None
    least: int
    tolerance: float
    level: float
    biases: tuple[ForecastBias, ...]
