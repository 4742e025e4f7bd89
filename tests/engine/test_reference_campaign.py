"""The reference campaign: figures that must come out, from the files the project is handed."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from engine_values import RULES, WORDS, analysed, told
from shared_data import shared_file

from engine.intake.payload import read_campaigns
from engine.measure.comparison import compare
from engine.models.campaign import CampaignPerformanceInput
from engine.models.comparison import Comparison
from engine.models.retrospective import Retrospective
from engine.narrate import sentences

INCOMING = "data/reflection_incoming_campaign.json"
HISTORY = "data/reflection_campaign_history.json"


@pytest.fixture
def bootcamp() -> CampaignPerformanceInput:
    found, _ = read_campaigns(shared_file(INCOMING).read_bytes())
    return found[0]


@pytest.fixture
def history() -> list[CampaignPerformanceInput]:
    found, _ = read_campaigns(shared_file(HISTORY).read_bytes())
    return found


@pytest.fixture
def comparison(bootcamp: CampaignPerformanceInput) -> Comparison:
    return compare(bootcamp, RULES)


def _without_revenue(bootcamp: CampaignPerformanceInput) -> CampaignPerformanceInput:
    actual = bootcamp.actual_metrics.model_copy(update={"revenue": None})
    return bootcamp.model_copy(update={"actual_metrics": actual})


@pytest.mark.parametrize(
    ("kpi", "expected", "actual", "change"),
    [
        ("ctr", 0.02, 0.035, 75.0),
        ("cvr", 0.04, 0.0418367, 4.5918),
        ("cpa", 50.0, 19.2682927, -61.4634),
        ("roas", 2.0, 5.6962025, 184.8101),
    ],
)
def test_the_four_changes_are_those_of_the_table(
    comparison: Comparison, kpi: Any, expected: float, actual: float, change: float
) -> None:
    found = comparison.metrics[kpi]
    assert found.expected == pytest.approx(expected, abs=5e-8)
    assert found.actual == pytest.approx(actual, abs=5e-8)
    assert found.delta_pct == pytest.approx(change, abs=5e-5)


def test_only_the_conversion_rate_is_noise_and_all_is_favourable(comparison: Comparison) -> None:
    assert {name: each.verdict for name, each in comparison.metrics.items()} == {
        "ctr": "real",
        "cvr": "noise",
        "cpa": "real",
        "roas": "real",
    }
    assert all(each.favourable for each in comparison.metrics.values())


def test_the_interval_of_the_conversion_rate_holds_the_forecast(comparison: Comparison) -> None:
    interval = comparison.metrics["cvr"].interval
    assert interval is not None
    assert interval.low == pytest.approx(0.0366, abs=5e-5)
    assert interval.high == pytest.approx(0.0478, abs=5e-5)
    assert (interval.low or 0) < 0.04 < (interval.high or 0)


def test_the_cost_per_conversion_makes_the_verdict(comparison: Comparison) -> None:
    assert comparison.driver == "cpa"
    assert comparison.lead.verdict == "real"


def test_the_scores_of_forecast_and_actual_are_those_of_the_seed(comparison: Comparison) -> None:
    assert comparison.performance_score.expected == pytest.approx(46.0, abs=1e-9)
    assert comparison.performance_score.actual == pytest.approx(220.7317, abs=5e-5)


def test_the_seven_scores_come_out_of_unrounded_rates(
    history: list[CampaignPerformanceInput], bootcamp: CampaignPerformanceInput
) -> None:
    scores = [compare(each, RULES).performance_score.actual for each in (*history, bootcamp)]
    wanted = [179.7857, 54.4280, 220.7143, 79.0123, -18.9402, 186.8571, 220.7317]
    assert scores == pytest.approx(wanted, abs=0.001)


def test_the_fall_of_the_cost_is_split_into_its_three_causes(comparison: Comparison) -> None:
    split = comparison.cpa_decomposition
    assert split is not None
    assert split.log.total == pytest.approx(-0.9536, abs=5e-5)
    assert (split.log.cpm, split.log.ctr, split.log.cvr) == pytest.approx(
        (-0.3491, -0.5596, -0.0449), abs=5e-5
    )
    assert (split.cpm, split.ctr, split.cvr) == pytest.approx((0.366, 0.587, 0.047), abs=5e-4)


def test_without_revenue_the_return_is_null_and_flagged(bootcamp: CampaignPerformanceInput) -> None:
    found = compare(_without_revenue(bootcamp), RULES)
    assert found.metrics["roas"].actual is None
    assert found.metrics["roas"].delta_pct is None
    assert found.metrics["roas"].verdict == "not defined"
    assert "revenue_missing" in found.flags


def test_without_revenue_the_other_figures_stay_as_they_are(
    bootcamp: CampaignPerformanceInput, comparison: Comparison
) -> None:
    found = compare(_without_revenue(bootcamp), RULES)
    for kpi in ("ctr", "cvr", "cpa"):
        assert found.metrics[kpi] == comparison.metrics[kpi]
    assert found.performance_score == comparison.performance_score


def test_with_revenue_it_is_said_that_order_values_are_unknown(comparison: Comparison) -> None:
    assert comparison.flags == ("order_values_unknown",)


def test_the_card_says_what_happened_in_two_sentences(
    bootcamp: CampaignPerformanceInput, history: list[CampaignPerformanceInput]
) -> None:
    known = [Retrospective(campaign=each, revision=1, received_at=each.timestamp) for each in history]
    analysis = analysed(bootcamp, *known)
    assert told(sentences.verdict(analysis, WORDS)) == (
        "Beat the forecast. CPA 19.27 instead of 50.00 (−61 %, real)."
    )
    assert told(sentences.why(analysis, WORDS)) == (
        "Why the CPA fell: clicks came easier 59 %, impressions cheaper 37 %, conversion 5 % (noise)."
    )
    assert analysis.proposal.needs_approval


def test_seven_campaigns_are_too_few_to_cluster(
    bootcamp: CampaignPerformanceInput, history: list[CampaignPerformanceInput]
) -> None:
    known = [Retrospective(campaign=each, revision=1, received_at=each.timestamp) for each in history]
    patterns = analysed(bootcamp, *known).patterns
    assert patterns.clusters == ()
    assert "Too few to cluster: 7 of 8 campaigns." in patterns.notes
    assert "Aspiring Creators 18-24: 1 of 3 campaigns." in patterns.notes


def test_the_files_money_is_exact(bootcamp: CampaignPerformanceInput) -> None:
    raw = json.loads(shared_file(INCOMING).read_text(), parse_float=Decimal)
    assert bootcamp.actual_metrics.spend == raw["actual_metrics"]["spend"]
    assert bootcamp.timestamp.date() == date(2026, 3, 29)
