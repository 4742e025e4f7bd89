"""What is approved is carried out once, and every state of it is told: nothing is done without a receipt."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from carriers import (
    BOSS,
    SECOND,
    connected_engine,
    deeds,
    executed,
    failed,
    kept,
    key_of,
    notices,
    receipt,
    show,
    take,
    unknown,
)
from factories import HandClock

from engine.engine import Engine
from engine.errors import AlreadyDecided, CannotUndo, Frozen, UnderWay, UnknownRecommendation
from engine.models.action import SetSpend
from engine.models.answer import Answer
from engine.models.execution import Receipt
from engine.models.preference import Freeze
from engine.models.recommendation import Recommendation, Verb
from store import Store

Submit = Callable[..., Answer]


@pytest.fixture
def engine(store: Store, clock: HandClock) -> Engine:
    return connected_engine(store, clock)


@pytest.fixture
def card(submit: Submit, store: Store, clock: HandClock) -> Recommendation:
    found = submit().recommendation
    show(store, clock, found)
    return found


def test_an_approval_is_one_execution_of_just_what_was_approved(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    found = engine.decide(card.id, "approve", by=BOSS)
    assert found.status == "executing"
    execution = take(store, clock)
    assert (execution.key, execution.status, execution.attempts) == (key_of(card), "sending", 1)
    assert execution.action == card.analysis.proposal.action
    assert (execution.workflow, execution.by) == ("Budget Reallocation", BOSS.id)
    assert store.executions.claim(now=clock.now(), limit=10) == [], "it was claimed already"


def test_what_is_not_connected_is_approved_and_done_by_hand(
    store: Store, clock: HandClock, card: Recommendation
) -> None:
    by_hand = connected_engine(store, clock, connected=lambda _workflow: False)
    found = by_hand.decide(card.id, "approve", by=BOSS)
    assert (found.status, found.carried) == ("approved", ())
    assert store.executions.claim(now=clock.now(), limit=10) == []


def test_a_receipt_makes_it_executed_and_the_same_receipt_changes_nothing(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    done = executed(engine, store, clock, card)
    assert done.execution is not None
    assert (done.status, done.execution.status, done.execution.ended_at) == ("executed", "done", clock.now())
    lines = deeds(store, card.id)
    assert lines[-2:] == [(BOSS.id, "approved"), ("marko", "executed")]
    engine.carried_out(key_of(card), receipt(done.execution))
    assert engine.recommendation(card.id) == done
    assert deeds(store, card.id) == lines


def test_another_receipt_for_what_is_done_is_noted_and_changes_nothing(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    done = executed(engine, store, clock, card)
    engine.carried_out(key_of(card), Receipt(id="R-2"))
    engine.carrying_refused(key_of(card), "locked", again_at=None)
    engine.carrying_in_doubt(key_of(card), "no answer")
    assert engine.recommendation(card.id) == done
    assert deeds(store, card.id)[-3:] == [("marko", "reported_too_late")] * 3


def test_a_refusal_is_tried_again_when_its_time_has_come(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    engine.decide(card.id, "approve", by=BOSS)
    key, later = take(store, clock).key, clock.now() + timedelta(seconds=30)
    engine.carrying_refused(key, "busy", again_at=later)
    assert engine.recommendation(card.id).status == "executing"
    assert store.executions.claim(now=clock.now(), limit=1) == []
    clock.forward(seconds=30)
    again = take(store, clock)
    assert (again.key, again.attempts, again.refusals) == (key, 2, 1)


def test_the_last_refusal_fails_and_is_told_in_the_thread(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    found = failed(engine, store, clock, card)
    assert found.execution is not None
    assert (found.status, found.execution.status, found.execution.error) == (
        "failed",
        "refused",
        "budget is locked",
    )
    version = found.version
    engine.carrying_refused(key_of(card), "budget is locked", again_at=None)
    assert engine.recommendation(card.id).version == version
    assert notices(store, clock) == [f"notice:failed:{card.id}"]


def test_try_again_has_the_same_key_and_starts_counting_anew(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    failed(engine, store, clock, card)
    assert engine.decide(card.id, "retry", by=SECOND).status == "executing"
    again = take(store, clock)
    assert (again.key, again.attempts, again.refusals) == (key_of(card), 2, 0)
    engine.carrying_refused(again.key, "budget is locked", again_at=None)
    assert notices(store, clock) == [f"notice:failed:{card.id}"] * 2, "each failure is told"
    assert engine.decide(card.id, "retry", by=SECOND).status == "executing", "and it can be tried again"


def test_what_failed_can_be_dropped_and_is_not_sent_any_more(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    failed(engine, store, clock, card)
    assert engine.decide(card.id, "drop", by=SECOND).status == "dropped"
    assert kept(store, key_of(card)).status == "dropped"
    engine.carried_out(key_of(card), Receipt(id="R-late"))
    assert engine.recommendation(card.id).status == "dropped"
    assert deeds(store, card.id)[-1] == ("marko", "reported_too_late")


def test_a_receipt_that_comes_after_all_is_the_truth(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    found = unknown(engine, store, clock, card)
    assert found.execution is not None
    engine.carried_out(key_of(card), receipt(found.execution))
    assert engine.recommendation(card.id).status == "executed"


def test_unknown_is_a_state_of_which_only_a_person_knows_the_end(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    found = unknown(engine, store, clock, card)
    assert found.status == "unknown"
    assert store.executions.claim(now=clock.now() + timedelta(days=30), limit=10) == []
    assert notices(store, clock) == [f"notice:unknown:{card.id}"]
    verbs: tuple[Verb, ...] = ("approve", "reject", "retry", "drop", "undo", "done")
    for verb in verbs:
        with pytest.raises(AlreadyDecided):
            engine.decide(card.id, verb, by=SECOND)
    done = engine.decide(card.id, "arrived", by=SECOND)
    assert done.execution is not None
    assert (done.status, done.execution.receipt) == ("executed", Receipt(said_by=SECOND.id))
    with pytest.raises(CannotUndo, match="no receipt"):
        engine.decide(card.id, "undo", by=BOSS)


def test_send_again_has_the_same_key_and_no_doubt(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    unknown(engine, store, clock, card)
    assert engine.decide(card.id, "resend", by=BOSS).status == "executing"
    again = take(store, clock)
    assert (again.key, again.doubtful, again.attempts) == (key_of(card), False, 2)


def test_what_could_not_be_sent_waits_and_is_told_once(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    engine.decide(card.id, "approve", by=BOSS)
    for _ in range(3):
        until = clock.now() + timedelta(minutes=1)
        engine.carrying_waits(take(store, clock).key, "no such host", until=until)
        clock.forward(minutes=1)
    found = engine.recommendation(card.id)
    assert (found.status, found.version) == ("executing", 3)
    assert [deed for _, deed in deeds(store, card.id)].count("carrying_waits") == 1
    assert (kept(store, key_of(card)).refusals, kept(store, key_of(card)).attempts) == (0, 3)


def test_undo_restores_what_was_there_before_once(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    done = executed(engine, store, clock, card)
    assert done.execution is not None
    assert engine.decide(card.id, "undo", by=SECOND).status == "undoing"
    back = take(store, clock)
    was = done.execution.action
    assert (back.key, back.action.previous, back.action.to) == (key_of(card, "undo"), was.to, was.previous)
    engine.carried_out(back.key, receipt(back))
    undone = engine.recommendation(card.id)
    assert (undone.status, [each.purpose for each in undone.carried]) == ("undone", ["do", "undo"])
    with pytest.raises(AlreadyDecided):
        engine.decide(card.id, "undo", by=BOSS)


def test_undo_goes_back_to_what_the_platform_had_and_not_to_what_was_thought(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    engine.decide(card.id, "approve", by=BOSS)
    execution = take(store, clock)
    engine.carried_out(execution.key, receipt(execution, previous=Decimal(399), value=Decimal(455)))
    engine.decide(card.id, "undo", by=BOSS)
    back = take(store, clock).action
    assert (back.previous, back.to) == (Decimal(455), Decimal(399))


def test_an_undo_that_is_refused_leaves_it_executed_and_cannot_be_asked_again(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    executed(engine, store, clock, card)
    engine.decide(card.id, "undo", by=BOSS)
    engine.carrying_refused(take(store, clock).key, "the value changed since", again_at=None)
    found = engine.recommendation(card.id)
    assert found.undoing is not None
    assert (found.status, found.undoing.error) == ("executed", "the value changed since")
    assert notices(store, clock) == [f"notice:undo_refused:{card.id}"]
    with pytest.raises(CannotUndo, match="tried once"):
        engine.decide(card.id, "undo", by=BOSS)


@pytest.mark.parametrize("verb", ["arrived", "resend"])
def test_an_undo_may_be_unknown_too(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation, verb: Verb
) -> None:
    executed(engine, store, clock, card)
    engine.decide(card.id, "undo", by=BOSS)
    engine.carrying_in_doubt(take(store, clock).key, "no answer")
    assert engine.recommendation(card.id).status == "unknown"
    after = {"arrived": "undone", "resend": "undoing"}[verb]
    assert engine.decide(card.id, verb, by=SECOND).status == after
    assert kept(store, key_of(card)).status == "done", "what was done is as it was"


def test_while_a_change_is_on_its_way_no_other_of_the_campaign_is_approved(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation, submit: Submit
) -> None:
    unknown(engine, store, clock, card)
    newer = submit(timestamp="2026-03-30T07:00:00+00:00", window_start="2026-03-01", window_end="2026-03-29")
    fresh = newer.recommendation
    assert (fresh.status, fresh.id != card.id) == ("proposed", True)
    with pytest.raises(UnderWay, match="whether the last change") as refused:
        engine.decide(fresh.id, "approve", by=BOSS)
    assert refused.value.other == card.id
    assert deeds(store, fresh.id)[-1] == (BOSS.id, "refused")
    other = submit("summer-preview").recommendation
    assert engine.decide(other.id, "approve", by=BOSS).status == "executing", "another campaign may"
    engine.decide(card.id, "arrived", by=BOSS)
    assert engine.decide(fresh.id, "approve", by=BOSS).status == "executing"


def test_trying_again_obeys_the_freeze(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    failed(engine, store, clock, card)
    shown, today = engine.preferences(), clock.now().date()
    frozen = shown.model_copy(update={"freeze": Freeze(first=today, last=today)})
    engine.change_preferences(shown, frozen, by=BOSS, people={BOSS.id: BOSS})
    with pytest.raises(Frozen):
        engine.decide(card.id, "retry", by=BOSS)
    assert kept(store, key_of(card)).status == "refused"


def test_a_report_of_something_that_was_never_sent_is_an_error(engine: Engine) -> None:
    with pytest.raises(UnknownRecommendation):
        engine.carried_out("marko:rec_none:do", Receipt(id="R-1"))


def test_what_is_executing_is_not_replaced_by_newer_figures(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation, submit: Submit
) -> None:
    engine.decide(card.id, "approve", by=BOSS)
    submit(timestamp="2026-03-30T07:00:00+00:00")
    assert engine.recommendation(card.id).status == "executing"
    assert isinstance(take(store, clock).action, SetSpend)
