"""What changed in the rows, and whether it was the data or the market.

The *data* drifted where counting or reading must have changed: a column came or went, cells went missing,
conversions stopped from one day to the next while people went on clicking, money jumped by a power of
ten, or all money by one factor. The *market* drifted where impressions became dearer or clicks rarer.

Distributions of days are compared by Kolmogorov and Smirnov, shares of cells by chi-square, with
Benjamini-Hochberg over all that is tried; then the effect has to be large enough to matter, since with
enough rows everything differs (arXiv 2307.11878).
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate, pairwise
from statistics import mean, median
from typing import NamedTuple

from engine.measure import distributions
from engine.measure.discovery import discoveries
from engine.models.daily import DaySum
from engine.models.export import MILLION, NUMBERS, Number
from engine.models.quality import Drift, Sign

FALSE_DISCOVERIES = 0.10
FEWEST_BEFORE, FEWEST_AFTER = 7, 5  # days, so that weekdays are alike on both sides
LEAST_DISTANCE = 0.6  # KS
LEAST_CHANGE = math.log(1.25)
LEAST_V = 0.30  # Cramér
SURELY_STOPPED = 1e-6
NEAR_TEN = 0.15  # of a power of ten, in decades
ONE_FACTOR = math.log(1.12)
SAME_ONSET = timedelta(days=3)
LOOK_BACK = timedelta(days=56)
MOST_DAYS = 84  # the newest; what changed before is in the figures by now
COUNTED: tuple[Number, ...] = tuple(each for each in NUMBERS if each != "reach")


class _Tried(NamedTuple):
    drift: Drift
    matters: bool


def drifts(days: Sequence[DaySum], rate: float = FALSE_DISCOVERIES) -> tuple[Drift, ...]:
    """Find what drifted within these days of one series, oldest first; each column once.

    ``days`` are one campaign's, or the sums of many (``together``), one a day. Of a money factor its
    consequences in CPM are not told again.
    """
    days = sorted(days, key=lambda each: each.day)[-MOST_DAYS:]
    sure = [*_columns(days), *_stopped(days), *_decades(days)]
    tried = [*_blanks(days), *_moved(days)]
    believed = discoveries([each.drift.p_value for each in tried], rate)
    found = [each.drift for each, is_true in zip(tried, believed, strict=True) if is_true and each.matters]
    if money := _one_factor(found, days):
        sure.append(money)
    return tuple(_told_once([*sure, *found]))


def news(before: Sequence[DaySum], after: Sequence[DaySum]) -> tuple[Drift, ...]:
    """Find what can be seen only since ``after`` came: told with its import, and not again with the next.

    Days that were corrected stand in ``after`` alone.
    """
    new = {each.day for each in after}
    first = min(new, default=date.min)
    old = [each for each in before if each.day not in new and each.day >= first - LOOK_BACK]
    seen = drifts(old)
    return tuple(each for each in drifts([*old, *after]) if not any(_same(each, one) for one in seen))


def together(series: Iterable[Sequence[DaySum]]) -> list[DaySum]:
    """Add up several campaigns' days, one sum a day; reach is not added. One currency only."""
    by_day: dict[date, list[DaySum]] = {}
    for each in (each for days in series for each in days):
        by_day.setdefault(each.day, []).append(each)
    return [_added(day, by_day[day]) for day in sorted(by_day)]


def _added(day: date, parts: Sequence[DaySum]) -> DaySum:
    sums: dict[str, int | None] = {
        number: _sum(getattr(each, number) for each in parts) for number in COUNTED
    }
    known = [each for each in parts if each.filled]
    filled = tuple(map(sum, zip(*(each.filled for each in known), strict=True))) if known else ()
    lacking = {
        number
        for number in COUNTED
        if sums[number] is not None
        and any(number in each.partly or getattr(each, number) is None for each in parts)
    }
    return DaySum(
        day=day,
        currency=parts[0].currency,
        impressions=sums["impressions"],
        clicks=sums["clicks"],
        spend=sums["spend"],
        conversions=sums["conversions"],
        revenue=sums["revenue"],
        reach=None,
        partly=frozenset(lacking),
        rows=sum(each.rows for each in parts),
        filled=filled,
    )


def _sum(numbers: Iterable[int | None]) -> int | None:
    known = [each for each in numbers if each is not None]
    return sum(known) if known else None


# ------------------------------------------------------------------------------------------- the data


def _columns(days: Sequence[DaySum]) -> list[Drift]:
    """A column that is there on all days up to one, and on none from the next on; or the other way."""
    found = []
    for number in COUNTED:
        there = [getattr(each, number) is not None for each in days]
        steps = [place for place, (one, other) in enumerate(pairwise(there), 1) if one != other]
        if len(steps) != 1 or steps[0] < FEWEST_AFTER:
            continue
        place = steps[0]
        typical = [float(getattr(each, number)) for each in days if getattr(each, number) is not None]
        value = median(typical) / (MILLION if number in {"spend", "revenue", "conversions"} else 1)
        gone = there[0]
        sign: Sign = "vanished" if gone else "appeared"
        pair = (value, None) if gone else (None, value)
        found.append(_sure(sign, number, [each.day for each in days[place:]], pair))
    return found


def _stopped(days: Sequence[DaySum]) -> list[Drift]:
    """Not one conversion from some day to the end, where as many clicks always brought some."""
    known = [each for each in days if each.conversions is not None and each.clicks]
    after = _tail(known, lambda each: each.conversions == 0)
    before = known[: len(known) - len(after)]
    clicks = sum(each.clicks or 0 for each in before)
    if not after or len(before) < FEWEST_AFTER or not clicks:
        return []
    rate = sum(each.conversions or 0 for each in before) / MILLION / clicks
    chance = math.exp(-rate * sum(each.clicks or 0 for each in after))
    if chance > SURELY_STOPPED:
        return []
    typical = median((each.conversions or 0) / MILLION for each in before)
    return [_sure("stopped", "conversions", [each.day for each in after], (typical, 0.0), chance)]


def _sure(
    sign: Sign, column: str, days: Sequence[date], pair: tuple[float | None, float | None], p: float = 0.0
) -> Drift:
    """One that needs no test: nothing but a change of the data looks so."""
    before, after = pair
    return Drift(
        kind="data",
        sign=sign,
        column=column,
        since=days[0],
        before=before,
        after=after,
        effect=1.0,
        p_value=p,
        days=len(days),
    )


def _tail(days: Sequence[DaySum], holds: Callable[[DaySum], bool]) -> Sequence[DaySum]:
    place = len(days)
    while place and holds(days[place - 1]):
        place -= 1
    return days[place:]


def _decades(days: Sequence[DaySum]) -> list[Drift]:
    """Money that jumped a hundredfold, or to a hundredth, and stayed there: cents taken for euros."""
    found = []
    for column, prices in (("spend", _daily("cpm", days)), ("revenue", _daily("aov", days))):
        for place in range(FEWEST_AFTER, len(prices)):
            before = median(price for _, price in prices[:place])
            steps = [math.log10(price / before) for _, price in prices[place:]]
            decades = round(median(steps))
            jumped = all(abs(each - decades) < 3 * NEAR_TEN for each in steps)
            if abs(decades) >= 2 and jumped and abs(median(steps) - decades) < NEAR_TEN:
                now = median(price for _, price in prices[place:])
                found.append(_sure("factor", column, [day for day, _ in prices[place:]], (before, now)))
                break
    return found


def _blanks(days: Sequence[DaySum]) -> list[_Tried]:
    """Cells that are empty far more, or far less, often than before."""
    known = [each for each in days if each.filled]
    found = []
    for number in COUNTED:
        place_of = NUMBERS.index(number)
        cells = [(each.day, each.rows, each.filled[place_of]) for each in known]
        tried = [_split_cells(number, cells, place) for place in range(FEWEST_AFTER, len(cells))]
        best = max((each for each in tried if each), key=lambda each: each.effect, default=None)
        if best is not None:
            p_value = min(1.0, best.p_value * len(tried))
            drift = best.model_copy(update={"p_value": p_value})
            found.append(_Tried(drift, best.effect >= LEAST_V))
    return found


def _split_cells(number: str, cells: Sequence[tuple[date, int, int]], place: int) -> Drift | None:
    """Chi-square of blank against filled, before against after; ``None`` where a side is all of one kind."""
    (rows, filled), (more_rows, more_filled) = (
        (sum(each[1] for each in side), sum(each[2] for each in side))
        for side in (cells[:place], cells[place:])
    )
    every, blank = rows + more_rows, rows + more_rows - filled - more_filled
    if not filled or not more_filled or not blank:
        return None
    gap = filled * (more_rows - more_filled) - more_filled * (rows - filled)
    statistic = every * gap**2 / (rows * more_rows * (filled + more_filled) * blank)
    return Drift(
        kind="data",
        sign="blank",
        column=number,
        since=cells[place][0],
        before=1 - filled / rows,
        after=1 - more_filled / more_rows,
        effect=math.sqrt(statistic / every),
        p_value=distributions.chi_square_above(1, statistic),
        days=len(cells) - place,
    )


# ----------------------------------------------------------------------------------------- the market


def _moved(days: Sequence[DaySum]) -> list[_Tried]:
    tried = []
    for column in ("cpm", "ctr", "aov"):
        values = _daily(column, days)
        places = range(FEWEST_BEFORE, len(values) - FEWEST_AFTER + 1)
        if not places:
            continue
        gains = _gains(values)
        best = _split(column, values, max(places, key=lambda place: gains[place]))
        drift = best.model_copy(update={"p_value": min(1.0, best.p_value * len(places))})
        matters = best.effect >= LEAST_DISTANCE and abs(_change(best)) >= LEAST_CHANGE
        tried.append(_Tried(drift, matters and column != "aov"))
    return tried


def _split(column: str, values: Sequence[tuple[date, float]], place: int) -> Drift:
    before, after = ([value for _, value in side] for side in (values[:place], values[place:]))
    distance = _distance(before, after)
    return Drift(
        kind="market",
        sign="moved",
        column=column,
        since=values[place][0],
        before=median(before),
        after=median(after),
        effect=distance,
        p_value=_chance(distance, len(before), len(after)),
        days=len(after),
    )


def _gains(values: Sequence[tuple[date, float]]) -> list[float]:
    """How much better two levels fit than one, of logarithms of one spread: where the change began."""
    logs = [math.log(value) for _, value in values]
    sums, length = [0.0, *accumulate(logs)], len(logs)
    gaps = ((sums[-1] - sums[place]) / (length - place) - sums[place] / place for place in range(1, length))
    return [0.0, *(gap * gap * place * (length - place) / length for place, gap in enumerate(gaps, start=1))]


def _distance(one: Collection[float], other: Collection[float]) -> float:
    """The largest gap between two empirical distributions (Smirnov 1939)."""
    ours, theirs = sorted(one), sorted(other)
    return max(
        abs(bisect_right(ours, at) / len(ours) - bisect_right(theirs, at) / len(theirs))
        for at in {*ours, *theirs}
    )


def _chance(distance: float, one: int, other: int) -> float:
    """P of a gap as large by chance, asymptotically with Stephens' correction (1970)."""
    root = math.sqrt(one * other / (one + other))
    return distributions.kolmogorov((root + 0.12 + 0.11 / root) * distance)


def _one_factor(found: Sequence[Drift], days: Sequence[DaySum]) -> Drift | None:
    """All money by one factor from one day on, what people do unchanged: another currency, not the market."""
    cpm = next((each for each in found if each.column == "cpm"), None)
    orders = _daily("aov", days)
    if cpm is None:
        return None
    before = [value for day, value in orders if day < cpm.since]
    after = [value for day, value in orders if day >= cpm.since]
    if len(before) < FEWEST_BEFORE or len(after) < FEWEST_AFTER:
        return None
    prices = _daily("cpm", days)
    steps = [
        mean(math.log(value) for day, value in series if day >= cpm.since)
        - mean(math.log(value) for day, value in series if day < cpm.since)
        for series in (prices, orders)
    ]
    same = abs(steps[0] - steps[1]) <= ONE_FACTOR
    distance = _distance(before, after)
    if not same or distance < LEAST_DISTANCE:
        return None
    return cpm.model_copy(update={"kind": "data", "sign": "money", "column": "spend"})


def _told_once(found: Sequence[Drift]) -> list[Drift]:
    """Leave out what follows from another: a dearer CPM where all money jumped."""
    money = any(each.sign in {"factor", "money"} and each.column == "spend" for each in found)
    kept: dict[str, Drift] = {}
    for each in found:
        if not (money and each.column == "cpm"):
            kept.setdefault(each.column, each)
    return sorted(kept.values(), key=lambda each: (each.kind, each.since, each.column))


def _same(one: Drift, other: Drift) -> bool:
    """Whether both tell one event; a factor of all money may have looked like a dearer CPM at first."""
    if abs(one.since - other.since) <= SAME_ONSET:
        return _subject(one) == _subject(other)
    way = (_change(one) > 0) == (_change(other) > 0)
    return one.sign == other.sign == "moved" and one.column == other.column and way


def _subject(drift: Drift) -> str:
    return "spend" if drift.column == "cpm" else drift.column


def _change(drift: Drift) -> float:
    return math.log(drift.after / drift.before) if drift.before and drift.after else 0.0


def _daily(column: str, days: Sequence[DaySum]) -> list[tuple[date, float]]:
    """One KPI a day, where the day has both numbers in full; money in units, zeros left out."""
    top, bottom, times = {
        "cpm": ("spend", "impressions", 1000 / MILLION),
        "ctr": ("clicks", "impressions", 1),
        "aov": ("revenue", "conversions", 1),
    }[column]
    found = []
    for each in days:
        above, below = getattr(each, top), getattr(each, bottom)
        if (above or 0) > 0 and (below or 0) > 0 and not each.partly & {top, bottom}:
            found.append((each.day, above / below * times))
    return found
