"""Inserting and finding documents through our TinyDB layer, beside raw ``sqlite3`` and TinyDB's own file."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from tinydb import where

from benchmarks.goal import Goal, Row, interleaved
from benchmarks.shelves import (
    ALIKE,
    BY_ID,
    BY_KEY,
    BY_STATUS,
    OurShelf,
    RawShelf,
    document,
    json_shelf,
)

SIZES = (1_000, 10_000, 100_000)
TINYDB_AT = 10_000
INSERTS, READS = 500, 2_000
RAW = "raw sqlite3, WAL, FULL"


def rows(*, full: bool) -> Iterator[Row]:  # noqa: ARG001  the same at every size
    """Yield the rows of inserts at each size, then of reads at the last one."""
    ours = {}
    for size in SIZES:
        with (
            tempfile.TemporaryDirectory() as folder,
            closing(OurShelf(Path(folder) / "ours.db")) as our,
            closing(RawShelf(Path(folder) / "raw.db")) as raw,
        ):
            our.fill(0, size)
            raw.fill(0, size)
            row = _inserts(our, raw, size)
            ours[size] = row.ours
            yield row
            if size == TINYDB_AT:
                yield _beside_tinydb(row.ours, Path(folder), size)
            if size == SIZES[-1]:
                yield from _reads(our, raw, size)
    yield _growth(ours)


def _inserts(our: OurShelf, raw: RawShelf, size: int) -> Row:
    numbers = count(size)
    works = {"ours": lambda: our.insert(next(numbers)), "raw": lambda: raw.insert(next(numbers))}
    found = interleaved(works, INSERTS)
    return Row(f"insert, durable, at {size:,}", RAW, found["ours"], found["raw"], "ms", Goal(2.0))


def _beside_tinydb(ours: float, folder: Path, size: int) -> Row:
    with json_shelf(folder / "tinydb.json", size) as shelf:
        theirs = interleaved({"tinydb": lambda: shelf.insert(document(size))})["tinydb"]
    goal = Goal(500.0, at_least=True)
    return Row(f"insert, durable, at {size:,}", "TinyDB's own JSON", ours, theirs, "ms", goal)


def _reads(our: OurShelf, raw: RawShelf, size: int) -> Iterator[Row]:
    middle = size // 2
    key, status = f"spring-sale-{middle}", f"week-{middle // ALIKE}"

    def row(work: str, ours: Callable[[], object], question: str, value: object, limit: float | None) -> Row:
        found = interleaved({"ours": ours, "raw": lambda: raw.read(question, value)}, READS)
        goal = Goal(limit) if limit else None
        return Row(f"{work}, at {size:,}", RAW, found["ours"], found["raw"], "µs", goal)

    with our.held() as table:
        by_key, by_status = where("key") == key, where("status") == status
        yield row("get by id", lambda: table.get(doc_id=middle), BY_ID, middle, 3.0)
        yield row("find by a field, one hit", lambda: table.search(by_key), BY_KEY, key, 4.0)
        yield row("find by a field, twenty hits", lambda: table.search(by_status), BY_STATUS, status, 2.0)
    yield row("the same, one hit, pooled reader", lambda: our.pooled(middle), BY_KEY, key, None)


def _growth(ours: dict[int, float]) -> Row:
    small, large = min(ours), max(ours)
    return Row(f"insert at {large:,}", f"insert at {small:,}", ours[large], ours[small], "ms", Goal(1.3))
