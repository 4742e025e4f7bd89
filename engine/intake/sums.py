"""Sums of an export by the texts of its key columns: one pass over its rows, in blocks, exact.

A block's bytes are looked at as numbers, all cells of a column at once: where cells stand (``grid``), digits
eight at a time (``digits``), which key texts are the same (``keys``); sums are whole millionths (``groups``).
What is not plain is read cell by cell with ``exact`` (``records``), which alone says that a row is wrong.

The reader was chosen by this table: a million rows → KPIs, seconds of processor and memory as multiples of
DuckDB's, from runs in turns on two cores (``benchmarks/exports.py`` prints today's):

    bytes as numbers, with numpy           0.8   0.6
    Polars                                 0.7   1.2
    pandas' C parser in blocks, 2 threads  0.9   0.8
    plain pandas                           1.6   1.3

All but the first read amounts as binary fractions and cannot say which line is wrong, and why.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine.intake.blocks import Block, blocks, lines_of
from engine.intake.figures import Judge, figures
from engine.intake.grid import Grid
from engine.intake.groups import Groups, Part, no_text, summed
from engine.intake.keys import Collision, Hashing, Layout, Side, alike, cells_of, check, layout, sides
from engine.intake.reading import Contradiction, Group, Reading, Rejected, Rules
from engine.intake.records import BadRow, Record, keys_of, numbers_of, records
from engine.models.export import Number

__all__ = ["Contradiction", "Group", "Reading", "Rejected", "Rules", "Summed", "lines", "sums"]

KEPT = 1_000  # rejected rows that are kept, and lines that are told; more are counted
THREADS = 2
KEPT_MEMORY = (1 << 25) - (1 << 13)  # bytes; glibc's largest threshold is 32 MB
EVERY = 0.25  # seconds between two words on how far it is

Told = Callable[[int, int], None]  # how many of about how many rows are read


class Summed:
    """What became of a file: its groups, how many rows they are of, and the rows that were rejected.

    ``groups`` can be gone through again and again; about in the order of their first rows. ``rounded``
    counts cells of rows taken that say more than millionths.
    """

    def __init__(self, groups: Groups) -> None:
        self.rows = 0
        self.rejected: list[Rejected] = []
        self.rejections = 0
        self.rounded = Counter[Number]()
        self.groups = groups

    def reject(self, rejected: Rejected) -> None:
        self.rejections += 1
        if len(self.rejected) < KEPT:
            self.rejected.append(rejected)


def sums(path: Path, reading: Reading, told: Told | None = None) -> Summed:
    """Sum the rows of the file at ``path``.

    A row counts when each of its numbers is one or missing, none is negative, impressions, clicks and reach
    are whole, clicks are not more than impressions, and nothing stands beyond the last column.

    Raises ``Contradiction``, and ``Refused`` for quotes that are not closed and bytes that are no UTF-8.
    What ``told`` raises ends it.
    """
    # Memory that is taken and given back at once lets the C library keep what blocks give back (up to as
    # much) instead of asking the system for it each time: a sixth of the time.
    np.empty(KEPT_MEMORY, dtype=np.uint8)
    try:
        while True:
            try:
                return _Pass(path, reading, told).made()
            except Collision:
                continue  # of two keys, by chance; the next multipliers are others
    except UnicodeDecodeError as problem:
        raise no_text(problem) from problem


def lines(path: Path, reading: Reading, wanted: Mapping[int, Collection[str]]) -> list[tuple[int, str]]:
    """Find the rows, a thousand at most, that have one of the wanted texts at its place: line and text."""
    found: list[tuple[int, str]] = []
    for block in blocks(path, reading):
        if not _may_hold(block, reading, wanted):
            continue
        for line, cells in _records(block, reading):
            texts = (cells[place] if place < len(cells) else "" for place in wanted)
            hit = [text for place, text in zip(wanted, texts, strict=True) if text in wanted[place]]
            if hit:
                found.append((line, hit[0]))
            if len(found) >= KEPT:
                return found
    return found


def _may_hold(block: Block, reading: Reading, wanted: Mapping[int, Collection[str]]) -> bool:
    """Say whether any wanted text stands in a block at all; blank ones stand in any."""
    texts = {text for each in wanted.values() for text in each}
    quoted = (text.replace(reading.quote, reading.quote * 2) if reading.quote else text for text in texts)
    return not block.is_regular or any(block.holds(each.encode()) for each in quoted)


def _records(block: Block, reading: Reading) -> Iterator[Record]:
    for record in records(lines_of(block.content), block.line, reading):
        if record.line not in reading.skip:
            yield record


class _Read(NamedTuple):
    """A block as it was read: its groups, and the rows (line, bytes) that are to be read cell by cell."""

    part: Part | None
    rows: int
    odd: list[tuple[int, bytes]]
    rounded: Counter[Number]


class _Pass:
    """One pass over a file."""

    def __init__(self, path: Path, reading: Reading, told: Told | None) -> None:
        self._path = path
        self._reading = reading
        self._told = told
        self._judge = Judge(reading)
        self._size = max(1, path.stat().st_size - reading.start)

    def made(self) -> Summed:
        found = blocks(self._path, self._reading)
        first = next(found, None)
        quote = self._reading.quote
        quoted = first is not None and bool(quote) and quote.encode() in first.content
        what = layout(self._reading, has_quotes=quoted)
        groups, hashing = Groups(what, self._reading), Hashing(len(what.spans))
        made, passed, said = Summed(groups), 0, time.monotonic()
        if first is None:
            return made
        for block, read in _ahead(_chained(first, found), lambda each: self._read(each, what, hashing)):
            self._take(block, read, groups, made)
            passed += block.size
            if self._told and time.monotonic() - said >= EVERY:
                said, rows = time.monotonic(), made.rows + made.rejections
                self._told(rows, max(rows, rows * self._size // passed))
        return made

    def _read(self, block: Block, what: Layout, hashing: Hashing) -> _Read | None:
        """Read a block at once; ``None`` where only reading it cell by cell helps."""
        if not block.is_regular:
            return None
        grid = Grid(block, self._reading)
        read = figures(grid, self._reading, self._judge)
        values, missing = read.values, read.missing
        rounded = Counter({name: int((mask & ~read.is_bad).sum()) for name, mask in read.rounded.items()})
        if read.is_bad.any():
            grid.leave(read.is_bad)
            values, missing = values[:, ~read.is_bad], missing[~read.is_bad]
        if not len(grid):
            return _Read(None, 0, grid.odd, Counter())
        taken = sides(grid, what)
        same = alike(hashing.of(taken, missing))
        check(same, taken, missing)
        made = summed(same, values)
        if made is None:
            return None
        firsts = same.firsts
        lengths = (side.lengths[firsts] for side in taken)
        facts = np.stack((missing[firsts], np.bincount(same.codes), grid.lines[firsts], *lengths), axis=1)
        long = _long(grid, what, taken, firsts)
        part = Part(same.hashes, [side.words[firsts] for side in taken], facts, made, long)
        return _Read(part, len(grid), grid.odd, rounded)

    def _take(self, block: Block, read: _Read | None, groups: Groups, made: Summed) -> None:
        if read is None:
            found = _records(block, self._reading)
        else:
            if read.part is not None:
                groups.add(read.part)
                made.rows += read.rows
                made.rounded.update(read.rounded)
            found = (
                record for line, row in read.odd for record in records(lines_of(row), line, self._reading)
            )
        for record in found:
            try:
                numbers = numbers_of(record, self._reading, made.rounded)
            except BadRow as problem:
                made.reject(problem.rejected)
            else:
                groups.add_row(keys_of(record, self._reading), numbers, record.line)
                made.rows += 1


def _long(grid: Grid, what: Layout, taken: list[Side], firsts: np.ndarray) -> dict[tuple[int, int], bytes]:
    made = {}
    for place, (span, side) in enumerate(zip(what.spans, taken, strict=True)):
        for group in np.flatnonzero(side.lengths[firsts] < 0).tolist():
            cells, row = cells_of(grid, span, what), firsts[group]
            made[place, group] = bytes(grid.buffer[int(cells.starts[row]) : int(cells.ends[row])])
    return made


def _chained(first: Block, rest: Iterator[Block]) -> Iterator[Block]:
    yield first
    yield from rest


def _ahead(
    found: Iterable[Block], read: Callable[[Block], _Read | None]
) -> Iterator[tuple[Block, _Read | None]]:
    """Read blocks on two threads, as many as there are at once; give them in their order."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="sums") as pool:
        waiting = deque[tuple[Block, Future[_Read | None]]]()
        for block in found:
            waiting.append((block, pool.submit(read, block)))
            if len(waiting) > THREADS:
                first, done = waiting.popleft()
                yield first, done.result()
        for block, done in waiting:
            yield block, done.result()
