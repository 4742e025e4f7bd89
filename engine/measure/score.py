"""Two scores: the seed's, which grows with volume, and one that does not."""

import math

from engine.measure import kpi
from engine.models.campaign import Metrics
from engine.models.comparison import Kpi, KpiComparison, PerformanceScore

CONVERSION_WEIGHT = 1.0
CTR_WEIGHT = 1000.0
CPA_WEIGHT = 1.0
HALF_TRUST = 50.0


def performance_score(expected: Metrics, actual: Metrics) -> PerformanceScore:
    """Compute ``conversions + 1000 · CTR - CPA`` (seed S0) from unrounded rates."""
    return PerformanceScore(expected=_score(expected), actual=_score(actual))


def size_free_score(driver: KpiComparison, name: Kpi) -> float | None:
    """Score the driver against its own forecast, 0 to 100; 50 is on forecast, above is better.

    ``50 + 50 · tanh(r) · (n / (n + 50))^¼`` where r is the favourable log change. The fourth root
    is gentle on purpose: doubling the volume at equal rates moves the score by less than 5 points.
    """
    if not driver.expected or not driver.actual:
        return None
    favourable = math.log(driver.actual / driver.expected)
    if name in kpi.LOWER_IS_BETTER:
        favourable = -favourable
    trust = math.sqrt(math.sqrt(driver.n / (driver.n + HALF_TRUST)))
    return 50 + 50 * math.tanh(favourable) * trust


def _score(metrics: Metrics) -> float | None:
    ctr, cpa = kpi.ctr(metrics), kpi.cpa(metrics)
    if ctr is None or cpa is None:
        return None
    return CONVERSION_WEIGHT * float(metrics.conversions or 0) + CTR_WEIGHT * ctr - CPA_WEIGHT * cpa
