"""The numbers of a block's rows: plain ones all at once, each other text once, by ``exact``."""

from typing import NamedTuple

import numpy as np

from engine.intake.digits import LONGEST, Counts, Mask, Tail, plain, tail
from engine.intake.grid import Cells, Grid
from engine.intake.keys import alike
from engine.intake.numbers import BadCell
from engine.intake.numbers import worth as worth_of
from engine.intake.reading import Reading
from engine.models.export import NUMBERS, WHOLE, Number

MISSING, BAD = -1, -2
DOLLAR = ord("$")
REMEMBERED = 100_000  # texts whose values are kept
_MIX = tuple(np.uint64(each) for each in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))


class Figures(NamedTuple):
    """Rows' numbers, shape (6, rows), in units and 0 where missing; ``missing`` has a bit for each number.

    ``is_bad``: the row has to be read cell by cell, as it breaks a rule. ``rounded`` says of numbers in
    which cells had to be rounded (of hardly any file) in which rows.
    """

    values: Counts
    missing: Counts
    is_bad: Mask
    rounded: dict[Number, Mask]


class Judge:
    """Says what texts are worth that are not plain, and remembers it."""

    def __init__(self, reading: Reading) -> None:
        self._style = reading.style
        self._quote = reading.quote
        self._known: dict[tuple[bytes, bool], tuple[int, bool]] = {}

    def worth(self, text: bytes, *, whole: bool) -> tuple[int, bool]:
        """Give a text's value, and whether it was rounded."""
        known = self._known.get((text, whole))
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known = {}
            known = self._known[text, whole] = self._judged(text, whole=whole)
        return known

    def _judged(self, text: bytes, *, whole: bool) -> tuple[int, bool]:
        cell = text.decode()
        if self._quote:
            cell = cell.replace(self._quote * 2, self._quote)
        try:
            value, is_rounded = worth_of(cell, self._style, whole=whole)
        except BadCell:
            return BAD, False
        if value is None:
            return MISSING, False
        return (value, is_rounded) if value >= 0 else (BAD, False)


def figures(grid: Grid, reading: Reading, judge: Judge) -> Figures:
    """Read all numbers of a block's rows."""
    values = np.zeros((len(NUMBERS), len(grid)), dtype=np.int64)
    missing = np.full(len(grid), (1 << len(NUMBERS)) - 1, dtype=np.int64)
    is_bad = np.zeros(len(grid), dtype=np.bool_)
    rounded: dict[Number, Mask] = {}
    for row, number in enumerate(NUMBERS):
        if number in reading.numbers:
            read, is_rounded = _column(grid, reading, number, judge)
            if is_rounded is not None:
                rounded[number] = is_rounded
            if int(read.min(initial=0)) == 0:
                missing -= 1 << row
                values[row] = read
            else:
                missing -= (read != MISSING).astype(np.int64) << row
                is_bad |= read == BAD
                np.maximum(read, 0, out=values[row])
    if reading.rules.clicked_is_seen:
        both = missing & 0b11 == 0
        is_bad |= both & (values[1] > values[0])
    return Figures(values, missing, is_bad, rounded)


def _column(grid: Grid, reading: Reading, number: Number, judge: Judge) -> tuple[Counts, Mask | None]:
    """Read a column, and say which cells were rounded; ``None`` where none was."""
    cells, whole = grid.column(reading.numbers[number]), number in WHOLE
    bare = _without_sign(grid, cells) if grid.has_dollars and not whole else cells
    values, is_plain = plain(tail(grid.buffer, bare), reading.style, whole=whole)
    rounded: Mask | None = None
    if is_plain is not None and not is_plain.all():
        ends = tail(grid.buffer, cells)
        values[ends.lengths == 0] = MISSING
        rest = np.flatnonzero(~is_plain & (ends.lengths > 0))
        others = Cells(cells.starts[rest], cells.ends[rest])
        values[rest], is_rounded = _judged(grid, others, _of(ends, rest), judge, whole=whole)
        if is_rounded.any():
            rounded = np.zeros(len(grid), dtype=np.bool_)
            rounded[rest] = is_rounded
    return values, rounded


def _without_sign(grid: Grid, cells: Cells) -> Cells:
    """Leave the dollar out before an amount."""
    has = (grid.signs[cells.starts] == DOLLAR) & (cells.ends > cells.starts)
    return Cells(cells.starts + has, cells.ends)


def _of(ends: Tail, rows: Counts) -> Tail:
    return Tail(None if ends.left is None else ends.left[rows], ends.right[rows], ends.lengths[rows])


def _judged(grid: Grid, cells: Cells, ends: Tail, judge: Judge, *, whole: bool) -> tuple[Counts, Mask]:
    """Judge each text once; those that are too long to be compared as words, one by one."""
    left = np.zeros_like(ends.right) if ends.left is None else ends.left
    words = (ends.right, left, ends.lengths.astype(np.uint64))
    same = alike(words[0] * _MIX[0] + words[1] * _MIX[1] + words[2] * _MIX[2])
    likes = same.firsts[same.codes]
    is_same = np.logical_and.reduce([each[likes] == each for each in words])
    worth = [_worth(grid, cells, row, judge, whole=whole) for row in same.firsts.tolist()]
    made = np.array([value for value, _ in worth], dtype=np.int64)[same.codes]
    rounded = np.array([is_rounded for _, is_rounded in worth], dtype=np.bool_)[same.codes]
    for row in np.flatnonzero(~is_same | (ends.lengths > LONGEST)).tolist():
        made[row], rounded[row] = _worth(grid, cells, row, judge, whole=whole)
    return made, rounded


def _worth(grid: Grid, cells: Cells, row: int, judge: Judge, *, whole: bool) -> tuple[int, bool]:
    return judge.worth(bytes(grid.buffer[int(cells.starts[row]) : int(cells.ends[row])]), whole=whole)
