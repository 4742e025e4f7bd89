"""A robust slope on dates, and whether it could be chance where days resemble their neighbours. Pure."""

import math
from typing import NamedTuple

import numpy as np

from engine.measure import distributions
from engine.measure.calendar_effects import Days, Floats

LEVEL = 0.80
SIGNIFICANT_LAG = 1.96  # standard errors of an autocorrelation


class Slope(NamedTuple):
    """A slope a day with its interval, and the chance of ranks like these without a trend."""

    slope: float
    low: float
    high: float
    p_value: float


def theil_sen(days: Days | Floats, values: Floats, level: float = LEVEL) -> Slope:
    """Fit the median of all slopes between two days (Theil 1950; Sen 1968), with Sen's interval.

    ``days`` (ordinals) and ``values`` have shape (n,), n of at least 4, days in order; a day may come more
    than once. The p-value is Mann-Kendall's, its variance corrected for the autocorrelation of the ranks of
    what the slope leaves (Hamed & Rao 1998): it says that ranks rise, not that a walk could not.
    """
    first, second = np.triu_indices(len(days), k=1)
    apart = days[second] > days[first]
    first, second = first[apart], second[apart]
    rises = values[second] - values[first]
    slopes = np.sort(rises / (days[second] - days[first]))
    slope = float(np.median(slopes))
    score = float(np.sign(rises).sum())
    spread = math.sqrt(_variance_of_s(len(days)) * _inflation(values - slope * days))
    z = (abs(score) - 1) / spread if abs(score) > 1 else 0.0
    reach = distributions.normal_quantile(0.5 + level / 2) * spread
    low, high = (_rank(slopes, (len(slopes) + sign * reach) / 2) for sign in (-1, 1))
    return Slope(slope, low, high, min(1.0, 2 * distributions.normal_cdf(-z)))


def _variance_of_s(n: int) -> float:
    return n * (n - 1) * (2 * n + 5) / 18


def _inflation(residuals: Floats) -> float:
    """How much wider S scatters because of the lags that are significant; at least 1."""
    n = len(residuals)
    ranks = np.argsort(np.argsort(residuals, kind="stable"), kind="stable") - (n - 1) / 2
    lags = np.arange(1, n - 2)
    whole = np.correlate(ranks, ranks, mode="full")[n:]
    correlations = whole[: len(lags)] / float((ranks**2).sum())
    heard = np.abs(correlations) > SIGNIFICANT_LAG / math.sqrt(n)
    left = n - lags
    extra = float((left * (left - 1) * (left - 2) * correlations)[heard].sum())
    return max(1.0, 1 + 2 * extra / (n * (n - 1) * (n - 2)))


def _rank(ordered: Floats, position: float) -> float:
    return float(ordered[min(max(round(position), 0), len(ordered) - 1)])
