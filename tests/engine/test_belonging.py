"""Which channel a campaign belongs to, and that whoever decides elsewhere gains nothing by asking there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from carriers import BOSS, SECOND, THIRD, TWO, connected_engine
from factories import HandClock

from engine.belonging import home_of
from engine.engine import Engine
from engine.errors import MayNotDecide
from engine.in_force import KEPT
from engine.models.answer import Answer, Person
from engine.models.recommendation import MessageView, Recommendation
from store import Store

Submit = Callable[..., Answer]
GROWTH, PLAIN = "C0GROWTH", "C0PLAIN"
OF_GROWTH = Person(id="U0GROWTH")


@pytest.fixture
def engine(store: Store, clock: HandClock) -> Engine:
    return connected_engine(store, clock)


@pytest.fixture
def card(submit: Submit) -> Recommendation:
    return submit().recommendation


def stand(store: Store, at: datetime, identifier: str, channel: str, after_s: int = 0, **more: Any) -> None:
    view = {"kind": "card", "ts": f"{at.timestamp() + after_s:.6f}", **more}
    with store.memory.unit() as unit:
        unit.keep_view(MessageView(record=identifier, channel=channel, **view))


def name(store: Store, at: datetime, engine: Engine, **lists: list[str]) -> None:
    """Give channels approvers of their own."""
    value = [{"channel": channel, "approvers": people} for channel, people in lists.items()]
    kept = {"value": value, "by": BOSS.id, "at": at.isoformat()}
    with store.memory.unit() as unit:
        unit.set_setting(KEPT, {"channel_approvers": kept})
    engine._in_force.forget()


def test_a_card_that_another_channel_asked_for_later_changes_nothing(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    name(store, clock.now(), engine, C0GROWTH=[OF_GROWTH.id])
    stand(store, clock.now(), card.id, PLAIN)
    stand(store, clock.now(), card.id, GROWTH, after_s=60)
    with pytest.raises(MayNotDecide) as refused:
        engine.decide(card.id, "approve", by=OF_GROWTH, channel=GROWTH)
    assert BOSS.id in refused.value.approvers
    assert OF_GROWTH.id not in refused.value.approvers
    assert engine.decide(card.id, "approve", by=BOSS, channel=GROWTH).status == "executing"


@pytest.mark.parametrize("pressed", [GROWTH, PLAIN, None])
def test_a_campaign_is_decided_by_the_approvers_of_its_channel_wherever_it_is_pressed(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation, pressed: str | None
) -> None:
    name(store, clock.now(), engine, C0GROWTH=[OF_GROWTH.id])
    stand(store, clock.now(), card.id, GROWTH)
    stand(store, clock.now(), card.id, PLAIN, after_s=60)
    with pytest.raises(MayNotDecide) as refused:
        engine.decide(card.id, "approve", by=BOSS, channel=pressed)
    assert refused.value.approvers == (OF_GROWTH.id,)
    assert engine.decide(card.id, "approve", by=OF_GROWTH, channel=pressed).status == "executing"


def test_a_new_card_of_the_same_campaign_belongs_where_the_first_one_stood(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    name(store, clock.now(), engine, C0GROWTH=[OF_GROWTH.id])
    stand(store, clock.now(), card.id, PLAIN)
    clock.forward(seconds=60)
    forced = engine.analyze("spring-sale", asked_by=OF_GROWTH.id, channel=GROWTH, anew="again").recommendation
    assert forced.id != card.id
    stand(store, clock.now(), forced.id, GROWTH)
    with pytest.raises(MayNotDecide):
        engine.decide(forced.id, "approve", by=OF_GROWTH, channel=GROWTH)


def test_what_is_no_card_makes_no_channel_its_home(
    store: Store, clock: HandClock, card: Recommendation
) -> None:
    with store.memory.reading() as reading:
        assert home_of(reading, card.campaign_key) is None
    stand(store, clock.now(), card.id, GROWTH, kind="reasoning")
    stand(store, clock.now(), card.id, PLAIN, after_s=60)
    with store.memory.reading() as reading:
        assert home_of(reading, card.campaign_key) == PLAIN


def test_the_first_of_two_counts_only_while_they_may_decide_this_one(
    store: Store, clock: HandClock, card: Recommendation
) -> None:
    """Somebody taken off the list meanwhile is no half of two, although they decide elsewhere."""
    two = connected_engine(store, clock, limits=TWO)
    stand(store, clock.now(), card.id, PLAIN)
    assert two.decide(card.id, "approve", by=BOSS).status == "proposed"
    left = connected_engine(store, clock, limits=TWO, approvers=(SECOND.id, THIRD.id))
    name(store, clock.now(), left, C0GROWTH=[BOSS.id])
    assert left.decide(card.id, "approve", by=SECOND).status == "proposed"
    assert left.decide(card.id, "approve", by=THIRD).status == "executing"


def test_home_names_those_who_decide_each_campaign(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    name(store, clock.now(), engine, C0GROWTH=[OF_GROWTH.id])
    stand(store, clock.now(), card.id, GROWTH)
    assert engine.overview(Person(id="U0MEMBER")).deciders == {card.id: (OF_GROWTH.id,)}
