"""What was learned, as the engine keeps and tells it: by words, in digests, and where it was wrong."""

import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from engine_values import body
from factories import APPROVER, CHANNEL, HandClock, view

from engine.engine import Engine
from engine.errors import MayNotTakeBack, UnknownLearning
from engine.models.answer import Person
from engine.models.pattern_life import PatternLife
from store import Store

STUDENTS = "winning_audience|audience:students|cpa|all"
MEMBER = Person(id="U0MEMBER")
MONDAY_NINE = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
WINTER, SPRING, LATE = date(2026, 1, 31), date(2026, 3, 15), date(2026, 3, 29)
Told = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY_NINE)


def campaigns(until: date, ratio: float, *, count: int = 4, days: int = 14) -> list[dict[str, Any]]:
    """``count`` campaigns for students whose CPA is ``ratio`` of its forecast, and as many for gardeners."""
    return [
        _campaign(f"{audience}-{until}-{number}", audience, until, factor * (0.96 + 0.02 * number), days)
        for audience, factor in (("students", ratio), ("gardeners", 1.0))
        for number in range(count)
    ]


def _campaign(name: str, audience: str, until: date, ratio: float, days: int) -> dict[str, Any]:
    meant = {
        "impressions": 200_000,
        "clicks": 4_000,
        "conversions": 200,
        "spend": 8_000.0,
        "revenue": 20_000.0,
    }
    return body(
        campaign_id=name,
        expected_metrics=meant,
        actual_metrics={**meant, "spend": round(8_000.0 * ratio, 2)},
        audiences=[{"name": audience, "attributes": {}}],
        creatives=[{"id": "beach-video", "type": "video", "headline": "", "primary_text": ""}],
        timestamp=f"{until}T18:00:00+00:00",
        window_start=str(until - timedelta(days=days - 1)),
        window_end=str(until),
        currency="EUR",
    )


@pytest.fixture
def hand_in(engine: Engine) -> Callable[[list[dict[str, Any]]], None]:
    def submit(many: list[dict[str, Any]]) -> None:
        engine.submit(json.dumps(many), source=None, asked_by="U0MEMBER")

    return submit


def life_of(store: Store, key: str = STUDENTS) -> PatternLife | None:
    with store.memory.reading() as reading:
        return reading.pattern_life(key)


def deeds(store: Store) -> list[str]:
    with store.memory.reading() as reading:
        return [each.deed for each in reading.ledger() if each.subject == STUDENTS]


def wrong_by_now(until: date = LATE) -> list[dict[str, Any]]:
    return campaigns(until, 1.8, count=9, days=7)


# Kept with each analysis


def test_a_life_is_kept_with_the_analysis_that_moves_it_and_noted(
    store: Store, hand_in: Callable[..., None]
) -> None:
    hand_in(campaigns(WINTER, 0.7))
    assert (life := life_of(store))
    assert life.status == "candidate"
    hand_in(campaigns(SPRING, 0.7))
    assert (life := life_of(store))
    assert life.status == "validated"
    assert deeds(store) == ["pattern_claimed", "pattern_validated"]


def test_analysing_again_changes_no_life_and_notes_nothing(
    engine: Engine, store: Store, hand_in: Callable[..., None]
) -> None:
    told = [*campaigns(WINTER, 0.7), *campaigns(SPRING, 0.7)]
    hand_in(told)
    before, noted = life_of(store), deeds(store)
    hand_in(told)
    engine.analyze("students-2026-03-15-1", asked_by=None)
    assert life_of(store) == before
    assert deeds(store) == noted


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_list_ends_in_the_same_lives_whatever_its_order(
    seed: int, store: Store, hand_in: Callable[..., None]
) -> None:
    told = [*campaigns(WINTER, 0.7), *campaigns(SPRING, 0.7)]
    random.Random(seed).shuffle(told)  # noqa: S311
    hand_in(told)
    life = life_of(store)
    assert life
    assert life.status == "validated"
    assert [each.last_day for each in life.sightings] == [WINTER, SPRING]


def test_a_candidate_moves_no_weight(engine: Engine, store: Store, hand_in: Callable[..., None]) -> None:
    hand_in(campaigns(WINTER, 0.7))
    before = engine.weights()
    engine.object_to(STUDENTS, by=MEMBER, note="ours are teachers")
    assert life_of(store)
    assert engine.weights() == before
    for signal in before.signals:
        assert all(event.campaign_id.startswith(("students", "gardeners")) for event in signal.events)


def test_why_gives_every_trial_of_a_signal(engine: Engine, hand_in: Callable[..., None]) -> None:
    hand_in([*campaigns(WINTER, 0.7), *campaigns(SPRING, 0.7)])
    events = engine.why("audience:students").events
    assert [each.campaign_id for each in events] == [
        f"students-{day}-{number}" for day in (WINTER, SPRING) for number in range(4)
    ]


def test_the_status_is_on_the_card_in_the_lists_and_in_the_answer(
    engine: Engine, hand_in: Callable[..., None]
) -> None:
    hand_in([*campaigns(WINTER, 0.7), *campaigns(SPRING, 0.7)])
    (winner,) = engine.analyze(
        "students-2026-03-15-1", asked_by=None
    ).recommendation.analysis.patterns.winners
    assert winner.status == "validated"
    known = {each.id: each.pattern for each in engine.patterns()}
    assert known["winning_audience:audience:students"].status == "validated"  # type: ignore[union-attr]


# Asked for


def test_learnings_are_found_by_words_with_their_standing(
    engine: Engine, approver: Person, hand_in: Callable[..., None]
) -> None:
    hand_in([*campaigns(WINTER, 0.7), *campaigns(SPRING, 0.7)])
    card = engine.analyze("students-2026-03-15-3", asked_by="U0MEMBER").recommendation
    assert card.status == "proposed"
    engine.decide(card.id, "approve", by=approver)
    page = engine.learned_about("university students")
    (found,) = page.found
    assert page.total == 1
    assert "Validated, last tested 15" in found.text
    assert (found.used_in, found.approved_by) == (1, (APPROVER,))
    assert found.found_in == ("Meta", "Sales")
    assert len(found.periods) == 2


def test_what_fits_nothing_says_what_is_nearest(engine: Engine, hand_in: Callable[..., None]) -> None:
    hand_in(campaigns(WINTER, 0.7))
    page = engine.learned_about("xylophones")
    assert (page.found, page.total) == ((), 1)
    assert engine.learned_about("").found[0].signal == "audience:students"


def test_a_pattern_untested_for_ninety_days_is_decaying(
    engine: Engine, clock: HandClock, hand_in: Callable[..., None]
) -> None:
    hand_in([*campaigns(WINTER, 0.7), *campaigns(SPRING, 0.7)])
    clock.forward(days=80)
    assert engine.learnings()[0].effect.status == "decaying"


def test_a_retracted_pattern_is_found_by_words_alone_and_says_that_it_was_wrong(
    engine: Engine, hand_in: Callable[..., None]
) -> None:
    hand_in([*campaigns(WINTER, 0.7), *campaigns(SPRING, 0.7), *wrong_by_now()])
    assert "audience:students" not in {each.signal for each in engine.learnings()}
    found = engine.learned_about("students").found[-1]
    assert found.effect.status == "retracted"
    assert found.text.startswith("We were wrong: “students has a lower CPA than the rest”. Said −30\u00a0%")
    assert found.text.endswith("Retracted.")


def test_the_campaigns_behind_a_learning_are_told_by_period(
    engine: Engine, hand_in: Callable[..., None]
) -> None:
    hand_in([*campaigns(WINTER, 0.7), *campaigns(SPRING, 0.7), *campaigns(LATE, 0.72, count=1)])
    witnesses = engine.grounds(STUDENTS).witnesses
    assert [each.period for each in witnesses] == [1] * 4 + [2] * 4 + [None]
    assert witnesses[0].expected_cpa == pytest.approx(40)
    with pytest.raises(UnknownLearning):
        engine.grounds("winning_audience|audience:nobody|cpa|all")


# Doubted


def test_an_objection_is_kept_once_a_person_and_the_newest_word_counts(
    engine: Engine, clock: HandClock, hand_in: Callable[..., None]
) -> None:
    hand_in(campaigns(WINTER, 0.7))
    for note in ("ours are teachers", "ours are teachers", "only in summer"):
        clock.forward(minutes=1)
        engine.object_to(STUDENTS, by=MEMBER, note=note)
    engine.object_to(STUDENTS, by=Person(id=APPROVER), note="small sample")
    (found,) = engine.learnings()
    assert [(each.by, each.note) for each in found.objections] == [
        ("U0MEMBER", "only in summer"),
        (APPROVER, "small sample"),
    ]
    hand_in(campaigns(SPRING, 0.7))
    (found,) = engine.learnings()
    assert found.effect.status == "validated"
    assert len(found.objections) == 2


def test_what_an_approver_doubts_is_left_out_of_digests_and_others_doubts_are_notes(
    engine: Engine, approver: Person, hand_in: Callable[..., None]
) -> None:
    hand_in(campaigns(LATE, 0.7))
    told = [each.signal for each in engine.preview_digest(CHANNEL).learned]
    assert told == ["audience:students"]
    engine.object_to(STUDENTS, by=MEMBER, note="ours are teachers")
    assert [each.signal for each in engine.preview_digest(CHANNEL).learned] == told
    engine.object_to(STUDENTS, by=approver, note="ours are teachers")
    assert engine.preview_digest(CHANNEL).learned == ()


@pytest.mark.parametrize(
    "who", [{"is_guest": True}, {"is_known": False}, {"is_foreign": True}, {"is_deactivated": True}]
)
def test_an_approver_in_doubt_silences_nothing(
    engine: Engine, hand_in: Callable[..., None], who: dict[str, bool]
) -> None:
    hand_in(campaigns(LATE, 0.7))
    engine.object_to(STUDENTS, by=Person(id=APPROVER, **who), note="ours are teachers")
    assert engine.preview_digest(CHANNEL).learned != ()


def test_whoever_is_named_approver_later_silences_by_saying_it_again(
    engine: Engine, hand_in: Callable[..., None], approver: Person
) -> None:
    hand_in(campaigns(LATE, 0.7))
    shown = engine.preferences()
    engine.object_to(STUDENTS, by=MEMBER, note="ours are teachers")
    wanted = shown.model_copy(update={"approvers": (APPROVER, MEMBER.id)})
    engine.change_preferences(shown, wanted, by=approver, people={MEMBER.id: MEMBER, APPROVER: approver})
    assert engine.preview_digest(CHANNEL).learned != ()
    engine.object_to(STUDENTS, by=MEMBER, note="ours are teachers")
    assert engine.preview_digest(CHANNEL).learned == ()


def test_a_doubt_is_taken_back_by_whoever_has_it_and_noted(
    engine: Engine, store: Store, approver: Person, hand_in: Callable[..., None]
) -> None:
    hand_in(campaigns(LATE, 0.7))
    engine.object_to(STUDENTS, by=approver, note="small sample")
    engine.object_to(STUDENTS, by=MEMBER, note="ours are teachers")
    assert [each.by for each in engine.take_back(STUDENTS, by=approver).objections] == [MEMBER.id]
    assert engine.preview_digest(CHANNEL).learned != ()
    assert engine.take_back(STUDENTS, by=MEMBER).objections == ()
    assert engine.take_back(STUDENTS, by=MEMBER).objections == ()
    assert deeds(store)[-4:] == ["objected", "objected", "took_back", "took_back"]


def test_an_approver_takes_back_what_others_doubt_and_nobody_else_does(
    engine: Engine, approver: Person, hand_in: Callable[..., None]
) -> None:
    hand_in(campaigns(LATE, 0.7))
    engine.object_to(STUDENTS, by=MEMBER, note="ours are teachers")
    with pytest.raises(MayNotTakeBack):
        engine.take_back(STUDENTS, by=Person(id="U0OTHER"))
    with pytest.raises(MayNotTakeBack):
        engine.take_back(STUDENTS, by=Person(id=APPROVER, is_known=False))
    assert engine.take_back(STUDENTS, by=approver).objections == ()
    with pytest.raises(UnknownLearning):
        engine.take_back("winning_audience|audience:nobody|cpa|all", by=approver)


# Wrong


def test_the_digest_tells_a_mistake_with_the_decisions_built_on_it(
    engine: Engine, approver: Person, hand_in: Callable[..., None]
) -> None:
    hand_in([*campaigns(WINTER, 0.7), *campaigns(SPRING, 0.7)])
    card = engine.analyze("students-2026-03-15-3", asked_by="U0MEMBER").recommendation
    engine.decide(card.id, "approve", by=approver)
    hand_in(wrong_by_now())
    digest = engine.preview_digest(CHANNEL)
    (mistake,) = digest.mistakes
    assert mistake.name == "students"
    assert mistake.decisions == (card.id,)
    assert not digest.quiet
    assert "audience:students" not in {each.signal for each in digest.learned}


def test_a_candidate_that_no_digest_told_is_dropped_without_a_word(
    engine: Engine, store: Store, hand_in: Callable[..., None]
) -> None:
    hand_in([*campaigns(WINTER, 0.7), *wrong_by_now()])
    life = life_of(store)
    assert life
    assert life.status == "retracted"
    assert engine.preview_digest(CHANNEL).mistakes == ()


def test_what_a_digest_told_is_taken_back_in_its_thread_once_with_the_figures_told_there(
    engine: Engine, store: Store, clock: HandClock, hand_in: Callable[..., None]
) -> None:
    hand_in(campaigns(SPRING, 0.7))
    digest = engine.post_digest_now(CHANNEL, by=APPROVER, key="first")
    assert [each.status for each in digest.learned] == ["candidate"]
    with store.memory.unit() as unit:
        unit.keep_view(view(digest.id, kind="digest", channel=CHANNEL, ts="17.1"))
    clock.forward(days=1)
    hand_in(wrong_by_now())
    hand_in(wrong_by_now())
    items = store.outbox.claim(now=clock.now(), limit=99)
    (intent,) = [each.intent for each in items if each.intent.kind == "retraction"]
    assert (intent.record, intent.channel, intent.ts) == (STUDENTS, CHANNEL, "17.1")
    mistake = engine.mistake_told(STUDENTS, channel=CHANNEL, ts="17.1")
    assert mistake.said == digest.learned[0]
    assert [each.key for each in engine.preview_digest(CHANNEL).mistakes] == [STUDENTS]
    clock.forward(days=8)
    assert engine.preview_digest(CHANNEL).mistakes == ()
