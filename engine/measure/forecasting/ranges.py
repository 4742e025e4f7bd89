"""How far a day may lie from its forecast: misses of past days, and the chance of the events to come.

A miss has two parts: how far the rate itself went from what was said, learned from rolling origins, which
grows with the distance; and counting, which depends on how much is planned. Where few events are expected
the ranges are those of counts: a count whose rate is uncertain (a Poisson or binomial mixture).
"""

from typing import NamedTuple

import numpy as np

from engine.measure.forecasting.backtest import Backtest
from engine.measure.forecasting.series import TO_DEVIATION, Floats, Grid, from_log

LEVELS = (0.025, 0.1, 0.9, 0.975)
NORMAL = np.array([-1.959964, -1.281552, 1.281552, 1.959964])
FADES = 0.012  # a day: misses of late count more
DISAGREEING = 3.0  # models that disagree are all less sure: times the variance between them
CLIPPED = 3.5  # robust deviations: one odd day does not widen every range
UNUSUAL = 2.0  # robust deviations of an origin's mean miss, beyond which it counts less
DOUBT = 8.0  # past days that the first guess of the misses is worth
TAIL_DOUBT = 5.0  # past days that the normal shape is worth
FEW_COUNTED = 40.0  # expected events, below which ranges are those of counts
MOST_COUNTED = 400.0  # of shares near 1 the complement is few, and counting up to it would be long
NODES = np.array([-1.99, -1.38, -1.03, -0.76, -0.52, -0.30, -0.10, 0.10, 0.30, 0.52, 0.76, 1.03, 1.38, 1.99])
"""The middles of fourteen equally likely parts of a normal distribution."""


class Misses(NamedTuple):
    """The variance of the logarithm by days ahead, without counting; and its quantiles in deviations.

    It includes how far the models are apart today: something is changing then.
    """

    variance: Floats
    quantiles: Floats


def misses(tried: Backtest, said: Floats, apart: Floats) -> Misses:
    """Learn how far forecasts were off; ``said`` and ``apart`` (of the models) are (origins, horizon)."""
    off = tried.came - said
    there = np.isfinite(off)
    lately = (1 - FADES) ** np.arange(len(off) - 1, -1, -1)[:, None] * there * _usual(off)[:, None]
    known = tried.chance + DISAGREEING * apart
    variance = _variance(off, known, lately, tried.spread)
    scaled = (off / np.sqrt(variance + known))[there]
    quantiles = _quantiles(np.abs(scaled), lately[there], off.shape[1])
    return Misses(variance + DISAGREEING * apart[-1], quantiles)


def _usual(off: Floats) -> Floats:
    """How much each origin counts: less where all its days were off alike, as around a change of level.

    A weight of Huber's kind on an origin's mean miss, so that one change does not widen all that follows.
    """
    there = np.isfinite(off)
    mean = np.where(there, off, 0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    known = there.any(axis=1)
    if not known.any():
        return np.ones(len(off))
    usual = max(UNUSUAL * TO_DEVIATION * float(np.median(np.abs(mean[known]))), 1e-9)
    return np.asarray(np.minimum(1.0, (usual / np.maximum(np.abs(mean), 1e-12)) ** 2))


def _variance(off: Floats, known: Floats, weight: Floats, spread: float) -> Floats:
    """A line over the days ahead that never falls, drawn to what the series' own noise suggests."""
    there = weight > 0
    ahead = np.arange(off.shape[1])
    guess = spread * (1.5 + 0.025 * ahead)
    if not there.any():
        return np.asarray(guess * 1.5)
    size = np.abs(np.where(there, off, 0))
    limit = CLIPPED * TO_DEVIATION * np.median(size[there])
    squares = np.where(there, np.minimum(size, limit) ** 2 - known, 0)
    often = weight.sum(axis=0)
    mean = (weight * squares).sum(axis=0) / np.maximum(often, 1e-9)
    centre = (often * ahead).sum() / often.sum()
    level = (often * mean).sum() / often.sum()
    bent = (often * (ahead - centre) * mean).sum() / max((often * (ahead - centre) ** 2).sum(), 1e-9)
    line = level + max(bent, 0.0) * (ahead - centre)
    trust = often[0] / (often[0] + DOUBT)
    found = trust * np.maximum(line, 0.3 * spread) + (1 - trust) * guess
    return np.asarray(np.maximum(found, 1e-6))


def _quantiles(size: Floats, weight: Floats, horizon: int) -> Floats:
    """Quantiles of scaled misses of this size, both tails alike, drawn to the normal ones."""
    normal = NORMAL[2:] * (1.03, 1.08)
    if not len(size):
        return np.asarray(NORMAL * 1.15)
    order = np.argsort(size)
    share = np.cumsum(weight[order]) / weight.sum()
    seen = np.interp([0.8, 0.95], share, size[order])
    days = weight.sum() / horizon
    inner, outer = seen + (normal - seen) * TAIL_DOUBT / (days + TAIL_DOUBT)
    return np.array([-max(outer, inner), -inner, inner, max(outer, inner)])


def fan(grid: Grid, said: Floats, found: Misses, planned: Floats) -> Floats:
    """Give the ratio's quantiles at ``LEVELS``, each day ahead; ``planned`` is what stands below the ratio.

    Shape: (4, horizon). Never below 0; of a share never above 1.
    """
    rate = from_log(said, is_share=grid.is_share)
    odds = 1 - rate if grid.is_share else np.ones(len(rate))
    expected = np.maximum(planned * rate * grid.events_each * odds, 1e-9)
    is_exact = not grid.chance.any()
    chance = np.zeros(len(rate)) if is_exact else 1 / expected
    deviation = np.sqrt(found.variance + chance)
    ranges = from_log(said + found.quantiles[:, None] * deviation, is_share=grid.is_share)
    few = (expected < FEW_COUNTED) & (planned * rate < MOST_COUNTED)
    if few.any() and not is_exact and grid.events_each == 1.0:
        mixed = _mixed(said[few], found.variance[few], found.quantiles, is_share=grid.is_share)
        ranges[:, few] = _counted(mixed, planned[few], is_share=grid.is_share)
    return ranges


def _mixed(said: Floats, variance: Floats, quantiles: Floats, *, is_share: bool) -> Floats:
    """Equally likely rates of each day. Shape: (days, nodes)."""
    wide = np.sqrt(variance)[:, None] * (quantiles[2] / NORMAL[2])
    return from_log(said[:, None] + wide * NODES, is_share=is_share)


def _counted(rates: Floats, planned: Floats, *, is_share: bool) -> Floats:
    """Ranges of counts over what is planned: whole ends whose share of outcomes is nearest what they say."""
    if is_share:  # nobody sees half an impression
        planned = np.maximum(np.round(planned), 1.0)
    below = np.cumsum(_chances(rates, planned, is_share=is_share).mean(axis=1), axis=1)
    ends = np.array([[*_ends(row, 0.95), *_ends(row, 0.8)] for row in below])
    return ends[:, [0, 2, 3, 1]].T / planned


def _chances(rates: Floats, planned: Floats, *, is_share: bool) -> Floats:
    """The chance of 0, 1, 2 … events: binomial of a share, else Poisson. Shape: (days, nodes, counts)."""
    most = int(np.max(planned[:, None] * rates) * 1.5 + 30)
    count = np.arange(1, most + 1)
    rate = rates[:, :, None]
    with np.errstate(divide="ignore"):
        if is_share:
            rate = np.minimum(rate, 1 - 1e-9)
            tries = planned[:, None, None]
            none = tries * np.log1p(-rate)
            steps = np.log(np.maximum(tries - count + 1, 0.0) / count * rate / (1 - rate))
        else:
            none = -planned[:, None, None] * rate
            steps = np.log(planned[:, None, None] * rate / count)
    return np.asarray(np.exp(np.concatenate([none, none + np.cumsum(steps, axis=2)], axis=2)))


def _ends(below: Floats, level: float) -> tuple[int, int]:
    """The low and the high count between which about ``level`` of the outcomes lie."""
    tail = (1 - level) / 2
    low, high = (int(np.searchsorted(below, part)) for part in (tail, 1 - tail))
    return min(
        ((first, last) for first in (low, low + 1) for last in (high - 1, high) if last >= first),
        key=lambda ends: abs(below[ends[1]] - (below[ends[0] - 1] if ends[0] else 0.0) - level),
        default=(low, high),
    )
