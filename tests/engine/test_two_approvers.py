"""Where two must agree: one approval waits for a second one, by somebody else, for the same change."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from carriers import BOSS, SECOND, THIRD, TWO, WINNER, connected_engine, deeds, notices, show
from factories import HandClock

from engine.engine import Engine
from engine.errors import ApprovedAlready, ChangedSince, MayNotDecide
from engine.models.answer import Answer
from engine.models.recommendation import Recommendation
from store import Store

Submit = Callable[..., Answer]


@pytest.fixture
def engine(store: Store, clock: HandClock) -> Engine:
    return connected_engine(store, clock, limits=TWO)


@pytest.fixture
def card(submit: Submit) -> Recommendation:
    return submit().recommendation


def test_the_first_approval_is_kept_and_moves_nothing(
    engine: Engine, store: Store, card: Recommendation
) -> None:
    half = engine.decide(card.id, "approve", by=BOSS)
    assert (half.status, half.version, [each.by for each in half.approvals]) == ("proposed", 2, [BOSS.id])
    assert half.carried == ()
    assert deeds(store, card.id)[-1] == (BOSS.id, "half_approved")


def test_the_second_approval_by_somebody_else_carries_it_out(
    engine: Engine, store: Store, card: Recommendation
) -> None:
    engine.decide(card.id, "approve", by=BOSS)
    both = engine.decide(card.id, "approve", by=SECOND)
    assert (both.status, [each.by for each in both.approvals]) == ("executing", [BOSS.id, SECOND.id])
    assert [each.key for each in both.carried] == [f"marko:{card.id}:do"]
    assert deeds(store, card.id)[-2:] == [(BOSS.id, "half_approved"), (SECOND.id, "approved")]


def test_the_same_person_is_no_second_one(engine: Engine, store: Store, card: Recommendation) -> None:
    half = engine.decide(card.id, "approve", by=BOSS)
    with pytest.raises(ApprovedAlready, match="Another approver must agree"):
        engine.decide(card.id, "approve", by=BOSS)
    assert engine.recommendation(card.id) == half
    assert deeds(store, card.id)[-1] == (BOSS.id, "refused")


def test_the_approvers_who_are_left_are_told_once(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    show(store, clock, card)
    engine.decide(card.id, "approve", by=BOSS)
    smaller = engine.amended(card.id, 0.05).action
    engine.decide(card.id, "approve", by=SECOND, action=smaller)  # type: ignore[arg-type]
    assert notices(store, clock) == [f"notice:second:{card.id}"]


def test_at_night_they_are_told_in_the_morning(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    show(store, clock, card)
    clock.forward(hours=12)  # 23:00 in Madrid
    engine.decide(card.id, "approve", by=BOSS)
    assert notices(store, clock) == []
    assert notices(store, clock, ahead=timedelta(hours=8, minutes=59)) == []
    assert notices(store, clock, ahead=timedelta(hours=9)) == [f"notice:second:{card.id}"]


def test_approving_another_change_starts_over(engine: Engine, card: Recommendation) -> None:
    engine.decide(card.id, "approve", by=BOSS)
    smaller: Any = engine.amended(card.id, 0.05).action
    half = engine.decide(card.id, "approve", by=SECOND, action=smaller)
    assert (half.status, [each.by for each in half.approvals]) == ("proposed", [SECOND.id])
    assert half.decided_action == smaller
    both = engine.decide(card.id, "approve", by=BOSS, seal=half.seal)
    assert (both.status, [each.by for each in both.approvals]) == ("executing", [SECOND.id, BOSS.id])
    assert both.carried[0].action == smaller


def test_a_plain_click_on_a_card_without_the_edit_approves_nothing(
    engine: Engine, card: Recommendation
) -> None:
    smaller: Any = engine.amended(card.id, 0.05).action
    half = engine.decide(card.id, "approve", by=BOSS, action=smaller)
    with pytest.raises(ChangedSince):
        engine.decide(card.id, "approve", by=SECOND, seal=card.seal)
    assert engine.recommendation(card.id) == half


def test_whoever_approved_may_change_their_mind(engine: Engine, card: Recommendation) -> None:
    engine.decide(card.id, "approve", by=BOSS)
    smaller: Any = engine.amended(card.id, 0.05).action
    assert engine.decide(card.id, "approve", by=BOSS, action=smaller).status == "proposed"
    assert engine.decide(card.id, "approve", by=SECOND).carried[0].action == smaller


def test_an_approval_of_somebody_who_may_no_more_does_not_count(engine: Engine, card: Recommendation) -> None:
    engine.decide(card.id, "approve", by=BOSS)
    shown = engine.preferences()
    wanted = shown.model_copy(update={"approvers": (SECOND.id, THIRD.id)})
    people = {each.id: each for each in (SECOND, THIRD)}
    engine.change_preferences(shown, wanted, by=SECOND, people=people)
    assert engine.decide(card.id, "approve", by=SECOND).status == "proposed"
    assert engine.decide(card.id, "approve", by=THIRD).status == "executing"


def test_a_half_approved_card_can_be_rejected(engine: Engine, card: Recommendation) -> None:
    engine.decide(card.id, "approve", by=BOSS)
    assert engine.decide(card.id, "reject", by=SECOND, reason="timing").status == "rejected"
    with engine._memory.reading() as reading:
        assert reading.approvals_since(card.created_at) == 0
        assert reading.briefs()[0].approved_by == ()


def test_whoever_asked_is_none_of_the_two(engine: Engine, store: Store, clock: HandClock) -> None:
    asker = connected_engine(store, clock, limits=TWO, approvers=("U0MEMBER", BOSS.id, SECOND.id))
    found = asker.submit(WINNER, source=None, asked_by="U0MEMBER").answers[0].recommendation
    with pytest.raises(MayNotDecide, match="two others"):
        asker.decide(found.id, "approve", by=BOSS.model_copy(update={"id": "U0MEMBER"}))
    assert deeds(store, found.id)[-1] == ("U0MEMBER", "refused")
