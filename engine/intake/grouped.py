"""Groups as columns: each key column's distinct texts, and which of them each group has, as numbers.

A file of 45,000 groups has some hundred texts. What a text means is asked once a text, what groups have in
common is found by their numbers, and a row of Python's own values is made only where somebody takes it:
judging 45,000 groups takes 0.04 s of processor so, and took 0.4 s group by group.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.intake.reading import Group
from engine.models.export import NUMBERS

CHUNK = 4_096  # groups that are made at a time
FULL = 1 << 62  # units; sums of a column that may reach it are Python's own integers
SMALL = 1 << 16  # ids below it, or below so many times the groups, are found by a table, others by sorting
TIMES = 4

Codes = NDArray[np.int32]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
Figures = tuple[int | None, ...]


class Same(NamedTuple):
    """Which groups have something in common: by group an id from 0, and by id its first group."""

    ids: Counts
    firsts: Places


class Sum(NamedTuple):
    rows: int
    numbers: Figures


class Sums(NamedTuple):
    """Sums by id: of rows, of numbers, and how many groups have each number; the last two by number."""

    rows: Counts
    numbers: NDArray[Any]
    filled: Counts

    def at(self, place: int) -> Sum:
        """Give one sum; a number that no group has stays unknown."""
        pairs = zip(self.numbers[:, place].tolist(), self.filled[:, place].tolist(), strict=True)
        return Sum(int(self.rows[place]), tuple(value if count else None for value, count in pairs))


class Coding:
    """Gives the texts of a column numbers, in the order in which they come."""

    def __init__(self) -> None:
        self._codes: defaultdict[str, int] = defaultdict()
        self._codes.default_factory = self._codes.__len__

    def of(self, texts: Sequence[str]) -> Codes:
        return np.fromiter(map(self._codes.__getitem__, texts), np.int32, len(texts))

    @property
    def texts(self) -> list[str]:
        return list(self._codes)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Groups by their places.

    ``codes``, shape (keys, groups), are places in the ``texts`` of that key. ``numbers`` and ``missing`` have
    the shape (6, groups), in the order of ``NUMBERS``; a missing number is 0 there.
    """

    texts: Sequence[Sequence[str]]
    codes: Codes
    numbers: NDArray[Any]
    missing: Mask
    rows: Counts
    lines: Counts

    @classmethod
    def of(cls, groups: Sequence[Group], keys: int) -> "Grouped":
        """Turn groups that are there one by one into columns."""
        codings = [Coding() for _ in range(keys)]
        return cls.coded(groups, codings)

    @classmethod
    def coded(cls, groups: Sequence[Group], codings: Sequence[Coding]) -> "Grouped":
        """Turn groups into columns, with numbers for texts that others may have as well."""
        codes = [coding.of([each.texts[at] for each in groups]) for at, coding in enumerate(codings)]
        figures = np.array([each.numbers for each in groups], dtype=object).reshape(len(groups), len(NUMBERS))
        missing = np.array([[value is None for value in each.numbers] for each in groups], dtype=np.bool_)
        missing = missing.reshape(figures.shape)
        figures[missing] = 0
        return cls(
            [each.texts for each in codings],
            np.array(codes, dtype=np.int32).reshape(len(codings), len(groups)),
            summable(figures.T),
            missing.T,
            np.array([each.rows for each in groups], dtype=np.int64),
            np.array([each.line for each in groups], dtype=np.int64),
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Group]:
        for start in range(0, len(self), CHUNK):
            some = slice(start, start + CHUNK)
            yield from map(Group, self._texts(some), self.figures(some), *self._facts(some))

    def figures(self, some: slice) -> Iterator[Figures]:
        """Give numbers group by group, ``None`` where they are missing."""
        columns: list[list[int | None]] = self.numbers[:, some].tolist()
        for column, missing in zip(columns, self.missing[:, some], strict=True):
            for at in np.flatnonzero(missing).tolist():
                column[at] = None
        return zip(*columns, strict=True)

    def _texts(self, some: slice) -> Iterator[tuple[str, ...]]:
        if not self.texts:
            return iter([()] * len(self.rows[some]))
        pairs = zip(self.texts, self.codes[:, some].tolist(), strict=True)
        return zip(*(map(texts.__getitem__, codes) for texts, codes in pairs), strict=True)

    def _facts(self, some: slice) -> tuple[list[int], list[int]]:
        return self.rows[some].tolist(), self.lines[some].tolist()

    def group(self, place: int) -> Group:
        return next(iter(self.only([place])))

    def only(self, where: "Places | Mask | list[int]") -> "Grouped":
        """Give some of the groups, by their places or a mask."""
        codes, missing = self.codes[:, where], self.missing[:, where]
        return Grouped(
            self.texts, codes, self.numbers[:, where], missing, self.rows[where], self.lines[where]
        )

    def beside(self, groups: Sequence[Group]) -> "Grouped":
        """Put a few other groups behind these."""
        if not groups:
            return self
        codings = [Coding() for _ in self.texts]
        for coding, texts in zip(codings, self.texts, strict=True):
            coding.of(texts)
        return joined(self, Grouped.coded(groups, codings))

    def used(self, key: int) -> list[str]:
        """Give the distinct texts that these groups have of a key."""
        texts = self.texts[key]
        counts = np.bincount(self.codes[key], minlength=len(texts))
        return list(texts) if counts.all() else [texts[at] for at in np.flatnonzero(counts).tolist()]

    def has(self, key: int, some: Collection[str]) -> Mask:
        """Say which groups have one of some texts."""
        is_one = np.array([text in some for text in self.texts[key]], dtype=np.bool_)
        made: Mask = is_one.take(self.codes[key])
        return made

    def same(self, keys: Iterable[int]) -> Same:
        """Find the groups whose texts of some keys are the same."""
        return same([self.codes[key] for key in keys], len(self))

    def lacking(self) -> Same:
        """Find the groups that lack the same numbers."""
        return same(list(self.missing), len(self))

    def sums(self, alike: Same, where: Mask | None = None) -> Sums:
        """Sum groups by id; only some of them, where that is said."""
        size, ids = len(alike.firsts), alike.ids
        numbers, missing, rows = self.numbers, self.missing, self.rows
        if where is not None:
            ids, numbers, missing, rows = ids[where], numbers[:, where], missing[:, where], rows[where]
        counted = np.zeros(size, dtype=np.int64)
        np.add.at(counted, ids, rows)
        made = np.zeros((len(numbers), size), dtype=numbers.dtype)
        filled = np.zeros((len(numbers), size), dtype=np.int64)
        for at, column in enumerate(numbers):
            np.add.at(made[at], ids, column)
            filled[at] = np.bincount(ids[~missing[at]], minlength=size)
        return Sums(counted, made, filled)

    def added(self) -> Sum:
        """Sum all of them."""
        none = same([], len(self))
        return self.sums(none).at(0) if len(self) else Sum(0, (None,) * len(NUMBERS))

    def together(self) -> "Grouped":
        """Make one group of those whose texts are the same and which lack the same numbers."""
        alike = same([*self.codes, *self.missing], len(self))
        if len(alike.firsts) == len(self):
            return self
        sums, lines = self.sums(alike), np.full(len(alike.firsts), np.iinfo(np.int64).max)
        np.minimum.at(lines, alike.ids, self.lines)
        order = np.argsort(alike.firsts)
        firsts = alike.firsts[order]
        codes, missing = self.codes[:, firsts], self.missing[:, firsts]
        return Grouped(self.texts, codes, sums.numbers[:, order], missing, sums.rows[order], lines[order])


def joined(some: Grouped, others: Grouped) -> Grouped:
    """Put groups behind each other; the texts of the others begin as those of these do."""
    return Grouped(
        others.texts,
        np.concatenate((some.codes, others.codes), axis=1),
        summable(np.concatenate((some.numbers, others.numbers), axis=1)),
        np.concatenate((some.missing, others.missing), axis=1),
        np.concatenate((some.rows, others.rows)),
        np.concatenate((some.lines, others.lines)),
    )


def summable(numbers: NDArray[Any]) -> NDArray[Any]:
    """Give numbers as integers of 64 bits if any sum of them is surely one, else as Python's own."""
    reached = np.abs(numbers.astype(np.float64)).sum(axis=1).max(initial=0)
    return numbers.astype(np.int64 if reached < FULL else np.object_, copy=False)


def same(columns: Sequence[NDArray[Any]], size: int) -> Same:
    """Find the places at which all columns, which hold small numbers from 0, are the same."""
    ids, count = np.zeros(size, dtype=np.int64), min(size, 1)
    for column in columns:
        wide = int(column.max(initial=0)) + 1
        if wide > 1:
            ids, count = _dense(ids * wide + column, count * wide)
    firsts = np.zeros(count, dtype=np.intp)
    firsts[ids[::-1]] = np.arange(size - 1, -1, -1)  # of several the last one stays: the first group
    return Same(ids, firsts)


def distinct(ids: Counts) -> list[int]:
    """Give the different ids in the order in which they come."""
    firsts = np.sort(same([ids], len(ids)).firsts)
    return [int(each) for each in ids[firsts]]


def _dense(ids: Counts, below: int) -> tuple[Counts, int]:
    """Number ids anew so that none is left out."""
    if below > max(SMALL, TIMES * len(ids)):
        found, made = np.unique(ids, return_inverse=True)
        return made, len(found)
    is_there = np.zeros(below, dtype=np.bool_)
    is_there[ids] = True
    numbered = np.cumsum(is_there) - 1
    return numbered[ids], int(numbered[-1]) + 1
