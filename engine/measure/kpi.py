"""The KPIs as ratios of sums. A ratio without a denominator is ``None``: never 0, never infinity.

Where cells are missing in some rows, a ratio is that of the rows that have both (``Metrics.pairs``): what
stands in one sum and not in the other makes any ratio wrong.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal, NamedTuple

from engine.models.campaign import Metrics, Ratio
from engine.models.comparison import Kpi

LOWER_IS_BETTER: frozenset[Kpi] = frozenset({"cpa", "cpc", "cpm"})
Sum = Literal["impressions", "clicks", "conversions", "spend", "revenue", "reach"]


class Formula(NamedTuple):
    """What is divided by what; ``times`` the top."""

    top: Sum
    bottom: Sum
    times: int = 1


RATIOS: dict[Ratio, Formula] = {
    "ctr": Formula("clicks", "impressions"),
    "cvr": Formula("conversions", "clicks"),
    "cpa": Formula("spend", "conversions"),
    "roas": Formula("revenue", "spend"),
    "cpc": Formula("spend", "clicks"),
    "cpm": Formula("spend", "impressions", 1000),
    "aov": Formula("revenue", "conversions"),
}
COSTS: frozenset[Ratio] = frozenset({"cpa", "cpc", "cpm"})  # not defined where nothing was spent


def parts(ratio: Ratio, metrics: Metrics) -> tuple[Decimal, Decimal] | None:
    """Give top and bottom of a ratio, over the rows that have both; ``None`` where either is unknown."""
    for pair in metrics.pairs:
        if pair.ratio == ratio:
            return pair.top, pair.bottom
    formula = RATIOS[ratio]
    top, bottom = getattr(metrics, formula.top), getattr(metrics, formula.bottom)
    return None if top is None or bottom is None else (Decimal(top), Decimal(bottom))


def ratio_of(ratio: Ratio, metrics: Metrics) -> float | None:
    """Divide; ``None`` without a denominator, where a sum is unknown, for a price of what cost nothing."""
    found = parts(ratio, metrics)
    if found is None or (ratio in COSTS and not found[0]):
        return None
    return divided(found[0] * RATIOS[ratio].times, found[1])


def ctr(metrics: Metrics) -> float | None:
    """Clicks per impression."""
    return ratio_of("ctr", metrics)


def cvr(metrics: Metrics) -> float | None:
    """Conversions per click; above 1 where conversions are counted after a view."""
    return ratio_of("cvr", metrics)


def cpa(metrics: Metrics) -> float | None:
    """Money per conversion. Not defined without conversions, nor where nothing was spent."""
    return ratio_of("cpa", metrics)


def roas(metrics: Metrics) -> float | None:
    """Revenue per money spent; not defined while revenue is unknown."""
    return ratio_of("roas", metrics)


def cpc(metrics: Metrics) -> float | None:
    """Money per click."""
    return ratio_of("cpc", metrics)


def cpm(metrics: Metrics) -> float | None:
    """Money per thousand impressions."""
    return ratio_of("cpm", metrics)


def aov(metrics: Metrics) -> float | None:
    """Revenue per conversion, the average order value."""
    return ratio_of("aov", metrics)


def frequency(metrics: Metrics) -> float | None:
    """Impressions per person reached; not defined where reach is missing or 0."""
    if metrics.impressions is None or metrics.reach is None:
        return None
    return divided(metrics.impressions, metrics.reach)


def mer(every: Iterable[Metrics]) -> float | None:
    """Marketing efficiency: all revenue over all spend, whatever the platform.

    Not defined where a part does not know its revenue or its spend: a part left out is no total.
    """
    metrics = list(every)
    revenue = [each.revenue for each in metrics if each.revenue is not None]
    spend = [each.spend for each in metrics if each.spend is not None]
    if len(revenue) < len(metrics) or len(spend) < len(metrics):
        return None
    return divided(sum(revenue, Decimal(0)), sum(spend, Decimal(0)))


def contribution_margin(price: Decimal, variable_costs: Decimal) -> float | None:
    """Say what share of a price is left after the costs that each order has."""
    return divided(price - variable_costs, price)


def break_even_roas(margin: float | None) -> float | None:
    """Say from which ROAS on advertising pays for itself; not defined where orders leave nothing over."""
    return 1 / margin if margin is not None and margin > 0 else None


FORMULAS = {"ctr": ctr, "cvr": cvr, "cpa": cpa, "roas": roas, "cpc": cpc, "cpm": cpm}


def value(kpi: Kpi, metrics: Metrics) -> float | None:
    return FORMULAS[kpi](metrics)


def driver(objective: str, actual: Metrics | None = None) -> Kpi:
    """Name the KPI that makes the verdict: CPC for traffic, CPM for reach, CPA for all that converts.

    Where nobody counted what it rests on, the next one that can be told: CPC, then CPM.
    """
    wanted = _wanted(objective)
    if actual is None:
        return wanted
    every: tuple[Kpi, ...] = (wanted, "cpc", "cpm")
    return next((each for each in every if parts(each, actual) is not None), wanted)


def _wanted(objective: str) -> Kpi:
    words = objective.casefold()
    if "traffic" in words or "click" in words:
        return "cpc"
    if "reach" in words or "awareness" in words:
        return "cpm"
    return "cpa"


def divided(top: Decimal | int, bottom: Decimal | int) -> float | None:
    return float(Decimal(top) / Decimal(bottom)) if bottom else None
