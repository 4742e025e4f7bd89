"""Handing in and analysing: what is remembered, what is found again, and what replaces what."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from engine_values import MADRID, RULES, WORDS, body
from factories import CHANNEL, HandClock, metrics, view
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared_data import shared_file

from engine.engine import Engine
from engine.errors import (
    AmbiguousCampaign,
    Refused,
    RunOut,
    StaleEvidence,
    UnknownCampaign,
    UnknownRecommendation,
)
from engine.models.answer import Answer, Person
from engine.models.retrospective import Retrospective
from engine.narrate import sentences
from store import Store, open_store

Submit = Callable[..., Answer]
LOST = {"impressions": 100_000, "clicks": 2_000, "conversions": 60, "spend": 4_000, "revenue": 9_000}
MARCH = {"window_start": "2026-03-01", "window_end": "2026-03-29"}
FEBRUARY = {
    "window_start": "2026-02-01",
    "window_end": "2026-02-28",
    "timestamp": "2026-02-28T18:00:00+00:00",
}


def _remembered(store: Store) -> list[Retrospective]:
    with store.memory.reading() as reading:
        return reading.retrospectives()


def _status(engine: Engine, answer: Answer) -> str:
    return engine.recommendation(answer.recommendation.id).status


# Once is enough


def test_the_first_time_is_stored_and_proposed(engine: Engine, store: Store, submit: Submit) -> None:
    answer = submit()
    assert answer.stored
    assert answer.recommendation.status == "proposed"
    assert [each.campaign.campaign_id for each in _remembered(store)] == ["spring-sale"]
    assert engine.recommendation(answer.recommendation.id).analysis == answer.recommendation.analysis


def test_the_same_campaign_handed_in_again_is_the_same_recommendation(store: Store, submit: Submit) -> None:
    first, second = submit(), submit()
    assert not second.stored
    assert second.recommendation == first.recommendation
    assert second.weights == first.weights
    assert [each.revision for each in _remembered(store)] == [1]


def test_analysing_it_again_by_name_changes_nothing(
    engine: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    first = submit()
    clock.forward(hours=3)
    for _ in range(3):
        again = engine.analyze("spring-sale", asked_by="U0MEMBER")
        assert again.recommendation == first.recommendation
        assert again.weights == first.weights == engine.weights()
    with store.memory.reading() as reading:
        assert len(reading.recommendations()) == 1
        assert len(reading.revisions(first.recommendation.analysis.retrospective.key)) == 1


def test_a_figure_written_in_another_way_is_no_new_evidence(store: Store, submit: Submit) -> None:
    submit()
    won = {"impressions": 1e5, "clicks": 4_000.0, "conversions": 200.0, "spend": 4e3, "revenue": 9_000.0}
    assert not submit(actual_metrics=won).stored
    assert [each.revision for each in _remembered(store)] == [1]


def test_the_weights_that_are_kept_are_those_of_everything_remembered(
    engine: Engine, store: Store, submit: Submit
) -> None:
    submit()
    submit("new-parents", actual_metrics=LOST)
    with store.memory.reading() as reading:
        assert reading.weights() == engine.weights()


def test_a_list_handed_in_again_changes_nothing_even_with_one_campaign_twice_a_day(
    engine: Engine, store: Store
) -> None:
    """Two tellings of one day without a window: the later one is the newer revision, once."""
    morning = body(timestamp="2026-03-29T08:00:00+00:00")
    evening = body(timestamp="2026-03-29T20:00:00+00:00", actual_metrics={**LOST, "conversions": 70})
    for _ in range(2):
        engine.submit(json.dumps([morning, evening]), source=None, asked_by=None)
    assert [each.revision for each in _remembered(store)] == [2]


# What changes


def test_changed_evidence_is_the_next_revision_and_supersedes_the_old_card(
    engine: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    first = submit()
    clock.forward(hours=1)
    second = submit(actual_metrics=LOST)
    assert second.stored
    assert second.recommendation.id != first.recommendation.id
    assert _remembered(store)[0].revision == 2
    old = engine.recommendation(first.recommendation.id)
    assert (old.status, old.superseded_by) == ("superseded", second.recommendation.id)
    assert old.superseded_at == second.recommendation.created_at
    with store.memory.reading() as reading:
        kept = reading.revisions(first.recommendation.analysis.retrospective.key)
    assert [each.revision for each in kept] == [1, 2]


def test_evidence_that_goes_back_to_what_it_was_is_a_third_recommendation(
    engine: Engine, submit: Submit
) -> None:
    ids = [
        submit().recommendation.id,
        submit(actual_metrics=LOST).recommendation.id,
        submit().recommendation.id,
    ]
    assert len(set(ids)) == 3
    assert [engine.recommendation(each).status for each in ids] == ["superseded", "superseded", "proposed"]


def test_changed_evidence_moves_the_weights_and_its_return_moves_them_back(submit: Submit) -> None:
    first = submit()
    changed = submit(actual_metrics=LOST)
    assert changed.weights != first.weights
    assert submit().weights == first.weights


def test_an_older_window_does_not_supersede_a_newer_one(engine: Engine, submit: Submit) -> None:
    march = submit(**MARCH)
    february = submit(**FEBRUARY)
    assert _status(engine, march) == "proposed"
    assert _status(engine, february) == "noted"


def test_an_older_window_proposes_nothing_since_newer_figures_are_known(submit: Submit) -> None:
    """Else the same change of the same campaign could be approved twice."""
    submit(**MARCH)
    analysis = submit(**FEBRUARY).recommendation.analysis
    assert analysis.proposal.action.kind == "keep"
    assert analysis.newer_until == date(2026, 3, 29)
    assert "Newer figures of spring-sale are known, up to 29\u00a0Mar" in str(
        sentences.newer_known(analysis, WORDS)
    )


def test_a_newer_window_supersedes_an_older_one(engine: Engine, submit: Submit) -> None:
    february = submit(**FEBRUARY)
    submit(**MARCH)
    assert _status(engine, february) == "superseded"


def test_another_campaign_supersedes_nothing(engine: Engine, submit: Submit) -> None:
    first = submit()
    submit("new-parents")
    assert _status(engine, first) == "proposed"


def test_force_makes_a_new_recommendation_that_supersedes(
    engine: Engine, store: Store, submit: Submit
) -> None:
    first = submit()
    forced = engine.analyze("spring-sale", asked_by="U0MEMBER", anew="again")
    assert forced.recommendation.id != first.recommendation.id
    assert forced.weights == first.weights
    assert _status(engine, first) == "superseded"
    assert [each.revision for each in _remembered(store)] == [1]
    assert engine.analyze("spring-sale", asked_by=None).recommendation.id == forced.recommendation.id


def test_noise_and_too_early_are_noted_and_ask_for_no_decision(submit: Submit) -> None:
    early = {"impressions": 1_000, "clicks": 20, "conversions": 1, "spend": 45}
    assert submit(actual_metrics=early).recommendation.status == "noted"


# What is refused


@pytest.mark.parametrize("payload", ["[]", "{}", "nonsense", b"\xff", json.dumps([body(), body(extra=1)])])
def test_a_bad_file_stores_nothing(engine: Engine, store: Store, output: Path, payload: str | bytes) -> None:
    with pytest.raises(Refused):
        engine.submit(payload, source="march.json", asked_by="U0MEMBER")
    with store.memory.reading() as reading:
        assert reading.generation() == 0
        assert reading.retrospectives() == []
        assert reading.ledger() == []
    assert not output.exists()


@pytest.mark.parametrize("spend", [0.000001, 0.01, 10**12])
@pytest.mark.parametrize("conversions", [0.000001, 0.005, 1, 10**12])
def test_whatever_is_taken_is_analysed(submit: Submit, spend: float, conversions: float) -> None:
    actual = {"impressions": 10**12, "clicks": 1, "conversions": conversions, "spend": spend}
    assert submit(actual_metrics=actual).stored


# Lists


@given(st.permutations(range(4)))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_list_is_answered_in_its_own_order_and_told_in_the_order_of_time(
    engine: Engine, order: list[int]
) -> None:
    """The store is shared between the examples on purpose: each order finds what the first one kept."""
    bodies = [body(campaign_id=f"sale-{day}", timestamp=f"2026-03-2{day}T10:00:00+00:00") for day in range(4)]
    submission = engine.submit(json.dumps([bodies[place] for place in order]), source=None, asked_by=None)
    told = [each.recommendation.analysis.retrospective.campaign.campaign_id for each in submission.answers]
    assert told == [f"sale-{day}" for day in order]
    assert engine.names() == ["sale-3", "sale-2", "sale-1", "sale-0"]


def test_the_order_of_a_list_changes_no_weight_and_no_recommendation(
    engine: Engine, tmp_path: Path, clock: HandClock
) -> None:
    bodies = [
        body(campaign_id=f"sale-{day}", timestamp=f"2026-03-2{day}T10:00:00+00:00", actual_metrics=LOST)
        for day in range(5)
    ]
    straight = engine.submit(json.dumps(bodies), source=None, asked_by=None)
    other = open_store(tmp_path / "other" / "marko.db", clock)
    twin = Engine(other.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=())
    turned = twin.submit(json.dumps(bodies[::-1]), source=None, asked_by=None)
    assert twin.weights() == engine.weights()
    assert {each.recommendation.id for each in turned.answers} == {
        each.recommendation.id for each in straight.answers
    }
    other.close()


def test_the_seed_s_history_and_campaign_come_out_as_one_story(engine: Engine) -> None:
    history = engine.submit(
        shared_file("data/reflection_campaign_history.json").read_bytes(), source=None, asked_by=None
    )
    assert history.was_list
    assert [each.stored for each in history.answers] == [True] * 6
    answer = engine.submit(
        shared_file("data/reflection_incoming_campaign.json").read_bytes(), source=None, asked_by=None
    ).answers[0]
    weights = {each.signal: each.weight for each in answer.weights.signals}
    assert weights["audience:students-18-25"] > 1
    assert weights["platform:google-ads"] < 1
    assert "platform:linkedin" not in weights
    assert [each.campaign_id for each in answer.recommendation.analysis.similar[:2]] == [
        "cmp_001_meta_genz_video_launch",  # a bootcamp for creators, to students, as this one
        "cmp_006_meta_reels_student_discount",
    ]
    assert answer.recommendation.status == "proposed"


# The artifacts


def test_the_four_artifacts_are_byte_identical_when_it_is_analysed_again(
    engine: Engine, clock: HandClock, output: Path, submit: Submit
) -> None:
    submit()
    folder = output / "spring-sale"
    names = ["comparison.json", "hypotheses.json", "insights.json", "patterns.json", "updated_weights.json"]
    assert sorted(path.name for path in folder.iterdir()) == names
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert all(json.loads(text) for text in before.values())
    clock.forward(days=9)
    submit()
    engine.analyze("spring-sale", asked_by=None)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


# Cards


def _posted(store: Store, clock: HandClock) -> list[tuple[str, str]]:
    items = store.outbox.claim(now=clock.now(), limit=100)
    return [(item.intent.kind, item.intent.record) for item in items]


def test_a_card_is_put_on_its_way_once(
    engine: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    answer = submit()
    first = engine.analyze("spring-sale", asked_by="U0MEMBER", channel=CHANNEL)
    second = engine.analyze("spring-sale", asked_by="U0MEMBER", channel=CHANNEL)
    assert first.shown
    assert second.shown is None
    assert _posted(store, clock) == [("card", answer.recommendation.id)]


def test_a_card_that_stands_is_not_posted_again_within_a_day(
    engine: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    identifier = submit().recommendation.id
    with store.memory.unit() as unit:
        unit.keep_view(view(identifier))
    clock.forward(hours=23)
    assert engine.analyze("spring-sale", asked_by=None, channel=CHANNEL).shown is None
    clock.forward(hours=2)
    assert engine.analyze("spring-sale", asked_by=None, channel=CHANNEL).shown


def test_a_superseded_card_is_redrawn_where_it_stands(
    engine: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    old = submit().recommendation.id
    with store.memory.unit() as unit:
        unit.keep_view(view(old))
    submit(actual_metrics=LOST)
    assert _posted(store, clock) == [("redraw", old)]


def test_the_thread_of_a_card_is_filled_once(
    engine: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    identifier = submit().recommendation.id
    assert engine.show_thread(identifier, channel=CHANNEL, ts="1.2")
    assert not engine.show_thread(identifier, channel=CHANNEL, ts="1.2")
    assert _posted(store, clock) == [("evidence", identifier), ("reasoning", f"reasoning:{identifier}")]
    with pytest.raises(UnknownRecommendation):
        engine.show_thread("rec_unknown", channel=CHANNEL, ts="1.2")


# What people add


def test_an_order_value_stays_with_the_campaign(engine: Engine, submit: Submit) -> None:
    without = {"impressions": 100_000, "clicks": 4_000, "conversions": 200, "spend": 4_000}
    identifier = submit(actual_metrics=without).recommendation.id
    changed = engine.enter_order_value(identifier, metrics().spend, by="U0MEMBER")
    assert changed.analysis.order_value == float(metrics().spend)
    assert changed.version == 2
    again = submit(actual_metrics={**without, "conversions": 210})
    assert again.recommendation.analysis.order_value == float(metrics().spend)


def test_a_forecast_entered_by_a_person_supersedes_the_card_without_one(
    engine: Engine, store: Store, submit: Submit
) -> None:
    nothing: dict[str, Any] = {"impressions": 0, "clicks": 0, "conversions": 0, "spend": 0}
    first = submit(expected_metrics=nothing)
    assert first.recommendation.analysis.comparison.lead.verdict == "no forecast"
    second = engine.enter_forecast(first.recommendation.id, metrics(), by="U0MEMBER", channel=None)
    assert second.recommendation.analysis.comparison.lead.expected is not None
    assert _status(engine, first) == "superseded"
    with store.memory.reading() as reading:
        assert reading.weights() == engine.weights()


# Names


def test_a_campaign_is_found_by_id_name_and_beginning_in_any_spelling(engine: Engine, submit: Submit) -> None:
    identifier = submit("spring-sale", name="Spring Sale 2026").recommendation.id
    for asked in ("spring-sale", "Spring_Sale", "SPRING SALE 2026", "spri", "meta/default/spring-sale"):
        assert engine.analyze(asked, asked_by=None).recommendation.id == identifier


def test_an_unknown_campaign_is_answered_with_the_nearest_names(engine: Engine, submit: Submit) -> None:
    submit("spring-sale")
    submit("new-parents")
    with pytest.raises(UnknownCampaign) as unknown:
        engine.analyze("sprong-sale", asked_by=None)
    assert unknown.value.nearest == ["spring-sale"]


def test_a_beginning_that_fits_two_campaigns_is_asked_back(engine: Engine, submit: Submit) -> None:
    submit("spring-sale")
    submit("spring-break")
    with pytest.raises(AmbiguousCampaign) as ambiguous:
        engine.analyze("spring", asked_by=None)
    assert ambiguous.value.candidates == ["meta/default/spring-break", "meta/default/spring-sale"]
    assert ambiguous.value.names == ["spring-break", "spring-sale"]


def test_equal_names_are_told_apart_by_their_platform(engine: Engine, submit: Submit) -> None:
    for platform in ("Meta", "TikTok"):
        submit("spring-sale", platform=platform)
    with pytest.raises(AmbiguousCampaign) as ambiguous:
        engine.analyze("spring", asked_by=None)
    assert ambiguous.value.names == ["spring-sale (Meta)", "spring-sale (TikTok)"]


def test_without_rows_a_window_is_the_newest_that_was_handed_in(engine: Engine, submit: Submit) -> None:
    handed = submit("spring-sale")
    assert engine.analyze("spring-sale 30d", asked_by=None).recommendation.id == handed.recommendation.id
    with pytest.raises(Refused) as refused:
        engine.analyze("spring-sale 400d", asked_by=None)
    assert refused.value.faults[0].field == "window"


def test_the_newest_window_of_a_campaign_is_the_one_analysed(engine: Engine, submit: Submit) -> None:
    march = submit(**MARCH)
    submit(**FEBRUARY)
    found = engine.analyze("spring-sale", asked_by=None).recommendation
    assert found.id == march.recommendation.id
    assert found.analysis.retrospective.last_day == date(2026, 3, 29)


def test_a_proposal_whose_day_is_past_is_made_anew_and_can_no_longer_be_approved(
    engine: Engine, clock: HandClock, submit: Submit, approver: Person
) -> None:
    old = submit().recommendation
    clock.forward(days=30)
    with pytest.raises(RunOut, match="too old to approve"):
        engine.decide(old.id, "approve", by=approver)
    fresh = engine.analyze("spring-sale", asked_by="U0MEMBER").recommendation
    assert fresh.id != old.id
    assert fresh.analysis.proposal.expectation.by > clock.now().date()
    assert engine.recommendation(old.id).superseded_by == fresh.id


def test_an_approved_change_is_not_proposed_a_second_time(
    engine: Engine, submit: Submit, approver: Person
) -> None:
    approved = submit().recommendation
    engine.decide(approved.id, "approve", by=approver)
    assert engine.analyze("spring-sale", asked_by="U0GUEST", anew="again").recommendation.id == approved.id


def test_each_channel_has_its_own_card(engine: Engine, store: Store, submit: Submit) -> None:
    known = submit().recommendation
    first = engine.analyze("spring-sale", asked_by="U0MEMBER", channel="D0MEMBER")
    with store.memory.unit() as unit:
        moment = str(HandClock().now().timestamp())
        unit.keep_view(view(record=known.id, channel="D0MEMBER", ts=moment))
    assert first.shown
    assert engine.analyze("spring-sale", asked_by="U0MEMBER", channel="D0MEMBER").shown is None
    assert engine.analyze("spring-sale", asked_by="U0MEMBER", channel=CHANNEL).shown


def test_a_forecast_entered_on_figures_that_were_corrected_meanwhile_is_refused(
    engine: Engine, store: Store, submit: Submit
) -> None:
    shown = submit(expected_metrics=dict.fromkeys(LOST, 0)).recommendation
    submit(expected_metrics=dict.fromkeys(LOST, 0), actual_metrics=LOST)
    with pytest.raises(StaleEvidence):
        engine.enter_forecast(shown.id, metrics(), by="U0MEMBER", channel=None)
    assert _remembered(store)[0].campaign.actual_metrics.conversions == 60


def test_other_figures_of_an_earlier_moment_are_not_taken_and_said_so(submit: Submit) -> None:
    submit(**MARCH, timestamp="2026-03-29T18:00:00+00:00")
    late = submit(**MARCH, timestamp="2026-03-29T08:00:00+00:00", actual_metrics=LOST)
    assert (late.stored, late.kept_newer) == (False, True)


def test_a_mistyped_year_is_refused(submit: Submit) -> None:
    with pytest.raises(Refused, match="at most a month ahead"):
        submit(timestamp="2062-03-29T10:00:00+00:00")
