"""What the measuring stage finds: each KPI, forecast beside actual, with how sure we are."""

from typing import Literal

from pydantic import Field

from engine.models.value import Value

Kpi = Literal["ctr", "cvr", "cpa", "roas", "cpc", "cpm"]
Verdict = Literal["real", "noise", "too early", "no forecast", "not defined"]
Flag = Literal[
    "revenue_missing",
    "no_conversions",
    "conversions_exceed_clicks",
    "order_values_unknown",
    "counting_doubted",
    "conversions_missing",
]


class Interval(Value):
    """A range for a quantity; an end that the data cannot bound is ``None``."""

    low: float | None
    high: float | None
    level: float


class KpiComparison(Value):
    """One KPI. Rates and ROAS are fractions (0.035 is 3.5 %), CPA, CPC and CPM are money.

    ``delta_pct`` is actual over expected minus one, in percent. ``interval`` is the range of the
    actual value. ``certainty`` is P(the change goes beyond the tolerance in the direction seen).
    ``n`` counts what the KPI rests on: impressions for CTR and CPM, clicks for CVR and CPC,
    conversions for CPA and ROAS. ``dispersion`` is how many times the variance of counting the days' own
    scatter is, where daily rows tell it. ``counted`` is the value before conversions that are still to come
    were allowed for, where ``actual`` allows for them.
    """

    expected: float | None
    actual: float | None
    delta_pct: float | None
    favourable: bool | None
    verdict: Verdict
    interval: Interval | None
    n: float
    certainty: float | None = None
    dispersion: float | None = Field(default=None, exclude_if=lambda found: found is None)
    counted: float | None = Field(default=None, exclude_if=lambda found: found is None)

    def size(self, significant: float, critical: float) -> Literal["significant", "critical"] | None:
        """Name the size of a change, only where it is real; the limits are relative."""
        if self.verdict != "real" or self.delta_pct is None or abs(self.delta_pct) <= significant * 100:
            return None
        return "critical" if abs(self.delta_pct) > critical * 100 else "significant"


class LogParts(Value):
    """Natural-log parts of the CPA change; ``cpm + ctr + cvr == total`` exactly (LMDI)."""

    cpm: float
    ctr: float
    cvr: float
    total: float


class CpaDecomposition(Value):
    """Shares of the CPA change; they add up to 1. A negative share worked against the change."""

    cpm: float
    ctr: float
    cvr: float
    log: LogParts


class RoasDecomposition(Value):
    """Parts of the ROAS's change, in ROAS: together they are ``after − before``, exactly (LMDI)."""

    before: float
    after: float
    cpm: float
    ctr: float
    cvr: float
    aov: float


class PerformanceScore(Value):
    """The seed's score, which grows with volume; ``None`` where the CPA is not defined."""

    expected: float | None
    actual: float | None


class Need(Value):
    """What is still missing for a verdict: more of ``unit``, and how long that takes at this pace."""

    more: int
    unit: Literal["conversions", "clicks", "impressions"]
    days: int | None


class Comparison(Value):
    """Forecast against actual. ``driver`` is the KPI that makes the verdict of the whole.

    ``roas_decomposition`` is there where that is the ROAS.
    """

    driver: Kpi
    metrics: dict[Kpi, KpiComparison]
    performance_score: PerformanceScore
    size_free_score: float | None
    cpa_decomposition: CpaDecomposition | None
    need: Need | None
    flags: tuple[Flag, ...]
    roas_decomposition: RoasDecomposition | None = Field(default=None, exclude_if=lambda found: found is None)

    @property
    def lead(self) -> KpiComparison:
        return self.metrics[self.driver]
