"""Writers at once, and writers killed in the middle: nothing corrupt, nothing acknowledged lost.

``MARKO_TORTURE`` says how many times a writer is killed; ``make test`` takes the short form.
"""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import factories
import pytest
from factories import MONDAY, HandClock
from killed import PROCESSES, said_before_the_kill

from store import Store, open_store
from store.database import Place

KEY = "a key of the tests, the same for all"
KILLS = int(os.environ.get("MARKO_TORTURE", "20"))


def write_one(store: Store, name: str) -> None:
    """Remember, decide, post and note in one unit, and accept a delivery in another."""
    with store.memory.unit() as unit:
        unit.keep_retrospective(factories.retrospective(name))
        unit.set_setting(name, True)
        unit.post(factories.intent(name))
        unit.note(actor="shell", deed="import", subject=name, detail={})
    store.inbox.accept(factories.delivery(name))
    for item in store.outbox.claim(now=MONDAY, limit=1):
        store.outbox.sent(item.intent.key)


def opened(place: Place, folder: Path) -> Store:
    return open_store(place, HandClock(), ledger_key=KEY, folder=folder)


def write_many(place: Place, folder: Path, who: str, number: int, say: Connection) -> None:
    store = opened(place, folder)
    say.send("ready")
    say.recv()
    for each in range(number):
        write_one(store, f"{who}-{each}")
    store.close()
    say.send("done")


def write_until_killed(place: Place, folder: Path, run: int, say: Connection) -> None:
    store = opened(place, folder)
    for each in count():
        write_one(store, f"run-{run}-{each}")
        say.send(each)


def assert_all_there(store: Store, names: set[str]) -> None:
    with store.memory.reading() as reading:
        kept = {each.campaign.campaign_id for each in reading.retrospectives()}
        noted = [entry.subject for entry in reading.ledger()]
        assert all(reading.setting(name) for name in kept)
    assert names <= kept
    assert kept == set(noted)
    assert len(noted) == len(kept)
    assert store.ledger_faults() == []
    assert not any(store.inbox.accept(factories.delivery(name)) for name in names)


def test_two_processes_lose_none_of_200_writes_each(place: Place, tmp_path: Path) -> None:
    lines = []
    for who in ("shell", "bot"):
        here, there = PROCESSES.Pipe()
        child = PROCESSES.Process(target=write_many, args=(place, tmp_path, who, 200, there))
        child.start()
        there.close()
        lines.append((here, child))
    assert [here.recv() for here, _ in lines] == ["ready", "ready"]
    for here, _ in lines:
        here.send("go")
    assert [here.recv() for here, _ in lines] == ["done", "done"]
    for _, child in lines:
        child.join()
    store = opened(place, tmp_path)
    assert_all_there(store, {f"{who}-{each}" for who in ("shell", "bot") for each in range(200)})
    store.close()


def test_ten_threads_lose_none_of_20_writes_each(store: Store) -> None:
    names = [f"thread-{thread}-{each}" for each in range(20) for thread in range(10)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda name: write_one(store, name), names))
    assert_all_there(store, set(names))


@pytest.mark.timeout(60 + 2 * KILLS)
def test_a_killed_writer_loses_nothing_it_acknowledged(place: Place, tmp_path: Path) -> None:
    chance = random.Random(20260330)  # noqa: S311
    acknowledged: set[str] = set()
    for run in range(KILLS):
        said = said_before_the_kill(write_until_killed, place, tmp_path, run, chance=chance)
        acknowledged |= {f"run-{run}-{each}" for each in said}
        store = opened(place, tmp_path)
        assert store.ledger_faults() == []
        store.outbox.recover()
        store.close()
    store = opened(place, tmp_path)
    assert_all_there(store, acknowledged)
    store.close()
