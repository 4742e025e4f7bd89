"""Money above an achievable benchmark. One campaign alone, or identical ones, accuse nobody."""

from collections.abc import Sequence

import numpy as np

from engine.explain.standing import Standing, worked_out_once
from engine.measure.discovery import discoveries
from engine.measure.evidence import Evidence, gather
from engine.measure.interval import poisson
from engine.models.comparison import Interval
from engine.models.pattern import Inefficiency
from engine.models.rules import Rules

SHOWN_LEVEL = 0.80


def inefficiencies(standings: Sequence[Standing], rules: Rules) -> list[Inefficiency]:
    """Find campaigns that really missed their forecast and did worse than the others did, by money.

    The benchmark is the more lenient of two: the campaign's own forecast CPA, and that forecast
    scaled by how the other campaigns stood against theirs. Where all miss alike, nobody is guilty.
    """
    comparable = [each for each in standings if each.log_ratio is not None]
    if len(comparable) < rules.campaigns_a_level:
        return []
    benchmarks = _benchmarks(comparable)
    innocence = [
        1 - _probability_above(each, limit) for each, limit in zip(comparable, benchmarks, strict=True)
    ]
    guilty = discoveries(innocence, rules.false_discovery_rate)
    found = [
        _inefficiency(each, benchmark)
        for each, benchmark, believed in zip(comparable, benchmarks, guilty, strict=True)
        if believed
        and each.succeeded is False
        and _probability_above(each, benchmark * (1 + rules.tolerance)) > rules.certainty
    ]
    proven = [each for each in found if each.interval.low is not None and each.interval.low > 0]
    return sorted(proven, key=lambda each: (-each.wasted, each.campaign_key))


def _benchmarks(comparable: Sequence[Standing]) -> list[float]:
    """Give each campaign's achievable CPA: how the others stood is a mean that leaves it out."""
    log = np.array([each.log_ratio for each in comparable], dtype=float)
    weights = np.sqrt([each.conversions for each in comparable])
    others = ((weights * log).sum() - weights * log) / (weights.sum() - weights)
    own = np.array([each.cpa.expected for each in comparable], dtype=float)
    return [float(each) for each in own * np.maximum(1.0, np.exp(others))]


def _probability_above(each: Standing, limit: float) -> float:
    evidence = _evidence(each)
    return evidence.above(limit) if evidence else 0.0


@worked_out_once
def _evidence(each: Standing) -> Evidence | None:
    return gather("cpa", each.retrospective.campaign.actual_metrics)


def _inefficiency(each: Standing, benchmark: float) -> Inefficiency:
    few, many = poisson(each.conversions, SHOWN_LEVEL)
    wasted = each.spend - each.conversions * benchmark
    return Inefficiency(
        campaign_id=each.retrospective.campaign.campaign_id,
        campaign_key=each.retrospective.campaign_key,
        name=each.retrospective.name,
        wasted=wasted,
        interval=Interval(
            low=each.spend - many * benchmark, high=each.spend - few * benchmark, level=SHOWN_LEVEL
        ),
        benchmark_cpa=benchmark,
        actual_cpa=each.spend / each.conversions,
        conversions=each.conversions,
        currency=each.currency,
        impact=wasted,
    )
