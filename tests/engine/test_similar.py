"""Similar campaigns: who they are, why, what was done with them, and how little it matters how they ended."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from engine_values import stood
from factories import HandClock

from engine.engine import Engine
from engine.explain.similar import WORDING, similar_campaigns
from engine.explain.standing import Standing
from engine.explain.summary import kind_of, summary
from engine.models.answer import Person
from engine.models.campaign import Audience, Creative
from engine.models.pattern import SimilarCampaign
from engine.recollection import Recollection
from store import Store


def _like(focus: Standing, standings: Sequence[Standing]) -> tuple[SimilarCampaign, ...]:
    near = Recollection().campaigns(kind_of(focus.retrospective), standings, 1, most=100)
    return similar_campaigns(focus, standings, near)


def test_a_campaign_is_not_similar_to_itself_or_its_other_windows() -> None:
    focus = stood("spring-sale")
    assert _like(focus, [focus, stood("spring-sale", ratio=2.0)]) == ()


def test_what_shares_most_comes_first_and_at_most_three_are_named() -> None:
    focus = stood("spring-sale", audiences=["new-parents", "students"])
    others = [
        stood(
            "report", audiences=["x"], creative_types=["document"], platform="LinkedIn", objective="Downloads"
        ),
        stood("all-shared", audiences=["new-parents", "students"]),
        stood("half-shared", audiences=["new-parents", "gardeners"]),
        stood("little-shared", audiences=["gardeners"], creative_types=["image"]),
        stood("least-shared", audiences=["gardeners"], creative_types=["image"], objective="Reach"),
    ]
    found = _like(focus, [focus, *others])
    assert [each.campaign_id for each in found] == ["all-shared", "half-shared", "little-shared"]
    assert found[1].why == ("platform Meta", "objective Leads", "audience new-parents", "creative type video")
    assert all(0 < each.score <= 1 for each in found)


def test_shared_words_of_headlines_are_named_and_not_what_was_named_already() -> None:
    def sold(campaign_id: str, headline: str) -> Standing:
        creatives = (Creative(id="ad", type="video", headline=headline),)
        return stood(campaign_id, audiences=["a"], creatives=creatives, platform="Meta")

    focus = sold("sleep", "Better sleep for the whole family on Meta")
    (found,) = _like(focus, [focus, sold("night", "A family that sleeps, with Meta")])
    assert found.why[-1] == "words family, sleeps"


def test_campaigns_that_share_nothing_by_name_are_alike_in_wording() -> None:
    focus = stood("ski-alps", audiences=[], creative_types=[], platform="A", objective="B")
    near = {"c/default/ski": 0.9}
    (found,) = similar_campaigns(
        focus, [stood("ski", audiences=[], creative_types=[], platform="C", objective="D")], near
    )
    assert found.why in {(WORDING,), ("words ski",)}


def test_how_a_campaign_ended_is_no_reason_to_be_similar() -> None:
    focus = stood("spring-sale", ratio=0.5)
    (one,) = _like(focus, [focus, stood("new-parents", ratio=0.5)])
    (other,) = _like(focus, [focus, stood("new-parents", ratio=3.0)])
    assert one.score == pytest.approx(other.score, abs=0.02)
    assert one.why == other.why


def test_the_order_of_campaigns_changes_nothing_about_who_is_similar() -> None:
    focus = stood("spring-sale")
    others = [stood(f"other-{number}") for number in range(6)]
    assert _like(focus, others) == _like(focus, others[::-1])


def test_a_summary_says_what_it_was_and_how_it_ended() -> None:
    audience = Audience(
        name="Students", attributes={"city_tier": "Tier-1", "owner": True, "none": None, "no": False}
    )
    creative = Creative(id="beach-video", type="video", headline="Sea", primary_text="The sea is warm.")
    each = stood("spring-sale", ratio=0.5)
    told = each.retrospective.campaign.model_copy(update={"audiences": (audience,), "creatives": (creative,)})
    each = replace(each, retrospective=each.retrospective.model_copy(update={"campaign": told}))
    assert summary(each) == (
        "spring-sale. Meta, Leads. Students, Tier-1, owner. video beach-video: Sea The sea is warm. "
        "Beat the forecast."
    )


# Through the one door


@pytest.fixture
def two(engine: Engine, submit, clock: HandClock):  # type: ignore[no-untyped-def]
    first = submit("winter-sale", audiences=[{"name": "Students 18-25", "attributes": {}}])
    clock.forward(days=1)
    return first.recommendation


def test_the_card_of_the_next_campaign_says_what_was_done_with_one_like_it(
    engine: Engine, submit, approver: Person, two
) -> None:
    def told() -> SimilarCampaign:
        answer = submit("spring-sale", audiences=[{"name": "Students 18-25", "attributes": {}}])
        (found,) = answer.recommendation.analysis.similar
        return found

    assert told().done == "nothing decided"
    engine.decide(two.id, "approve", by=approver)
    assert told().done == "approved: spend +15\u00a0%"
    engine.decide(two.id, "done", by=approver)
    found = told()
    assert found.done == "raised the spend +15\u00a0%"
    assert (found.delta_pct, found.verdict) == (-50.0, "real")


def test_people_search_in_their_own_words(engine: Engine, two) -> None:
    (found,) = engine.similar("college kids")
    assert found.campaign_id == "winter-sale"
    assert found.why[0] == "audience Students 18-25"
    assert engine.similar("") == engine.similar("zzzz qqqq") == ()


def test_a_changed_campaign_is_found_by_its_new_words(engine: Engine, submit, store: Store, two) -> None:
    assert not engine.similar("heat pump for homeowners")
    submit(
        "winter-sale",
        audiences=[{"name": "Homeowners", "attributes": {}}],
        creatives=[{"id": "pump", "type": "image", "headline": "A heat pump", "primary_text": ""}],
    )
    (found,) = engine.similar("heat pump for homeowners")
    assert found.campaign_id == "winter-sale"
