"""Platforms over time: a slope on dates that one odd campaign cannot make, tested for chance."""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.explain.levels import attribution_windows
from engine.explain.standing import Level, Standing
from engine.measure import distributions
from engine.measure.discovery import discoveries
from engine.models.comparison import Interval
from engine.models.pattern import PlatformTrend
from engine.models.rules import Rules

SHOWN_LEVEL = 0.80
DAYS = 30
# Chosen by simulation (tests/engine/test_trend.py): with 16 campaigns or more, at most one random
# walk in twenty is called a trend, and four trends in five of 6 % a week amid 15 % noise are found.
ALPHA = 0.003
INDEPENDENT = 2.0
CLOSE_NEIGHBOURS = 1.8


class Slope(NamedTuple):
    """Theil-Sen slope per day with an interval and the chance of seeing it without a trend."""

    slope: float
    low: float
    high: float
    p_value: float


def platform_trends(standings: Sequence[Standing], rules: Rules) -> list[PlatformTrend]:
    """Find the platforms whose CPA against forecast rises or falls over the campaigns' dates.

    ``standings`` holds each campaign once; a platform needs ``campaigns_for_a_trend`` different days.
    """
    by_platform: dict[str, list[Standing]] = defaultdict(list)
    for each in standings:
        if each.log_ratio is not None:
            by_platform[_platform(each).signal].append(each)
    tested = [
        (members, slope_of(members))
        for _, members in sorted(by_platform.items())
        if len({each.day for each in members}) >= rules.campaigns_for_a_trend
    ]
    found = discoveries([slope.p_value for _, slope in tested], ALPHA)
    return [_trend(members, slope) for (members, slope), real in zip(tested, found, strict=True) if real]


def slope_of(standings: Sequence[Standing]) -> Slope:
    days = np.array([each.day.toordinal() for each in standings], dtype=float)
    logs = np.array([each.log_ratio for each in standings], dtype=float)
    return theil_sen(days, logs)


def theil_sen(days: np.ndarray, values: np.ndarray) -> Slope:
    """Fit a robust slope (Theil 1950; Sen 1968) and test it by Mann-Kendall.

    ``days`` and ``values`` have shape (n,), n ≥ 4. The variance of Mann-Kendall's S is corrected
    for autocorrelation (Hamed & Rao 1998), and a series that wanders like a random walk must also
    pass a test of its steps: few points cannot tell a walk from a trend by ranks alone.
    """
    order = np.argsort(days, kind="stable")
    x, y = days[order], values[order]
    first, second = np.triu_indices(len(x), k=1)
    apart = x[second] > x[first]
    first, second = first[apart], second[apart]
    slopes = np.sort((y[second] - y[first]) / (x[second] - x[first]))
    slope = float(np.median(slopes))
    residuals = y - slope * x
    score = float(np.sign(y[second] - y[first]).sum())
    spread = math.sqrt(_variance_of_s(len(x)) * _inflation(residuals))
    z = (abs(score) - 1) / spread if abs(score) > 1 else 0.0
    p_value = max(2 * distributions.normal_cdf(-z), _walk_p_value(x, y, residuals))
    reach = distributions.normal_quantile(0.5 + SHOWN_LEVEL / 2) * spread
    low, high = (_rank(slopes, (len(slopes) + sign * reach) / 2) for sign in (-1, 1))
    return Slope(slope, low, high, p_value)


def _variance_of_s(n: int) -> float:
    return n * (n - 1) * (2 * n + 5) / 18


def _inflation(residuals: np.ndarray) -> float:
    """Correct the variance for the autocorrelation of the residuals' ranks, at least 1."""
    n = len(residuals)
    ranks = np.argsort(np.argsort(residuals, kind="stable"), kind="stable") - (n - 1) / 2
    total = float((ranks**2).sum())
    limit = 1.96 / math.sqrt(n)
    extra = 0.0
    for lag in range(1, n - 2):
        correlation = float((ranks[lag:] * ranks[:-lag]).sum()) / total if total else 0.0
        if abs(correlation) > limit:
            extra += (n - lag) * (n - lag - 1) * (n - lag - 2) * correlation
    return max(1.0, 1 + 2 * extra / (n * (n - 1) * (n - 2)))


def _walk_p_value(x: np.ndarray, y: np.ndarray, residuals: np.ndarray) -> float:
    """Test the mean step when neighbours stay close as in a random walk; 0 where they do not.

    Von Neumann's ratio (1941) of the detrended series is near 2 for independent values and near 0
    for a walk.
    """
    total = float(((residuals - residuals.mean()) ** 2).sum())
    ratio = float((np.diff(residuals) ** 2).sum()) / total if total else INDEPENDENT
    if ratio > CLOSE_NEIGHBOURS:
        return 0.0
    gaps = np.diff(x)
    steps, gaps = np.diff(y)[gaps > 0], gaps[gaps > 0]
    drift = float(steps.sum() / gaps.sum())
    variance = float((((steps - drift * gaps) ** 2) / gaps).sum()) / (len(steps) - 1)
    if variance == 0:
        return 0.0
    t = abs(drift) / math.sqrt(variance / float(gaps.sum()))
    return 2 * distributions.t_cdf(len(steps) - 1, -t)


def _rank(ordered: np.ndarray, position: float) -> float:
    return float(ordered[min(max(round(position), 0), len(ordered) - 1)])


def _trend(members: Sequence[Standing], slope: Slope) -> PlatformTrend:
    ends = [math.expm1(each * DAYS) * 100 for each in (slope.low, slope.high)]
    level = _platform(members[0])
    return PlatformTrend(
        signal=level.signal,
        name=level.name,
        slope_pct_per_30_days=math.expm1(slope.slope * DAYS) * 100,
        interval=Interval(low=ends[0], high=ends[1], level=SHOWN_LEVEL),
        direction="improving" if slope.slope < 0 else "worsening",
        p_value=slope.p_value,
        campaigns=len(members),
        since=min(each.day for each in members),
        until=max(each.day for each in members),
        attribution_windows=attribution_windows(members),
        impact=None,
    )


def _platform(each: Standing) -> Level:
    return next(level for level in each.levels if level.dimension == "platform")
