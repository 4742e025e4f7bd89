"""More conversions than clicks, which nobody had forecast: it is neither praised nor learned from."""

from typing import Any

import pytest
from engine_values import RULES, WORDS, analysed, compared, counted, stood

from engine.engine import Engine
from engine.explain.standing import Standing, standing
from engine.learn.weights import weigh
from engine.models.campaign import Metrics
from engine.models.retrospective import Retrospective
from engine.narrate import sentences
from engine.narrate.waterfall import waterfall

PLAN = counted(100_000, 2_000, 100, 4_000, 8_000)
AFTER_VIEWS = counted(100_000, 2_000, 3_000, 4_000, 8_000)
IMPOSSIBLE = counted(100_000, 2_000, 3_000, 4_000, 200_000)


def _say(text: str) -> str:
    return text.replace("\u00a0", " ")


def _standing(expected: Metrics, actual: Metrics, **changed: Any) -> Standing:
    told = compared(expected, actual, **changed)
    return standing(Retrospective(campaign=told, revision=1, received_at=told.timestamp), RULES)


def test_the_first_sentence_is_the_doubt_and_no_kpi_is_called_better() -> None:
    analysis = analysed(compared(PLAN, IMPOSSIBLE))
    assert _say(sentences.verdict(analysis, WORDS)) == (
        "The counting is in doubt. 3,000 conversions from 2,000 clicks: views may be counted too. "
        "I judge no CPA until that is settled."
    )
    assert {sentences.field(name, analysis, WORDS)[1] for name in ("cvr", "cpa", "roas")} == {"doubted"}
    assert sentences.field("ctr", analysis, WORDS)[1] != "doubted"


def test_nothing_is_proposed_explained_or_drawn() -> None:
    analysis = analysed(compared(PLAN, IMPOSSIBLE))
    assert not analysis.proposal.needs_approval
    assert analysis.proposal.confidence is None
    assert sentences.why(analysis, WORDS) is None
    assert sentences.contrary(analysis, WORDS) == []
    assert waterfall(analysis) is None


def test_it_teaches_nothing() -> None:
    odd = _standing(PLAN, IMPOSSIBLE)
    assert odd.log_ratio is None
    assert odd.succeeded is None
    assert weigh([odd], RULES) == weigh([odd, odd], RULES)
    known = [stood(f"c-{each}", ratio=0.6, conversions=400) for each in range(4)]
    assert [(each.signal, each.trials) for each in weigh([*known, odd], RULES).signals if each.trials] == [
        (each.signal, each.trials) for each in weigh(known, RULES).signals if each.trials
    ]


def test_where_the_forecast_counts_views_too_it_is_judged_as_ever() -> None:
    analysis = analysed(compared(AFTER_VIEWS, IMPOSSIBLE))
    assert "counting_doubted" not in analysis.comparison.flags
    assert "conversions_exceed_clicks" in analysis.comparison.flags
    assert "in doubt" not in sentences.verdict(analysis, WORDS)


@pytest.mark.parametrize("conversions", [1_999, 2_000])
def test_as_many_conversions_as_clicks_are_possible(conversions: int) -> None:
    told = compared(PLAN, counted(100_000, 2_000, conversions, 4_000, 8_000))
    assert "counting_doubted" not in analysed(told).comparison.flags


def test_a_traffic_campaign_without_conversions_can_lose_clicks_and_no_invented_conversion() -> None:
    told = compared(counted(100_000, 2_000, 0, 1_000), counted(100_000, 1_000, 0, 1_000), objective="Traffic")
    worst = analysed(told).proposal.worst_case
    assert worst is not None
    assert (worst.kind, worst.conversions) == ("clicks_not_made", None)
    assert "clicks not made" in _say(sentences.worst_case(worst, WORDS))


def test_asked_why_the_doubt_is_the_answer_and_no_forecast_is_called_missing(
    engine: Engine, submit: Any
) -> None:
    submit(actual_metrics={"impressions": 9_000, "clicks": 300, "conversions": 400, "spend": 360.0})
    answer = engine.ask("why did the CPA of spring-sale fall?").answer
    assert "The counting is in doubt." in answer
    assert "nothing to explain yet" in answer
    assert "no forecast" not in answer
