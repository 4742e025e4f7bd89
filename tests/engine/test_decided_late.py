"""What is pressed on a record that moved on: it is not taken silently, and nothing goes back too far."""

from collections.abc import Callable

import pytest
from carriers import (
    BOSS,
    SECOND,
    TWO,
    WON,
    connected_engine,
    deeds,
    executed,
    receipt,
    show,
    take,
)
from factories import HandClock

from engine.engine import Engine
from engine.errors import AlreadyDecided, CannotUndo, OverLimit, RunOut
from engine.models.answer import Answer
from engine.models.preference import Limits
from engine.models.recommendation import Recommendation
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


def test_whoever_approved_first_is_told_when_it_expired_without_a_second(
    store: Store, clock: HandClock, card: Recommendation
) -> None:
    two = connected_engine(store, clock, limits=TWO)
    two.decide(card.id, "approve", by=BOSS)
    clock.forward(hours=100)
    two.keep_time()
    with pytest.raises(RunOut):
        two.decide(card.id, "approve", by=BOSS)
    assert deeds(store, card.id)[-1] == (BOSS.id, "came_too_late")


def test_a_change_is_not_undone_once_a_later_one_of_the_campaign_was_carried_out(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation, submit: Submit
) -> None:
    executed(engine, store, clock, card)
    clock.forward(seconds=60)
    later = submit(actual_metrics=WON | {"conversions": 201}).recommendation
    assert later.id != card.id
    executed(engine, store, clock, later)
    with pytest.raises(CannotUndo, match="changed again since"):
        engine.decide(card.id, "undo", by=BOSS)
    assert engine.decide(later.id, "undo", by=BOSS).status == "undoing"
    undo = take(store, clock)
    engine.carried_out(undo.key, receipt(undo))
    assert engine.decide(card.id, "undo", by=BOSS).status == "undoing"


def test_a_dialog_that_is_refused_since_it_is_too_late_is_in_the_ledger(
    engine: Engine, store: Store, card: Recommendation
) -> None:
    engine.decide(card.id, "reject", by=BOSS)
    with pytest.raises(AlreadyDecided):
        engine.may_decide(card.id, "snooze", by=SECOND, channel="C0GROWTH")
    assert deeds(store, card.id)[-1] == (SECOND.id, "came_too_late")


def test_an_edit_that_a_limit_forbids_by_now_is_refused_in_the_ledger(
    store: Store, clock: HandClock, card: Recommendation
) -> None:
    """The limit was lowered between the two dialogs of an edit."""
    tight = connected_engine(store, clock, limits=Limits(change_limit=0.05))
    action = tight.edited(card.id, 0.08)
    with pytest.raises(OverLimit):
        tight.decide(card.id, "approve", by=BOSS, action=action, seal=card.seal)
    assert deeds(store, card.id)[-1] == (BOSS.id, "refused")
