"""Groups over all blocks: their sums as 64-bit integers, and exact however large they get."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import Refused
from engine.intake.digits import Counts
from engine.intake.grouped import CHUNK, FULL, Coding, Grouped, joined, summable
from engine.intake.keys import Alike, Collision, Layout, Places, Words
from engine.intake.reading import Group, Reading
from engine.intake.records import cells_in
from engine.intake.refusing import refused
from engine.models.export import NUMBERS

MISSING, ROWS, LINE = range(3)
FACTS = 3
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
        return iter(self.grouped())

    def grouped(self) -> Grouped:
        """Give all groups as columns, in the same order. Raises ``Refused`` for what is no text.

        Those whose texts were written in several ways, or that were read row by row, are brought together.
        """
        codings = [Coding() for _ in self._reading.keys]
        try:
            made, is_loose = self._coded(codings)
        except UnicodeDecodeError as problem:
            raise no_text(problem) from problem
        if self._single:
            made = joined(made, Grouped.coded(list(self._single.values()), codings))
        return made.together() if is_loose or self._single else made

    def _coded(self, codings: Sequence[Coding]) -> tuple[Grouped, bool]:
        """Give the groups of blocks, and whether texts may be written in several ways, or are digests."""
        codes = np.zeros((len(codings), self._size), dtype=np.int32)
        quote, is_loose = self._reading.quote.encode(), False
        for start in range(0, self._size, CHUNK):
            slots = slice(start, min(start + CHUNK, self._size))
            written = [self._written(place, slots) for place in range(len(self._what.spans))]
            is_quoted = bool(quote) and any(quote in b"".join(span) for span in written)
            is_loose = is_loose or is_quoted
            columns = self._columns(written, is_quoted=is_quoted)
            for at, place in enumerate(self._reading.keys):
                codes[at, slots] = codings[at].of(columns[place])
        facts = self._facts[: self._size]
        missing = facts[:, MISSING] >> np.arange(len(NUMBERS))[:, None] & 1 == 1
        texts = [each.texts for each in codings]
        made = Grouped(texts, codes, self._numbers(), missing, facts[:, ROWS], facts[:, LINE])
        return made, is_loose or bool((facts[:, FACTS:] < 0).any())

    def _numbers(self) -> NDArray[Any]:
        if not self._aside:
            return summable(np.ascontiguousarray(self._sums[: self._size].T))
        numbers = self._sums[: self._size].T.astype(np.object_)
        for slot, row in self._aside.items():
            numbers[:, slot] += np.array(row, dtype=np.object_)
        return summable(numbers)

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

    def _columns(self, written: Sequence[Sequence[bytes]], *, is_quoted: bool) -> dict[int, Sequence[str]]:
        """Take the spans of some groups apart into the texts of each place."""
        columns: dict[int, Sequence[str]] = {}
        for span, texts in zip(self._what.spans, written, strict=True):
            wide = span.last - span.first + 1
            if self._what.is_raw and not is_quoted:
                # Without quotes no cell holds a delimiter or a line's end: all are taken apart at once.
                delimiter = self._reading.delimiter
                cells = b"\n".join(texts).decode().replace("\n", delimiter).split(delimiter)
            else:
                cells = [cell for text in texts for cell in self._taken_apart(text.decode())]
            columns |= {span.first + at: cells[at::wide] for at in range(wide)}
        return columns

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
