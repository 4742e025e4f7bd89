"""One KPI by day: what is counted over what, out of a series' day sums. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from engine.measure.calendar_effects import Bools, Days, Floats
from engine.measure.onset import Series
from engine.models.comparison import Kpi
from engine.models.daily import PAIRS, DaySum
from engine.models.export import WHOLE, Number

RATIO: Mapping[Kpi, tuple[Number, Number]] = {
    "ctr": ("clicks", "impressions"),
    "cvr": ("conversions", "clicks"),
    "cpa": ("spend", "conversions"),
    "roas": ("revenue", "spend"),
    "cpc": ("spend", "clicks"),
    "cpm": ("spend", "impressions"),
}
COSTS: frozenset[Kpi] = frozenset({"cpa", "cpc", "cpm"})
"""KPIs that are money over what is counted: their events are the bottom, their exposure the money."""


class DailyRatio(NamedTuple):
    """Tops and bottoms of the days that have both, in their own units, oldest first."""

    kpi: Kpi
    days: tuple[int, ...]
    tops: tuple[float, ...]
    bottoms: tuple[float, ...]
    worth: float = 1.0  # one counted event of the top: an order's value for ROAS

    def series(self) -> Series:
        """As events over exposure; days without exposure are left out."""
        days = np.array(self.days, dtype=np.int64)
        tops, bottoms = np.array(self.tops, dtype=float), np.array(self.bottoms, dtype=float)
        events, exposure = (bottoms, tops) if self.kpi in COSTS else (tops / self.worth, bottoms)
        there = exposure > 0
        return Series(days[there], events[there], exposure[there])

    def held_against(
        self, first: date, last: date, aside: Collection[date]
    ) -> tuple[Days, Floats, Floats, Bools, Bools]:
        """Lay it out for ``event_effect``: the days from ``first`` to ``last`` against those beside them."""
        series = self.series()
        during = (series.days >= first.toordinal()) & (series.days <= last.toordinal())
        others = np.isin(series.days, [each.toordinal() for each in aside])
        return series.days, series.events, series.exposure, during, others & ~during

    def level(self, rate: float) -> float:
        """A rate of events over exposure as the KPI."""
        level = 1 / rate if self.kpi in COSTS else rate * self.worth
        return level * 1_000 if self.kpi == "cpm" else level


def daily_ratio(kpi: Kpi, days: Sequence[DaySum]) -> DailyRatio:
    """Take a KPI's two numbers of each day, from the rows that have both; of several campaigns, the sums."""
    pair = RATIO[kpi]
    place = PAIRS.index(pair)
    known: dict[int, tuple[int, int]] = {}
    for each in sorted(days, key=lambda one: one.day):
        if (found := _pair(each, pair, place)) is not None:
            held = known.get(each.day.toordinal(), (0, 0))
            known[each.day.toordinal()] = held[0] + found[0], held[1] + found[1]
    worth = _order_value(days) if kpi == "roas" else 1.0
    tops = tuple(top * _unit(pair[0]) for top, _ in known.values())
    bottoms = tuple(bottom * _unit(pair[1]) for _, bottom in known.values())
    return DailyRatio(kpi, tuple(known), tops, bottoms, worth)


def _pair(each: DaySum, pair: tuple[Number, Number], place: int) -> tuple[int, int] | None:
    if each.pairs:
        return each.pairs[place]
    top, bottom = getattr(each, pair[0]), getattr(each, pair[1])
    return None if top is None or bottom is None else (top, bottom)


def _unit(number: Number) -> float:
    return 1.0 if number in WHOLE else 1e-6


def _order_value(days: Sequence[DaySum]) -> float:
    """What one conversion brought on average; 1 where nothing tells."""
    revenue = sum(each.revenue or 0 for each in days)
    conversions = sum(each.conversions or 0 for each in days)
    return revenue / conversions if revenue and conversions else 1.0
