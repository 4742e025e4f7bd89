"""Edit & approve: the same proposal with another figure, decided on what the card showed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from carriers import BOSS, LOST, SECOND, connected_engine, deeds, show, take
from engine_values import RULES, TODAY, analysed, ran
from factories import HandClock
from hypothesis import given
from hypothesis import strategies as st

from engine.decide.proposal import amended
from engine.engine import Engine
from engine.errors import ChangedSince, EngineError, OverLimit, UnfitChange
from engine.models.action import KeepAsIs, SetSpend
from engine.models.answer import Answer
from engine.models.recommendation import Recommendation
from store import Store

Submit = Callable[..., Answer]


@pytest.fixture
def engine(store: Store, clock: HandClock) -> Engine:
    return connected_engine(store, clock)


@pytest.fixture
def card(submit: Submit) -> Recommendation:
    return submit().recommendation


def test_an_edit_says_what_it_would_be_and_keeps_nothing(engine: Engine, card: Recommendation) -> None:
    before = card.analysis.proposal
    found = engine.amended(card.id, 0.10)
    assert isinstance(found.action, SetSpend)
    assert isinstance(before.action, SetSpend)
    assert found.action.previous == before.action.previous
    assert found.action.to == before.action.previous * Decimal("1.1")
    assert found.worst_case is not None
    assert before.worst_case is not None
    assert 0 < found.worst_case.amount < before.worst_case.amount
    assert found.worst_case.by == before.worst_case.by
    assert (found.confidence, found.workflow) == (before.confidence, before.workflow)
    assert engine.recommendation(card.id) == card


def test_the_change_that_is_proposed_is_the_proposal_itself(engine: Engine, card: Recommendation) -> None:
    proposed = card.analysis.proposal
    assert isinstance(proposed.action, SetSpend)
    assert engine.amended(card.id, RULES.spend_step) == proposed


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (0.0, "by nothing"),
        (0.0000001, "by nothing"),
        (-0.1, "keeps the direction: this is a raise"),
        (-1.0, "more than −100"),
        (float("nan"), "more than −100"),
        (float("inf"), "more than −100"),
        (1e12, "more than −100"),
    ],
)
def test_an_edit_that_is_another_idea_is_refused_with_words(
    engine: Engine, card: Recommendation, change: float, why: str
) -> None:
    with pytest.raises(UnfitChange, match=why):
        engine.amended(card.id, change)


def test_a_cut_stays_a_cut(engine: Engine, submit: Submit) -> None:
    cut = submit(actual_metrics=LOST).recommendation
    assert engine.amended(cut.id, -0.05).action.change < 0  # type: ignore[union-attr]
    with pytest.raises(UnfitChange, match="this is a cut"):
        engine.amended(cut.id, 0.05)


def test_an_edit_obeys_the_limits(engine: Engine, card: Recommendation) -> None:
    with pytest.raises(OverLimit, match="limit of 20%"):
        engine.amended(card.id, 0.25)
    huge = card.analysis.proposal.action.model_copy(update={"to": Decimal(100_000)})
    with pytest.raises(OverLimit):
        engine.decide(card.id, "approve", by=BOSS, action=huge)  # type: ignore[arg-type]
    assert engine.recommendation(card.id) == card


def test_what_was_edited_is_what_is_carried_out_and_what_the_ledger_says(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    smaller: Any = engine.amended(card.id, 0.10).action
    found = engine.decide(card.id, "approve", by=BOSS, action=smaller, seal=card.seal)
    assert found.last_decision is not None
    assert found.last_decision.action == found.decided_action == smaller
    assert take(store, clock).action == smaller
    with store.memory.reading() as reading:
        line = next(each for each in reading.ledger() if each.deed == "approved")
    assert line.detail["action"]["to"] == str(smaller.to)


def test_approving_what_is_proposed_is_no_edit(engine: Engine, card: Recommendation) -> None:
    action: Any = card.analysis.proposal.action
    found = engine.decide(card.id, "approve", by=BOSS, action=action)
    assert found.last_decision is not None
    assert found.last_decision.action is None


def test_an_alternative_can_be_approved_and_has_a_worst_case_of_its_own(
    engine: Engine, card: Recommendation
) -> None:
    smaller, keep = card.analysis.proposal.alternatives
    assert smaller.worst_case is not None
    assert card.analysis.proposal.worst_case is not None
    assert smaller.worst_case.amount < card.analysis.proposal.worst_case.amount
    assert isinstance(keep.action, KeepAsIs)
    assert keep.worst_case is None
    action: Any = smaller.action
    assert engine.decide(card.id, "approve", by=BOSS, action=action).carried[0].action == action


@pytest.mark.parametrize(
    "changed", [{"previous": Decimal(1)}, {"field": "daily spend"}, {"currency": "USD"}, {"currency": None}]
)
def test_another_change_than_the_one_proposed_is_never_approved(
    engine: Engine, card: Recommendation, changed: dict[str, Any]
) -> None:
    other: Any = card.analysis.proposal.action.model_copy(update=changed)
    with pytest.raises(EngineError):
        engine.decide(card.id, "approve", by=BOSS, action=other)
    assert engine.recommendation(card.id) == card


def test_a_button_on_other_figures_does_nothing_and_every_card_is_drawn_again(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    show(store, clock, card)
    entered = engine.enter_order_value(card.id, 40, by="U0MEMBER")  # type: ignore[arg-type]
    store.outbox.claim(now=clock.now(), limit=10)
    with pytest.raises(ChangedSince, match=r"^The figures changed\. Please look again\.$"):
        engine.decide(card.id, "approve", by=BOSS, seal=card.seal)
    assert engine.recommendation(card.id) == entered
    assert [item.intent.kind for item in store.outbox.claim(now=clock.now(), limit=10)] == ["redraw"]
    assert deeds(store, card.id)[-1] == (BOSS.id, "refused")
    assert engine.decide(card.id, "approve", by=SECOND, seal=entered.seal).status == "executing"


def test_a_seal_is_the_same_however_often_it_is_read(engine: Engine, card: Recommendation) -> None:
    assert engine.recommendation(card.id).seal == card.seal


@given(change=st.floats(-2, 12) | st.floats())
def test_no_edit_turns_the_direction_or_loses_its_worst_case(change: float) -> None:

    analysis = analysed(ran(ratio=0.6).campaign)
    try:
        found = amended(analysis, change, TODAY, RULES)
    except UnfitChange:
        return
    assert isinstance(found.action, SetSpend)
    assert found.action.change > 0
    assert found.worst_case is not None
    assert found.worst_case.amount > 0
