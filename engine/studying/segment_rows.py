"""Rows of two windows on the same weekdays, by segment: complete days, one currency."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from engine.explain.slices import Facts
from engine.measure.maturity import assumed_curve, mature_share
from engine.measure.mix_shift import COUNTED, DIMENSIONS, LABELS, amount
from engine.models.comparison import Kpi
from engine.models.daily import DailyRow
from engine.models.export import Holding
from engine.studying.ground import Ground

DAY = timedelta(days=1)
WEEK = 7
HISTORY = 56  # days before both windows, from which is learned how much days scatter
MOST_ROWS = 400_000


class Windows(NamedTuple):
    """The newer window, the one before it on the same weekdays, and the first day of history."""

    first: date
    last: date
    before_first: date
    before_last: date
    history: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


class Read(NamedTuple):
    """Rows of complete days, when each day was read last, and how many campaigns were too many."""

    rows: tuple[DailyRow, ...]
    read_on: Mapping[date, date]
    left_out: int


def rows_by_segment(ground: Ground, keys: Collection[str], first: date) -> Read:
    """Read the rows of one day each that count, of complete days from ``first`` to yesterday.

    ``keys`` are main keys; rows of campaigns that are linked to them count as well. Of very many rows only
    the campaigns with the most are read.
    """
    held: dict[str, list[Holding]] = defaultdict(list)
    for each in ground.reading.holdings():
        if each.by_day and ground.links.get(each.campaign_key, each.campaign_key) in keys:
            held[each.campaign_key].append(each)
    found: list[DailyRow] = []
    read_on: dict[date, date] = {}
    order = sorted(held, key=lambda key: (-sum(each.rows for each in held[key]), key))
    for place, key in enumerate(order):
        if len(found) > MOST_ROWS:
            return Read(tuple(found), read_on, len(order) - place)
        rows = ground.reading.rows(key, first, ground.today - DAY)
        found += (row for row in rows if row.first_day == row.last_day and _is_over(row.first_day, held[key]))
        for each in held[key]:
            if each.read_on is not None:
                for day in _days(max(each.first_day, first), each.last_day):
                    read_on[day] = max(each.read_on, read_on.get(day, each.read_on))
    return Read(tuple(found), read_on, 0)


def known_share(rows: Sequence[DailyRow], span: Windows, read_on: Mapping[date, date], lag: int) -> float:
    """Assume how many of the newer window's conversions have come in, by when its days were read last."""
    spent: dict[date, float] = defaultdict(float)
    for row in rows:
        if span.first <= row.first_day <= span.last:
            spent[row.first_day] += amount(row, "spend") or 0.0
    return mature_share(assumed_curve(lag), spent, read_on)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + DAY * place for place in range((last - first).days + 1))


def of_one_currency(rows: Sequence[DailyRow]) -> tuple[str | None, list[DailyRow], tuple[str, ...]]:
    """Keep the currency with the most rows; gives it, its rows, and the others."""
    counted = Counter(row.currency for row in rows)
    order = sorted(counted, key=lambda each: (-counted[each], each))
    if not order:
        return None, [], ()
    kept = [row for row in rows if row.currency == order[0]]
    return order[0] or None, kept, tuple(each or "no currency" for each in order[1:])


def windows(rows: Sequence[DailyRow], wanted: int) -> Windows | None:
    """Place both windows at the newest day; fewer whole weeks where history is short.

    ``None`` with under two weeks. The older window is the newer one shifted by whole weeks.
    """
    if not rows:
        return None
    first, last = min(row.first_day for row in rows), max(row.first_day for row in rows)
    length = wanted
    while length > WEEK and last - DAY * (length - 1 + _shift(length)) < first:
        length = (length - 1) // WEEK * WEEK
    before_last = last - DAY * _shift(length)
    before_first = before_last - DAY * (length - 1)
    if before_first < first or length < 1:
        return None
    history = max(first, before_first - DAY * HISTORY)
    return Windows(last - DAY * (length - 1), last, before_first, before_last, history)


def facts(rows: Iterable[DailyRow], span: Windows, kpi: Kpi, known: float = 1.0) -> Facts:
    """Put rows into columns for one figure, over rows that have both of its cells."""
    above, below = COUNTED[kpi]
    columns: dict[str, list[str]] = {each: [] for each in DIMENSIONS}
    days, tops, bottoms = [], [], []
    for row in rows:
        top, bottom = amount(row, above), amount(row, below)
        if top is None or bottom is None or row.first_day < span.history:
            continue
        days.append((row.first_day - span.history).days)
        tops.append(top)
        bottoms.append(bottom)
        for dimension, label in LABELS.items():
            columns[dimension].append(label(row))
    coded = {name: _coded(own) for name, own in columns.items()}
    coded = {name: each for name, each in coded.items() if len(each[1]) > 1}
    return Facts(
        {name: each[0] for name, each in coded.items()},
        {name: each[1] for name, each in coded.items()},
        np.array(days, dtype=np.int64),
        np.array(tops, dtype=float),
        np.array(bottoms, dtype=float),
        (span.before_first - span.history).days,
        (span.first - span.history).days,
        span.length,
        known,
    )


def _coded(texts: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    names = {name: place for place, name in enumerate(sorted(set(texts)))}
    return np.array([names[each] for each in texts], dtype=np.int64), tuple(names)


def _shift(length: int) -> int:
    return -(-length // WEEK) * WEEK


def _is_over(day: date, held: Collection[Holding]) -> bool:
    covering = [each for each in held if each.first_day <= day <= each.last_day]
    return all(each.read_on is None or day < each.read_on for each in covering)
