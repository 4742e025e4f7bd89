"""How much more segments scatter from day to day than counting does, by the days before the change."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.explain.slices import Cells, Facts, Floats, Ints, Slices

SHARED_DAYS = 20.0  # a segment's own scatter is drawn to the common one as by so many days
USUAL_MEMORY, LONGEST_MEMORY = 1.3, 4.0  # how many times the variance of days that hang together is
SHARED_WEEKS = 4.0
FEWEST_WEEKS = 3
WEEK = 7


class Statistics(NamedTuple):
    """By segment: the variance of days, and of weeks, over that of counting; how many days it rests on."""

    days: Floats
    weeks: Floats
    freedom: Floats


class Scatter:
    """The dispersion of every segment: Pearson's, around its own ratio and what all weekdays share.

    Drawn to the median of all segments (Smyth 2004), then times how far days hang together within weeks.
    """

    def __init__(self, facts: Facts, found: Cells, slices: Sequence[Slices]) -> None:
        past = facts.day < facts.before + facts.length
        self._count = facts.before + facts.length
        self._cells = found.of_row[past]
        self._day, self._above, self._below = facts.day[past], facts.above[past], facts.below[past]
        self._weekday = self._weekdays()
        self._known: dict[tuple[str, ...], Statistics] = {}
        everything = Slices((), np.zeros(found.events.shape[1], dtype=np.int64), ((),))
        every = [self._statistics(each) for each in (everything, *slices) if len(each.dimensions) < 2]
        days, weeks, freedom = (np.concatenate(each) for each in zip(*every, strict=True))
        self._common = max(float(np.median(days[freedom > 0])), 1.0) if (freedom > 0).any() else 1.0
        self._memory = self._hang_together(days, weeks)

    @property
    def usual(self) -> float:
        """How many times the variance of counting segments usually scatter."""
        return self._common * self._memory

    def of(self, slices: Slices) -> tuple[Floats, Floats]:
        """Give each segment's dispersion, at least 1, and its degrees of freedom."""
        own = self._statistics(slices)
        freedom = own.freedom + SHARED_DAYS
        drawn = (own.days * own.freedom + self._common * SHARED_DAYS) / freedom
        return np.maximum(drawn, 1.0) * self._memory, freedom

    def _statistics(self, slices: Slices) -> Statistics:
        if slices.dimensions not in self._known:
            self._known[slices.dimensions] = self._counted(slices)
        return self._known[slices.dimensions]

    def _counted(self, slices: Slices) -> Statistics:
        above, below = self._by_day(slices.of_cell, len(slices.values))
        shape = below * self._weekday
        top, bottom = above.sum(axis=1), shape.sum(axis=1)
        ratio = np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
        meant = ratio[:, None] * shape
        left = above - meant
        freedom = np.maximum((meant > 0).sum(axis=1) - 1.0, 0.0)
        return Statistics(_spread(left, meant), _spread(*(_by_week(each) for each in (left, meant))), freedom)

    def _by_day(self, of_cell: Ints, count: int) -> tuple[Floats, Floats]:
        of = of_cell[self._cells]
        chosen = of >= 0
        place = of[chosen] * self._count + self._day[chosen]
        size = count * self._count
        shape = (count, self._count)
        above = np.bincount(place, self._above[chosen], size).astype(float).reshape(shape)
        return above, np.bincount(place, self._below[chosen], size).astype(float).reshape(shape)

    def _weekdays(self) -> Floats:
        """How much better each weekday is than the average, over everything; 1 with under two weeks."""
        if self._count < 2 * WEEK:
            return np.ones(self._count)
        of = self._day % WEEK
        above, below = (np.bincount(of, each, WEEK) for each in (self._above, self._below))
        usual = above.sum() / max(below.sum(), 1e-12)
        factors = (above + 1) / np.maximum(usual * below + 1, 1e-12)
        return np.asarray(factors[np.arange(self._count) % WEEK])

    def _hang_together(self, days: Floats, weeks: Floats) -> float:
        """How many times more weeks scatter than their days would if each were drawn by itself."""
        count = self._count // WEEK
        if count < FEWEST_WEEKS:
            return USUAL_MEMORY
        seen = (days > 0) & (weeks > 0)
        ratio = float(weeks[seen].sum() / days[seen].sum()) if seen.any() else 1.0
        drawn = (ratio * count + USUAL_MEMORY * SHARED_WEEKS) / (count + SHARED_WEEKS)
        return float(np.clip(drawn, 1.0, LONGEST_MEMORY))


def _by_week(days: Floats) -> Floats:
    """Add up whole weeks, counted back from the newest day."""
    weeks = days.shape[1] // WEEK
    kept = days[:, days.shape[1] - weeks * WEEK :].reshape(len(days), weeks, WEEK)
    return np.asarray(kept.sum(axis=2))


def _spread(left: Floats, meant: Floats) -> Floats:
    """Squared misses over what was meant: 1 where only counting scatters."""
    periods = (meant > 0).sum(axis=1)
    total = meant.sum(axis=1) * (1 - 1 / np.maximum(periods, 1))
    return np.asarray(np.divide((left**2).sum(axis=1), total, out=np.zeros(len(left)), where=total > 0))
