"""One daily series as the models see it: logarithms on a grid without gaps, odd days left out of learning.

Where a day counts only few events the logarithm of its ratio is biased, and at 0 events there is none. There
the working response of a log-linear model stands for it: log m + (r − m) / m around the neighbours' ratio m
(McCullagh & Nelder 1989, 2.5).
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

MOST_DAYS = 196  # the newest: 28 weeks say all about weekdays that the next two need
FEW_EVENTS = 12.0  # a day, below which logarithms of ratios mislead
AROUND = 10  # days on either side that say what a day with few events is held against
ODD = 4.0  # robust deviations from its neighbours that make a day odd
LONGEST_ODD = 2  # days; what stays longer is a change of level, not an odd day
LATELY = 28  # days that say how many events come with what is planned
FARTHEST = 500.0  # logarithms that a float can still hold the exponential of
EXACT = 500.0  # events that a day is taken to have where nothing was drawn by chance
MOST_SHARE = 0.999
TO_DEVIATION = 1.4826  # median absolute deviation to standard deviation (normal)


class Daily(NamedTuple):
    """What was counted, by day in any order: ``top`` over ``bottom``; ``events`` make the ratio uncertain.

    For CTR they are clicks, impressions and clicks again. ``events`` is ``None`` where nothing was drawn by
    chance, such as CPM. A share, such as CTR, is at most 1 and forecast as log odds. Days without ``bottom``,
    or not finite, count as missing. Shapes: (n,).
    """

    days: Sequence[date]
    top: Floats
    bottom: Floats
    events: Floats | None
    is_share: bool = False


class Grid(NamedTuple):
    """The series on consecutive days. ``log`` is NaN where a day is missing; ``known`` also where it is odd.

    ``log`` are logarithms of ``ratio``, or log odds of a share; ``chance`` is their variance by counting
    alone; ``weekday`` is 0 on Mondays; ``events_each`` is how many events stand behind
    one unit of the top, exactly 1 where the top is what is counted.
    """

    first_day: date
    ratio: Floats
    log: Floats
    known: Floats
    chance: Floats
    weekday: Places
    events_each: float
    is_share: bool

    def __len__(self) -> int:
        return len(self.log)


def gridded(daily: Daily, left_out: Collection[date] = ()) -> Grid | None:
    """Put a series on consecutive days up to its newest; ``None`` where nothing was ever counted.

    ``left_out`` are days that nothing is learned from, such as known promotions.
    """
    summed = _summed(daily)
    if summed is None:
        return None
    first, top, bottom, events = summed
    size = len(top)
    absent = [day.toordinal() - first for day in left_out if 0 <= day.toordinal() - first < size]
    for column in (top, bottom, events):
        column[absent] = 0.0
    if not top.sum() or not events.sum():
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(bottom > 0, top / bottom, np.nan)
    ratio = np.minimum(ratio, 1.0) if daily.is_share else ratio
    log, chance = _logs(ratio, top, bottom, None if daily.events is None else events, is_share=daily.is_share)
    weekday = (first - 1 + np.arange(size)) % 7
    known = np.where(_odd(log, chance, weekday), np.nan, log)
    if not np.isfinite(known).any():
        return None
    each = _events_each(top, events)
    return Grid(date.fromordinal(first), ratio, log, known, chance, weekday, each, daily.is_share)


def _summed(daily: Daily) -> tuple[int, Floats, Floats, Floats] | None:
    """Add up what each day has, on consecutive days: the first of them, tops, bottoms, events."""
    at = np.array([day.toordinal() for day in daily.days], dtype=np.int64)
    there = np.isfinite(daily.top) & np.isfinite(daily.bottom) & (daily.bottom > 0) & (daily.top >= 0)
    if not there.any():
        return None
    last = int(at[there].max())
    first = max(int(at[there].min()), last - MOST_DAYS + 1)
    there &= at >= first
    parts = (daily.top, daily.bottom, daily.top if daily.events is None else daily.events)
    top, bottom, events = (
        np.bincount(at[there] - first, weights=values[there], minlength=last - first + 1).astype(np.float64)
        for values in parts
    )
    return (first, top, bottom, events) if top.sum() > 0 and events.sum() > 0 else None


def _events_each(top: Floats, events: Floats) -> float:
    """How many events stand behind one unit of the top lately; over all where nothing came lately."""
    lately = slice(max(0, len(top) - LATELY), len(top))
    found = events[lately].sum() / max(top[lately].sum(), 1e-300)
    return float(found or events.sum() / top.sum())


def _logs(
    ratio: Floats, top: Floats, bottom: Floats, events: Floats | None, *, is_share: bool
) -> tuple[Floats, Floats]:
    """Give logarithms, or log odds, NaN where a day is missing; and their variance by counting."""
    nearby = _nearby(top, bottom, is_share=is_share)
    odds = 1 - nearby if is_share else np.ones(len(ratio))
    if events is None:
        return _log(ratio, nearby, np.full(len(ratio), EXACT), is_share=is_share), np.zeros(len(ratio))
    expected = np.maximum(bottom * nearby * (events.sum() / top.sum()), 1e-9)
    chance = np.where(np.isfinite(ratio), 1 / (expected * odds), 0.0)
    if np.median((expected * odds)[bottom > 0]) < FEW_EVENTS:
        return _linear(ratio, nearby, odds), chance
    return _log(ratio, nearby, expected, is_share=is_share), chance


def from_log(values: Floats, *, is_share: bool) -> Floats:
    """Undo the logarithm, or the log odds of a share."""
    if is_share:
        return np.asarray(1 / (1 + np.exp(-np.clip(values, -FARTHEST, FARTHEST))))
    return np.asarray(np.exp(np.clip(values, -FARTHEST, FARTHEST)))


def _nearby(top: Floats, bottom: Floats, *, is_share: bool) -> Floats:
    """The ratio of sums over the days around each day; never 0, and of a share never 1."""
    around = np.ones(2 * AROUND + 1)
    overall = top.sum() / bottom.sum()
    found = _sums(top, around) / np.maximum(_sums(bottom, around), 1e-300)
    found = np.clip(found, overall * 1e-3, None)
    return np.minimum(found, MOST_SHARE) if is_share else found


def _linear(ratio: Floats, nearby: Floats, odds: Floats) -> Floats:
    """The working response: unbiased where days count few events, and 0 events have one as well."""
    base = np.log(nearby) - np.log(odds)
    return np.asarray(base + (ratio - nearby) / (nearby * odds))


def _log(ratio: Floats, nearby: Floats, expected: Floats, *, is_share: bool) -> Floats:
    """Logarithms or log odds; a day on which nothing happened counts as half an event."""
    half = 0.5 / np.maximum(expected, 0.5)
    with np.errstate(invalid="ignore", divide="ignore"):
        least = np.maximum(ratio, nearby * half)
        if not is_share:
            return np.asarray(np.log(least))
        lost = np.maximum(1 - least, (1 - nearby) * half)
        return np.asarray(np.log(least / lost))


def _sums(values: Floats, window: Floats) -> Floats:
    """Moving sums around each day, over what there is at the ends."""
    half = len(window) // 2
    return np.convolve(values, window)[half : half + len(values)]


def _odd(log: Floats, chance: Floats, weekday: Places) -> NDArray[np.bool_]:
    """Find single days, or two, that stand off from their neighbours and their weekday."""
    apart = log - running_median(log)
    if np.isfinite(apart).sum() < 14:
        return np.zeros(len(log), dtype=np.bool_)
    for place in range(7):
        mine = apart[weekday == place]
        mine = mine[np.isfinite(mine)]
        if len(mine) > 2:
            apart[weekday == place] -= np.median(mine)
    usual = (TO_DEVIATION * np.nanmedian(np.abs(apart))) ** 2
    spread = np.sqrt(np.maximum(usual, chance) + 1e-6)
    with np.errstate(invalid="ignore"):
        odd = np.abs(apart) > ODD * spread
    return np.asarray(odd & (_run_lengths(odd) <= LONGEST_ODD))


def running_median(log: Floats) -> Floats:
    """The median of the seven days around each day; fewer at the ends."""
    padded = np.concatenate([np.full(3, np.nan), log, np.full(3, np.nan)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 7)
    ordered = np.sort(windows, axis=1)  # NaN last
    there = np.isfinite(windows).sum(axis=1)
    rows = np.arange(len(log))
    low, high = np.maximum(there - 1, 0) // 2, there // 2
    found = (ordered[rows, low] + ordered[rows, np.minimum(high, 6)]) / 2
    return np.where(there > 0, found, np.nan)


def _run_lengths(flags: NDArray[np.bool_]) -> Places:
    """How long the run of equal flags is that each belongs to."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8)) != 0) + 1
    lengths = np.diff(np.concatenate([[0], edges, [len(flags)]]))
    return np.repeat(lengths, lengths)
