"""Executions in the store: claimed under a lease, once, and kept beside their recommendations."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import factories
import pytest
from factories import MONDAY, HandClock
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from engine.errors import StoreTrouble
from engine.models.execution import Execution
from engine.models.recommendation import Decision
from store import Store, leases, open_store
from store.schema import executions as rows


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[Store]:
    opened = open_store(tmp_path / "marko.db", clock)
    yield opened
    opened.close()


def execution(name: str = "rec-1", **changed: Any) -> Execution:
    parts: dict[str, Any] = {
        "key": f"marko:{name}:do",
        "recommendation": name,
        "purpose": "do",
        "workflow": "Budget Reallocation",
        "campaign_id": "spring-sale",
        "platform": "Meta Ads",
        "action": factories.set_spend(),
        "status": "ready",
        "by": factories.APPROVER,
        "created_at": MONDAY,
    }
    return Execution(**parts | changed)


def keep(store: Store, *every: Execution, **parts: Any) -> None:
    with store.memory.unit() as unit:
        for each in every:
            if unit.recommendation(each.recommendation) is None:
                held = factories.recommendation(each.recommendation)
                unit.keep_recommendation(held, expected_version=None)
            unit.keep_execution(each, **parts)


def read(store: Store, key: str) -> Execution | None:
    with store.memory.reading() as reading:
        return reading.execution(key)


def test_what_is_kept_is_read_back(store: Store) -> None:
    keep(store, execution())
    assert read(store, "marko:rec-1:do") == execution()
    keep(store, execution(error="busy", refusals=1))
    found = read(store, "marko:rec-1:do")
    assert found is not None
    assert (found.error, found.refusals) == ("busy", 1)
    assert read(store, "marko:rec-2:do") is None


def test_the_oldest_is_claimed_first_and_counts_the_send_that_begins(store: Store, clock: HandClock) -> None:
    late = execution("rec-1", created_at=MONDAY + timedelta(hours=1))
    keep(store, late, execution("rec-2"))
    found = store.executions.claim(now=clock.now(), limit=1)
    assert [(each.recommendation, each.status, each.attempts, each.sent_at) for each in found] == [
        ("rec-2", "sending", 1, clock.now())
    ]
    assert read(store, "marko:rec-2:do") == found[0]
    assert [each.recommendation for each in store.executions.claim(now=clock.now(), limit=5)] == ["rec-1"]
    assert store.executions.claim(now=clock.now(), limit=5) == []


def test_what_is_due_later_is_not_claimed_before(store: Store, clock: HandClock) -> None:
    keep(store, execution(), not_before=clock.now() + timedelta(seconds=30))
    assert store.executions.claim(now=clock.now() + timedelta(seconds=29), limit=1) == []
    assert len(store.executions.claim(now=clock.now() + timedelta(seconds=30), limit=1)) == 1


@pytest.mark.parametrize("status", ["done", "refused", "unknown", "dropped"])
def test_only_what_is_ready_is_claimed(store: Store, clock: HandClock, status: Any) -> None:
    keep(store, execution(status=status))
    assert store.executions.claim(now=clock.now(), limit=1) == []


def test_ten_threads_claim_each_one_once(store: Store, clock: HandClock) -> None:
    keep(store, *(execution(f"rec-{number}") for number in range(40)))
    with ThreadPoolExecutor(10) as pool:
        taken = pool.map(lambda _: store.executions.claim(now=clock.now(), limit=3), range(40))
    keys = [each.key for some in taken for each in some]
    assert sorted(keys) == sorted(f"marko:rec-{number}:do" for number in range(40))


def test_what_this_bot_is_sending_is_its_own_while_its_lease_lasts(
    store: Store, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, execution())
    store.executions.claim(now=clock.now(), limit=1)
    assert store.executions.recover() == 0
    real = leases.now_seconds
    monkeypatch.setattr(leases, "now_seconds", lambda connection: real(connection) + leases.LEASE_S - 5)
    store.executions.renew()
    assert store.executions.recover() == 0
    monkeypatch.setattr(leases, "now_seconds", lambda connection: real(connection) + 2 * leases.LEASE_S)
    assert store.executions.recover() == 1
    found = store.executions.claim(now=clock.now(), limit=1)
    assert [(each.doubtful, each.attempts) for each in found] == [(True, 2)]


def test_what_a_killed_bot_was_sending_is_doubtful_for_the_next_one(
    store: Store, clock: HandClock, tmp_path: Path
) -> None:
    keep(store, execution())
    store.executions.claim(now=clock.now(), limit=1)
    store.close()
    after = open_store(tmp_path / "marko.db", clock)
    assert [after.executions.recover(), after.executions.recover()] == [1, 0]
    assert [each.doubtful for each in after.executions.claim(now=clock.now(), limit=1)] == [True]
    after.close()


def test_a_damaged_one_is_never_sent_and_holds_up_no_other(store: Store, clock: HandClock) -> None:
    keep(store, execution("rec-1"), execution("rec-2"))
    with store._database.writing() as connection:
        changed = execution("rec-1", campaign_id="another-one").model_dump_json()
        connection.execute(update(rows).where(rows.c.recommendation == "rec-1").values(body=changed, crc=1))
        connection.exec_driver_sql("UPDATE executions SET crc = 1 WHERE recommendation = 'rec-1'")
    found = store.executions.claim(now=clock.now(), limit=5)
    assert [each.recommendation for each in found] == ["rec-2"]
    with pytest.raises(StoreTrouble):
        read(store, "marko:rec-1:do")


def test_an_execution_without_its_recommendation_is_not_kept(store: Store) -> None:
    with pytest.raises(IntegrityError), store.memory.unit() as unit:
        unit.keep_execution(execution("rec-nobody"))
    assert read(store, "marko:rec-nobody:do") is None


def test_approvals_are_counted_where_they_took_effect(store: Store, clock: HandClock) -> None:
    fates = {
        "executing": 1,
        "approved": 1,
        "failed": 1,
        "undone": 1,
        "proposed": 0,
        "rejected": 0,
        "expired": 0,
    }
    yesterday = MONDAY - timedelta(days=1)
    with store.memory.unit() as unit:
        for status in fates:
            for at in (MONDAY, yesterday):
                given = tuple(Decision(verb="approve", by=who, at=at) for who in ("U0ONE", "U0TWO"))
                found = factories.recommendation(
                    f"rec-{status}-{at.day}", status=status, decisions=given, version=3
                )
                unit.keep_recommendation(found, expected_version=None)
    with store.memory.reading() as reading:
        assert reading.approvals_since(MONDAY) == 4
        assert reading.approvals_since(yesterday) == 8
        assert reading.approvals_since(MONDAY + timedelta(seconds=1)) == 0
