"""Whether an XLSX may be opened at all: its zip's own list is checked first, and then what truly comes out.

A zip may say one size and hold another, name a part twice, or hold a sheet of two cells a million rows apart.
Nothing is handed to the reader before every part that it would read has been unpacked once and counted.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import BinaryIO

from engine.intake.encoding import PIECE
from engine.intake.kinds import UNPACK
from engine.intake.refusing import refused

MOST_PARTS = 2_000
MOST_LISTED = 1_000_000  # bytes of the zip's list
MOST_UNPACKED = 100_000_000  # bytes of all parts
MOST_TIMES = 200  # sheets become 5 to 20 times smaller
FREE = 4 * PIECE  # may be packed as tightly as it likes
MOST_CELLS = 2_000_000  # of the rectangle around all that is filled, which the reader holds
MOST_MERGED = 100_000
LARGEST_PART = 32_000_000  # bytes of what is neither sheet nor text: names, styles, links
MOST_TEXT = 100_000_000  # bytes of texts, each counted as often as a cell shows it
LONGEST_CELL = PIECE
_SMALLER = "hand in a shorter range, or save it as CSV"
_BROKEN = "a whole XLSX file: download or save it again"
_END = b"PK\x05\x06"
# Each begins with letters that are searched quickly, and none goes back over what it has read.
_ROW = re.compile(rb"row\b[^<>]*?\br=[\"'](\d{1,9})")
_COLUMN = re.compile(rb"r=[\"']([A-Z]{1,7})\d")
_CELL_ROW = re.compile(rb"r=[\"'][A-Z]{1,7}(\d{1,9})")
_TEXT_CELL = re.compile(rb"t=[\"']s[\"'][^<>]*+>\s*+<(?:\w+:)?v>\s*+(\d{1,9})")
_ROW_BEGIN = re.compile(rb"<(?:\w+:)?row[ />]")
_CELL_BEGIN = re.compile(rb"<(?:\w+:)?c[ >]")
_AROUND = re.compile(rb"\s++(?==)|(?<==)\s++")
_TEXT = re.compile(rb"<(?:\w+:)?si\b")
_MARKS = (b"<c ", b":c ", b"<row", b":row", b"<si>", b":si>")


def parts(path: Path) -> list[zipfile.ZipInfo]:
    """Read the zip's own list, and refuse it where it is no list of a sound XLSX."""
    _check_list(path)
    try:
        with zipfile.ZipFile(path) as packed:
            found = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        raise refused("a broken zip", _BROKEN) from None
    names = [each.filename for each in found]
    if len(set(names)) < len(names):
        raise refused("a zip that names a part twice", _BROKEN)
    if any(each.flag_bits & 1 for each in found):
        raise refused("a file with a password", "a file without a password")
    total = sum(each.file_size for each in found)
    packed_size = path.stat().st_size
    if total > MOST_UNPACKED or total > max(FREE, packed_size * MOST_TIMES):
        raise refused(
            f"{total:,} bytes unpacked", f"at most {MOST_UNPACKED:,}, and {MOST_TIMES} times: {_SMALLER}"
        )
    return found


def _check_list(path: Path) -> None:
    """Refuse a list that would take long to read, by the twenty-two bytes that end every zip."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - (1 << 16) - 42))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise refused("a zip that is cut off", _BROKEN)
    count, size = struct.unpack("<HL", tail[at + 10 : at + 16])
    if count > MOST_PARTS or size > MOST_LISTED or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        raise refused(f"a zip of {count:,} parts", f"at most {MOST_PARTS:,} parts: save it as CSV")


def only_file(path: Path, found: Sequence[zipfile.ZipInfo], target: Path) -> None:
    """Unpack the one file of an archive. Raises ``Refused`` where there are several."""
    files = [each for each in found if not each.is_dir() and not each.filename.startswith("__MACOSX/")]
    if len(files) != 1:
        raise refused(f"a zip archive of {len(files)} files", UNPACK)
    with path.open("rb") as file, target.open("wb") as out:
        out.writelines(unpacked(file, files[0]))


def checked(path: Path, found: Sequence[zipfile.ZipInfo]) -> None:
    """Unpack every part, and refuse what is not as it says, or would take too much memory to read."""
    lengths: list[int] = []
    text = 0
    with path.open("rb") as file:
        for info in sorted(found, key=_is_texts, reverse=True):
            if _is_texts(info):
                if info.file_size > MOST_TEXT:
                    raise refused(f"{info.file_size:,} bytes of text", f"at most {MOST_TEXT:,}: {_SMALLER}")
                lengths = _text_lengths(whole_cells(unpacked(file, info)))
            else:
                text += _checked_part(unpacked(file, info), lengths, text)


def _is_texts(info: zipfile.ZipInfo) -> bool:
    return info.filename.lower().endswith("sharedstrings.xml")


def _checked_part(found: Iterator[bytes], lengths: list[int], text: int) -> int:
    """Go through a part, which may be a sheet whatever it is called; give the bytes of text it would show."""
    first = next(found, b"")
    rest = chain([first], found)
    if not first.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        for _ in rest:
            pass
        return 0
    sheet, size = _Sheet(lengths), 0
    is_sheet = b"sheetData" in first or b"worksheet" in first
    for piece in whole_cells(rest) if is_sheet else rest:
        if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
            raise refused("XML with definitions of its own", _BROKEN)
        sheet.take(piece)
        if not is_sheet and (size := size + len(piece)) > LARGEST_PART:
            raise refused(f"a part of over {LARGEST_PART:,} bytes beside the sheets", _SMALLER)
        if sheet.is_too_large or text + sheet.text > MOST_TEXT:
            rule = f"at most {MOST_CELLS:,} cells and {MOST_TEXT:,} bytes of text: {_SMALLER}"
            raise refused(sheet.size, rule)
    return sheet.text


def unpacked(file: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack one part, never more than it says it holds."""
    file.seek(info.header_offset)
    header = file.read(30)
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise refused("a broken zip", _BROKEN)
    file.seek(sum(struct.unpack("<HH", header[26:30])), 1)
    made = 0
    for piece in _inflated(file, info):
        made += len(piece)
        if made > info.file_size:
            raise refused("a zip that unpacks to more than it says", _BROKEN)
        yield piece
    if made != info.file_size:
        raise refused("a zip that unpacks to less than it says", _BROKEN)


def whole_cells(found: Iterable[bytes]) -> Iterator[bytes]:
    """Cut pieces anew where a cell, row or text begins, so that none is torn apart."""
    left = b""
    for piece in found:
        content = left + piece
        end = content.rfind(b"<c ")
        if end < len(content) // 2:
            end = max(map(content.rfind, _MARKS))
        end = content.rfind(b"<", 0, end + 1)
        if end > 0:
            yield content[:end]
        left = content[max(end, 0) :]
        if len(left) > LONGEST_CELL:
            rule = f"at most {LONGEST_CELL:,} bytes in a cell: {_SMALLER}"
            raise refused(f"a cell of over {LONGEST_CELL:,} bytes", rule)
    yield left


def _inflated(file: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    if info.compress_type == zipfile.ZIP_STORED:
        yield from _stored(file, info.compress_size)
        return
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise refused("a zip packed in an unusual way", _BROKEN)
    inner = zlib.decompressobj(-15)
    try:
        for fed in _stored(file, info.compress_size):
            left = fed
            while left and (piece := inner.decompress(left, PIECE)):
                yield piece
                left = inner.unconsumed_tail
        while piece := inner.decompress(inner.unconsumed_tail, PIECE):
            yield piece
    except zlib.error:
        raise refused("a broken zip", _BROKEN) from None


def _stored(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size:
        fed = file.read(min(size, 1 << 16))
        if not fed:
            raise refused("a zip that is cut off", _BROKEN)
        size -= len(fed)
        yield fed


def _text_lengths(found: Iterator[bytes]) -> list[int]:
    """Give how long each shared text is, in bytes of its XML."""
    lengths: list[int] = []
    for piece in found:
        starts = [match.start() for match in _TEXT.finditer(piece)]
        lengths += [two - one for one, two in pairwise([*starts, len(piece)])]
    return lengths


class _Sheet:
    """Counts what a sheet would take in memory: the rectangle around its cells, and all of their texts."""

    def __init__(self, lengths: list[int]) -> None:
        self._lengths = lengths
        self._furthest = self._unnamed = self._in_row = self._longest = 0
        self.cells = self.text = self.merged = self.columns = 0

    @property
    def rows(self) -> int:
        """The last row by its number, and those without one, which follow each other."""
        return self._furthest + self._unnamed

    @property
    def is_too_large(self) -> bool:
        return max(self.rows * self.columns, self.cells) > MOST_CELLS or self.merged > MOST_MERGED

    @property
    def size(self) -> str:
        if self.rows * self.columns > MOST_CELLS:
            return f"a sheet of {self.rows:,} rows and {self.columns:,} columns"
        return f"a sheet of over {MOST_MERGED if self.merged > MOST_MERGED else self.cells:,} cells"

    def take(self, piece: bytes) -> None:
        cells, named, marks, rows = _counted(piece)
        if len(named) < cells or len(rows) < marks:
            cells, named, marks, rows = _counted(piece := _AROUND.sub(b"", piece))
        self.cells += cells
        self.merged += piece.count(b"mergeCell ")
        self._furthest = max(self._furthest, max(map(int, {*named, *rows}), default=0))
        self._unnamed += max(0, marks - len(rows))
        self._count_columns(piece, has_unnamed=len(named) < cells, has_rows=marks > 0)
        if self._lengths:
            most = len(self._lengths)
            self.text += sum(self._lengths[at] for at in map(int, _TEXT_CELL.findall(piece)) if at < most)

    def _count_columns(self, piece: bytes, *, has_unnamed: bool, has_rows: bool) -> None:
        """Take the last column by its letters; cells without follow the one before: count by row."""
        if has_unnamed:
            first, *others = _ROW_BEGIN.split(piece)
            for row in (first, *others):
                self._in_row = len(_CELL_BEGIN.findall(row)) + (self._in_row if row is first else 0)
                self._longest = max(self._longest, self._in_row)
        elif has_rows:
            self._in_row = 0
        letters = set(_COLUMN.findall(piece))
        self.columns = max(
            self.columns, self._longest, max(map(column_number, letters), default=0) + self._longest
        )


def _counted(piece: bytes) -> tuple[int, list[bytes], int, list[bytes]]:
    """Count cells and rows, and give the numbers of the rows that each of them names."""
    cells, rows = piece.count(b"<c ") + piece.count(b"<c>"), piece.count(b"<row")
    if b":c" in piece or b":row" in piece:
        cells, rows = len(_CELL_BEGIN.findall(piece)), len(_ROW_BEGIN.findall(piece))
    return cells, _CELL_ROW.findall(piece), rows, _ROW.findall(piece)


def column_number(letters: bytes) -> int:
    """Give the number, from 1, of a column such as ``AB``."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
