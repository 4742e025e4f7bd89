"""The JSON that machines read: JSON's own types, and the same bytes whenever it is asked for."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from engine_values import NEW_PARENTS, RULES, SPRING_SALE, TODAY, WORDS, analysed, compared, counted, ran
from factories import MONDAY, recommendation

from engine.explain.standing import standing
from engine.learn.weights import weigh
from engine.models.answer import Answer
from engine.models.campaign import CampaignPerformanceInput
from engine.models.retrospective import Retrospective
from engine.narrate.report import artifacts, plain, report

OTHERS = [
    ran(
        f"campaign-{number}",
        ratio=0.5 if number < 6 else 1.5,
        audiences=["students" if number < 6 else "new-parents"],
    )
    for number in range(12)
]


def _answer(
    campaign: CampaignPerformanceInput, today: date = TODAY, others: list[Retrospective] = OTHERS
) -> Answer:
    analysis = analysed(campaign, *others, today=today)
    weights = weigh([standing(each, RULES) for each in (analysis.retrospective, *others)], RULES)
    return Answer(recommendation=recommendation(analysis=analysis), weights=weights, stored=True)


def _strings(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *(leaf for each in value.values() for leaf in _strings(each))]
    if isinstance(value, list):
        return [leaf for each in value for leaf in _strings(each)]
    return [value]


@pytest.mark.parametrize(
    "campaign", [SPRING_SALE, NEW_PARENTS, compared(counted(0, 0, 0, 0), counted(9, 1, 0, 7))]
)
def test_a_report_holds_nothing_but_json_s_own_types(campaign: CampaignPerformanceInput) -> None:
    body = report(_answer(campaign), WORDS)
    assert {type(each) for each in _strings(body)} <= {str, int, float, bool, type(None)}
    assert json.loads(json.dumps(body, allow_nan=False)) == body


def test_the_four_artifacts_are_those_of_the_seed() -> None:
    bodies = artifacts(_answer(SPRING_SALE), WORDS)
    assert list(bodies) == ["comparison", "patterns", "insights", "updated_weights"]
    assert bodies["comparison"]["metrics"]["cpa"]["verdict"] == "real"
    assert set(bodies["insights"]) == {"key_learnings", "recommendations", "anomalies", "source"}


@pytest.mark.parametrize("campaign", [SPRING_SALE, NEW_PARENTS])
def test_the_same_evidence_gives_the_same_bytes_on_every_day(campaign: CampaignPerformanceInput) -> None:
    first = json.dumps(artifacts(_answer(campaign), WORDS))
    for days in (0, 1, 40, 400):
        assert json.dumps(artifacts(_answer(campaign, TODAY + timedelta(days=days)), WORDS)) == first


def test_the_order_in_which_campaigns_were_remembered_changes_no_byte() -> None:
    first = json.dumps(artifacts(_answer(SPRING_SALE), WORDS))
    assert json.dumps(artifacts(_answer(SPRING_SALE, others=OTHERS[::-1]), WORDS)) == first


def test_the_patterns_of_the_portfolio_are_in_the_report() -> None:
    body = artifacts(_answer(SPRING_SALE), WORDS)
    assert [each["signal"] for each in body["patterns"]["winning_audiences"]] == ["audience:students"]
    texts = [each["text"] for each in body["insights"]["key_learnings"]]
    assert texts[0].startswith("Beat the forecast.")
    assert any(text.startswith("students: CPA −") for text in texts)


def test_every_insight_rests_on_a_figure_with_its_window_and_number() -> None:
    insights = _answer(SPRING_SALE).recommendation.analysis.insights
    for each in (*insights.key_learnings, *insights.recommendations, *insights.anomalies):
        assert each.evidence
        assert all(fact.what and fact.value and fact.window and fact.n for fact in each.evidence)


def test_insights_stand_most_important_first() -> None:
    rank = {"high": 0, "medium": 1, "low": 2}
    for campaign in (
        SPRING_SALE,
        NEW_PARENTS,
        compared(SPRING_SALE.expected_metrics, counted(10**6, 9_000, 0, 9_000)),
    ):
        insights = analysed(campaign, *OTHERS).insights
        for each in (insights.key_learnings, insights.recommendations, insights.anomalies):
            assert [rank[one.priority] for one in each] == sorted(rank[one.priority] for one in each)


def test_only_what_hurts_and_waits_for_a_decision_is_of_high_priority() -> None:
    won, missed = analysed(SPRING_SALE), analysed(NEW_PARENTS)
    for analysis, priority in ((won, "medium"), (missed, "high")):
        assert analysis.proposal.needs_approval
        assert analysis.insights.key_learnings[0].priority == priority
        assert analysis.insights.recommendations[0].priority == priority
    as_meant = analysed(compared(SPRING_SALE.expected_metrics, SPRING_SALE.expected_metrics)).insights
    every = (*as_meant.key_learnings, *as_meant.recommendations, *as_meant.anomalies)
    assert {each.priority for each in every} == {"low"}


def test_what_is_odd_is_told_as_odd() -> None:
    silent = compared(SPRING_SALE.expected_metrics, counted(10**6, 9_000, 0, 9_000))
    viewed = compared(SPRING_SALE.expected_metrics, counted(10**6, 90, 300, 9_000))
    told = {name: [each.text for each in analysed(campaign).insights.anomalies]
            for name, campaign in (("silent", silent), ("viewed", viewed))}  # fmt: skip
    assert any("not defined" in text and "tracking" in text for text in told["silent"])
    assert any(text.startswith("ROAS not defined: no revenue.") for text in told["silent"])
    assert any(text.startswith("More conversions than clicks") for text in told["viewed"])
    assert analysed(SPRING_SALE).insights.anomalies == ()


def test_amounts_of_money_stay_exact_as_text() -> None:
    body = report(_answer(SPRING_SALE), WORDS)["recommendation"]
    assert body["action"]["to"] == "463.45"
    assert Decimal(body["worst_case"]["amount"]) == Decimal("423.15")


def test_what_was_kept_is_said() -> None:
    body = report(_answer(SPRING_SALE), WORDS)
    assert body["storage"] == {"campaign_id": "spring-sale", "revision": 1, "stored": True}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0.1 + 0.2, 0.3),
        ((1, (2,)), [1, [2]]),
        ({"day": date(2026, 3, 29)}, {"day": "2026-03-29"}),
        (MONDAY, "2026-03-30T09:00:00+00:00"),
        ({1: None, "two": True}, {"1": None, "two": True}),
    ],
)
def test_values_become_plain_json(value: Any, wanted: Any) -> None:
    assert plain(value) == wanted
