"""What one KPI rests on: its value, its interval, and the probability that it went beyond a limit.

Every KPI here moves with one counted thing. A rate (CTR, CVR) is a binomial share; CPA, ROAS, CPC
and CPM move with a Poisson count while money is taken as given. Order values are not known without
daily rows, so only the conversion count of ROAS is uncertain.
"""

import math
from typing import NamedTuple

from engine.measure import interval, kpi
from engine.models.campaign import Metrics
from engine.models.comparison import Interval, Kpi


class Evidence(NamedTuple):
    """``events`` counted behind ``value``; ``trials`` where it is a share of something counted.

    ``grows``: the value grows with the count (rates, ROAS); costs per event fall with it.
    """

    value: float
    events: float
    trials: float | None
    grows: bool

    def scaled(self, factor: float) -> "Evidence":
        """The same rates after ``factor`` times the data."""
        trials = None if self.trials is None else self.trials * factor
        return self._replace(events=self.events * factor, trials=trials)

    def interval(self, level: float) -> Interval:
        if self.trials is not None:
            return interval.wilson(self.events, self.trials, level)
        low, high = (count / self.events for count in interval.poisson(self.events, level))
        if self.grows:
            return Interval(low=self.value * low, high=self.value * high, level=level)
        most = self.value / low if low else math.inf
        return Interval(low=self.value / high, high=most if math.isfinite(most) else None, level=level)

    def above(self, limit: float) -> float:
        """P(true value > limit)."""
        if limit <= 0:
            return 1.0
        if self.trials is not None:
            return interval.rate_above(limit, self.events, self.trials)
        if self.grows:
            return interval.mean_above(self.events * limit / self.value, self.events)
        return 1 - interval.mean_above(self.events * self.value / limit, self.events)


def gather(name: Kpi, metrics: Metrics) -> Evidence | None:
    """Collect what the KPI rests on; ``None`` where it is not defined or no event was counted."""
    value = kpi.value(name, metrics)
    if value is None or (name == "roas" and not (metrics.conversions and value)):
        return None
    events = float(metrics.clicks) if name in {"ctr", "cpc"} else float(metrics.conversions)
    if name == "cpm":
        events = float(metrics.impressions)
    return Evidence(value, events, _trials(name, metrics), grows=name not in kpi.LOWER_IS_BETTER)


def _trials(name: Kpi, metrics: Metrics) -> float | None:
    if name == "ctr":
        return float(metrics.impressions)
    # Conversions after a view may exceed clicks; then they are a count, not a share.
    return float(metrics.clicks) if name == "cvr" and metrics.conversions <= metrics.clicks else None


def sample(name: Kpi, metrics: Metrics) -> float:
    """Count what the KPI rests on, as shown to people."""
    match name:
        case "ctr" | "cpm":
            return float(metrics.impressions)
        case "cvr" | "cpc":
            return float(metrics.clicks)
        case "cpa" | "roas":
            return float(metrics.conversions)
