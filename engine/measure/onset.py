"""Whether one daily KPI changed, since when, and how surely: a step or a ramp against days that only wander.

A KPI is a ratio of sums, and its days are told as events over exposure: clicks over impressions, conversions
over clicks, conversions over spend. What could be mistaken for a change is part of what it is tested against:
days of the week, more noise than counting makes, and days that resemble their neighbours up to a random walk.
"""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.measure.calendar_effects import WEEK, weekday_effects
from engine.measure.wandering import Days, Floats, Noise, fit, noises

Shape = Literal["step", "ramp"]

FEWEST_DAYS = 14
FEWEST_EVENTS = 20.0  # over all days; with fewer no day is worth looking at
LEAST_SIDE = 3  # days on each side of a step
LEAST_RAMP = 5  # days of a ramp
RAMP_BEGINS = 2  # days that are added on either side of where a ramp began; simulated: benchmarks/trends.py
LEAST_BEND = 8  # days since the onset from which on a pace can be seen to change
CALM = 1.5  # a gain of log-likelihood that chance gives more often than not, so that it needs no test
DRAWS = 399
ONSET_LEVEL = 0.90
NOW_DAYS = 7
HALF = 0.5  # of an event, so that a day without one has a log
FARTHEST = 4.0  # robust standard deviations from which on an odd day counts no more
ROBUST = 1.4826  # from a median absolute deviation to a standard deviation
TINY = 1e-9


class Series(NamedTuple):
    """Days of one KPI, oldest first, each of shape (n,).

    ``days`` are ordinals (date.toordinal), without those that are left out; ``events`` what is counted,
    ``exposure`` what it is counted over, above 0.
    """

    days: Days
    events: Floats
    exposure: Floats


class Change(NamedTuple):
    """The best place for a change, in places of ``Series.days``; logs are of events over exposure.

    ``onset`` is the first day of it, ``first`` and ``last`` bound it with 90 % if its shape is right.
    ``p_value`` says how often days without a change look like this.
    ``before`` and ``after`` are levels (events over exposure, weekdays evened out), ``after`` of all days
    since for a step, of the last seven at most for a ramp; ``log_ratio`` lies
    between them, with its standard ``error``. ``slope`` is the pace a day since the onset, ``bend`` how
    that pace changes a day; ``None`` where days are too few. ``fitted`` is the level day by day, shape (n,),
    and ``day_error`` the standard error of one day's log around it.
    """

    shape: Shape
    onset: int
    first: int
    last: int
    p_value: float
    before: float
    after: float
    log_ratio: float
    error: float
    slope: float
    slope_error: float
    bend: float | None
    bend_error: float | None
    fitted: Floats
    day_error: Floats


class Levelled(NamedTuple):
    """The log of each day over what was expected of it, and its variance, shapes (n,).

    ``weekly`` is the factor of each day's weekday, ``expected`` its events if nothing ever changed.
    """

    values: Floats
    variances: Floats
    expected: Floats
    weekly: Floats


class _Best(NamedTuple):
    """Of each of m series, shape (m,): the noise without a change, that with one, its candidate, the gain."""

    null: NDArray[np.intp]
    noise: NDArray[np.intp]
    candidate: NDArray[np.intp]
    gain: Floats


class _Found(NamedTuple):
    shape: Shape
    place: int
    design: Floats
    noise: Noise
    p_value: float


class _Pace(NamedTuple):
    slope: float
    error: float
    bend: float | None
    bend_error: float | None


def is_enough(series: Series) -> bool:
    return len(series.days) >= FEWEST_DAYS and float(series.events.sum()) >= FEWEST_EVENTS


def find_change(series: Series, *, seed: int = 0) -> Change | None:
    """Find the most likely change of one series and test it; ``None`` where ``is_enough`` says no.

    The likelihood of a step, or of a ramp that goes on, on each day is held against none, both with the same
    freedom in how days hang together, which is chosen anew on either side: what a walk explains as well is
    no change. The p-value compares the maximum over days (Worsley 1986) with the maxima of drawn series
    without a change that hang together as this one does (parametric bootstrap; Davison & Hinkley 1997,
    4.2.3). ``seed`` makes the same of the same.
    """
    if not is_enough(series):
        return None
    level = levelled(series)
    candidates = _candidates(series.days)
    ways = noises(series.days, level.variances, candidates)
    best = _best(level.values[:, None], ways)
    p_value = 1.0
    if best.gain[0] > CALM:
        others = _best(_drawn(ways[int(best.null[0])], seed), ways).gain
        p_value = (1 + int((others >= best.gain[0] - TINY).sum())) / (1 + DRAWS)
    design = candidates[:, int(best.candidate[0])]
    noise = ways[int(best.noise[0])]
    shape, place = _shape_of(int(best.candidate[0]), len(series.days))
    return _told(series, level, ways, _Found(shape, place, design, noise, p_value))


def change_at(series: Series, first: int, shape: Shape) -> tuple[float, float] | None:
    """Measure what a series did from this day (an ordinal) on: the log ratio of its levels and its error.

    For holding one series against a change that was found in another. ``None`` where ``is_enough`` says no,
    or there are fewer than three days on a side.
    """
    place = int(np.searchsorted(series.days, first))
    if not is_enough(series) or not LEAST_SIDE <= place <= len(series.days) - LEAST_SIDE:
        return None
    level = levelled(series)
    design = np.clip(series.days - series.days[place] + 1, 0, 1 if shape == "step" else None).astype(float)
    ways = noises(series.days, level.variances, design[:, None])
    noise = ways[int(_best(level.values[:, None], ways).noise[0])]
    found = fit(level.values, noise, design[:, None])
    sides = _sides(shape, place, len(series.days))
    before, after = (_level(series, level, side) for side in sides)
    covariance = found.spread * (noise.root @ noise.root.T)
    return math.log(after / before), _contrast_error(level.expected, *sides, covariance)


def levelled(series: Series) -> Levelled:
    """Take the weekdays out, and learn from the differences of days how much they scatter beyond counting."""
    days, events, exposure = series
    plain = float(events.sum() / exposure.sum()) * exposure
    effects = weekday_effects(days, np.log((events + HALF) / (plain + HALF)), 1 / (plain + HALF))
    weekly = np.exp(effects[(days - 1) % WEEK])
    weekly = weekly * float(exposure.sum() / (exposure * weekly).sum())
    expected = plain * weekly
    values = np.log((events + HALF) / (expected + HALF))
    variances = 1 / (expected + HALF)
    steps = np.diff(values) ** 2 - variances[1:] - variances[:-1]
    usual = np.clip(steps, None, 9 * float(np.median(np.abs(steps))) + TINY)
    variances = variances + max(float(usual.mean()) / 2, 0.0)
    return Levelled(_near(values, np.sqrt(variances)), variances, expected, weekly)


def _near(values: Floats, scale: Floats) -> Floats:
    """Bring odd days nearer: one day is no change, however far it lies."""
    middle = float(np.median(values))
    apart = (values - middle) / scale
    far = FARTHEST * ROBUST * float(np.median(np.abs(apart))) + TINY
    held: Floats = middle + np.clip(apart, -far, far) * scale
    return held


def _candidates(days: Days) -> Floats:
    """Every step and every ramp, shape (n, k): steps leave three days on each side, a ramp may fill all."""
    n = len(days)
    steps = [(np.arange(n) >= place).astype(float) for place in range(LEAST_SIDE, n - LEAST_SIDE + 1)]
    starts = range(n - LEAST_RAMP + 1)
    ramps = [np.clip(days - days[place] + 1, 0, None).astype(float) for place in starts]
    return np.stack([*steps, *ramps], axis=1)


def _shape_of(candidate: int, n: int) -> tuple[Shape, int]:
    steps = n - 2 * LEAST_SIDE + 1
    return ("step", candidate + LEAST_SIDE) if candidate < steps else ("ramp", candidate - steps)


def _best(values: Floats, ways: Sequence[Noise]) -> _Best:
    """Maximise both likelihoods for m series at once; ``values`` has shape (n, m)."""
    n, m = values.shape
    without, within = np.empty((len(ways), m)), np.empty((len(ways), m))
    candidates = np.zeros((len(ways), m), dtype=np.intp)
    for place, noise in enumerate(ways):
        white = noise.independent(values)
        rest = (white**2).sum(axis=0) + TINY
        explained = (noise.designs.T @ white) ** 2
        candidates[place] = explained.argmax(axis=0)
        most = np.take_along_axis(explained, candidates[place][None, :], axis=0)[0]
        without[place] = -n / 2 * np.log(rest) - noise.penalty
        within[place] = -n / 2 * np.log(np.maximum(rest - most, TINY)) - noise.penalty
    null, chosen = without.argmax(axis=0), within.argmax(axis=0)
    gain = within.max(axis=0) - without.max(axis=0)
    return _Best(null, chosen, candidates[chosen, np.arange(m)], gain)


def _drawn(noise: Noise, seed: int) -> Floats:
    """Series without a change, shape (n, draws), in which days hang together as they do here."""
    drawn: Floats = noise.root @ np.random.default_rng(seed).normal(size=(len(noise.ones), DRAWS))
    return drawn


def _told(series: Series, level: Levelled, ways: Sequence[Noise], best: _Found) -> Change:
    n = len(series.days)
    shape, place, noise = best.shape, best.place, best.noise
    found = fit(level.values, noise, best.design[:, None])
    covariance = found.spread * (noise.root @ noise.root.T)
    before, after = _sides(shape, place, n)
    first, last = _bounds(level.values, ways, shape)
    levels = [_level(series, level, side) for side in (before, after)]
    pace = _pace(series.days, level.values, best, found.spread)
    return Change(
        shape=shape,
        onset=place,
        first=min(first, place),
        last=max(last, place),
        p_value=best.p_value,
        before=levels[0],
        after=levels[1],
        log_ratio=math.log(levels[1] / levels[0]),
        error=_contrast_error(level.expected, before, after, covariance),
        slope=pace.slope,
        slope_error=pace.error,
        bend=pace.bend,
        bend_error=pace.bend_error,
        fitted=float(series.events.sum() / series.exposure.sum()) * np.exp(found.line),
        day_error=np.sqrt(np.diag(covariance)),
    )


def _sides(shape: Shape, place: int, n: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which days make the level before, and which the level now; a ramp that fills all is held end to end."""
    there = np.arange(n)
    if shape == "step":
        return there < place, there >= place
    return there < max(place, min(NOW_DAYS, n // 2)), there >= max(place, n - NOW_DAYS)


def _level(series: Series, level: Levelled, side: NDArray[np.bool_]) -> float:
    """The ratio of sums with every weekday at its usual share; a side without an event has half of one."""
    events = max(float(series.events[side].sum()), HALF)
    return events / float((series.exposure * level.weekly)[side].sum())


def _contrast_error(
    expected: Floats, before: NDArray[np.bool_], after: NDArray[np.bool_], covariance: Floats
) -> float:
    contrast = np.where(after, expected, 0) / expected[after].sum()
    contrast = contrast - np.where(before, expected, 0) / expected[before].sum()
    return math.sqrt(float(contrast @ covariance @ contrast))


def _bounds(values: Floats, ways: Sequence[Noise], shape: Shape) -> tuple[int, int]:
    """Bound the onset: the likeliest days that together hold 90 % of the likelihood (Hinkley 1970), over all
    ways in which days may hang together, and whatever lies between them.

    A ramp begins below the noise and seldom quite straight, so two days are added on either side. The bounds
    hold for a change of this shape: a step that is fitted to days that fall one by one begins too late.
    """
    n = len(values)
    steps = n - 2 * LEAST_SIDE + 1
    mine, begin = (slice(steps), LEAST_SIDE) if shape == "step" else (slice(steps, None), 0)
    logs = np.stack([_log_likelihoods(values, noise)[mine] for noise in ways])
    likely = np.exp(logs - logs.max()).sum(axis=0)
    order = np.argsort(-likely, kind="stable")
    enough = int(np.searchsorted(np.cumsum(likely[order]) / likely.sum(), ONSET_LEVEL)) + 1
    inside, wider = order[:enough] + begin, RAMP_BEGINS if shape == "ramp" else 0
    return max(int(inside.min()) - wider, 0), min(int(inside.max()) + wider, n - 1)


def _log_likelihoods(values: Floats, noise: Noise) -> Floats:
    """Of every candidate, shape (k,)."""
    white = noise.independent(values[:, None])[:, 0]
    rest = float((white**2).sum()) - (noise.designs.T @ white) ** 2
    logs: Floats = -len(values) / 2 * np.log(np.maximum(rest, TINY)) - noise.penalty
    return logs


def _pace(days: Days, values: Floats, best: _Found, spread: float) -> _Pace:
    """The pace a day since the onset, and whether it grows or shrinks; a step's jump is no pace."""
    place, noise = best.place, best.noise
    there = (np.arange(len(days)) >= place).astype(float)
    jump = [there] if best.shape == "step" else []
    since = np.clip(days - days[place] + (best.shape == "ramp"), 0, None).astype(float)
    straight = fit(values, noise, np.column_stack([*jump, since]), spread)
    slope, error = float(straight.coefficients[-1]), float(straight.errors[-1])
    if int(there.sum()) < LEAST_BEND:
        return _Pace(slope, error, None, None)
    bent = since * (since - since[-1])  # 0 at both ends, so that the slope stays the pace between them
    curved = fit(values, noise, np.column_stack([*jump, since, bent]), spread)
    return _Pace(slope, error, 2 * float(curved.coefficients[-1]), 2 * float(curved.errors[-1]))
