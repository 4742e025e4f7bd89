"""How a table is written: its delimiter, quotes, header, and which lines before and after are no rows.

Decided by what is there: cells that are names of known columns, and rows that are as wide as their header.
Only the head and the tail are read, so a file of a gigabyte is as quick as a small one.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import Refused
from engine.intake.encoding import pieces
from engine.intake.headers import is_known
from engine.intake.refusing import refused

if TYPE_CHECKING:
    from engine.intake.opening import Opened

DELIMITERS = ",;\t|"
HEAD = 1 << 18  # bytes
TAIL = 1 << 16
MOST_COLUMNS = 2_000
LONGEST_CELL = 131_072  # characters
DEEPEST_HEADER = 60  # records above the header
SAMPLED = 200  # rows below it whose width is looked at
LONGEST_NUMBER = 40  # characters
FITS = 0.5  # the share of rows that have to be as wide as their header
MOST_NOTES = 40  # lines at the end that are no rows
IsName = Callable[[str], bool]

_LONE_CR = re.compile("\r(?!\n)")
_SEP = re.compile(r'"?sep=(.)"?[,;\t| ]*\r?\n', re.IGNORECASE)
_NUMBER = re.compile(r"[^\w]*\d[\d.,'\s\u00a0\u202f/:-]*[^\w]*(?:[A-Z]{3})?")
_UNSURE = re.compile(r"\W*\d{1,3}(?:[.,'\s]\d{3})+\W*|\W*[\d.,'\s]*\d,\d[\d.,'\s]*\W*")
_NOTE = re.compile(
    r"\s*(©|\(c\)|copyright\b|\*|†|note\b|notes\b|hinweis|remarque|nota\b|opmerking|source:|quelle)",
    re.IGNORECASE,
)
_BACKSLASH = re.compile(r'\\\\|\\"')
_BACKSLASH_BYTES = re.compile(rb'\\\\|\\"')
_ONE_QUOTES = re.compile(r"'[^'\n]*'\s*(?:[,;\t|\r\n]|$)")


class Dialect(NamedTuple):
    """``header`` and ``first`` are lines of the file, from 1: the names' and the first row's.

    ``names`` are the header's cells as they are, repeated and empty ones too, and ``width`` how many.
    ``preface`` are the texts above it, ``last`` the lines of notes below the rows, which are to be left out.
    """

    delimiter: str
    quote: str
    header: int
    first: int
    width: int
    names: tuple[str, ...]
    preface: tuple[str, ...]
    last: frozenset[int]


class _Record(NamedTuple):
    """Cells, and the lines on which they begin and end, from 1."""

    cells: list[str]
    line: int
    end: int

    @property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell.strip()]


class _Reading(NamedTuple):
    """One way to read the head: where its header would be, how many names are known, how well rows fit."""

    delimiter: str
    quote: str
    records: Sequence[_Record]
    at: int
    known: int
    fit: float
    rows: int

    @property
    def header(self) -> _Record:
        return self.records[self.at]

    @property
    def rank(self) -> tuple[int, float, int]:
        """Names known, how well rows fit, and how many cells this reading explains."""
        return self.known, round(self.fit, 1), round(self.fit * self.rows) * len(self.header.cells)

    def is_rivalled(self, other: "_Reading") -> bool:
        """Whether another reading with a lower rank is about as good."""
        return other.rank[:2] == self.rank[:2] and other.rank[2] * 2 > self.rank[2]


def dialect(opened: "Opened", is_name: IsName = is_known) -> Dialect:
    """Find how an opened file's table is written. Raises ``Refused`` where there is none, or two ways."""
    with opened.path.open("rb") as file:
        file.seek(opened.start)
        content = file.read(HEAD + 1)
    whole = len(content) <= HEAD
    text = _whole_lines(content, whole=whole).decode("utf-8", "replace")
    best = _best(text, is_name, opened.kind)
    if opened.kind == "csv":
        _refuse_second(best, is_name)
    header = best.header
    preface = tuple(_as_text(each, text) for each in best.records[: best.at] if each.filled)
    width = len(header.cells)
    return Dialect(
        best.delimiter,
        best.quote,
        header.line,
        header.end + 1,
        width,
        tuple(header.cells),
        preface[1:] if preface and _SEP.match(text) else preface,
        _notes(opened, best, width),
    )


def _whole_lines(content: bytes, *, whole: bool) -> bytes:
    return content if whole else content[: content.rfind(b"\n") + 1] or content


def _best(text: str, is_name: IsName, kind: str) -> _Reading:
    if kind == "json":
        records = list(_records(text, ",", '"'))
        return _Reading(",", '"', records, 0, 0, 1.0, len(records) - 1)
    sep = _SEP.match(text)
    found = _readings(text, sep.group(1), is_name) if sep else []
    found = found or _readings(text, "," if kind == "xlsx" else DELIMITERS, is_name)
    if not found:
        raise refused("no table", "a header with at least two columns, and rows below it")
    return _chosen(found)


def _readings(text: str, delimiters: str, is_name: IsName) -> list[_Reading]:
    quotes = "\"'" if len(_ONE_QUOTES.findall(text, 0, 4096)) > 1 else '"'
    found, broken = [], list[Refused]()
    for delimiter in delimiters:
        for quote in quotes if delimiter in text else "":
            try:
                records = list(_records(text, delimiter, quote))
            except Refused as problem:
                broken.append(problem)
                continue
            reading = _with_header(delimiter, quote, records, is_name)
            if reading:
                found.append(reading)
    if broken and not found:
        raise min(broken, key=lambda each: "columns" not in each.faults[0].value)
    return found


def _records(text: str, delimiter: str, quote: str, line: int = 0) -> Iterator[_Record]:
    """Yield the records of a text, up to as many as are looked at."""
    # A CR alone ends no line in what follows, so it must not count as one here.
    straight = _LONE_CR.sub(" ", text)
    reader = csv.reader(io.StringIO(straight, newline="\n"), delimiter=delimiter, quotechar=quote)
    begun = 1
    try:
        for cells in islice(reader, DEEPEST_HEADER + SAMPLED):
            if len(cells) > MOST_COLUMNS:
                raise refused(f"{len(cells):,} columns", f"at most {MOST_COLUMNS:,} columns", line=begun)
            yield _Record(cells, line + begun, line + reader.line_num)
            begun = reader.line_num + 1
    except csv.Error:
        rule = f"at most {LONGEST_CELL:,} characters in a cell, and every quote closed"
        raise refused("a cell that does not end", rule, line=begun) from None


def _with_header(delimiter: str, quote: str, records: Sequence[_Record], is_name: IsName) -> _Reading | None:
    """Find the record that is most likely the header: known names first, then rows that are as wide."""
    best: _Reading | None = None
    for at, record in enumerate(records[:DEEPEST_HEADER]):
        if len(record.filled) < 2:
            continue
        known = names_known(record.filled, is_name)
        if known < 2 and any(map(_is_number, record.filled)):
            continue
        fit, rows = _fit(record, records[at + 1 :])
        if known < 2 and not rows:
            continue
        reading = _Reading(delimiter, quote, records, at, known, fit, rows)
        if best is None or _is_better(reading, best):
            best = reading
    return best


def _is_better(one: _Reading, other: _Reading) -> bool:
    """A later header needs a reason: two names known and more than before, or rows that fit at last."""
    if one.known != other.known and max(one.known, other.known) > 1:
        return one.known > other.known
    return one.fit > other.fit and other.fit < FITS


def _fit(header: _Record, below: Iterable[_Record]) -> tuple[float, int]:
    """Give the share of rows that are as wide as their header, and how many rows were looked at."""
    rows = [each for each in below if each.filled][:SAMPLED]
    wide = len(header.cells)
    fits = sum(1 for each in rows if len(each.cells) == wide or _overhangs(each.cells, wide))
    return fits / len(rows) if rows else 0.0, len(rows)


def _overhangs(cells: Sequence[str], width: int) -> bool:
    """Say whether a row is longer by empty cells alone, as with a delimiter at its end."""
    return len(cells) > width and not any(cell.strip() for cell in cells[width:])


def _is_number(cell: str) -> bool:
    text = cell.strip()
    return len(text) <= LONGEST_NUMBER and _NUMBER.fullmatch(text) is not None


def is_unsure(text: str) -> bool:
    """Say whether a text could be a number whose point, or comma, may divide thousands or decimals."""
    return len(text) <= LONGEST_NUMBER and _UNSURE.fullmatch(text.strip()) is not None


def _chosen(found: Sequence[_Reading]) -> _Reading:
    """Take the reading that is better than any other. Raises ``Refused`` where two are equally good."""
    ranked = sorted(found, key=lambda each: each.rank, reverse=True)
    best = ranked[0]
    for other in ranked[1:]:
        if other.delimiter != best.delimiter and best.is_rivalled(other):
            both = f"{_sign(best.delimiter)} and {_sign(other.delimiter)} divide it equally well"
            raise refused(both, "one delimiter: save it as CSV with commas", line=best.header.line)
    if best.rows and best.fit < FITS:
        _refuse_widths(best)
    return best


def _sign(delimiter: str) -> str:
    return {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}.get(delimiter, delimiter)


def _refuse_widths(best: _Reading) -> None:
    """Refuse rows that are mostly wider than their header: nothing says which cell belongs to which name."""
    wide = len(best.header.cells)
    rows = [each for each in best.records[best.at + 1 :] if each.filled]
    wider = [each for each in rows if len(each.cells) > wide and not _overhangs(each.cells, wide)]
    fitting = best.fit * best.rows
    if len(wider) > fitting or not fitting:
        first = (wider or rows)[0]
        rule = f"{wide} cells as in the header in line {best.header.line}"
        if best.delimiter == ",":
            rule += "; decimal commas need quotes, or another delimiter"
        raise refused(f"{len(first.cells)} cells", rule, field="row", line=first.line)


def _refuse_second(best: _Reading, is_name: IsName) -> None:
    """Refuse a table below the table: its rows may be the same money once more."""
    for record in best.records[best.at + 1 :]:
        if is_header(record.filled, is_name) and record.cells != best.header.cells:
            rule = f"one table, as from line {best.header.line} on: save each as a file of its own"
            raise refused("a second header", rule, line=record.line)


def names_known(filled: Iterable[str], is_name: IsName) -> int:
    """Count the different names of known columns among cells."""
    return len({cell.strip().casefold() for cell in filled if is_name(cell)})


def is_header(filled: Sequence[str], is_name: IsName) -> bool:
    """Say whether cells are surely a header: no number, and half of them or more are known names."""
    return not any(map(_is_number, filled)) and names_known(filled, is_name) >= max(2, len(filled) / 2)


def _as_text(record: _Record, text: str) -> str:
    """Write a record above the header as a person reads it: as it stands, without its quotes."""
    cells = [cell.strip() for cell in record.filled]
    if len(cells) == 1:
        return cells[0]
    raw = text.split("\n", record.line)[record.line - 1] if record.line == record.end else ""
    if '"' in raw or "\t" in raw or not raw:
        return ": ".join(cells) if len(cells) == 2 and ":" not in cells[0] else ", ".join(cells)
    return raw.strip(" \r;|,")


def _notes(opened: "Opened", best: _Reading, width: int) -> frozenset[int]:
    """Find the lines of notes below the rows: a copyright, remarks, the blank lines between them."""
    with opened.path.open("rb") as file:
        file.seek(max(opened.start, opened.size - TAIL))
        tail = file.read()
    lines = tail.decode("utf-8", "replace").split("\n")
    is_cut = bool(lines[-1])
    if not is_cut:
        lines.pop()
    found = list(_notes_from_the_end(lines[::-1][:MOST_NOTES], best, width, is_cut=is_cut))
    if not found:
        return frozenset()
    last = _line_count(opened.path, opened.start)
    return frozenset(last - at for at in found if last - at > best.header.end)


def _notes_from_the_end(
    backwards: Sequence[str], best: _Reading, width: int, *, is_cut: bool
) -> Iterator[int]:
    """Yield which lines are notes, counted from the last, until there is one that may be a row's.

    With ``is_cut`` the last line has no end: it may be half a row.
    """
    for at, raw in enumerate(backwards):
        line = raw.rstrip("\r")
        if best.quote and line.count(best.quote) % 2:
            return
        cells = next(
            csv.reader([line.replace("\r", " ")], delimiter=best.delimiter, quotechar=best.quote), []
        )
        filled = [cell for cell in cells if cell.strip()]
        if filled and not _is_note(filled, len(cells), width):
            return
        if filled and not _NOTE.match(filled[0]) and ((is_cut and at == 0) or _is_divided(line, width)):
            return
        if filled:
            yield at


def _is_divided(line: str, width: int) -> bool:
    """Say whether it is a row with another delimiter than the others."""
    return width > 2 and any(line.count(each) >= width - 1 for each in DELIMITERS)


def _is_note(filled: Sequence[str], wide: int, width: int) -> bool:
    if _NOTE.match(filled[0]) and (wide < width or len(filled) == 1):
        return True
    # A sentence of its own in a table of several columns; a row would have numbers.
    is_alone = len(filled) == 1 and wide < width and width > 2
    return is_alone and not _is_number(filled[0])


def _line_count(path: Path, start: int) -> int:
    with path.open("rb") as file:
        file.seek(start)
        count, last = 0, b"\n"
        for piece in pieces(file):
            count += piece.count(b"\n")
            last = piece[-1:]
    return count + (last != b"\n")


def escapes_with_backslash(sample: bytes) -> bool:
    """Say whether quotes within cells are written as ``\\"``: only that way the rows are equally wide."""
    text = sample.decode("utf-8", "replace")
    return _unlike(_BACKSLASH.sub(_doubled, text)) < _unlike(text)


def _unlike(text: str) -> int:
    """Count how often rows change their width, with the delimiter that does best; big where none divides."""
    counts = []
    for delimiter in DELIMITERS:
        try:
            widths = [len(each.cells) for each in _records(text, delimiter, '"') if each.filled]
        except Refused:
            continue
        if max(widths, default=0) > 1:
            counts.append(sum(one != two for one, two in pairwise(widths)) + text.count("\n") - len(widths))
    return min(counts, default=len(text))


def unescaped(source: Path, folder: Path, start: int) -> Path:
    """Copy a table with its quotes doubled where they were escaped with a backslash."""
    made = folder / "unescaped"
    with source.open("rb") as file, made.open("wb") as out:
        file.seek(start)
        for line in file:
            out.write(_BACKSLASH_BYTES.sub(_doubled_bytes, line))
    return made


def _doubled(match: "re.Match[str]") -> str:
    return '""' if match.group() == '\\"' else "\\"


def _doubled_bytes(match: "re.Match[bytes]") -> bytes:
    return b'""' if match.group() == b'\\"' else b"\\"
