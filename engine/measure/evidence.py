"""What one KPI rests on: its value, its interval, and the probability that it went beyond a limit.

Every KPI here moves with one counted thing. A rate (CTR, CVR) is a binomial share; CPA, ROAS, CPC
and CPM move with a Poisson count while money is taken as given. Days scatter more than that: where daily
rows tell by how much (``dispersion.py``), counts are divided by it, which makes the share beta-binomial and
the count gamma-Poisson in spread. Without daily rows the dispersion is 1, order values are not known, and
only the conversion count of ROAS is uncertain.
"""

import math
from typing import NamedTuple

from engine.measure import interval, kpi
from engine.measure.sceptic import Shift, shift
from engine.models.campaign import Metrics
from engine.models.comparison import Interval, Kpi


class Evidence(NamedTuple):
    """``events`` counted behind ``value``; ``trials`` where it is a share of something counted.

    ``grows``: the value grows with the count (rates, ROAS); costs per event fall with it. ``dispersion``
    is the variance over that of mere counting, known on so many degrees of ``freedom`` (``None``: given).
    """

    value: float
    events: float
    trials: float | None
    grows: bool
    dispersion: float = 1.0
    freedom: float | None = None

    @property
    def effective(self) -> float:
        """How many independent events tell as much."""
        return self.events / self.dispersion

    def scaled(self, factor: float) -> "Evidence":
        """The same rates after ``factor`` times the data."""
        trials = None if self.trials is None else self.trials * factor
        return self._replace(events=self.events * factor, trials=trials)

    def interval(self, level: float) -> Interval:
        events = self.effective
        if self.trials is not None:
            return interval.wilson(events, self.trials / self.dispersion, level)
        low, high = (count / events for count in interval.poisson(events, level))
        if self.grows:
            return Interval(low=self.value * low, high=self.value * high, level=level)
        most = self.value / low if low else math.inf
        return Interval(low=self.value / high, high=most if math.isfinite(most) else None, level=level)

    def above(self, limit: float) -> float:
        """P(true value > limit)."""
        if limit <= 0:
            return 1.0
        events = self.effective
        if self.trials is not None:
            return interval.rate_above(limit, events, self.trials / self.dispersion)
        if self.grows:
            return interval.mean_above(events * limit / self.value, events)
        return 1 - interval.mean_above(events * self.value / limit, events)

    def shift(self, point: float) -> Shift:
        """Give the log change of the value against a point, and how sure the counts make it."""
        events = self.effective
        if self.trials is not None and point < 1:
            return _share_shift(events, self.trials / self.dispersion, point, self.freedom)
        ratio = point / self.value if self.grows and self.value else self.value / point
        expected = events * ratio if events else (self.trials or 0.0) / self.dispersion * point
        found = count_shift(events, expected, self.freedom)
        return found if self.grows else found._replace(change=-found.change)


def count_shift(events: float, expected: float, freedom: float | None = None) -> Shift:
    """Give the log change of a Poisson mean against the ``expected`` one; half an event stands for none."""
    if expected <= 0.5 and not events:
        return Shift(0.0, math.sqrt(2))
    change = math.log((events or 0.5) / expected)
    unlikely = (events * math.log(events / expected) if events else 0.0) - (events - expected)
    return shift(change, unlikely, 1 / math.sqrt(max(events, 0.5)), freedom)


def _share_shift(events: float, trials: float, point: float, freedom: float | None) -> Shift:
    """Give the log change of a binomial share against a point."""
    share, rest = events / trials, trials - events
    change = math.log((events or 0.5) / trials / point)
    if not events and trials * point <= 0.5:
        return Shift(0.0, math.sqrt(2))
    unlikely = events * math.log(share / point) if events else 0.0
    unlikely += rest * math.log((1 - share) / (1 - point)) if rest > 0 else 0.0
    least = math.sqrt(max(1 - share, 1 / (trials + 1)) / max(events, 0.5))
    return shift(change, unlikely, least, freedom)


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
