"""Forecast against actual: the change of each KPI, and whether it is real, noise or too early.

A change is *real* when P(it goes beyond the tolerance in the direction seen) is above the
certainty asked; *noise* when it is not real and its 95 % interval lies within the noise band;
*too early* otherwise (Deng et al. 2018 for judging by the size of a change, not by p alone).
"""

import math
from typing import Literal

from engine.measure import kpi as kpis
from engine.measure.decomposition import decompose_cpa
from engine.measure.evidence import Evidence, gather, sample
from engine.measure.score import performance_score, size_free_score
from engine.models.campaign import CampaignPerformanceInput, Metrics
from engine.models.comparison import Comparison, Flag, Interval, Kpi, KpiComparison, Need, Verdict
from engine.models.retrospective import days_in_window
from engine.models.rules import Rules

UNITS: dict[Kpi, Literal["clicks", "impressions"]] = {"cpc": "clicks", "cpm": "impressions"}
SHOWN: tuple[Kpi, ...] = ("ctr", "cvr", "cpa", "roas")


def compare(campaign: CampaignPerformanceInput, rules: Rules) -> Comparison:
    """Compare one campaign's window with its own forecast. The forecast is taken as a point."""
    expected, actual = campaign.expected_metrics, campaign.actual_metrics
    driver = kpis.driver(campaign.objective, actual)
    shown = SHOWN if driver in SHOWN else (*SHOWN, driver)
    if actual.conversions is None:
        shown = tuple(dict.fromkeys((*SHOWN, "cpc", "cpm", driver)))  # what can be told without them
    metrics = {name: compare_kpi(name, expected, actual, rules) for name in shown}
    if actual.conversions == 0 and not actual.revenue:
        metrics["roas"] = _roas_without_conversions(metrics["roas"], metrics["cpa"])
    return Comparison(
        driver=driver,
        metrics=metrics,
        performance_score=performance_score(expected, actual),
        size_free_score=size_free_score(metrics[driver], driver),
        cpa_decomposition=decompose_cpa(expected, actual),
        need=_need(driver, campaign, metrics[driver], rules),
        flags=_flags(campaign),
    )


def compare_kpi(name: Kpi, expected: Metrics, actual: Metrics, rules: Rules) -> KpiComparison:
    """Compare one KPI of two windows; ``expected`` is a forecast or an earlier window."""
    forecast = kpis.value(name, expected) or None  # a forecast of 0 is no forecast
    return judge(name, forecast, actual, rules)


def judge(name: Kpi, forecast: float | None, actual: Metrics, rules: Rules) -> KpiComparison:
    """Judge one KPI of a window against a point."""
    value = kpis.value(name, actual)
    evidence = gather(name, actual)
    if name == "cpa" and actual.spend and actual.conversions == 0:
        return _without_conversions(forecast, actual, rules)
    comparison = KpiComparison(
        expected=forecast,
        actual=value,
        delta_pct=None,
        favourable=None,
        verdict="not defined" if value is None else "no forecast",
        interval=evidence.interval(rules.interval_level) if evidence else None,
        n=sample(name, actual),
    )
    if value is None or forecast is None:
        return comparison
    change = {
        "delta_pct": (value / forecast - 1) * 100,
        "favourable": _favourable(name, value, forecast),
        "verdict": _verdict(evidence, forecast, rules) if evidence else "too early",
        "certainty": _certainty(evidence, forecast, rules) if evidence else None,
    }
    return comparison.model_copy(update=change)


def _without_conversions(forecast: float | None, actual: Metrics, rules: Rules) -> KpiComparison:
    """Bound an undefined CPA from below by the rule of three (Hanley & Lippman-Hand 1983)."""
    certainty, spent = None, float(actual.spend or 0)
    if forecast is not None:
        certainty = 1 - math.exp(-spent / (forecast * (1 + rules.tolerance)))
    return KpiComparison(
        expected=forecast,
        actual=None,
        delta_pct=None,
        favourable=False if certainty is not None and certainty > rules.certainty else None,
        verdict="not defined",
        interval=Interval(low=spent / 3, high=None, level=0.95),
        n=0.0,
        certainty=certainty,
    )


def _roas_without_conversions(roas: KpiComparison, cpa: KpiComparison) -> KpiComparison:
    """Without conversions a ROAS of 0 is as sure as the CPA's bound: they rest on the same count."""
    if roas.verdict != "too early" or cpa.favourable is not False:
        return roas
    return roas.model_copy(update={"verdict": "real", "certainty": cpa.certainty})


def _favourable(name: Kpi, value: float, forecast: float) -> bool | None:
    if value == forecast:
        return None
    return (value < forecast) == (name in kpis.LOWER_IS_BETTER)


def _certainty(evidence: Evidence, forecast: float, rules: Rules) -> float:
    if evidence.value >= forecast:
        return evidence.above(forecast * (1 + rules.tolerance))
    return 1 - evidence.above(forecast * (1 - rules.tolerance))


def _verdict(evidence: Evidence, forecast: float, rules: Rules) -> Verdict:
    if _certainty(evidence, forecast, rules) > rules.certainty:
        return "real"
    span = evidence.interval(rules.interval_level)
    low, high = forecast * (1 - rules.noise_band), forecast * (1 + rules.noise_band)
    if span.low is not None and span.high is not None and low <= span.low and span.high <= high:
        return "noise"
    return "too early"


def _need(name: Kpi, campaign: CampaignPerformanceInput, found: KpiComparison, rules: Rules) -> Need | None:
    """Find how much more of the same would settle the driver, by doubling and then halving the step."""
    evidence = gather(name, campaign.actual_metrics)
    if found.verdict != "too early" or evidence is None or not evidence.events or found.expected is None:
        return None
    forecast = found.expected

    def settled(more: int) -> bool:
        grown = evidence.scaled(1 + more / evidence.events)
        return _verdict(grown, forecast, rules) != "too early"

    high = 1
    while not settled(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if settled(middle) else (middle, high)
    days = days_in_window(campaign)
    pace = None if days is None else math.ceil(high * days / evidence.events)
    return Need(more=high, unit=UNITS.get(name, "conversions"), days=pace)


def _flags(campaign: CampaignPerformanceInput) -> tuple[Flag, ...]:
    actual = campaign.actual_metrics
    flags: list[Flag] = []
    flags.append("revenue_missing" if actual.revenue is None else "order_values_unknown")
    if actual.conversions is None:
        flags.append("conversions_missing")
    elif not actual.conversions:
        flags.append("no_conversions")
    if _more_conversions(actual):
        flags.append("conversions_exceed_clicks")
    if counting_doubted(campaign):
        flags.append("counting_doubted")
    return tuple(flags)


def counting_doubted(campaign: CampaignPerformanceInput) -> bool:
    """Say whether more was counted as a conversion than was clicked, and nobody had forecast that.

    Conversions after a view are real where a team counts them; then its forecast knows them too. An
    odd count must neither be praised nor teach anything.
    """
    actual, expected = campaign.actual_metrics, campaign.expected_metrics
    return _more_conversions(actual) and not _more_conversions(expected)


def _more_conversions(metrics: Metrics) -> bool:
    """Say whether more was counted as a conversion than was clicked, as far as both are known."""
    if metrics.conversions is None or metrics.clicks is None:
        return False
    return metrics.conversions > metrics.clicks
