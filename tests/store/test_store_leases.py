"""What one bot holds, another leaves alone; what a dead bot held, the others take up."""

import time
from collections.abc import Callable
from datetime import timedelta

import factories
import pytest
from factories import MONDAY
from sqlalchemy import select, update

from store import Store, leases
from store.deliveries import PUBLISHER
from store.schema import inbox, outbox
from store.schema import leases as turns

Another = Callable[[], Store]


def let_run_out(store: Store) -> None:
    """Do what an hour without a heartbeat does."""
    with store._database.writing() as connection:
        for table in (inbox, outbox):
            late = table.c.leased_until - 3600
            connection.execute(update(table).values(leased_until=late))
        connection.execute(update(turns).values(until=turns.c.until - 3600))


def post(store: Store, *keys: str) -> None:
    with store.memory.unit() as unit:
        for key in keys:
            unit.post(factories.intent(key))


def claimed(store: Store) -> list[tuple[str, bool]]:
    items = store.outbox.claim(now=MONDAY + timedelta(hours=1), limit=10)
    return [(item.intent.key, item.doubtful) for item in items]


class TestWork:
    def test_what_a_dead_bot_worked_on_is_taken_up_once_its_lease_has_run_out(
        self, store: Store, another: Another
    ) -> None:
        store.inbox.accept(factories.delivery())
        second, third = another(), another()
        assert second.inbox.claim(5) == []
        let_run_out(store)
        assert second.inbox.claim(5) == [factories.delivery()]
        assert third.inbox.claim(5) == []

    def test_a_bot_that_renews_keeps_its_work_however_long_it_takes(
        self, store: Store, another: Another
    ) -> None:
        store.inbox.accept(factories.delivery())
        for _ in range(3):
            let_run_out(store)
            store.inbox.renew()
            assert another().inbox.claim(5) == []

    def test_a_bot_never_takes_up_its_own_work_a_second_time(self, store: Store) -> None:
        store.inbox.accept(factories.delivery())
        let_run_out(store)
        assert (store.inbox.claim(5), store.inbox.recover()) == ([], 0)

    def test_a_bot_that_stops_hands_its_work_over_at_once(self, store: Store, another: Another) -> None:
        store.inbox.accept(factories.delivery())
        assert store.inbox.hand_over() == 1
        assert another().inbox.claim(5) == [factories.delivery()]

    def test_at_its_start_a_bot_takes_what_is_left_and_on_a_server_nothing_that_lives(
        self, store: Store, another: Another
    ) -> None:
        store.inbox.accept(factories.delivery())
        started = another()
        alone = 0 if store._database.is_shared else 1
        assert started.inbox.recover() == alone


class TestPublishing:
    """One bot owns a file, so there is no turn to take."""

    DATABASES = ("postgresql",)

    def test_one_bot_publishes_at_a_time(self, store: Store, another: Another) -> None:
        second = another()
        post(store, "a")
        assert claimed(store) == [("a", False)]
        post(store, "b")
        assert claimed(second) == []
        assert claimed(store) == [("b", False)]

    def test_what_a_dead_publisher_was_sending_is_doubtful_to_the_next(
        self, store: Store, another: Another
    ) -> None:
        second = another()
        post(store, "a", "b")
        claimed(store)
        store.outbox.sent("a")
        assert claimed(second) == []
        let_run_out(store)
        assert claimed(second) == [("b", True)]

    def test_an_earlier_publisher_can_no_longer_say_what_came_of_it(
        self, store: Store, another: Another
    ) -> None:
        second = another()
        post(store, "a")
        claimed(store)
        let_run_out(store)
        assert claimed(second) == [("a", True)]
        store.outbox.park("a", error="too late")
        assert second.outbox.state("a") == ("sending", "")
        second.outbox.sent("a", factories.view())
        store.outbox.retry("a", not_before=MONDAY, error="late", doubtful=False)
        assert store.outbox.state("a") == ("sent", "")

    def test_a_publisher_that_stops_hands_over_at_once(self, store: Store, another: Another) -> None:
        second = another()
        claimed(store)
        store.outbox.hand_over()
        post(store, "a")
        assert claimed(second) == [("a", False)]

    def test_nothing_is_sent_without_a_turn_that_lasts_longer_than_the_send(
        self, store: Store, another: Another
    ) -> None:
        second = another()
        post(store, "a")
        claimed(store)
        assert store.outbox.holds(30)
        assert not second.outbox.holds(30)
        assert not store.outbox.holds(leases.LEASE_S)

    def test_a_publisher_that_stood_still_loses_its_turn(
        self, store: Store, another: Another, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        second = another()
        post(store, "a")
        claimed(store)
        let_run_out(store)
        post(store, "b")
        assert claimed(second) == [("a", True), ("b", False)]
        store.outbox._turn_until = float("-inf")  # type: ignore[attr-defined]  its own clock went on too
        assert not store.outbox.holds(1)

    def test_the_turn_is_renewed_while_it_lasts(self, store: Store) -> None:
        claimed(store)
        store.outbox._turn_until -= leases.LEASE_S / 2  # type: ignore[attr-defined]
        with store._database.writing() as connection:
            connection.execute(update(turns).values(until=turns.c.until - leases.LEASE_S / 2))
        store.outbox.renew()
        with store._database.reading() as connection:
            until = connection.scalar(select(turns.c.until).where(turns.c.name == PUBLISHER))
            assert until > leases.now_seconds(connection) + leases.LEASE_S * 0.9


def test_both_databases_tell_the_time_of_now(store: Store) -> None:
    with store._database.reading() as connection:
        assert leases.now_seconds(connection) == pytest.approx(time.time(), abs=60)
