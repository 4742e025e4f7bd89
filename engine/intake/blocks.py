"""A file's rows in blocks: whole rows each, cut where a row ends, whatever its cells hold.

A quote that opens or closes no cell (5" screens) would put all counting of quotes wrong. From there on some
rows are cut by the reader that reads cell by cell, and marked as irregular.
"""

from collections.abc import Generator, Iterator
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.intake.reading import SHOWN, Reading
from engine.intake.records import Unclosed, records
from engine.intake.refusing import refused

BLOCK = 1 << 21  # bytes read at a time
SOME = 1 << 16  # bytes that are read cell by cell around an odd quote
LONGEST_RECORD = 1 << 20
NEWLINE, RETURN = 10, 13
AROUND = 512  # bytes of ours on both sides: whoever looks a little too far sees no foreign ones

Bytes = NDArray[np.uint8]


class Block(NamedTuple):
    """Whole rows as UTF-8: the bytes of ``buffer`` from ``start`` to ``end``, which are followed by others.

    ``line`` is the one on which they begin. ``is_regular``: quotes stand around whole cells only.
    """

    buffer: bytearray
    start: int
    end: int
    line: int
    is_regular: bool

    @property
    def signs(self) -> Bytes:
        return np.frombuffer(self.buffer, np.uint8)[self.start : self.end]

    @property
    def content(self) -> bytes:
        return bytes(memoryview(self.buffer)[self.start : self.end])

    def holds(self, some: bytes) -> bool:
        return self.buffer.find(some, self.start, self.end) >= 0

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def line_ends(self) -> int:
        return int(np.count_nonzero(self.signs == NEWLINE))


class _End(NamedTuple):
    """Where whole rows end in some bytes, and whether what comes next has an odd quote."""

    place: int
    is_odd: bool


def blocks(path: Path, reading: Reading, size: int = 0) -> Iterator[Block]:
    """Yield a file's rows, read ``size`` bytes at a time if that is said.

    Raises ``Refused`` for a quoted cell that is not closed, and for endless rows.
    """
    with path.open("rb") as file:
        file.seek(reading.start)
        for _ in range(reading.first - 1):
            file.readline()
        left, line, is_last = b"", reading.first, False
        while not is_last:
            whole = _read_on(file, left, line, size or BLOCK)
            is_last = whole.size == len(left)
            if is_last and left and not left.endswith(b"\n"):
                whole.buffer[whole.end] = NEWLINE
                whole = whole._replace(end=whole.end + 1)
            whole = yield from _cut(whole, reading, is_last=is_last)
            left, line = whole.content, whole.line
            if len(left) > LONGEST_RECORD:
                raise _endless(whole)


def _read_on(file: BufferedReader, left: bytes, line: int, size: int) -> Block:
    """Put what is left and what comes next into one buffer."""
    buffer = bytearray(AROUND + len(left) + size + AROUND)
    start = AROUND + len(left)
    buffer[AROUND:start] = left
    with memoryview(buffer) as view:
        read = file.readinto(view[start : start + size])
    return Block(buffer, AROUND, start + read, line, is_regular=True)


def _cut(whole: Block, reading: Reading, *, is_last: bool) -> Generator[Block, None, Block]:
    """Yield blocks, and return what is left."""
    while whole.size:
        end = _end_of_rows(whole, reading)
        if end.place > whole.start:
            block = whole._replace(end=end.place)
        elif end.is_odd and (size := _some(whole, reading, is_last=is_last)):
            block = whole._replace(end=whole.start + size, is_regular=False)
        elif is_last:
            raise _endless(whole)
        else:
            break
        yield block
        whole = whole._replace(start=block.end, line=whole.line + block.line_ends)
    return whole


def _end_of_rows(whole: Block, reading: Reading) -> _End:
    """Find where the last row ends before which every quote opens or closes a cell."""
    buffer, start = whole.buffer, whole.start
    if not is_simple(reading):
        return _End(start, is_odd=True)
    end = buffer.rfind(b"\n", start, whole.end) + 1
    quote = reading.quote.encode()
    if not quote or not whole.holds(quote):
        return _End(end, is_odd=False)
    signs = whole.signs
    quotes = np.flatnonzero(signs == quote[0])
    odd = _first_odd(signs, quotes, reading)
    if odd is not None:
        end = buffer.rfind(b"\n", start, start + odd) + 1
    # Within a quoted cell a line's end is a character as any other: go back before the cell.
    while end > start and (before := int(np.searchsorted(quotes, end - start))) % 2:
        end = buffer.rfind(b"\n", start, start + int(quotes[before - 1])) + 1
    return _End(end, is_odd=odd is not None)


def is_simple(reading: Reading) -> bool:
    """Whether delimiter and quote are bytes, so that rows can be read as bytes."""
    return len(reading.delimiter.encode()) == 1 and len(reading.quote.encode()) <= 1


def _first_odd(signs: Bytes, quotes: NDArray[np.intp], reading: Reading) -> int | None:
    """Find the first quote that opens a cell amid its text, or closes one before its end."""
    around = [ord(reading.delimiter), NEWLINE, ord(reading.quote)]
    opening, closing = quotes[::2], quotes[1::2]
    before = signs[opening - 1]  # of a quote at the very beginning it is the last byte, which says nothing
    bad = opening[~np.isin(before, around) & (opening > 0)]
    after = signs[np.minimum(closing + 1, len(signs) - 1)]
    last = signs[np.minimum(closing + 2, len(signs) - 1)]
    ends = np.isin(after, around) | ((after == RETURN) & (last == NEWLINE)) | (closing + 2 >= len(signs))
    odd = [int(each[0]) for each in (bad, closing[~ends]) if len(each)]
    return min(odd, default=None)


def _some(whole: Block, reading: Reading, *, is_last: bool) -> int:
    """Count the bytes of some rows, as the reader of cells understands them; 0 where it needs more."""
    content = whole.content
    if not is_last:
        content = content[: content.rfind(b"\n") + 1]
    passed, read = [0], 0
    try:
        for _ in records(_lines(content, passed), whole.line, reading):
            read = passed[0]
            if read >= SOME:
                return read
    except Unclosed:
        return read
    return len(content)


def _lines(content: bytes, passed: list[int]) -> Iterator[str]:
    """Yield lines with their ends; ``passed`` holds how many bytes were.

    Bytes that are no text may stand in a column that nobody needs.
    """
    while passed[0] < len(content):
        end = content.find(b"\n", passed[0]) + 1 or len(content)
        text = content[passed[0] : end].decode(errors="surrogateescape")
        passed[0] = end
        yield text


def lines_of(content: bytes) -> Iterator[str]:
    return _lines(content, [0])


def _endless(whole: Block) -> Exception:
    rule = "a quoted cell that is closed"
    if whole.size > LONGEST_RECORD:
        rule = f"a row of at most {LONGEST_RECORD:,} bytes, with every quote closed"
    begins = whole.buffer[whole.start : min(whole.end, whole.start + SHOWN)]
    return refused(begins.decode(errors="replace"), rule, field="row", line=whole.line)
