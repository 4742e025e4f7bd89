"""A decision counts by what is set in the moment it is kept (promise 16), also while it is on its way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from engine_values import MADRID, RULES, WORDS
from factories import APPROVER, HandClock

from engine.engine import Engine
from engine.errors import MayNotDecide, OverLimit
from engine.models.answer import Answer, Person
from store import Store

Submit = Callable[..., Answer]
ME, SECOND = Person(id=APPROVER), Person(id="U0SECOND")


@pytest.fixture
def other(store: Store, clock: HandClock) -> Engine:
    """Another process on the same memory, such as the shell: the first one is not told what it sets."""
    return Engine(
        store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER, "U0SECOND")
    )


def change(engine: Engine, **wanted: Any) -> None:
    shown = engine.preferences()
    made = shown.model_copy(update=wanted)
    engine.change_preferences(shown, made, by=ME, people={APPROVER: ME, "U0SECOND": SECOND})


def deeds(store: Store, subject: str) -> list[tuple[str, str]]:
    with store.memory.reading() as reading:
        return [(each.actor, each.deed) for each in reading.ledger() if each.subject == subject]


def test_an_approver_who_was_removed_elsewhere_decides_nothing(
    engine: Engine, other: Engine, store: Store, submit: Submit
) -> None:
    card = submit().recommendation
    assert "U0SECOND" in engine.approvers
    change(other, approvers=(APPROVER,))
    with pytest.raises(MayNotDecide) as refused:
        engine.decide(card.id, "approve", by=SECOND)
    assert refused.value.approvers == (APPROVER,)
    assert engine.recommendation(card.id) == card
    assert deeds(store, card.id)[-1] == ("U0SECOND", "refused")


def test_a_limit_that_was_lowered_elsewhere_refuses(
    engine: Engine, other: Engine, store: Store, submit: Submit
) -> None:
    card = submit().recommendation
    assert engine.preferences().change_limit == 0.2
    change(other, change_limit=0.05)
    with pytest.raises(OverLimit) as refused:
        engine.decide(card.id, "approve", by=ME)
    assert refused.value.limit == 0.05
    assert engine.recommendation(card.id).status == "proposed"
    assert deeds(store, card.id)[-1] == (APPROVER, "refused")


def test_a_removal_that_is_kept_first_wins_over_a_click_that_came_in_before(
    engine: Engine, store: Store, submit: Submit
) -> None:
    """The click passed the first check, and waits for the memory, in which the removal is being written."""
    card = submit().recommendation
    checked, removed = Event(), Event()
    look = engine.recommendation

    def after_the_check(identifier: str) -> Any:
        found = look(identifier)
        checked.set()
        assert removed.wait(20)
        return found

    engine.recommendation = after_the_check  # type: ignore[method-assign]
    with ThreadPoolExecutor(1) as pool:
        click = pool.submit(engine.decide, card.id, "approve", by=SECOND)
        assert checked.wait(20)
        change(engine, approvers=(APPROVER,))
        removed.set()
        with pytest.raises(MayNotDecide):
            click.result(20)
    assert look(card.id).status == "proposed"


def test_the_same_decision_goes_through_where_nothing_changed(engine: Engine, submit: Submit) -> None:
    card = submit().recommendation
    assert engine.decide(card.id, "approve", by=SECOND).status == "approved"
