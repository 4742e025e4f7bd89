"""On figures that are too old no money is moved: such a proposal can be rejected, and not approved."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from carriers import BOSS, SECOND, TWO, connected_engine, deeds, show
from factories import HandClock

from engine.engine import Engine
from engine.errors import OnHold
from engine.models.answer import Answer, Person
from engine.models.preference import Freeze, Limits
from engine.models.recommendation import Recommendation
from engine.models.rules import Rules
from store import Store

Submit = Callable[..., Answer]
LIMIT = Rules().stale_days


def aged(card: Recommendation, clock: HandClock, days: int) -> None:
    """Move the clock to the noon when the card's window ended so many days ago."""
    last = card.analysis.retrospective.last_day
    clock.moment = datetime.combine(last + timedelta(days=days), time(12), tzinfo=UTC)


def handed_in(submit: Submit, clock: HandClock, days: int) -> Recommendation:
    """The usual win, handed in when its window ended so many days ago."""
    probe = submit("probe").recommendation
    aged(probe, clock, days)
    return submit().recommendation


def test_what_is_on_hold_is_refused_with_rule_value_and_way_out(
    engine: Engine, store: Store, submit: Submit, clock: HandClock, approver: Person
) -> None:
    card = handed_in(submit, clock, 64)
    with pytest.raises(OnHold, match="64 days old; on figures older than 30 days") as refused:
        engine.decide(card.id, "approve", by=approver, seal=card.seal)
    assert "Hand in newer figures, or ask /analyze again." in str(refused.value)
    assert engine.recommendation(card.id) == card
    assert deeds(store, card.id)[-1] == (approver.id, "refused")


def test_an_edit_and_an_alternative_are_refused_where_their_dialog_would_open_and_where_it_is_sent(
    engine: Engine, store: Store, submit: Submit, clock: HandClock, approver: Person
) -> None:
    card = handed_in(submit, clock, LIMIT + 1)
    with pytest.raises(OnHold):
        engine.may_decide(card.id, "approve", by=approver)
    assert deeds(store, card.id)[-1] == (approver.id, "refused")
    action = engine.edited(card.id, 0.10)
    with pytest.raises(OnHold):
        engine.decide(card.id, "approve", by=approver, action=action)
    assert engine.recommendation(card.id) == card


def test_the_last_day_still_counts(
    engine: Engine, submit: Submit, clock: HandClock, approver: Person
) -> None:
    card = handed_in(submit, clock, LIMIT)
    assert engine.on_hold(card) is None
    assert engine.decide(card.id, "approve", by=approver).status == "approved"


def test_it_can_still_be_rejected(engine: Engine, submit: Submit, clock: HandClock, approver: Person) -> None:
    card = handed_in(submit, clock, LIMIT + 1)
    assert engine.may_decide(card.id, "reject", by=approver) == card
    assert engine.decide(card.id, "reject", by=approver).status == "rejected"


def test_the_second_approval_is_refused_once_the_figures_are_too_old(
    store: Store, submit: Submit, clock: HandClock
) -> None:
    engine = connected_engine(store, clock, limits=TWO)
    card = handed_in(submit, clock, LIMIT)
    half = engine.decide(card.id, "approve", by=BOSS)
    clock.forward(days=1)
    with pytest.raises(OnHold):
        engine.decide(card.id, "approve", by=SECOND)
    assert engine.recommendation(card.id) == half
    assert half.carried == ()


def test_a_later_moment_of_the_figures_counts_instead_of_the_end_of_their_window(
    engine: Engine, submit: Submit, clock: HandClock
) -> None:
    probe = submit("probe").recommendation
    aged(probe, clock, 64)
    last = probe.analysis.retrospective.last_day
    read_later = datetime.combine(last + timedelta(days=50), time(8), tzinfo=UTC)
    read_at_once = datetime.combine(last, time(8), tzinfo=UTC)
    fresh = submit("read-later", as_of=read_later.isoformat()).recommendation
    old = submit("read-at-once", as_of=read_at_once.isoformat()).recommendation
    assert engine.on_hold(fresh) is None
    held = engine.on_hold(old)
    assert held is not None
    assert held.days == 64


def test_what_waits_on_home_tells_how_old_its_figures_are(
    engine: Engine, store: Store, submit: Submit, clock: HandClock, approver: Person
) -> None:
    card = handed_in(submit, clock, 64)
    show(store, clock, card)
    assert engine.overview(approver).on_hold == {card.id: 64}


def test_a_freeze_is_told_on_its_days_and_on_no_other(store: Store, clock: HandClock) -> None:
    today = clock.now().date()
    freeze = Freeze(first=today, last=today + timedelta(days=2))
    engine = connected_engine(store, clock, limits=Limits(freeze=freeze))
    frozen = engine.frozen()
    assert frozen is not None
    assert frozen.last == freeze.last
    clock.forward(days=3)
    assert engine.frozen() is None
