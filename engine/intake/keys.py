"""Which rows of a block have the same key texts: compared as bytes, found by a hash, and compared again.

A hash only proposes. Rows that share it are compared byte by byte, and where two differ
(``Collision``) everything is done again with other multipliers: no sum depends on luck.
"""

import os
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.intake.blocks import AROUND
from engine.intake.grid import Cells, Grid
from engine.intake.reading import Reading

LONGEST = AROUND // 2  # bytes of a span that are compared as they are; of longer ones a digest
SPREAD = 1 << 24  # bytes that the spans of a block may take side by side
WORD = 8
DIGEST = 32

Words = NDArray[np.uint64]
Places = NDArray[np.int64]


class Collision(Exception):
    """Two different keys have one hash. It never leaves the pass over a file."""


class Span(NamedTuple):
    """Columns side by side, which are compared at once: the first and the last place."""

    first: int
    last: int


class Layout(NamedTuple):
    """What is compared of rows, in all blocks alike. ``is_raw``: with the quotes that stand there."""

    spans: tuple[Span, ...]
    is_raw: bool


class Side(NamedTuple):
    """A span of some rows: its bytes as words, shape (rows, words), 0 behind its end, and its lengths.

    Of what is longer than a block can show, the words are a digest, and the length is negative.
    """

    words: Words
    lengths: Places


class Alike(NamedTuple):
    """Which rows are the same: hashes in their order, for each its first row, and by row which it is."""

    hashes: Words
    firsts: Places
    codes: Places


class Hashing:
    """Multipliers by span and word, drawn by chance; drawn at once, as several threads use them."""

    def __init__(self, spans: int) -> None:
        rows, columns = spans + 1, 1 + LONGEST // WORD
        drawn = np.frombuffer(os.urandom(rows * columns * WORD), np.uint64)
        self._multipliers = drawn.reshape(rows, columns) | np.uint64(1)

    def of(self, sides: Sequence[Side], missing: Places) -> Words:
        """Hash rows: each side's words and lengths, and which numbers are missing."""
        made: Words = missing.astype(np.uint64) * self._multipliers[-1, 0]
        for side, multipliers in zip(sides, self._multipliers, strict=False):
            mixed = side.words ^ (side.words >> np.uint64(32))  # or high bytes would move high bits only
            made += mixed @ multipliers[1 : side.words.shape[1] + 1]
            made += side.lengths.astype(np.uint64) * multipliers[0]
        return made


def layout(reading: Reading, *, has_quotes: bool) -> Layout:
    """Put neighbouring key columns together, where no quotes stand around them."""
    places = sorted(set(reading.keys))
    if has_quotes:
        return Layout(tuple(Span(each, each) for each in places), is_raw=False)
    spans: list[Span] = []
    for place in places:
        if spans and spans[-1].last == place - 1:
            spans[-1] = Span(spans[-1].first, place)
        else:
            spans.append(Span(place, place))
    return Layout(tuple(spans), is_raw=True)


def sides(grid: Grid, what: Layout) -> list[Side]:
    """Take the spans of all rows of a block."""
    return [_side(grid, cells_of(grid, span, what)) for span in what.spans]


def cells_of(grid: Grid, span: Span, what: Layout) -> Cells:
    return grid.span(span.first, span.last) if what.is_raw else grid.column(span.first)


def _side(grid: Grid, cells: Cells) -> Side:
    lengths = cells.ends - cells.starts
    most = min(LONGEST, max(DIGEST, SPREAD // max(1, len(lengths)) // WORD * WORD))
    width = min(most, -(-int(lengths.max(initial=1)) // WORD) * WORD)
    windows = np.ndarray((len(grid.buffer) - width + 1,), f"V{width}", grid.buffer, strides=(1,))
    words = windows[cells.starts].view("<u8").reshape(len(lengths), width // WORD)
    words &= _masks(width).take(np.minimum(lengths, width), axis=0)
    long = np.flatnonzero(lengths > width)
    if len(long):
        lengths = lengths.copy()
        for row in long:
            text = grid.buffer[int(cells.starts[row]) : int(cells.ends[row])]
            digest = blake2b(text, digest_size=DIGEST).digest()
            words[row] = np.frombuffer(digest.ljust(width, b"\0"), "<u8")
        lengths[long] = -lengths[long]
    return Side(words, lengths)


@lru_cache(maxsize=LONGEST)
def _masks(width: int) -> Words:
    """Give by length the words whose bytes are kept, shape (width + 1, words)."""
    kept = np.tri(width + 1, width, -1, dtype=np.uint8) * np.uint8(255)
    return kept.view("<u8")


def alike(hashes: Words) -> Alike:
    """Bring rows of the same hash together."""
    order = np.argsort(hashes)
    ordered = hashes[order]
    changes = np.empty(len(ordered), dtype=np.bool_)
    changes[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=changes[1:])
    begins = np.flatnonzero(changes)
    codes = np.empty(len(ordered), dtype=np.int64)
    codes[order] = np.cumsum(changes) - 1
    firsts = np.minimum.reduceat(order, begins) if len(order) else order
    return Alike(ordered[begins], firsts, codes)


def check(same: Alike, taken: Sequence[Side], missing: Places) -> None:
    """Raise ``Collision`` where rows of one hash differ."""
    likes = same.firsts[same.codes]
    is_same = np.array_equal(missing[likes], missing)
    for side in taken:
        is_same = is_same and np.array_equal(side.lengths[likes], side.lengths)
        is_same = is_same and np.array_equal(side.words.take(likes, axis=0), side.words)
    if not is_same:
        raise Collision
