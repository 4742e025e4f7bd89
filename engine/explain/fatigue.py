"""Whether one creative wears out: its CTR falls with exposure while its siblings hold, and whoever clicks
buys as before. Age and frequency alone say nothing: an old creative whose CTR rises is fresh.
"""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.measure import distributions

Floats = NDArray[np.float64]

Wear = Literal["fatigued", "fresh", "holds", "falls with its siblings", "buys less too", "alone", "too early"]

LEVEL = 0.95
TELLING_FALL = -0.05  # a fall of less is nobody's business
BLOCKS = 8  # days are joined to so many stretches, so that good and bad days do not count as news
FEWEST_BLOCKS = 5
FEWEST_CLICKS = 8.0  # a stretch, on average
HELD = 0.5  # siblings that fell by less than this share of the creative's own fall have held


class Days(NamedTuple):
    """One creative's days in their order, or those of its siblings added up; arrays of equal length.

    ``conversions`` may be fractions; NaN where none are known.
    """

    impressions: Sequence[float]
    clicks: Sequence[float]
    conversions: Sequence[float]


class Fatigue(NamedTuple):
    """What a creative's CTR did from its first stretch of days to its last, as shares (−0.24 is −24 %).

    ``change`` is against its siblings, with the range ``low`` to ``high`` at ``LEVEL`` (over all that are
    looked at); ``own`` by itself, ``siblings`` theirs. All are ``None`` where it is too early to say, or
    there are no siblings.
    """

    wear: Wear
    change: float | None = None
    low: float | None = None
    high: float | None = None
    own: float | None = None
    siblings: float | None = None
    clicks: float = 0.0


class _Slope(NamedTuple):
    """A change over the whole exposure, in logs."""

    value: float
    low: float
    high: float


def fatigue(creative: Days, siblings: Days, *, among: int = 1) -> Fatigue:
    """Judge a creative's wear on days that it shares with its siblings (other creatives of the campaign).

    ``among`` is how many creatives are looked at: the more, the surer each has to be, so that one of all is
    called fatigued wrongly at most as often as one alone would be (Bonferroni).

    Weighted regression of ln(CTR ÷ siblings' CTR) on ln(impressions so far), after the click likelihood
    ~ (N + 1)^−b that Meta found; Student's t, with the spread of the stretches around the line. Fatigued
    is who falls beyond 5 % with 97.5 % certainty by itself too, while siblings fall by less than half as
    much and conversions per click do not fall with it.
    """
    own, others = _blocks(creative, siblings)
    clicks = float(own[1].sum())
    if not others[0].all() or others[1].sum() == 0:
        return Fatigue("alone", clicks=clicks)
    if len(own[0]) < FEWEST_BLOCKS or min(own[1].mean(), others[1].mean()) < FEWEST_CLICKS:
        return Fatigue("too early", clicks=clicks)
    seen = np.log(np.cumsum(own[0]) - own[0] / 2)
    ctr, held = _log_rate(own[1], own[0]), _log_rate(others[1], others[0])
    expected = own[0] * own[1].sum() / own[0].sum(), others[0] * others[1].sum() / others[0].sum()
    tail = (1 - LEVEL) / 2 / among
    apart = _slope(seen, ctr - held, 1 / (1 / expected[0] + 1 / expected[1]), tail)
    alone, theirs = _slope(seen, ctr, expected[0], tail), _slope(seen, held, expected[1], tail)
    wear = _wear(apart, alone, theirs, _buying(seen, own, others))
    low, high = math.expm1(apart.low), math.expm1(apart.high)
    change, mine, rest = (math.expm1(each.value) for each in (apart, alone, theirs))
    return Fatigue(wear, change, low, high, mine, rest, clicks)


def _wear(apart: _Slope, alone: _Slope, theirs: _Slope, buying: _Slope | None) -> Wear:
    if alone.value >= 0:
        return "fresh" if alone.low > 0 else "holds"
    if alone.high >= 0:
        return "holds"
    if theirs.value < HELD * alone.value:
        return "falls with its siblings"
    if apart.high >= math.log1p(TELLING_FALL):
        return "holds"
    if buying is not None and buying.high < 0:
        return "buys less too"
    return "fatigued"


def _buying(seen: Floats, own: Floats, others: Floats) -> _Slope | None:
    """How conversions per click moved against the siblings'; ``None`` where there are too few to tell."""
    if np.isnan(own[2]).any() or np.isnan(others[2]).any():
        return None
    if min(own[2].mean(), others[2].mean()) < FEWEST_CLICKS / 2:
        return None
    value = _log_rate(own[2], own[1]) - _log_rate(others[2], others[1])
    expected = own[1] * own[2].sum() / own[1].sum(), others[1] * others[2].sum() / others[1].sum()
    return _slope(
        seen,
        value,
        1 / (1 / np.maximum(expected[0], 0.5) + 1 / np.maximum(expected[1], 0.5)),
        (1 - LEVEL) / 2,
    )


def _blocks(creative: Days, siblings: Days) -> tuple[Floats, Floats]:
    """Join the days on which both were shown to stretches; each result has rows impressions, clicks,
    conversions."""
    ours, theirs = np.array(creative, dtype=np.float64), np.array(siblings, dtype=np.float64)
    if not ours.size:
        return np.zeros((3, 0)), np.zeros((3, 0))
    shown = ours[0] > 0
    if (theirs[0][shown] > 0).any():
        shown &= theirs[0] > 0
    ours, theirs = ours[:, shown], theirs[:, shown]
    if not shown.any():
        return np.zeros((3, 0)), np.zeros((3, 0))
    starts = np.unique(np.linspace(0, ours.shape[1], BLOCKS + 1).astype(np.intp)[:-1])
    return np.add.reduceat(ours, starts, axis=1), np.add.reduceat(theirs, starts, axis=1)


def _log_rate(events: Floats, trials: Floats) -> Floats:
    return np.log((events + 0.5) / (np.maximum(trials, 1.0) + 1.0))


def _slope(seen: Floats, value: Floats, weights: Floats, tail: float) -> _Slope:
    """Fit a line, and give its change from the first stretch to the last with its range.

    Variance is that of counting, or of the stretches around the line where that is more.
    """
    middle = np.average(seen, weights=weights)
    spread = float((weights * (seen - middle) ** 2).sum())
    slope = float((weights * (seen - middle) * value).sum()) / spread
    rest = value - np.average(value, weights=weights) - slope * (seen - middle)
    free = len(seen) - 2
    dispersion = max(1.0, float((weights * rest**2).sum()) / free)
    reach = float(seen[-1] - seen[0])
    error = distributions.t_quantile(free, 1 - tail) * math.sqrt(dispersion / spread) * reach
    return _Slope(slope * reach, slope * reach - error, slope * reach + error)
