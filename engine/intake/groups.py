"""Groups over all blocks: their sums as 64-bit integers, and exact however large they get."""

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import Refused
from engine.intake.digits import Counts
from engine.intake.keys import Alike, Collision, Layout, Places, Words
from engine.intake.reading import Group, Reading
from engine.intake.records import cells_in
from engine.intake.refusing import refused
from engine.models.export import NUMBERS

MISSING, ROWS, LINE = range(3)
FACTS = 3
CHUNK = 4_096  # groups that are made at a time
FULL = 1 << 62  # units; sums are put aside before they reach it
HALF = 30  # bits: sums of a block's halves are whole in a float, and floats are what is summed fastest
SURELY_WHOLE = float(1 << 53)

Numbers = tuple[int | None, ...]
Key = tuple[tuple[str, ...], tuple[bool, ...]]  # texts, and which numbers are missing


class Part(NamedTuple):
    """The groups of a block, in the order of their hashes, and what they have of each span.

    ``facts`` are columns: which numbers are missing, how many rows, the first row's line, the spans' lengths.
    ``long`` holds the bytes of spans of which ``words`` has digests only, by span and group.
    """

    hashes: Words
    words: Sequence[Words]
    facts: Places
    sums: Counts
    long: dict[tuple[int, int], bytes]


def summed(same: Alike, values: Counts) -> Counts | None:
    """Sum values, shape (numbers, rows), by group; ``None`` where they are too large for it."""
    size = len(same.hashes)
    made = np.zeros((size, len(values)), dtype=np.int64)
    for place, column in enumerate(values):
        floats = column.astype(np.float64)
        total = float(floats.sum())
        if total >= FULL:
            return None
        if total < SURELY_WHOLE:
            made[:, place] = np.bincount(same.codes, floats, size)
        else:
            high = np.bincount(same.codes, column >> HALF, size).astype(np.int64)
            low = np.bincount(same.codes, column & ((1 << HALF) - 1), size).astype(np.int64)
            made[:, place] = (high << HALF) + low
    return made


class Groups:
    """The groups of a file. Those of blocks come as parts, those of single rows by their texts."""

    def __init__(self, what: Layout, reading: Reading) -> None:
        self._what = what
        self._reading = reading
        self._size = 0
        self._hashes = np.zeros(0, dtype=np.uint64)  # in their order; ``_slots`` says whose
        self._slots = np.zeros(0, dtype=np.int64)
        self._words = [np.zeros((0, 0), dtype=np.uint64) for _ in what.spans]
        self._facts = np.zeros((0, FACTS + len(what.spans)), dtype=np.int64)
        self._sums = np.zeros((0, len(NUMBERS)), dtype=np.int64)
        self._aside: dict[int, list[int]] = {}
        self._reached = np.zeros(len(NUMBERS))
        self._long: dict[tuple[int, int], bytes] = {}
        self._single: dict[Key, Group] = {}

    def add(self, part: Part) -> None:
        """Add a block's groups. Raises ``Collision``."""
        self._put_aside(part)
        self._make_room(part)
        at = np.searchsorted(self._hashes, part.hashes)
        is_known = np.zeros(len(at), dtype=np.bool_)
        within = at < len(self._hashes)
        is_known[within] = self._hashes[at[within]] == part.hashes[within]
        known, new = np.flatnonzero(is_known), np.flatnonzero(~is_known)
        slots = self._slots[at[known]]
        self._check(part, known, slots)
        self._sums[slots] += part.sums[known]
        self._facts[slots, ROWS] += part.facts[known, ROWS]
        if len(new):
            self._append(part, new, at[new])

    def add_row(self, texts: tuple[str, ...], numbers: Numbers, line: int) -> None:
        _add(self._single, Group(texts, numbers, 1, line))

    def __iter__(self) -> Iterator[Group]:
        """Yield groups, about in the order of their first rows. Raises ``Refused`` for what is no text."""
        try:
            yield from self._brought_together()
        except UnicodeDecodeError as problem:
            raise no_text(problem) from problem

    def _brought_together(self) -> Iterator[Group]:
        """Bring groups together whose texts were written in several ways, or that were read row by row."""
        loose = dict(self._single)
        for slots, written in self._chunks():
            for group, out in zip(self._made(slots, written), self._loose(slots, written), strict=False):
                if out:
                    _add(loose, group)
        for slots, written in self._chunks():
            made = self._made(slots, written)
            is_loose = self._loose(slots, written)
            if is_loose:
                made = (group for group, out in zip(made, is_loose, strict=True) if not out)
            if loose:
                made = (_both(group, loose.pop(_key(group), None)) for group in made)
            yield from made
        yield from loose.values()

    def _put_aside(self, part: Part) -> None:
        """Keep sums as integers without limit, before they could be too large for 64 bits."""
        more = part.sums.sum(axis=0, dtype=np.float64)
        if bool((self._reached + more >= FULL).any()):
            for slot, row in enumerate(self._sums[: self._size].tolist()):
                before = self._aside.get(slot, [0] * len(row))
                self._aside[slot] = [a + b for a, b in zip(before, row, strict=True)]
            self._sums[:] = 0
            self._reached[:] = 0
        self._reached += more

    def _make_room(self, part: Part) -> None:
        for place, words in enumerate(part.words):
            known, width = self._words[place], words.shape[1]
            if known.shape[1] < width:
                wider = np.zeros((len(known), width), dtype=np.uint64)
                wider[:, : known.shape[1]] = known
                self._words[place] = wider
        size = len(self._sums)
        if self._size + len(part.hashes) > size:
            more = max(size // 2, len(part.hashes))
            self._sums, self._facts = _longer(self._sums, more), _longer(self._facts, more)
            self._words = [_longer(each, more) for each in self._words]

    def _check(self, part: Part, known: Places, slots: Places) -> None:
        ours, theirs = self._facts[slots], part.facts[known]
        is_same = np.array_equal(ours[:, MISSING], theirs[:, MISSING])
        is_same = is_same and np.array_equal(ours[:, FACTS:], theirs[:, FACTS:])
        for words, side in zip(self._words, part.words, strict=True):
            # Behind a text there are only zeros, on both sides.
            is_same = is_same and np.array_equal(words[slots, : side.shape[1]], side[known])
        if not is_same:
            raise Collision

    def _append(self, part: Part, new: Places, at: Places) -> None:
        """Give slots to new groups, in the order of their first rows."""
        slots = np.empty(len(new), dtype=np.int64)
        slots[np.argsort(part.facts[new, LINE])] = np.arange(self._size, self._size + len(new))
        self._hashes = np.insert(self._hashes, at, part.hashes[new])
        self._slots = np.insert(self._slots, at, slots)
        self._sums[slots], self._facts[slots] = part.sums[new], part.facts[new]
        for words, side in zip(self._words, part.words, strict=True):
            words[slots, : side.shape[1]] = side[new]
        if part.long:
            slot_of = dict(zip(new.tolist(), slots.tolist(), strict=True))
            for (place, group), text in part.long.items():
                if group in slot_of:
                    self._long[place, slot_of[group]] = text
        self._size += len(new)

    def _chunks(self) -> Iterator[tuple[slice, list[list[bytes]]]]:
        """Give some groups at a time, with the bytes of their spans."""
        for start in range(0, self._size, CHUNK):
            slots = slice(start, min(start + CHUNK, self._size))
            yield slots, [self._written(place, slots) for place in range(len(self._what.spans))]

    def _loose(self, slots: slice, written: Sequence[Sequence[bytes]]) -> list[bool]:
        """Say which texts may be written in several ways, or are digests in some blocks; empty if none is."""
        quote = self._reading.quote.encode()
        lengths = self._facts[slots, FACTS:]
        long = [min(each, default=0) < 0 for each in lengths.tolist()] if (lengths < 0).any() else []
        if quote and any(quote in b"".join(span) for span in written):
            quoted = [any(quote in text for text in texts) for texts in zip(*written, strict=True)]
            return [a or b for a, b in zip(long, quoted, strict=True)] if long else quoted
        return long

    def _made(self, slots: slice, written: Sequence[Sequence[bytes]]) -> Iterator[Group]:
        """Make groups: column by column, as that is quicker than one by one."""
        missing = self._facts[slots, MISSING]
        columns: list[list[int | None]] = []
        for place in range(len(NUMBERS)):
            column: list[int | None] = self._sums[slots, place].tolist()
            for slot in self._aside.keys() & range(slots.start, slots.stop):
                column[slot - slots.start] += self._aside[slot][place]
            for at in np.flatnonzero(missing >> place & 1).tolist():
                column[at] = None
            columns.append(column)
        rows, lines = self._facts[slots, ROWS].tolist(), self._facts[slots, LINE].tolist()
        return map(Group, self._texts(written), zip(*columns, strict=True), rows, lines)

    def _written(self, place: int, slots: slice) -> list[bytes]:
        """Give the bytes of a span of some groups."""
        words = self._words[place][slots]
        width, content = words.shape[1] * words.itemsize, words.tobytes()
        lengths = self._facts[slots, FACTS + place].tolist()
        made = [content[at * width : at * width + length] for at, length in enumerate(lengths)]
        for at, length in enumerate(lengths):
            if length < 0:
                made[at] = self._long[place, slots.start + at]
        return made

    def _texts(self, written: Sequence[Sequence[bytes]]) -> Iterator[tuple[str, ...]]:
        """Take spans apart into the texts of the reading's keys, in their order."""
        places = [place for span in self._what.spans for place in range(span.first, span.last + 1)]
        order = [places.index(place) for place in self._reading.keys]
        if order == list(range(len(places))):
            pick: Callable[[list[str]], tuple[str, ...]] = tuple
        else:
            pick = itemgetter(*order) if len(order) > 1 else lambda cells: (cells[order[0]],)
        if not written:
            return repeat(())
        if len(written) == 1:
            return (pick(self._taken_apart(span.decode())) for span in written[0])
        return (
            pick([cell for span in spans for cell in self._taken_apart(span.decode())])
            for spans in zip(*written, strict=True)
        )

    def _taken_apart(self, written: str) -> list[str]:
        quote = self._reading.quote
        if not self._what.is_raw:
            return [written.replace(quote * 2, quote) if quote else written]
        if quote and quote in written:
            return cells_in(written, self._reading)
        return written.split(self._reading.delimiter)


def no_text(problem: UnicodeDecodeError) -> Refused:
    bad = problem.object[max(0, problem.start - 20) : problem.start + 20]
    return refused(bad.decode(errors="replace"), "text in UTF-8", field="row")


def _longer(array: NDArray[Any], more: int) -> NDArray[Any]:
    return np.concatenate((array, np.zeros((more, *array.shape[1:]), dtype=array.dtype)))


def _both(one: Group, other: Group | None) -> Group:
    if other is None:
        return one
    pairs = zip(one.numbers, other.numbers, strict=True)
    numbers = tuple(None if a is None or b is None else a + b for a, b in pairs)
    return Group(one.texts, numbers, one.rows + other.rows, min(one.line, other.line))


def _key(group: Group) -> Key:
    return group.texts, tuple([each is None for each in group.numbers])


def _add(kept: dict[Key, Group], group: Group) -> None:
    key = _key(group)
    kept[key] = _both(group, kept.get(key))
