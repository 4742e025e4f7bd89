"""What the clock does to proposals: they expire, come back from a snooze, and are reminded of, once each."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import factories
import pytest
from carriers import BOSS, SECOND, TWO, WINNER, connected_engine, deeds, notices, show
from engine_values import MADRID
from factories import MONDAY, HandClock

from engine.decide.pings import awake
from engine.engine import Engine
from engine.errors import AlreadyDecided, RunOut, StoreTrouble, UnfitTime
from engine.models.answer import Answer
from engine.models.recommendation import Recommendation, Verb
from store import Store

Submit = Callable[..., Answer]
DAY = timedelta(days=1)


@pytest.fixture
def engine(store: Store, clock: HandClock) -> Engine:
    return connected_engine(store, clock)


@pytest.fixture
def card(submit: Submit) -> Recommendation:
    return submit().recommendation


def test_a_proposal_expires_after_the_hours_that_are_set(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    assert card.expires_at == clock.now() + timedelta(hours=72)
    clock.forward(hours=71, minutes=59)
    assert engine.keep_time() == 0
    clock.forward(minutes=1)
    assert engine.keep_time() == 1
    found = engine.recommendation(card.id)
    assert (found.status, found.ended_at) == ("expired", card.expires_at)
    assert deeds(store, card.id)[-1] == ("marko", "expired")
    assert engine.keep_time() == 0, "once"


def test_every_card_of_it_is_redrawn(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    show(store, clock, card)
    clock.forward(hours=72)
    engine.keep_time()
    items = store.outbox.claim(now=clock.now(), limit=10)
    assert [item.intent.kind for item in items] == ["redraw"]


@pytest.mark.parametrize("verb", ["approve", "reject", "snooze"])
def test_nobody_decides_what_expired_also_before_the_clock_ticked(
    engine: Engine, clock: HandClock, card: Recommendation, verb: Verb
) -> None:
    clock.forward(hours=72)
    for _ in range(2):
        with pytest.raises(RunOut, match="expired"):
            engine.decide(card.id, verb, by=BOSS, until=clock.now() + DAY)
        engine.keep_time()


def test_what_expired_is_asked_anew_when_somebody_asks(
    engine: Engine, clock: HandClock, card: Recommendation, submit: Submit
) -> None:
    clock.forward(hours=72)
    engine.keep_time()
    fresh = engine.analyze("spring-sale", asked_by="U0MEMBER").recommendation
    assert (fresh.status, fresh.id != card.id) == ("proposed", True)
    assert fresh.expires_at == clock.now() + timedelta(hours=72)
    assert engine.recommendation(card.id).status == "expired", "what was, was"


def test_what_was_decided_does_not_expire(engine: Engine, clock: HandClock, card: Recommendation) -> None:
    engine.decide(card.id, "reject", by=BOSS, reason="timing")
    clock.forward(days=30)
    assert engine.keep_time() == 0
    assert engine.recommendation(card.id).status == "rejected"


def test_one_of_two_approvals_expires_with_it(store: Store, clock: HandClock, card: Recommendation) -> None:
    strict = connected_engine(store, clock, limits=TWO)
    strict.decide(card.id, "approve", by=BOSS)
    clock.forward(hours=72)
    strict.keep_time()
    found = strict.recommendation(card.id)
    assert (found.status, found.carried) == ("expired", ())


def test_a_proposal_of_a_version_that_knew_no_expiry_gets_one(
    engine: Engine, store: Store, clock: HandClock
) -> None:
    with store.memory.unit() as unit:
        unit.keep_recommendation(factories.recommendation("rec-old"), expected_version=None)
    engine.keep_time()
    assert engine.recommendation("rec-old").expires_at == MONDAY + timedelta(hours=72)


def test_a_snoozed_one_comes_back_once_and_can_be_decided_for_a_day_at_least(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    show(store, clock, card)
    until = clock.now() + timedelta(days=4)
    snoozed = engine.decide(card.id, "snooze", by=SECOND, until=until)
    assert (snoozed.status, snoozed.snoozed_until) == ("snoozed", until)
    clock.forward(days=3, hours=12)
    assert engine.keep_time() == 0, "what is snoozed does not expire"
    clock.forward(hours=12)
    assert [engine.keep_time(), engine.keep_time()] == [1, 0]
    back = engine.recommendation(card.id)
    assert (back.status, back.snoozed_until, back.expires_at) == ("proposed", None, until + DAY)
    assert notices(store, clock) == [f"notice:woken:{card.id}"]
    assert deeds(store, card.id)[-2:] == [(SECOND.id, "snoozed"), ("marko", "woken")]


def test_a_person_may_wake_it_and_then_nobody_is_told(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    show(store, clock, card)
    engine.decide(card.id, "snooze", by=SECOND, until=clock.now() + DAY)
    back = engine.decide(card.id, "wake", by=BOSS)
    assert (back.status, back.expires_at) == ("proposed", card.expires_at)
    clock.forward(days=1)
    assert engine.keep_time() == 0
    assert notices(store, clock) == []


def test_what_comes_back_in_its_last_day_is_told_once_and_not_twice(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    show(store, clock, card)
    engine.decide(card.id, "snooze", by=SECOND, until=clock.now() + timedelta(days=2, hours=3))
    for _ in range(40):
        clock.forward(hours=2)
        engine.keep_time()
    assert notices(store, clock) == [f"notice:woken:{card.id}"]


def test_nothing_is_put_off_into_the_past_or_out_of_sight(
    engine: Engine, clock: HandClock, card: Recommendation
) -> None:
    for until in (None, clock.now(), clock.now() - DAY, clock.now() + timedelta(days=31)):
        with pytest.raises(UnfitTime, match="next 30 days"):
            engine.decide(card.id, "snooze", by=BOSS, until=until)
    with pytest.raises(AlreadyDecided):
        engine.decide(card.id, "wake", by=BOSS)
    assert engine.recommendation(card.id) == card


def test_the_approvers_are_told_a_day_before_it_expires_once(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    show(store, clock, card)
    clock.forward(hours=47, minutes=59)
    assert engine.keep_time() == 0
    clock.forward(minutes=1)
    assert [engine.keep_time(), engine.keep_time()] == [1, 0]
    assert notices(store, clock) == [f"notice:expiring:{card.id}"]
    after_a_restart = connected_engine(store, clock)
    assert after_a_restart.keep_time() == 0


def test_nobody_is_told_of_what_nobody_saw(engine: Engine, clock: HandClock, card: Recommendation) -> None:
    clock.forward(hours=50)
    assert engine.keep_time() == 0


def test_a_card_that_is_shown_in_the_last_day_is_reminder_enough(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    clock.forward(hours=50)
    show(store, clock, card)
    clock.forward(hours=1)
    assert engine.keep_time() == 0
    assert notices(store, clock) == []


def test_nobody_is_reminded_at_night(store: Store) -> None:
    clock = HandClock(MONDAY + timedelta(hours=10))  # 21:00 in Madrid
    engine = connected_engine(store, clock)
    late = engine.submit(WINNER, source=None, asked_by=None).answers[0].recommendation
    show(store, clock, late)
    clock.forward(hours=48)
    assert engine.keep_time() == 0
    clock.forward(hours=10, minutes=59)
    assert engine.keep_time() == 0
    clock.forward(minutes=1)  # 8:00
    assert engine.keep_time() == 1
    assert notices(store, clock) == [f"notice:expiring:{late.id}"]


@pytest.mark.parametrize(
    ("hour", "minute", "later"),
    [(8, 0, 0.0), (12, 30, 0.0), (18, 59, 0.0), (19, 0, 13.0), (23, 0, 9.0), (0, 0, 8.0), (7, 59, 1 / 60)],
)
def test_people_are_awake_from_eight_to_seven(hour: int, minute: int, later: float) -> None:
    moment = MONDAY.astimezone(MADRID).replace(hour=hour, minute=minute)
    assert awake(moment) == moment + timedelta(hours=later)


def test_three_hundred_expire_at_once(engine: Engine, store: Store, clock: HandClock) -> None:
    with store.memory.unit() as unit:
        for number in range(300):
            found = factories.recommendation(f"rec-{number}", expires_at=clock.now())
            unit.keep_recommendation(found, expected_version=None)
    assert engine.keep_time() == 300
    with store.memory.reading() as reading:
        assert len(reading.briefs(status="expired")) == 300


def test_one_broken_record_stops_no_other(
    engine: Engine, store: Store, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.memory.unit() as unit:
        for number in range(3):
            found = factories.recommendation(f"rec-{number}", expires_at=clock.now())
            unit.keep_recommendation(found, expected_version=None)
    act = engine._act

    def damaged(identifier: str, *rest: Any) -> Recommendation:
        if identifier == "rec-1":
            raise StoreTrouble("row 2 of recommendations is not as it was written")
        return act(identifier, *rest)

    monkeypatch.setattr(engine, "_act", damaged)
    assert engine.keep_time() == 2
    assert engine.recommendation("rec-1").status == "proposed"
