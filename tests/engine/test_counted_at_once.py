"""Overlapping files at the same moment: some order of them is what counts, whoever was faster.

In threads of one process and in several processes, on SQLite and on PostgreSQL.
"""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from exported import MARCH, days, dropped, row, scanned
from factories import HandClock
from postgres_server import schema_or_skip
from torture.writes import opened

from engine.engine import Engine
from engine.errors import UndoLaterFirst
from engine.models.answer import Person
from engine.models.daily import DailyRow
from store import Store

APPROVER = Person(id="U0APPROVER")
FILES = 6  # files of overlapping days, two of them by ad set
KEY = "meta/default/spring-sale"
Where = dict[str, str]


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest) -> Iterator[Where]:
    if request.param == "sqlite":
        yield {}
        return
    for url in schema_or_skip():
        yield {"DATABASE_URL": url}


def rows_of(number: int) -> list[DailyRow]:
    first, spend = 1 + number, 100 + number
    if number % 3 == 2:
        return [row(day=day, spend=spend, ad_set=name) for day in range(first, first + 8) for name in "AB"]
    return days(first=first, last=first + 7, spend=spend)


def take(engine: Engine, number: int) -> str:
    level = "ad set" if number % 3 == 2 else "campaign"
    begun = engine.begin_export(dropped(f"file-{number}"))
    read = scanned(rows_of(number), file=f"file-{number}.csv", level=level)
    return engine.take_export(begun.id, read).state


def work(folder: Path, where: Where, number: int) -> None:
    store, engine = opened(folder, HandClock(), **where)
    try:
        assert take(engine, number) in {"done", "double"}
        if number == FILES - 2:
            with suppress(UndoLaterFirst):
                engine.undo_export(dropped(f"file-{number}").id, by=APPROVER)
    finally:
        store.close()


def counted(store: Store) -> dict[date, int]:
    with store.memory.reading() as reading:
        return {each.day: (each.spend or 0) // 1_000_000 for each in reading.days(KEY, MARCH, date.max)}


def told(store: Store) -> dict[date, int]:
    """Day by day what the files say, in the order in which they were counted."""
    with store.memory.reading() as reading:
        order = {each.source: each.number for each in reading.holdings(live=False)}
        undone = {each.source for each in reading.holdings(live=False) if each.status == "undone"}
    found: dict[date, tuple[bool, int]] = {}
    for source in sorted(order.keys() - undone, key=lambda each: order[each]):
        number = int(source.split(":")[1].removeprefix("file-"))
        is_fine, sums = number % 3 == 2, dict[date, int]()
        for each in rows_of(number):
            sums[each.first_day] = sums.get(each.first_day, 0) + (each.spend or 0) // 1_000_000
        for day, spend in sums.items():
            if day not in found or is_fine >= found[day][0]:
                found[day] = is_fine, spend
    return {day: spend for day, (_, spend) in sorted(found.items())}


def test_threads_with_overlapping_files_leave_what_one_order_of_them_leaves(
    tmp_path: Path, where: Where
) -> None:
    store, engine = opened(tmp_path, HandClock(), **where)
    try:
        with ThreadPoolExecutor(FILES) as pool:
            states = list(pool.map(lambda number: take(engine, number), range(FILES)))
        assert set(states) <= {"done", "double"}
        assert counted(store) == told(store)
    finally:
        store.close()


def test_processes_with_overlapping_files_leave_what_one_order_of_them_leaves(
    tmp_path: Path, where: Where
) -> None:
    opened(tmp_path, HandClock(), **where)[0].close()
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=work, args=(tmp_path, where, number)) for number in range(FILES)]
    for each in children:
        each.start()
    for each in children:
        each.join()
    assert [each.exitcode for each in children] == [0] * FILES
    store, _ = opened(tmp_path, HandClock(), **where)
    try:
        assert counted(store) == told(store)
    finally:
        store.close()
