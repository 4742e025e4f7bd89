"""Platforms over time: a slope on dates that one odd campaign cannot make, tested for chance."""

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from engine.explain.levels import attribution_windows
from engine.explain.standing import Level, Standing
from engine.measure import distributions
from engine.measure.discovery import discoveries
from engine.measure.slope import Slope, theil_sen
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
    return beyond_walks(days, logs)


def beyond_walks(days: np.ndarray, values: np.ndarray) -> Slope:
    """Fit a robust slope and test it by ranks; what wanders like a random walk must also pass by its steps.

    ``days`` and ``values`` have shape (n,), n ≥ 4. Few points cannot tell a walk from a trend by ranks alone.
    """
    order = np.argsort(days, kind="stable")
    x, y = days[order], values[order]
    found = theil_sen(x, y, SHOWN_LEVEL)
    return found._replace(p_value=max(found.p_value, _walk_p_value(x, y, y - found.slope * x)))


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
