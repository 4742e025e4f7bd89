"""Where the cells of a block stand, for all rows at once: places of bytes; no text is made."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.intake.blocks import NEWLINE, RETURN, Block
from engine.intake.reading import Reading

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Cells(NamedTuple):
    """A column's cells: where each begins, and the place behind its end."""

    starts: Places
    ends: Places


class Grid:
    """Rows of a block. Only such whose cells are as many as needed are in it; the others are ``odd``.

    Places are those of ``buffer``. ``begins`` and ``over`` are both ends of each row, ``lines`` the lines on
    which rows begin.
    """

    def __init__(self, block: Block, reading: Reading) -> None:
        self.buffer = block.buffer
        self.signs = np.frombuffer(block.buffer, np.uint8)
        self._quote = reading.quote.encode()
        self.has_quotes = bool(self._quote) and block.holds(self._quote)
        self._has_returns = block.holds(b"\r")
        self.has_dollars = block.holds(b"$")
        marks = self._marks(block, reading)
        last = self._row_ends(marks, block, reading)
        first = np.concatenate(([0], last[:-1] + 1))
        counts = last + 1 - first
        self.over = marks[last]
        self.begins = np.concatenate(([block.start], self.over[:-1] + 1))
        self.lines = self._lines(block)
        out = self._no_rows(reading)
        odd = ~out & self._odd(marks, first, counts, reading)
        self.odd = self._rows(odd)
        self._ends = _table(marks, first, counts, reading)
        self._leave(out | odd)

    def __len__(self) -> int:
        return len(self.begins)

    def _marks(self, block: Block, reading: Reading) -> Places:
        """Find what separates cells and rows: delimiters and line ends outside of quotes."""
        body = block.signs
        found = body == ord(reading.delimiter)
        found |= body == NEWLINE
        if not self.has_quotes:
            places = np.flatnonzero(found)
        else:
            found |= body == self._quote[0]
            places = np.flatnonzero(found)
            quotes = body[places] == self._quote[0]
            places = places[~quotes & (np.cumsum(quotes) & 1 == 0)]
        places += block.start
        return places

    def _row_ends(self, marks: Places, block: Block, reading: Reading) -> Places:
        """Find which marks end rows: one in ``width``, in a block of which all rows are as wide."""
        rows, rest = divmod(len(marks), reading.width)
        if not rest and not self.has_quotes and rows == block.line_ends:
            last = np.arange(reading.width - 1, len(marks), reading.width)
            if bool((self.signs[marks[last]] == NEWLINE).all()):
                return last
        return np.flatnonzero(self.signs[marks] == NEWLINE)

    def _lines(self, block: Block) -> Places:
        if not self.has_quotes:
            return np.arange(block.line, block.line + len(self.over))
        ends = np.flatnonzero(block.signs == NEWLINE) + block.start
        return block.line + np.searchsorted(ends, self.begins)

    def _no_rows(self, reading: Reading) -> Mask:
        """Say which rows are blank, or notes."""
        out: Mask = self.begins == self._before_return(self.over)
        if reading.skip and not reading.skip.isdisjoint(range(int(self.lines[0]), int(self.lines[-1]) + 1)):
            out |= np.isin(self.lines, list(reading.skip))
        return out

    def _odd(self, marks: Places, first: Places, counts: Places, reading: Reading) -> Mask:
        """Say which rows lack used cells, or have something beyond the last column."""
        odd = counts < max(_used(reading), reading.shortest)
        wide = np.flatnonzero(counts > reading.width)
        if len(wide):
            within = marks[first[wide] + (reading.width - 1)]
            beyond = self._before_return(self.over[wide]) - within
            odd[wide] |= beyond != counts[wide] - reading.width
        return odd

    def leave(self, out: Mask) -> None:
        """Leave rows out for the reader that reads cell by cell."""
        self.odd = sorted(self.odd + self._rows(out))
        self._leave(out)

    def _rows(self, out: Mask) -> list[tuple[int, bytes]]:
        """Give lines and bytes of rows."""
        rows = np.flatnonzero(out)
        places = np.stack((self.lines[rows], self.begins[rows], self.over[rows] + 1), axis=1).tolist()
        return [(line, bytes(self.buffer[start:end])) for line, start, end in places]

    def _leave(self, out: Mask) -> None:
        if out.any():
            kept = np.flatnonzero(~out)
            self._ends, self.lines = self._ends[kept], self.lines[kept]
            self.over, self.begins = self.over[kept], self.begins[kept]

    def span(self, first: int, last: int) -> Cells:
        """Give the bytes from one column to another, with the quotes and delimiters among them."""
        starts = self._ends[:, first - 1] + 1 if first else self.begins
        return Cells(starts, self._before_return(self._ends[:, last]))

    def column(self, place: int) -> Cells:
        """Give a column's cells without the quotes around them."""
        starts, ends = self.span(place, place)
        if not self.has_quotes:
            return Cells(starts, ends)
        quoted = (self.signs[starts] == self._quote[0]) & (ends > starts)
        return Cells(starts + quoted, ends - quoted)

    def _before_return(self, ends: Places) -> Places:
        """Put an end before the CR of a CRLF."""
        if not self._has_returns:
            return ends
        before: Places = ends - ((self.signs[ends] == NEWLINE) & (self.signs[ends - 1] == RETURN))
        return before


def _used(reading: Reading) -> int:
    return 1 + max((*reading.keys, *reading.numbers.values()), default=0)


def _table(marks: Places, first: Places, counts: Places, reading: Reading) -> Places:
    """Lay out where cells end, shape (rows, columns); of rows that are too short it says nothing."""
    columns = int(counts[0])
    if columns >= _used(reading) and bool((counts == columns).all()):
        return marks.reshape(len(counts), columns)
    places = first[:, np.newaxis] + np.arange(_used(reading))
    return marks.take(places, mode="clip")
