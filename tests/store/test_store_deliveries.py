"""Inbox and outbox: each state, each once, and taken up again after a crash."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import factories
import pytest
from factories import MONDAY, HandClock
from sqlalchemy import select

from engine.models.delivery import Delivery, OutboxItem
from store import Store, schema


def post(store: Store, *keys: str) -> None:
    with store.memory.unit() as unit:
        for key in keys:
            unit.post(factories.intent(key))


def claimed(store: Store, *, now: timedelta = timedelta(0), limit: int = 10) -> list[OutboxItem]:
    return store.outbox.claim(now=MONDAY + now, limit=limit)


def keys(items: list[OutboxItem]) -> list[str]:
    return [item.intent.key for item in items]


class TestInbox:
    @pytest.mark.parametrize(
        "delivery",
        [
            factories.delivery(),
            factories.delivery(kind="action", name="approve", payload={}),
            factories.delivery(payload={"text": "«naïve» 🎬", "deep": [{"a": None, "b": 1.5, "c": True}]}),
        ],
    )
    def test_a_delivery_comes_back_equal(self, store: Store, delivery: Delivery) -> None:
        assert store.inbox.accept(delivery)
        store.inbox.hand_over()
        assert store.inbox.claim(5) == [delivery]

    def test_the_same_event_four_times_is_one_delivery(self, store: Store) -> None:
        assert [store.inbox.accept(factories.delivery()) for _ in range(4)] == [True, False, False, False]
        assert store.inbox.hand_over() == 1

    def test_whoever_accepts_is_at_work_so_nobody_else_takes_it_up(
        self, store: Store, another: Callable[[], Store]
    ) -> None:
        store.inbox.accept(factories.delivery())
        assert store.inbox.recover() == 0
        assert (store.inbox.claim(5), another().inbox.claim(5)) == ([], [])

    def test_a_finished_event_never_acts_again(self, store: Store) -> None:
        store.inbox.accept(factories.delivery())
        store.inbox.finish("Ev0SPRING")
        assert not store.inbox.accept(factories.delivery())
        assert (store.inbox.hand_over(), store.inbox.claim(1)) == (0, [])

    def test_the_oldest_is_claimed_first_and_only_once(
        self, store: Store, another: Callable[[], Store]
    ) -> None:
        for key in ("Ev0C", "Ev0A", "Ev0B"):
            store.inbox.accept(factories.delivery(key))
        store.inbox.hand_over()
        assert [each.key for each in store.inbox.claim(2)] == ["Ev0C", "Ev0A"]
        assert [each.key for each in another().inbox.claim(2)] == ["Ev0B"]
        assert store.inbox.claim(2) == []

    def test_what_was_not_finished_waits_again_after_a_restart(
        self, path: Path, store: Store, another: Callable[[], Store]
    ) -> None:
        for key in ("Ev0DONE", "Ev0BROKEN", "Ev0OPEN"):
            store.inbox.accept(factories.delivery(key))
        store.inbox.finish("Ev0DONE")
        store.inbox.finish("Ev0BROKEN", error="no such campaign")
        restarted = another()
        assert restarted.inbox.recover() == 1
        assert [each.key for each in restarted.inbox.claim(9)] == ["Ev0OPEN"]

    def test_a_finished_payload_is_emptied_and_a_failed_one_kept(self, store: Store) -> None:
        for key in ("Ev0DONE", "Ev0BROKEN"):
            store.inbox.accept(factories.delivery(key, payload={"secret": 1}))
        store.inbox.finish("Ev0DONE")
        store.inbox.finish("Ev0BROKEN", error="no such campaign")
        with store._database.reading() as connection:
            kept = connection.execute(select(schema.inbox.c.payload, schema.inbox.c.error)).all()
        assert [tuple(row) for row in kept] == [("{}", None), ('{"secret": 1}', "no such campaign")]

    def test_an_unknown_key_cannot_be_finished(self, store: Store) -> None:
        with pytest.raises(LookupError, match="The inbox holds nothing with the key Ev0NOBODY"):
            store.inbox.finish("Ev0NOBODY")


class TestOutbox:
    def test_an_intent_is_claimed_as_it_was_posted(self, store: Store) -> None:
        intent = factories.intent(kind="redraw", ts="1774861200.000100")
        with store.memory.unit() as unit:
            assert unit.post(intent)
        assert claimed(store) == [OutboxItem(intent=intent, attempts=1, doubtful=False)]
        assert claimed(store) == []

    def test_a_key_is_posted_once_also_after_it_was_sent(self, store: Store) -> None:
        post(store, "card:rec-spring-sale")
        claimed(store)
        store.outbox.sent("card:rec-spring-sale")
        with store.memory.unit() as unit:
            assert not unit.post(factories.intent())
        assert claimed(store) == []

    def test_the_oldest_goes_first_and_the_limit_holds(self, store: Store) -> None:
        post(store, "c", "a", "b")
        assert (keys(claimed(store, limit=2)), keys(claimed(store, limit=2))) == (["c", "a"], ["b"])

    def test_its_view_is_kept_with_the_news_that_it_arrived(self, store: Store) -> None:
        post(store, "card:rec-spring-sale")
        claimed(store)
        store.outbox.sent("card:rec-spring-sale", factories.view())
        with store.memory.reading() as reading:
            assert reading.views("rec-spring-sale") == [factories.view()]
        assert store.outbox.recover() == 0

    def test_a_retry_waits_for_its_moment(self, store: Store) -> None:
        post(store, "card:rec-spring-sale")
        claimed(store)
        later = timedelta(seconds=30)
        store.outbox.retry(
            "card:rec-spring-sale", not_before=MONDAY + later, error="ratelimited", doubtful=False
        )
        assert claimed(store, now=later - timedelta(microseconds=1)) == []
        assert [(item.attempts, item.doubtful) for item in claimed(store, now=later)] == [(2, False)]

    def test_a_retry_may_be_in_doubt(self, store: Store) -> None:
        post(store, "card:rec-spring-sale")
        for doubtful in (True, False):
            claimed(store)
            store.outbox.retry(
                "card:rec-spring-sale", not_before=MONDAY, error="connection lost", doubtful=doubtful
            )
        assert [(item.attempts, item.doubtful) for item in claimed(store)] == [(3, False)]

    @pytest.mark.parametrize("doubtful", [True, False])
    def test_what_is_put_back_counts_as_no_attempt_and_keeps_its_doubt(
        self, store: Store, doubtful: bool
    ) -> None:
        post(store, "picture:rec-spring-sale")
        claimed(store)
        store.outbox.retry(
            "picture:rec-spring-sale", not_before=MONDAY, error="connection lost", doubtful=doubtful
        )
        later = timedelta(seconds=1)
        for _ in range(5):
            (item,) = claimed(store, now=later)
            assert (item.attempts, item.doubtful) == (2, doubtful)
            store.outbox.put_back(
                "picture:rec-spring-sale", not_before=MONDAY + later, reason="its picture is being made"
            )
        assert claimed(store, now=later - timedelta(microseconds=1)) == []

    def test_what_was_being_sent_at_a_crash_is_doubtful(self, store: Store) -> None:
        post(store, "sending", "sent", "parked", "waiting")
        claimed(store, limit=3)
        store.outbox.sent("sent")
        store.outbox.park("parked", error="channel_not_found")
        assert store.outbox.recover() == 1
        found = [(item.intent.key, item.attempts, item.doubtful) for item in claimed(store)]
        assert found == [("sending", 2, True), ("waiting", 1, False)]

    def test_what_is_parked_stays_to_be_shown(self, store: Store) -> None:
        post(store, "card:rec-spring-sale")
        claimed(store)
        store.outbox.park("card:rec-spring-sale", error="nobody can tell whether it arrived")
        [(item, error)] = store.outbox.parked()
        assert (item.intent, item.attempts) == (factories.intent(), 1)
        assert error == "nobody can tell whether it arrived"
        assert (claimed(store), store.outbox.recover()) == ([], 0)

    @pytest.mark.parametrize("verb", ["sent", "retry", "put_back", "park"])
    def test_an_unknown_key_is_a_mistake(self, store: Store, clock: HandClock, verb: str) -> None:
        calls = {
            "sent": lambda: store.outbox.sent("nobody", factories.view()),
            "retry": lambda: store.outbox.retry("nobody", not_before=clock.now(), error="", doubtful=False),
            "put_back": lambda: store.outbox.put_back("nobody", not_before=clock.now(), reason=""),
            "park": lambda: store.outbox.park("nobody", error=""),
        }
        with pytest.raises(LookupError, match="The outbox holds nothing with the key nobody"):
            calls[verb]()
        with store.memory.reading() as reading:
            assert reading.views("rec-spring-sale") == []
