"""What days of the week and events do to a KPI, learned from its own days. Pure: numbers in, values out.

Effects are relative: 0.2 says that such days stand 20 % above what they would be without.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Days = NDArray[np.int64]

WEEK = 7
FEWEST_DAYS = 14  # two of each weekday; with fewer nothing is learned
MOST_EFFECT = 3.0  # of a log
MOST_PART = 0.9  # that a weekday can be below the others
LEAST_DAYS_BESIDE = 7
BESIDE = 28  # days before and after an event that it is held against


class EventEffect(NamedTuple):
    """What an event did: the log of its days over the days beside it, its standard error, and both counts."""

    log_ratio: float
    error: float
    days: int
    beside: int


def weekday_effects(days: Days, values: Floats, variances: Floats) -> Floats:
    """Learn one effect a weekday (Monday first), shape (7,); zeros where there is too little to learn from.

    ``days`` are ordinals (date.toordinal), ``values`` relative deviations of each day with their
    ``variances``, all of shape (n,). Each day is held against the seven around it, so that neither a step nor
    a trend is taken for a weekday; each weekday's mean is then shrunk by how much the weekdays differ beyond
    chance (Efron & Morris 1973). Days may be missing.
    """
    if len(days) < FEWEST_DAYS:
        return np.zeros(WEEK)
    weekday = (days - 1) % WEEK  # ordinal 1 was a Monday
    apart = values - _around(days, values)
    heard = ~np.isnan(apart)
    spread = 1.4826 * float(np.median(np.abs(apart[heard]))) if heard.any() else 0.0
    if spread > 0:
        apart = np.clip(apart, -4 * spread, 4 * spread)
    counts = np.bincount(weekday[heard], minlength=WEEK).astype(float)
    if counts.min() < 2:
        return np.zeros(WEEK)
    means = np.bincount(weekday[heard], apart[heard], WEEK) / counts
    within = apart[heard] - means[weekday[heard]]
    freedom = max(heard.sum() - WEEK, 1)
    noise = max(float((within**2).sum()) / freedom, float(variances[heard].mean()) / 2) / counts
    between = float(((means - means.mean()) ** 2).sum()) / (WEEK - 1) - float(noise.mean())
    if between <= 0:
        return np.zeros(WEEK)
    shrunk = (means - means.mean()) * between / (between + noise)
    effects: Floats = np.clip(shrunk, -MOST_PART, MOST_EFFECT)
    return effects


def _around(days: Days, values: Floats) -> Floats:
    """The mean of the seven days around each, NaN where one of them is missing."""
    place = days - days[0]
    line = np.full(int(place[-1]) + 1, np.nan)
    line[place] = values
    half = WEEK // 2
    padded = np.concatenate([np.full(half, np.nan), line, np.full(half, np.nan)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, WEEK)
    means: Floats = windows.mean(axis=1)[place]
    return means


def event_effect(
    days: Days, tops: Floats, bottoms: Floats, during: Bools, aside: Bools
) -> EventEffect | None:
    """Hold an event's days against those beside it: up to 28 before and after, without other events'.

    ``tops`` and ``bottoms`` have shape (n,): the KPI is their ratio of sums. ``during`` marks the event,
    ``aside`` days that belong to another one. Weekdays are matched: each day beside counts as much as its
    weekday does in the event. The error is the spread of days around their weekday's level, which holds both
    the counting noise and what else moves days. ``None`` where fewer than seven days stand beside it, or
    nothing was counted.
    """
    first, last = days[during].min(initial=10**9), days[during].max(initial=0)
    beside = ~during & ~aside & (days >= first - BESIDE) & (days <= last + BESIDE)
    known = (tops > 0) & (bottoms > 0)
    of_it, of_them = during & known, beside & known
    if not of_it.any() or of_them.sum() < LEAST_DAYS_BESIDE:
        return None
    logs = np.log(np.where(known, tops, 1) / np.where(known, bottoms, 1))
    weights = _matched(days, of_it, of_them, bottoms)
    if weights is None:
        return None
    base = float((weights * logs[of_them]).sum())
    own = float((logs[of_it] * bottoms[of_it]).sum() / bottoms[of_it].sum())
    spread = float(np.var(logs[of_them], ddof=1))
    error = math.sqrt(spread * (1 / int(of_it.sum()) + float((weights**2).sum())))
    return EventEffect(own - base, error, int(of_it.sum()), int(of_them.sum()))


def _matched(days: Days, of_it: Bools, of_them: Bools, bottoms: Floats) -> Floats | None:
    """Weights of the days beside, so that weekdays count as in the event; all alike where one is lacking."""
    weekday = (days - 1) % WEEK
    wanted = np.bincount(weekday[of_it], bottoms[of_it], WEEK)
    there = np.bincount(weekday[of_them], minlength=WEEK).astype(float)
    if (there[wanted > 0] == 0).any():
        weights: Floats = np.ones(int(of_them.sum()))
    else:
        weights = (wanted / np.where(there > 0, there, 1))[weekday[of_them]]
    total = float(weights.sum())
    return weights / total if total > 0 else None
