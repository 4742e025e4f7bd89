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
    value, found = kpi.value(name, metrics), kpi.parts(name, metrics)
    if value is None or found is None:
        return None
    top, bottom = (float(each) for each in found)
    if name == "roas":
        events = float(metrics.conversions or 0)
        return Evidence(value, events, None, grows=True) if events and value else None
    if name in kpi.LOWER_IS_BETTER:
        return Evidence(value, bottom, None, grows=False)
    # Conversions after a view may exceed clicks; then they are a count, not a share.
    return Evidence(value, top, bottom if top <= bottom else None, grows=True)


COUNTED: dict[Kpi, kpi.Sum] = {
    "ctr": "impressions",
    "cpm": "impressions",
    "cvr": "clicks",
    "cpc": "clicks",
    "cpa": "conversions",
    "roas": "conversions",
}


def sample(name: Kpi, metrics: Metrics) -> float:
    """Count what the KPI rests on, as shown to people; 0 where nobody counted it."""
    found = None if name == "roas" else kpi.parts(name, metrics)
    counted = getattr(metrics, COUNTED[name]) if found is None else found[1]
    return float(counted or 0)
