"""Promise 1, of exports: a file whose import is killed counts whole once it is read again, or not at all.

A child takes exports, corrects them and takes corrections back, and is killed in the middle. Whoever opens
the memory next reads the file again, as the inbox has it done: then every day is what the file says.
"""

import random
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from exported import MARCH, dropped, row, scanned
from factories import HandClock
from killed import said_before_the_kill

from engine import exports
from engine.engine import Engine
from engine.models.answer import Person
from engine.models.daily import DailyRow
from store import Store
from store.inspection import inspect_file
from store.ledger_key import read_key
from torture.made_up import dice
from torture.result import Result, counted
from torture.writes import opened

APPROVER = Person(id="U0APPROVER")
KILLS_A_MEMORY = 10
CAMPAIGNS, DAYS, AT_ONCE = 4, 12, 10
STEPS = ("march", "fixed", "undone")


def run(times: int) -> Result:
    """Kill ``times`` imports at any moment; look each time at what counts, before and after it is redone."""
    chance, faults, whole = dice(), list[str](), 0
    for begin in range(0, times, KILLS_A_MEMORY):
        with tempfile.TemporaryDirectory() as folder:
            for number in range(begin, min(begin + KILLS_A_MEMORY, times)):
                found, was_done = _kill_once(Path(folder), number, chance)
                faults += [f"kill {number}: {each}" for each in found]
                whole += was_done
    return counted(times, faults, f"{whole} were whole before they were read again")


def work(folder: Path, number: int, say: Connection) -> None:
    """Take a file, then its correction, then take that back; each in small units, so that a kill hits one."""
    exports.AT_ONCE = AT_ONCE
    store, engine = opened(folder, HandClock())
    for step in STEPS:
        do(engine, store, number, step, say)
    for each in count():
        say.send(each)


def do(engine: Engine, store: Store, number: int, step: str, say: Connection | None = None) -> None:
    if step == "undone":
        engine.undo_export(dropped(f"fixed-{number}").id, by=APPROVER)
    else:
        found = engine.begin_export(dropped(f"{step}-{number}"))
        rows = list(rows_of(number, step))
        read = scanned(rows, file=f"{step}-{number}.csv")
        engine.take_export(found.id, read._replace(rows=_heard(rows, say)))


def rows_of(number: int, step: str) -> Iterator[DailyRow]:
    """The figures of the ``number``-th file; its correction has another spend on every second day."""
    for campaign in range(CAMPAIGNS):
        for day in range(1, DAYS + 1):
            spend = 100 + number + (50 if step == "fixed" and day % 2 else 0)
            yield row(f"Campaign {campaign}", day, spend=spend)._replace(account=f"account {number}")


def _heard(rows: list[DailyRow], say: Connection | None) -> Iterator[DailyRow]:
    for each in rows:
        if say is not None:
            say.send(each.campaign)
        yield each


def _kill_once(folder: Path, number: int, chance: random.Random) -> tuple[list[str], bool]:
    most = 2 * CAMPAIGNS * DAYS + 2
    said_before_the_kill(work, folder, number, chance=chance, most=most)
    store, engine = opened(folder, HandClock())
    try:
        before = _days(store, number)
        faults = [] if before in _states(number) else [f"days that no file says: {before}"]
        for step in STEPS:
            do(engine, store, number, step)
            expected = _told(number, "fixed" if step == "fixed" else "march")
            if step == STEPS[-1] and _days(store, number) != expected:
                faults.append(f"after all was done again: {_days(store, number)}")
        found = inspect_file(store.path, read_key(folder)) if store.path else []
        faults += [str(each) for each in found if each.state == "fault" and each.what != "ledger"]
    finally:
        store.close()
    return faults, before == _told(number, "march")


def _states(number: int) -> list[dict[tuple[str, date], int]]:
    return [{}, _told(number, "march"), _told(number, "fixed")]


def _told(number: int, step: str) -> dict[tuple[str, date], int]:
    return {(each.campaign_key, each.first_day): each.spend or 0 for each in rows_of(number, step)}


def _days(store: Store, number: int) -> dict[tuple[str, date], int]:
    """What counts, by campaign and day."""
    keys = sorted({key for key, _ in _told(number, "march")})
    with store.memory.reading() as reading:
        return {
            (key, each.day): each.spend or 0
            for key in keys
            for each in reading.days(key, MARCH, MARCH + timedelta(days=DAYS))
        }
