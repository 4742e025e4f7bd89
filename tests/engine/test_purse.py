"""The day's budget: who is told of it, how often, and what stays when it is used up."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from engine_values import MADRID
from factories import APPROVER, HandClock

from engine.engine import Engine
from engine.models.budget import BudgetMark
from engine.narrate.model_errors import ModelFailed
from engine.narrate.purse import Call, Purse
from store import Store

Open = Callable[..., Purse]


@pytest.fixture
def opened(store: Store, clock: HandClock) -> Open:
    """Open the purse anew, as every process and every start does."""

    def purse(*, budget: str = "100", approvers: tuple[str, ...] = (APPROVER, "U0SECOND")) -> Purse:
        return Purse(
            store.memory, clock, zone=lambda: MADRID, budget=Decimal(budget), approvers=lambda: approvers
        )

    return purse


def pay(purse: Purse, usd: int = 10, *, most: int = 10) -> None:
    taken = purse.take(Decimal(most))
    call = Call("spring-sale", "gpt-4.1-mini", "insights-v1", "c", "used", Decimal(usd), 1, 1, 0, 5)
    purse.settle(taken, call)


def sent(store: Store, clock: HandClock) -> list[tuple[str, str]]:
    """What waits in the outbox, as channel and record."""
    items = store.outbox.claim(now=clock.now(), limit=100)
    return [(each.intent.channel, each.intent.record) for each in items if each.intent.kind == "budget"]


def test_at_80_percent_the_first_approver_is_told_once_a_day_whatever_restarts(
    opened: Open, store: Store, clock: HandClock
) -> None:
    for _ in range(7):
        pay(opened())
    assert sent(store, clock) == []
    for _ in range(2):
        pay(opened())
    assert sent(store, clock) == [(APPROVER, "budget:2026-03-30:at_80")]
    clock.forward(hours=24)
    for _ in range(9):
        pay(opened())
    assert sent(store, clock) == [(APPROVER, "budget:2026-03-31:at_80")]


def test_the_day_ends_at_the_team_s_midnight(opened: Open, clock: HandClock) -> None:
    for _ in range(10):
        pay(opened())
    clock.forward(hours=12, minutes=59)  # 23:59 in Madrid
    with pytest.raises(ModelFailed):
        pay(opened())
    clock.forward(minutes=1)
    pay(opened())
    assert opened().spent_today() == 10


def test_what_was_taken_before_midnight_is_not_given_back_to_the_next_day(
    opened: Open, clock: HandClock
) -> None:
    clock.forward(hours=12, minutes=59)  # 23:59 in Madrid
    taken = opened().take(Decimal(40))
    clock.forward(minutes=1)
    pay(opened(), 30, most=30)
    cheap = Call("spring-sale", "gpt-4.1-mini", "insights-v1", "c", "used", Decimal(10), 1, 1, 0, 5)
    opened().settle(taken, cheap)
    assert opened().spent_today() == 30


def test_when_the_money_is_used_up_it_is_told_once_and_no_call_passes(
    opened: Open, store: Store, clock: HandClock
) -> None:
    for _ in range(10):
        pay(opened())
    sent(store, clock)
    for _ in range(3):
        with pytest.raises(ModelFailed, match=r"the budget of 100 USD a day is used up \(100\.0000 spent\)"):
            pay(opened())
    assert sent(store, clock) == [(APPROVER, "budget:2026-03-30:used_up")]
    assert opened().spent_today() == 100


def test_without_an_approver_the_ledger_alone_tells_it(opened: Open, store: Store, clock: HandClock) -> None:
    for _ in range(10):
        pay(opened(approvers=()))
    with pytest.raises(ModelFailed):
        pay(opened(approvers=()))
    assert sent(store, clock) == []
    with store.memory.reading() as reading:
        deeds = [each.deed for each in reading.ledger()]
    assert [deeds.count(each) for each in ("model_budget_at_80", "model_budget_used_up")] == [1, 1]


def test_who_sets_no_budget_at_all_is_told_nothing(opened: Open, store: Store, clock: HandClock) -> None:
    with pytest.raises(ModelFailed):
        pay(opened(budget="0"))
    assert sent(store, clock) == []


def test_the_mark_is_kept_as_it_was_passed(opened: Open, engine: Engine, clock: HandClock) -> None:
    pay(opened(), 85, most=100)
    pay(opened(), 5)
    clock.forward(hours=24)
    told = engine.budget_mark("budget:2026-03-30:at_80")
    assert told is not None
    passed, today = told
    assert passed == BudgetMark(
        day=clock.now().date().replace(month=3, day=30), zone="Europe/Madrid", mark="at_80",
        spent=Decimal(85), budget=Decimal(100),
    )  # fmt: skip
    assert today.isoformat() == "2026-03-31"
    assert engine.budget_mark("budget:2026-03-30:used_up") is None
