"""One figure by day as it is forecast, and what is taken as planned below it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, cast, get_args

import numpy as np

from engine.measure import kpi
from engine.measure.daily_ratio import COSTS, daily_ratio
from engine.measure.forecasting.series import Daily, Floats
from engine.models.comparison import Kpi
from engine.models.daily import DaySum
from engine.models.export import WHOLE
from engine.models.forecast_study import Figure
from engine.studying.complete_days import DAY
from engine.studying.ground import Ground

LIKE_LATELY = 4  # weeks whose same weekday says what is planned


class Counted(NamedTuple):
    """One figure by day: ``daily`` as it is forecast; ``is_turned`` where the figure is its reciprocal."""

    daily: Daily
    is_turned: bool
    scale: float
    is_ratio: bool

    def figure(self, values: Floats) -> list[float | None]:
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self.scale / values if self.is_turned else values * self.scale
        return [float(each) if np.isfinite(each) else None for each in found]


def counted_by_day(days: Sequence[DaySum], figure: Figure) -> Counted:
    """The figure by day. Costs are forecast as what money buys, since that is what is counted by chance."""
    if figure not in get_args(Kpi):
        return _plain(days, figure)
    name = cast(Kpi, figure)
    ratio = daily_ratio(name, days)
    on = [date.fromordinal(day) for day in ratio.days]
    top, bottom = np.array(ratio.tops, dtype=float), np.array(ratio.bottoms, dtype=float)
    scale = 1_000.0 if name == "cpm" else 1.0
    if name in COSTS:
        return Counted(Daily(on, bottom, top, bottom), is_turned=True, scale=scale, is_ratio=True)
    is_share = name in {"ctr", "cvr"} and bool((top <= bottom).all())
    daily = Daily(on, top, bottom, top / ratio.worth, is_share=is_share)
    return Counted(daily, is_turned=False, scale=scale, is_ratio=True)


def own_forecast(ground: Ground, campaign_key: str | None, figure: Figure) -> float | None:
    """What a campaign's newest window with a forecast expects of a KPI, its CPM of a thousand impressions."""
    if campaign_key is None or figure not in get_args(Kpi):
        return None
    windows = [each for each in ground.standings.values() if each.campaign_key == campaign_key]
    for each in sorted(windows, key=lambda one: one.day, reverse=True):
        expected = kpi.value(cast(Kpi, figure), each.retrospective.campaign.expected_metrics)
        if expected:
            return expected
    return None


def _plain(days: Sequence[DaySum], number: str) -> Counted:
    unit = 1.0 if number in WHOLE else 1e-6
    total: dict[date, float] = defaultdict(float)
    for each in days:
        value = getattr(each, number)
        if value is not None:
            total[each.day] += value * unit
    top = np.array(list(total.values()), dtype=float)
    daily = Daily(list(total), top, np.ones(len(top)), None if number == "spend" else top)
    return Counted(daily, is_turned=False, scale=1.0, is_ratio=False)


def planned_like_lately(counted: Counted, last: date, horizon: int) -> Floats:
    """What stands below the ratio on each coming day: as on the same weekdays of late."""
    if not counted.is_ratio:
        return np.ones(horizon)
    _, bottom = by_day(counted.daily)
    lately = [value for day, value in bottom.items() if value and (last - day).days < 7 * LIKE_LATELY]
    usual = float(np.mean(lately))
    coming = [last + DAY * (1 + place) for place in range(horizon)]
    alike = [
        [
            bottom[day - DAY * 7 * weeks]
            for weeks in range(1, LIKE_LATELY + 3)
            if day - DAY * 7 * weeks in bottom
        ]
        for day in coming
    ]
    return np.array([float(np.mean(each[:LIKE_LATELY])) if each else usual for each in alike])


def by_day(daily: Daily) -> tuple[dict[date, float], dict[date, float]]:
    top: dict[date, float] = defaultdict(float)
    bottom: dict[date, float] = defaultdict(float)
    for day, above, below in zip(daily.days, daily.top, daily.bottom, strict=True):
        top[day] += float(above)
        bottom[day] += float(below)
    return dict(top), dict(bottom)
