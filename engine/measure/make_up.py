"""What an account's impressions are made of by day, and whether that moved: placements, devices, countries.

A day is the unit, since rows of one day go up and down together: each value's share of the day's impressions,
and the middle CPC of the day's rows, are compared before and after as two tables of days
(``engine/measure/shift.py``). What moved by little is not told, however certain it is.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median
from typing import Literal, NamedTuple, get_args

from engine.measure.shift import Shift, shifts
from engine.models.daily import DailyRow
from engine.models.export import MILLION
from engine.models.quality import Drift

Dimension = Literal["placement", "device", "country"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
FALSE_DISCOVERIES = 0.01  # it is looked at with every import
FEWEST_BEFORE, NEWEST = 14, 7  # days
LEAST_DISTANCE = 0.6  # KS, as for a series of days
LEAST_SHARE = 0.10  # of the impressions, to or from a value
LEAST_CHANGE = math.log(1.25)  # of the CPC
MOST_VALUES = 8  # of a dimension, those with the most impressions
CPC = "cpc"

Table = dict[str, list[float | None]]


class Day(NamedTuple):
    """One day's impressions by (dimension, value), and the CPC of each of its rows."""

    day: date
    shown: dict[tuple[str, str], int]
    costs: list[float]


def days_of(rows: Iterable[DailyRow]) -> list[Day]:
    """Add up rows of one currency by day, oldest first; rows of a range are left out."""
    shown: dict[date, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    costs: dict[date, list[float]] = defaultdict(list)
    for each in (each for each in rows if each.first_day == each.last_day):
        for dimension in DIMENSIONS:
            shown[each.first_day][dimension, getattr(each, dimension)] += each.impressions or 0
        if each.clicks and each.spend:
            costs[each.first_day].append(each.spend / MILLION / each.clicks)
    return [Day(day, dict(shown[day]), costs[day]) for day in sorted(shown)]


def moved(days: Sequence[Day], new: int) -> tuple[Drift, ...]:
    """Tell what moved with the newest ``new`` days, and had not been seen to move without them."""
    before = {(each.column, each.value) for each in _now(days[:-new], NEWEST)} if new else set()
    found = _now(days, max(new, NEWEST))
    return tuple(each for each in found if (each.column, each.value) not in before)


def _now(days: Sequence[Day], newest: int) -> list[Drift]:
    """Compare the newest days with those before them; of each dimension the value that moved most is told."""
    old, new = days[:-newest], days[-newest:]
    if len(old) < FEWEST_BEFORE or len(new) < NEWEST:
        return []
    columns = _columns(days)
    tables = [_table(side, columns) for side in (old, new)]
    found = shifts(*tables, rate=FALSE_DISCOVERIES, least=LEAST_DISTANCE, fewest=NEWEST)
    told: dict[str, Drift] = {}
    for each in sorted(found, key=lambda each: -each.effect):
        if each.drifted and each.kind == "number" and _matters(each):
            dimension, _, value = each.column.partition("=")
            told.setdefault(dimension, _drift(each, (dimension, value), new))
    return sorted(told.values(), key=lambda each: each.column)


def _columns(days: Sequence[Day]) -> list[tuple[str, str]]:
    """Values by dimension, the largest of each; a dimension with one value has nothing to move."""
    every: dict[tuple[str, str], int] = defaultdict(int)
    for each in days:
        for own, count in each.shown.items():
            if own[1]:  # rows that do not say it are no value
                every[own] += count
    ranked = sorted(every, key=lambda own: (-every[own], own))
    by_dimension = {name: [own for own in ranked if own[0] == name] for name in DIMENSIONS}
    return [own for owned in by_dimension.values() if len(owned) > 1 for own in owned[:MOST_VALUES]]


def _table(days: Sequence[Day], columns: Sequence[tuple[str, str]]) -> Mapping[str, list[float | None]]:
    table: Table = {"=".join(own): [_share(each, own) for each in days] for own in columns}
    table[CPC] = [median(each.costs) if each.costs else None for each in days]
    return table


def _share(day: Day, own: tuple[str, str]) -> float | None:
    whole = sum(count for (dimension, _), count in day.shown.items() if dimension == own[0])
    return day.shown.get(own, 0) / whole if whole else None


def _matters(found: Shift) -> bool:
    if found.column == CPC:
        return found.before > 0 < found.after and abs(math.log(found.after / found.before)) >= LEAST_CHANGE
    return abs(found.after - found.before) >= LEAST_SHARE


def _drift(found: Shift, own: tuple[str, str], new: Sequence[Day]) -> Drift:
    return Drift(
        kind="market",
        sign="moved" if found.column == CPC else "share",
        column=own[0],
        value=own[1],
        since=new[0].day,
        before=found.before,
        after=found.after,
        effect=found.effect,
        p_value=found.p_value,
        days=len(new),
    )
