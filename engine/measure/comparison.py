"""Forecast against actual: the change of each KPI, and whether it is real, noise or too early.

A change is *real* when P(it goes beyond the tolerance in the direction seen) is above the certainty asked,
under a prior that expects most campaigns not to have changed; *noise* when it is not real and its 95 %
interval lies within the noise band; *too early* otherwise (Deng et al. 2018 for judging by the size of a
change, not by p alone). Where rows tell how much days scatter and which conversions are still to come, both
are allowed for. Nothing is called worse on conversions that may merely be late.
"""

import math
from typing import Literal

from engine.measure import kpi as kpis
from engine.measure.decomposition import decompose_cpa, decompose_roas
from engine.measure.evidence import Evidence, count_shift, sample
from engine.measure.needed import more_needed
from engine.measure.reliance import LATE, NOTHING_KNOWN, Reliance
from engine.measure.sceptic import Shift, beyond
from engine.measure.score import performance_score, size_free_score
from engine.models.campaign import CampaignPerformanceInput, Metrics
from engine.models.comparison import Comparison, Flag, Interval, Kpi, KpiComparison, Need, Verdict
from engine.models.from_rows import FromRows
from engine.models.retrospective import days_in_window
from engine.models.rules import Rules

Unit = Literal["conversions", "clicks", "impressions"]
UNITS: dict[Kpi, Unit] = {"cpc": "clicks", "cpm": "impressions"}
SHOWN: tuple[Kpi, ...] = ("ctr", "cvr", "cpa", "roas")


def compare(campaign: CampaignPerformanceInput, rules: Rules, rows: FromRows | None = None) -> Comparison:
    """Compare one campaign's window with its own forecast. The forecast is taken as a point.

    ``rows`` are the window's basis, where it was built from rows.
    """
    expected, actual = campaign.expected_metrics, campaign.actual_metrics
    known = Reliance(rows, days_in_window(campaign))
    driver = kpis.driver(campaign.objective, actual)
    shown = SHOWN if driver in SHOWN else (*SHOWN, driver)
    if actual.conversions is None:
        shown = tuple(dict.fromkeys((*SHOWN, "cpc", "cpm", driver)))  # what can be told without them
    metrics = {name: compare_kpi(name, expected, actual, rules, known) for name in shown}
    if actual.conversions == 0:
        metrics["roas"] = _roas_without_conversions(metrics["roas"], metrics["cpa"])
    return Comparison(
        driver=driver,
        metrics=metrics,
        performance_score=performance_score(expected, actual),
        size_free_score=size_free_score(metrics[driver], driver),
        cpa_decomposition=decompose_cpa(expected, known.matured(actual)),
        need=_need(driver, campaign, metrics[driver], rules, known),
        flags=_flags(campaign, known),
        roas_decomposition=decompose_roas(expected, known.matured(actual)) if driver == "roas" else None,
    )


def compare_kpi(
    name: Kpi, expected: Metrics, actual: Metrics, rules: Rules, known: Reliance = NOTHING_KNOWN
) -> KpiComparison:
    """Compare one KPI of two windows; ``expected`` is a forecast or an earlier window."""
    forecast = kpis.value(name, expected) or None  # a forecast of 0 is no forecast
    return judge(name, forecast, actual, rules, known)


def judge(
    name: Kpi, forecast: float | None, actual: Metrics, rules: Rules, known: Reliance = NOTHING_KNOWN
) -> KpiComparison:
    """Judge one KPI of a window against a point."""
    found = _judged(name, forecast, actual, rules, known)
    if not is_worse(found) or name not in LATE or known.maturity is None or known.maturity.learned:
        return found
    return _unless_late(found, _on_settled_days(name, forecast, rules, known), rules)


def is_worse(found: KpiComparison) -> bool:
    return found.favourable is False and found.verdict in {"real", "not defined"}


def _on_settled_days(
    name: Kpi, forecast: float | None, rules: Rules, known: Reliance
) -> KpiComparison | None:
    """Judge the days alone whose conversions have all come."""
    late = known.maturity
    if late is None or late.settled is None:
        return None
    return _judged(name, forecast, late.settled, rules, Reliance(known.rows, late.settled_days))


def _unless_late(found: KpiComparison, settled: KpiComparison | None, rules: Rules) -> KpiComparison:
    """Leave it open whether it got worse where the settled days do not show it by themselves."""
    if settled is not None and is_worse(settled):
        return found
    certainty = min(found.certainty or 0.0, rules.certainty, (settled and settled.certainty) or 0.0)
    if found.verdict == "not defined":
        return found.model_copy(update={"favourable": None, "certainty": certainty})
    return found.model_copy(update={"verdict": "too early", "certainty": certainty})


def _judged(
    name: Kpi, forecast: float | None, actual: Metrics, rules: Rules, known: Reliance
) -> KpiComparison:
    value, counted = known.value(name, actual), kpis.value(name, actual)
    evidence = known.evidence(name, actual)
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
        dispersion=evidence.dispersion if evidence and evidence.dispersion != 1 else None,
        counted=counted if counted != value else None,
    )
    if value is None or forecast is None:
        return comparison
    change = {
        "delta_pct": (value / forecast - 1) * 100,
        "favourable": _favourable(name, value, forecast),
        "verdict": _verdict(evidence, forecast, rules) if evidence else "too early",
        "certainty": certainty_of(evidence.shift(forecast), rules) if evidence else None,
    }
    return comparison.model_copy(update=change)


def _without_conversions(forecast: float | None, actual: Metrics, rules: Rules) -> KpiComparison:
    """Bound an undefined CPA from below by the rule of three (Hanley & Lippman-Hand 1983)."""
    certainty, spent = None, float(actual.spend or 0)
    if forecast is not None:
        fewer = count_shift(0.0, spent / forecast)
        certainty = certainty_of(fewer._replace(change=-fewer.change), rules)
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
    if roas.verdict != "too early" or roas.actual or cpa.favourable is not False:
        return roas
    return roas.model_copy(update={"verdict": "real", "certainty": cpa.certainty})


def _favourable(name: Kpi, value: float, forecast: float) -> bool | None:
    if value == forecast:
        return None
    return (value < forecast) == (name in kpis.LOWER_IS_BETTER)


def certainty_of(found: Shift, rules: Rules) -> float:
    """P(the change goes beyond the tolerance in the direction seen)."""
    limit = abs(math.log1p(math.copysign(rules.tolerance, found.change)))
    return beyond(found, limit, rules.prior)


def _verdict(evidence: Evidence, forecast: float, rules: Rules) -> Verdict:
    if certainty_of(evidence.shift(forecast), rules) > rules.certainty:
        return "real"
    span = evidence.interval(rules.interval_level)
    low, high = forecast * (1 - rules.noise_band), forecast * (1 + rules.noise_band)
    if span.low is not None and span.high is not None and low <= span.low and span.high <= high:
        return "noise"
    return "too early"


def _need(
    name: Kpi, campaign: CampaignPerformanceInput, found: KpiComparison, rules: Rules, known: Reliance
) -> Need | None:
    """Say how much more would settle the driver in most cases, and how long that takes at this pace."""
    evidence = known.evidence(name, campaign.actual_metrics)
    if found.verdict != "too early" or evidence is None or not evidence.events or found.expected is None:
        return None
    forecast, days = found.expected, days_in_window(campaign)
    unit: Unit = UNITS.get(name, "conversions")

    def settled(later: Evidence) -> bool:
        return _verdict(later, forecast, rules) != "too early"

    if settled(evidence) and known.maturity is not None and days:
        wait = known.maturity.lag_days  # it is only not known yet whether conversions are missing or late
        return Need(more=max(1, math.ceil(evidence.events * wait / days)), unit=unit, days=wait)
    more = more_needed(evidence, settled)
    return Need(more=more, unit=unit, days=None if days is None else math.ceil(more * days / evidence.events))


def _flags(campaign: CampaignPerformanceInput, known: Reliance) -> tuple[Flag, ...]:
    actual = campaign.actual_metrics
    flags: list[Flag] = []
    if actual.revenue is None:
        flags.append("revenue_missing")
    elif not known.knows_order_values():
        flags.append("order_values_unknown")
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
