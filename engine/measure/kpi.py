"""The KPIs as ratios of sums. A ratio without a denominator is ``None``: never 0, never infinity."""

from decimal import Decimal

from engine.models.campaign import Metrics
from engine.models.comparison import Kpi

LOWER_IS_BETTER: frozenset[Kpi] = frozenset({"cpa", "cpc", "cpm"})


def ctr(metrics: Metrics) -> float | None:
    """Clicks per impression."""
    return _ratio(metrics.clicks, metrics.impressions)


def cvr(metrics: Metrics) -> float | None:
    """Conversions per click; above 1 where conversions are counted after a view."""
    return _ratio(metrics.conversions, metrics.clicks)


def cpa(metrics: Metrics) -> float | None:
    """Money per conversion. Not defined without conversions, nor where nothing was spent."""
    return _ratio(metrics.spend, metrics.conversions) if metrics.spend else None


def roas(metrics: Metrics) -> float | None:
    """Revenue per money spent; not defined while revenue is unknown."""
    return None if metrics.revenue is None else _ratio(metrics.revenue, metrics.spend)


def cpc(metrics: Metrics) -> float | None:
    """Money per click."""
    return _ratio(metrics.spend, metrics.clicks) if metrics.spend else None


def cpm(metrics: Metrics) -> float | None:
    """Money per thousand impressions."""
    return _ratio(metrics.spend * 1000, metrics.impressions) if metrics.spend else None


FORMULAS = {"ctr": ctr, "cvr": cvr, "cpa": cpa, "roas": roas, "cpc": cpc, "cpm": cpm}


def value(kpi: Kpi, metrics: Metrics) -> float | None:
    return FORMULAS[kpi](metrics)


def driver(objective: str) -> Kpi:
    """Name the KPI that makes the verdict: CPC for traffic, CPM for reach, CPA for all that converts."""
    words = objective.casefold()
    if "traffic" in words or "click" in words:
        return "cpc"
    if "reach" in words or "awareness" in words:
        return "cpm"
    return "cpa"


def _ratio(top: Decimal | int, bottom: Decimal | int) -> float | None:
    return float(Decimal(top) / Decimal(bottom)) if bottom else None
