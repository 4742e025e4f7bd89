"""Decisions: once, by those who may, and all of it in the ledger."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from engine_values import MADRID, RULES, WORDS
from factories import APPROVER, HandClock, view

from engine.decide.policy import refusal
from engine.engine import Engine
from engine.errors import AlreadyDecided, MayNotDecide, StaleEvidence, UnknownRecommendation
from engine.models.answer import Answer, Person
from engine.models.recommendation import Verb
from store import Store

Submit = Callable[..., Answer]
SECOND = Person(id="U0SECOND")
LOST = {"impressions": 100_000, "clicks": 2_000, "conversions": 60, "spend": 4_000, "revenue": 9_000}
STRANGERS = {
    "could not be looked up": Person(id=APPROVER, is_known=False),
    "is a bot": Person(id=APPROVER, is_bot=True),
    "is deactivated": Person(id=APPROVER, is_deactivated=True),
    "is a guest": Person(id=APPROVER, is_guest=True),
    "belongs to another workspace": Person(id=APPROVER, is_foreign=True),
    "is not an approver": Person(id="U0MEMBER"),
}


@pytest.fixture
def proposed(submit: Submit) -> str:
    return submit().recommendation.id


def _deeds(store: Store) -> list[tuple[str, str]]:
    with store.memory.reading() as reading:
        return [(entry.actor, entry.deed) for entry in reading.ledger()]


def test_approving_twice_executes_once(engine: Engine, store: Store, proposed: str, approver: Person) -> None:
    first = engine.decide(proposed, "approve", by=approver)
    second = engine.decide(proposed, "approve", by=approver)
    assert first == second == engine.recommendation(proposed)
    assert (first.status, first.version, len(first.decisions)) == ("approved", 2, 1)
    assert _deeds(store).count((APPROVER, "approved")) == 1


def test_another_person_afterwards_is_told_that_it_was_decided(
    engine: Engine, proposed: str, approver: Person
) -> None:
    engine.decide(proposed, "approve", by=approver)
    before = engine.recommendation(proposed)
    verbs: tuple[Verb, ...] = ("approve", "reject")
    for verb in verbs:
        with pytest.raises(AlreadyDecided) as decided:
            engine.decide(proposed, verb, by=SECOND)
        assert decided.value.recommendation == before
    assert engine.recommendation(proposed) == before


def test_four_people_clicking_at_once_make_one_decision(
    engine: Engine, store: Store, proposed: str, approver: Person
) -> None:
    def click(person: Person) -> str:
        try:
            return engine.decide(proposed, "approve", by=person).status
        except AlreadyDecided:
            return "too late"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(click, [approver, SECOND, approver, SECOND]))
    assert "approved" in answers
    assert len(engine.recommendation(proposed).decisions) == 1
    assert [deed for _, deed in _deeds(store)].count("approved") == 1


def test_a_click_that_comes_too_late_is_in_the_ledger(
    engine: Engine, store: Store, proposed: str, approver: Person
) -> None:
    engine.decide(proposed, "approve", by=approver)
    before = len(_deeds(store))
    with pytest.raises(AlreadyDecided):
        engine.decide(proposed, "reject", by=SECOND)
    assert [actor for actor, _ in _deeds(store)[before:]] == ["U0SECOND"]


@pytest.mark.parametrize(("why", "person"), STRANGERS.items(), ids=list(STRANGERS))
def test_whoever_may_not_decide_is_refused_and_written_down_and_nothing_changes(
    engine: Engine, store: Store, proposed: str, why: str, person: Person
) -> None:
    before = engine.recommendation(proposed)
    with pytest.raises(MayNotDecide) as refused:
        engine.decide(proposed, "approve", by=person)
    assert refused.value.why == why
    assert refused.value.approvers == (APPROVER, "U0SECOND")
    assert engine.recommendation(proposed) == before
    with store.memory.reading() as reading:
        last = reading.ledger()[-1]
    assert (last.actor, last.deed, last.subject) == (person.id, "refused", proposed)
    assert last.detail == {"verb": "approve", "why": why}


def test_without_a_named_approver_nobody_may_decide(
    store: Store, clock: HandClock, proposed: str, approver: Person
) -> None:
    engine = Engine(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=())
    with pytest.raises(MayNotDecide) as refused:
        engine.decide(proposed, "approve", by=approver)
    assert refused.value.why == "no approver is named"
    assert engine.recommendation(proposed).status == "proposed"


def test_only_a_known_unblemished_approver_may_decide() -> None:
    assert refusal(Person(id=APPROVER), [APPROVER]) is None
    assert all(refusal(person, [APPROVER]) == why for why, person in STRANGERS.items())


def test_asking_whether_one_may_decide_changes_nothing(
    engine: Engine, proposed: str, approver: Person
) -> None:
    before = engine.recommendation(proposed)
    assert engine.may_decide(proposed, "approve", by=approver) == before
    with pytest.raises(MayNotDecide):
        engine.may_decide(proposed, "approve", by=Person(id="U0MEMBER"))
    with pytest.raises(AlreadyDecided):
        engine.may_decide(proposed, "done", by=approver)
    assert engine.recommendation(proposed) == before


def test_a_rejection_keeps_its_reason_and_its_note(
    engine: Engine, store: Store, proposed: str, approver: Person, clock: HandClock
) -> None:
    clock.forward(minutes=5)
    found = engine.decide(proposed, "reject", by=approver, reason="timing", note="after Easter")
    last = found.last_decision
    assert last is not None
    assert (found.status, last.verb, last.by, last.at) == ("rejected", "reject", APPROVER, clock.now())
    assert (last.reason, last.note) == ("timing", "after Easter")
    with store.memory.reading() as reading:
        entry = reading.ledger()[-1]
    assert (entry.deed, entry.at) == ("rejected", clock.now())
    assert entry.detail == {"reason": "timing", "note": "after Easter", "version": 2}


@pytest.mark.parametrize(("verb", "status"), [("done", "done"), ("drop", "dropped")])
def test_what_was_approved_is_carried_out_or_dropped_once(
    engine: Engine, proposed: str, approver: Person, verb: Any, status: str
) -> None:
    engine.decide(proposed, "approve", by=approver)
    assert engine.decide(proposed, verb, by=SECOND).status == status
    assert engine.decide(proposed, verb, by=SECOND).version == 3
    with pytest.raises(AlreadyDecided):
        engine.decide(proposed, "approve", by=approver)


@pytest.mark.parametrize("verb", ["done", "drop"])
def test_what_was_not_approved_cannot_be_carried_out(
    engine: Engine, proposed: str, approver: Person, verb: Any
) -> None:
    with pytest.raises(AlreadyDecided):
        engine.decide(proposed, verb, by=approver)
    assert engine.recommendation(proposed).status == "proposed"


def test_an_old_button_of_a_superseded_card_changes_nothing(
    engine: Engine, proposed: str, approver: Person, submit: Submit
) -> None:
    submit(actual_metrics=LOST)
    before = engine.recommendation(proposed)
    with pytest.raises(StaleEvidence) as stale:
        engine.decide(proposed, "approve", by=approver)
    assert stale.value.recommendation == before
    assert engine.recommendation(proposed) == before


def test_what_was_decided_stays_decided_when_the_evidence_changes(
    engine: Engine, proposed: str, approver: Person, submit: Submit
) -> None:
    engine.decide(proposed, "approve", by=approver)
    submit(actual_metrics=LOST)
    assert engine.recommendation(proposed).status == "approved"


def test_a_decision_is_no_evidence(engine: Engine, proposed: str, approver: Person) -> None:
    before = engine.weights()
    engine.decide(proposed, "reject", by=approver, reason="cause")
    assert engine.weights() == before


def test_every_place_where_the_record_is_shown_is_redrawn(
    engine: Engine, store: Store, clock: HandClock, proposed: str, approver: Person
) -> None:
    with store.memory.unit() as unit:
        unit.keep_view(view(proposed, ts="1.1"))
        unit.keep_view(view(proposed, ts="2.2", channel="C0GROWTH"))
    engine.decide(proposed, "approve", by=approver)
    items = store.outbox.claim(now=clock.now(), limit=10)
    assert sorted((item.intent.kind, item.intent.ts) for item in items) == [
        ("redraw", "1.1"),
        ("redraw", "2.2"),
    ]


def test_what_nobody_proposed_cannot_be_decided(engine: Engine, approver: Person) -> None:
    with pytest.raises(UnknownRecommendation):
        engine.decide("rec_unknown", "approve", by=approver)


def test_a_noted_recommendation_asks_for_no_decision(
    engine: Engine, approver: Person, submit: Submit
) -> None:
    early = {"impressions": 1_000, "clicks": 20, "conversions": 1, "spend": 45}
    noted = submit(actual_metrics=early).recommendation
    with pytest.raises(AlreadyDecided):
        engine.decide(noted.id, "approve", by=approver)


def test_the_ledger_of_a_whole_story_is_whole(
    engine: Engine, store: Store, proposed: str, approver: Person, submit: Submit
) -> None:
    engine.decide(proposed, "approve", by=approver)
    engine.decide(proposed, "done", by=SECOND)
    submit(actual_metrics=LOST)
    assert store.ledger_faults() == []
    assert _deeds(store) == [
        ("U0MEMBER", "proposed"),
        (APPROVER, "approved"),
        ("U0SECOND", "done"),
        ("U0MEMBER", "proposed"),
    ]
