"""From a file as it was handed in to plain text: UTF-8, whatever it was packed or written in."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple
from zipfile import ZipInfo

from engine.errors import Refused
from engine.intake import encoding, flat_json, kinds, sheets, zip_guard
from engine.intake.dialect import escapes_with_backslash, unescaped
from engine.intake.headers import is_known
from engine.intake.refusing import refused
from engine.intake.unpacking import ungzipped
from engine.models.export import Warned

LARGEST = 4_000_000_000  # bytes of a file; ten million rows have about one
HEAD = 1 << 16
BEFORE, AROUND = 1 << 12, 1 << 14  # bytes around an escaped quote
IsName = Callable[[str], bool]


class Opened(NamedTuple):
    """Text to read: UTF-8 from byte ``start`` on, its lines ending with LF or CRLF; gone when closed.

    ``encoding`` is that of the file as handed in. ``is_typed`` says that cells were numbers and dates
    already, so that they stand here with a "." and in ISO order. ``warnings`` name what is not read.
    """

    path: Path
    kind: Literal["csv", "xlsx", "json"]
    encoding: str
    start: int
    size: int
    is_typed: bool
    warnings: tuple[Warned, ...] = ()
    lines: Sequence[int] = ()

    def told(self, line: int) -> int:
        """Give the line that a person sees in the file: for JSON where the row's block begins."""
        return self.lines[line - 1] if 0 < line <= len(self.lines) else line


@contextmanager
def opened(path: Path, name: str, is_name: IsName = is_known) -> Iterator[Opened]:
    """Open an export. ``is_name`` says whether a cell is the name of a column that is known.

    A clean file is read where it is; any other is copied into a temporary folder until it is closed. Raises
    ``Refused``, with ``name``, for what is no table, is broken, or is too large in any way.
    """
    with tempfile.TemporaryDirectory(prefix="marko-") as folder:
        try:
            made = _opened(path, Path(folder), is_name)
        except Refused as problem:
            raise Refused(problem.faults, problem.source or name) from None
        yield made


def _opened(path: Path, folder: Path, is_name: IsName) -> Opened:
    if path.stat().st_size > LARGEST:
        raise refused(f"{path.stat().st_size:,} bytes", f"at most {LARGEST:,} bytes: hand in a shorter range")
    packing = kinds.kind_by_bytes(_head(path))
    if packing == "gzip":
        unpacked = folder / "unpacked"
        ungzipped(path, unpacked)
        path, packing = unpacked, kinds.kind_by_bytes(_head(unpacked))
        if packing == "gzip":
            raise refused("gzip within gzip", f"{kinds.TAKEN}, packed once at most")
    if packing != "zip":
        return _text(path, folder)
    parts = zip_guard.parts(path)
    if sheets.is_workbook(parts):
        return _sheet(path, folder, parts, is_name)
    inside = folder / "inside"
    zip_guard.only_file(path, parts, inside)
    if kinds.kind_by_bytes(_head(inside)):
        raise refused("a packed file within a zip", kinds.UNPACK)
    return _text(inside, folder)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _around(path: Path, read: encoding.Written) -> bytes:
    """Give the whole lines around a text's first escaped quote."""
    begin = max(read.bom, read.escape - BEFORE)
    with path.open("rb") as file:
        file.seek(begin)
        content = file.read(AROUND)
    first = 0 if begin == read.bom else content.find(b"\n") + 1
    return content[first : content.rfind(b"\n") + 1]


def _text(path: Path, folder: Path) -> Opened:
    kinds.kind_of_text(_head(path))  # a web page needs no further look
    how = encoding.written(path)
    plain, read = encoding.as_utf8(path, folder, how)
    if kinds.kind_of_text(_head(plain)) == "json":
        return _rows(plain, folder, how.encoding, read.bom)
    if read.escape >= 0 and escapes_with_backslash(_around(plain, read)):
        plain, read = unescaped(plain, folder, read.bom), read._replace(bom=0)
    return Opened(plain, "csv", how.encoding, read.bom, plain.stat().st_size, is_typed=False)


def _rows(path: Path, folder: Path, name: str, start: int) -> Opened:
    table = folder / "rows.csv"
    made = flat_json.as_table(path, table, start)
    size = table.stat().st_size
    return Opened(table, "json", name, 0, size, made.is_typed, made.warnings, made.lines)


def _sheet(path: Path, folder: Path, parts: Sequence[ZipInfo], is_name: IsName) -> Opened:
    table = folder / "sheet.csv"
    made = sheets.as_table(path, parts, table, is_name)
    return Opened(table, "xlsx", "utf-8", 0, table.stat().st_size, made.is_typed, made.warnings)
