"""Lists for programs: insights by priority, patterns by impact, pages of recommendations, planning advice."""

from collections.abc import Callable
from typing import Any

import pytest
from engine_values import RULES
from factories import HandClock

from engine.engine import Engine
from engine.errors import UnknownCampaign
from engine.listing import list_patterns
from engine.models.answer import Answer, Person

Submit = Callable[..., Answer]
LOST = {"impressions": 100_000, "clicks": 2_000, "conversions": 50, "spend": 8_000, "revenue": 2_000}
RANK = {"high": 0, "medium": 1, "low": 2}


@pytest.fixture
def many(submit: Submit, clock: HandClock) -> None:
    """Four that won with video and four that lost with images, each in a week of its own."""
    for week in range(4):
        stamp = f"2026-0{week // 4 + 2}-{week * 7 + 1:02}T10:00:00+00:00"
        video = [{"id": f"v{week}", "type": "video", "headline": "", "primary_text": ""}]
        image = [{"id": f"i{week}", "type": "image", "headline": "", "primary_text": ""}]
        submit(f"won-{week}", timestamp=stamp, creatives=video, audiences=[{"name": "Students"}])
        submit(
            f"lost-{week}",
            timestamp=stamp,
            creatives=image,
            audiences=[{"name": "Parents"}],
            actual_metrics=LOST,
        )


@pytest.mark.usefixtures("many")
def test_insights_are_ordered_by_priority_then_id_and_each_is_said_once(engine: Engine) -> None:
    found = engine.insights()
    order = [(RANK[each.priority], each.id) for each in found]
    assert order == sorted(order)
    assert len({(each.kind, each.text) for each in found}) == len(found)


@pytest.mark.usefixtures("many")
def test_patterns_are_ordered_by_the_size_of_their_impact(engine: Engine) -> None:
    found = engine.patterns()
    assert {each.pattern.kind for each in found} >= {"winning_creative", "winning_audience"}
    sizes = [abs(each.pattern.impact) for each in found if each.pattern.impact is not None]
    assert sizes == sorted(sizes, reverse=True)
    assert len({each.id for each in found}) == len(found)


def test_an_empty_memory_has_empty_lists_and_no_advice(engine: Engine) -> None:
    assert engine.insights() == engine.patterns() == engine.planning() == ()
    assert engine.recommendations().total == 0
    assert list_patterns([], RULES) == ()


def test_a_rejected_proposal_is_told_as_advice_no_more(
    engine: Engine, submit: Submit, approver: Person
) -> None:
    proposed = submit().recommendation
    assert proposed.status == "proposed"
    assert "recommendation" in {each.kind for each in engine.insights()}
    engine.decide(proposed.id, "reject", by=approver)
    assert {each.kind for each in engine.insights()} == {"key_learning"}


def test_insights_of_a_replaced_recommendation_are_gone(engine: Engine, submit: Submit) -> None:
    old = submit().recommendation.id
    new = engine.analyze("spring-sale", asked_by="api", anew="again").recommendation.id
    assert {each.recommendation_id for each in engine.insights()} == {new}
    assert engine.recommendations(status="superseded").recommendations[0].id == old


@pytest.mark.usefixtures("many")
def test_a_page_is_a_part_of_the_whole_and_knows_the_total(engine: Engine) -> None:
    whole = engine.recommendations(limit=200)
    assert whole.total == len(whole.recommendations) == 8
    parts = [engine.recommendations(limit=3, offset=offset) for offset in (0, 3, 6)]
    joined: tuple[Any, ...] = sum((each.recommendations for each in parts), ())
    assert joined == whole.recommendations
    assert engine.recommendations(campaign_id="won-1").total == 1
    assert engine.recommendations(campaign_id="meta/default/won-1").total == 1
    assert engine.recommendations(campaign_id="won").total == 0


@pytest.mark.usefixtures("many")
def test_planning_takes_at_most_three_of_a_kind_and_each_names_its_evidence(engine: Engine) -> None:
    advice = engine.planning()
    kinds = [each.kind for each in advice]
    assert kinds == sorted(kinds, key=["insight", "pattern", "weight", "similar"].index)
    assert all(1 <= kinds.count(kind) <= 3 for kind in ("insight", "pattern", "weight"))
    assert all(each.text and each.evidence for each in advice)
    assert engine.planning() == advice


@pytest.mark.usefixtures("many")
def test_a_weight_is_told_with_its_trials(engine: Engine) -> None:
    said = [each.text for each in engine.planning() if each.kind == "weight"]
    assert any("went with a real win less often than usual: 0 of 4" in each for each in said) or any(
        "went with a real win more often than usual: 4 of 4" in each for each in said
    )


def test_an_answer_says_whether_its_recommendation_was_written_now(engine: Engine, submit: Submit) -> None:
    assert submit().made is True
    assert submit().made is False
    assert engine.analyze("spring-sale", asked_by="api").made is False
    assert engine.analyze("spring-sale", asked_by="api", anew="once").made is True
    assert engine.analyze("spring-sale", asked_by="api", anew="once").made is False


def test_exactly_takes_no_other_spelling(engine: Engine, submit: Submit) -> None:
    submit()
    assert engine.analyze("meta/default/spring-sale", asked_by="api", exactly=True)
    assert engine.analyze("Spring Sale", asked_by="api")
    for asked in ("Spring Sale", "spring", "SPRING-SALE"):
        with pytest.raises(UnknownCampaign, match="Nearest: spring-sale"):
            engine.analyze(asked, asked_by="api", exactly=True)
