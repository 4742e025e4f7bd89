"""Deliveries in the store: accepted once, read by one bot at a time, in one burst, and gone in the end."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from factories import HandClock
from remembered import KEY
from sqlalchemy import delete, select, update

from engine.models.hook import Accepted, HookDelivery
from store import Store, hooks
from store.backup import back_up
from store.database import Place
from store.inspection import inspect_file
from store.ledger_key import LedgerKey
from store.restore import restore
from store.schema import hook_bodies
from store.schema import hook_deliveries as rows

QUIET = timedelta(minutes=10)


def delivery(clock: HandClock, webhook_id: str = "msg_1", body: bytes = b"x", **changed: Any) -> HookDelivery:
    source = changed.pop("source", "n8n-meta")
    name = f"hook_{hashlib.sha256(f'{source} {webhook_id}'.encode()).hexdigest()[:20]}"
    parts: dict[str, Any] = {
        "id": name,
        "source": source,
        "webhook_id": webhook_id,
        "file": "march.csv",
        "media": "text/csv",
        "size": len(body),
        "checksum": hashlib.sha256(body).hexdigest(),
        "received_at": clock.now(),
        "day": clock.now().date(),
        "burst": name,
    }
    return HookDelivery(**parts | changed)


def accept(
    store: Store, clock: HandClock, webhook_id: str = "msg_1", body: bytes = b"x", **more: Any
) -> Accepted:
    return store.hooks.accept(delivery(clock, webhook_id, body, **more), body, quiet=QUIET)


def one(store: Store, identifier: str) -> HookDelivery:
    with store.memory.reading() as reading:
        found = reading.hook(identifier)
    assert found is not None
    return found


def settle(store: Store, found: HookDelivery, **change: Any) -> None:
    with store.memory.unit() as unit:
        unit.keep_hook(found.model_copy(update=change))


def test_the_same_id_is_accepted_once_also_by_twenty_at_once(store: Store, clock: HandClock) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: accept(store, clock), range(20)))
    assert sorted(each.status for each in answers) == ["accepted"] + ["duplicate"] * 19
    assert len({each.id for each in answers}) == 1
    assert accept(store, clock, body=b"other").status == "conflict"


def test_two_bots_make_one_burst(store: Store, another: Callable[[], Store], clock: HandClock) -> None:
    other = another()
    with ThreadPoolExecutor(8) as pool:
        bots = [store, other] * 10
        list(pool.map(lambda each: accept(each[1], clock, f"msg_{each[0]}"), enumerate(bots)))
    with store.memory.reading() as reading:
        first = store.hooks.claim(now=clock.now())
        assert first is not None
        assert len(reading.hooks_of(first.burst)) == 20


def test_a_burst_ends_after_ten_quiet_minutes_or_with_the_day_and_each_source_has_its_own(
    store: Store, clock: HandClock
) -> None:
    def burst(webhook_id: str, **more: Any) -> str:
        return one(store, accept(store, clock, webhook_id, **more).id).burst

    first = burst("msg_1")
    clock.forward(minutes=9, seconds=59)
    assert burst("msg_2") == first
    assert burst("msg_3", source="make") != first
    clock.forward(minutes=9, seconds=59)
    assert burst("msg_4") == first  # each counts from the one before
    assert burst("msg_5", day=clock.now().date() + timedelta(days=1)) != first
    clock.forward(minutes=10)
    assert burst("msg_6") not in {first, burst("msg_5")}


def test_a_burst_is_full_after_five_hundred(
    store: Store, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "MOST_TOGETHER", 3)
    found = [one(store, accept(store, clock, f"msg_{number}").id).burst for number in range(7)]
    assert [found.count(each) for each in dict.fromkeys(found)] == [3, 3, 1]


def test_each_is_claimed_oldest_first_by_one_bot_and_given_back(store: Store, clock: HandClock) -> None:
    for number in range(3):
        accept(store, clock, f"msg_{number}", b"body %d" % number)
    first = store.hooks.claim(now=clock.now())
    assert first
    assert (first.webhook_id, first.status, first.attempts) == ("msg_0", "working", 1)
    assert store.hooks.content(first.id) == b"body 0"
    assert store.hooks.hand_over() == 1
    again = store.hooks.claim(now=clock.now())
    assert again
    assert (again.id, again.attempts) == (first.id, 1)  # what was not read was no attempt


def test_another_bot_takes_what_a_dead_one_held_and_not_what_a_living_one_holds(
    store: Store, another: Callable[[], Store], clock: HandClock
) -> None:
    accept(store, clock)
    held = store.hooks.claim(now=clock.now())
    assert held
    other = another()
    if store.path is None:
        assert other.hooks.claim(now=clock.now()) is None
        store.hooks.renew()
        with store._database.writing() as connection:
            connection.execute(update(rows).values(leased_until=0.0))
    taken = other.hooks.claim(now=clock.now())  # a file has one bot: whoever held it before is gone
    assert taken
    assert (taken.id, taken.attempts) == (held.id, 2)


def test_what_waits_for_later_is_not_taken_before(store: Store, clock: HandClock) -> None:
    accept(store, clock)
    held = store.hooks.claim(now=clock.now())
    assert held
    settle(store, held, status="waiting", not_before=clock.now() + timedelta(minutes=1))
    assert store.hooks.claim(now=clock.now()) is None
    clock.forward(minutes=1)
    assert store.hooks.claim(now=clock.now())


def test_bytes_go_when_they_are_read_and_stay_with_what_could_not_be(store: Store, clock: HandClock) -> None:
    for number, status in enumerate(["done", "dead", "dropped"]):
        accept(store, clock, f"msg_{number}", b"bytes")
        held = store.hooks.claim(now=clock.now())
        assert held
        settle(store, held, status=status)
        assert (store.hooks.content(held.id) is None) is (status != "dead")


def test_a_damaged_body_is_none(store: Store, clock: HandClock) -> None:
    identifier = accept(store, clock, body=b"bytes" * 100).id
    with store._database.writing() as connection:
        content = connection.scalar(select(hook_bodies.c.content))
        connection.execute(update(hook_bodies).values(content=content[:-9] + b"123456789"))
    assert store.hooks.content(identifier) is None


def test_a_damaged_row_holds_up_no_other(store: Store, clock: HandClock) -> None:
    if store.path is None:
        pytest.skip("a server minds its pages itself")
    accept(store, clock, "msg_1")
    accept(store, clock, "msg_2")
    with store._database.writing() as connection:
        connection.execute(update(rows).where(rows.c.webhook_id == "msg_1").values(crc=1))
    found = store.hooks.claim(now=clock.now())
    assert found
    assert found.webhook_id == "msg_2"


def test_letters_are_the_newest_first_and_counted(store: Store, clock: HandClock) -> None:
    for number in range(5):
        accept(store, clock, f"msg_{number}")
        held = store.hooks.claim(now=clock.now())
        assert held
        settle(store, held, status="dead" if number < 4 else "waiting", reason="because")
    with store.memory.reading() as reading:
        found = reading.hook_letters(2)
    assert [each.webhook_id for each in found.letters] == ["msg_3", "msg_2"]
    assert (found.total, found.waiting) == (4, 1)


def test_what_is_over_is_pruned_dead_letters_sooner_and_what_waits_never(
    store: Store, clock: HandClock
) -> None:
    for number, status in enumerate(["done", "dead", "waiting"]):
        accept(store, clock, f"msg_{number}")
        held = store.hooks.claim(now=clock.now())
        assert held
        late = clock.now() + timedelta(days=365)
        settle(store, held, status=status, not_before=late if status == "waiting" else None)
    statuses = []
    for days in (0, 31, 91):
        store.prune(clock.now() + timedelta(days=days))
        with store._database.reading() as connection:
            statuses.append(sorted(connection.scalars(select(rows.c.status)).all()))
    assert statuses == [["dead", "done", "waiting"], ["done", "waiting"], ["waiting"]]


def test_a_memory_with_deliveries_verifies(path: Path, store: Store, clock: HandClock) -> None:
    accept(store, clock, body=b"x" * 10_000)
    store.close()
    assert [
        each for each in inspect_file(path, LedgerKey(KEY)) if each.state == "fault" and each.what != "ledger"
    ] == []


def test_a_backup_holds_what_waits_with_its_bytes(
    place: Place, store: Store, another: Callable[[], Store], clock: HandClock, tmp_path: Path
) -> None:
    identifier = accept(store, clock, body=b"\x00bytes\xff").id
    home = place if isinstance(place, Path) else tmp_path / "marko-data" / "marko.db"
    file, key = tmp_path / "kept.db", LedgerKey(KEY)
    home.parent.mkdir(exist_ok=True)
    back_up(place, file, now=clock.now(), key=key, listed_beside=home)
    with store._database.writing() as connection:
        connection.execute(delete(hook_bodies))
    store.close()
    restore(place, file, home=home, clock=clock, key=key)
    again = another()
    assert again.hooks.content(identifier) == b"\x00bytes\xff"
    assert accept(again, clock, body=b"\x00bytes\xff").status == "duplicate"
    assert accept(again, clock, "msg_2").status == "accepted"  # its number is beyond those that were put back
