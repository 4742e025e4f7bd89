"""Intervals and probabilities for rates and counts, without daily rows (dispersion 1)."""

import math

from engine.measure import distributions
from engine.models.comparison import Interval


def wilson(successes: float, trials: float, level: float) -> Interval:
    """Wilson's score interval of a rate (Wilson 1927); both ends lie within 0 and 1."""
    z = distributions.normal_quantile(0.5 + level / 2)
    rate = successes / trials
    spread = z * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    middle = rate + z * z / (2 * trials)
    scale = 1 + z * z / trials
    return Interval(
        low=max(0.0, (middle - spread) / scale), high=min(1.0, (middle + spread) / scale), level=level
    )


def poisson(count: float, level: float) -> tuple[float, float]:
    """Exact interval of a Poisson mean after ``count`` events (Garwood 1936)."""
    tail = (1 - level) / 2
    low = distributions.gamma_quantile(count, tail) if count > 0 else 0.0
    return low, distributions.gamma_quantile(count + 1, 1 - tail)


def rate_above(limit: float, successes: float, trials: float) -> float:
    """P(rate > limit) after the data, under Jeffreys' prior: Beta(successes + ½, failures + ½)."""
    if limit >= 1:
        return 0.0
    return distributions.beta_above(successes + 0.5, trials - successes + 0.5, max(limit, 0.0))


def mean_above(limit: float, count: float) -> float:
    """P(mean > limit) after ``count`` events, under Jeffreys' prior: Gamma(count + ½, 1)."""
    return distributions.gamma_above(count + 0.5, max(limit, 0.0))
