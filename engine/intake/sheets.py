"""XLSX: the sheet that holds the table, written as plain text; row n of the sheet is line n.

Numbers get a "." and no more than Excel's own fifteen digits, dates are written in ISO order, line breaks in
cells become spaces. Cells with an error, and formulas that were never computed, are written as such: read as
empty they would make a sum too small without a word.
"""

import csv
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.intake import zip_guard
from engine.intake.dialect import is_header, is_unsure, names_known
from engine.intake.kinds import SAVE, TAKEN
from engine.intake.refusing import refused
from engine.models.export import Warned

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

IsName = Callable[[str], bool]
Cell = str | float | int | bool | date | time | timedelta
Faulty = dict[tuple[int, int], str]  # row and column, from 0

DEEPEST_HEADER = 60  # rows above the header
MOST_FILLED = 500_000  # cells that merged ones stand for
MOST_COLUMNS = 2_000
LARGEST_EXACT = 10**15  # Excel keeps fifteen digits
ROUNDED = "Excel keeps 15 digits: longer ids are rounded here, so two may look like one. A CSV keeps them."
NO_VALUE = "formula without a value"
_OTHERS = {
    "mimetype": "an OpenDocument or similar file",
    "Index/Document.iwa": "a Numbers file",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a presentation",
    "xl/workbook.bin": "a binary Excel file (.xlsb)",
}
_BREAK = re.compile(r"\r\n|[\r\n\u2028\u2029]")
# None of these goes back over what it has read: a hostile part is no slower than an honest one.
_CELL = r"<(?:\w+:)?c\s"
_FORMULA = r"<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*+</(?:\w+:)?f>)"
_VALUE = r"<(?:\w+:)?v\b[^<>]*+>"
_ERROR = re.compile(
    rf"{_CELL}(?=[^<>]*?\bt\s*+=\s*+[\"']e[\"'])([^<>]*+)>\s*+(?:{_FORMULA}\s*+)?{_VALUE}([^<]*+)<".encode()
)
_NEVER = re.compile(
    rf"{_CELL}([^<>]*+)>\s*+{_FORMULA}\s*+(?:<(?:\w+:)?v\s*+/>\s*+|<(?:\w+:)?v>\s*+</(?:\w+:)?v>\s*+)?</(?:\w+:)?c>".encode()
)
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,7})(\d{1,9})[\"']")
RAW = "Raw Data Report"
TWICE_THE_SAME = {RAW, "Formatted Report"}  # Meta writes one report on both


class Made(NamedTuple):
    is_typed: bool
    warnings: tuple[Warned, ...]


class _Found(NamedTuple):
    """A sheet that may hold the table, and how many names of its likeliest header are known."""

    sheet: "CalamineSheet"
    known: int


def is_workbook(parts: Sequence[zipfile.ZipInfo]) -> bool:
    """Say whether a zip is an XLSX. Raises ``Refused`` for documents of other programs."""
    names = {each.filename for each in parts}
    what = next((_OTHERS[name] for name in _OTHERS if name in names), None)
    if what:
        raise refused(what, SAVE)
    return "xl/workbook.xml" in names


def as_table(path: Path, parts: Sequence[zipfile.ZipInfo], table: Path, is_name: IsName) -> Made:
    """Write the sheet with the table as text. Raises ``Refused`` for bombs, no table, and several tables."""
    zip_guard.checked(path, parts)
    book = _book(path)
    found, others = _found(book, is_name)
    faulty = _faulty(path, found.sheet.name, parts)
    is_typed, is_rounded = _write(found.sheet, table, faulty, is_name)
    text = f"I read the sheet {found.sheet.name!r} of {others + 1}; no other holds such a table."
    told = [Warned(code="sheet", text=text)] if others else []
    if is_rounded:
        told.append(Warned(code="rounded", text=ROUNDED))
    return Made(is_typed, tuple(told))


def _book(path: Path) -> "CalamineWorkbook":
    import python_calamine  # noqa: PLC0415  only XLSX needs it

    try:
        return python_calamine.CalamineWorkbook.from_path(path)
    except (python_calamine.CalamineError, OSError):
        raise refused("a broken XLSX file", f"{TAKEN}: save it again") from None


def _found(book: "CalamineWorkbook", is_name: IsName) -> tuple[_Found, int]:
    """Find the one sheet with a table, and how many more sheets hold anything."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415  only XLSX needs it

    seen = [
        each.name
        for each in book.sheets_metadata
        if each.visible == SheetVisibleEnum.Visible and each.typ == SheetTypeEnum.WorkSheet
    ]
    tables = [table for name in seen if (table := _table(_sheet(book, name), is_name))]
    known = [each for each in tables if each.known > 1] or tables
    if not known:
        raise refused("no table on any sheet", "a header with at least two columns, and rows below it")
    if {each.sheet.name for each in known} == TWICE_THE_SAME:
        known = [each for each in known if each.sheet.name == RAW]
    if len(known) > 1:
        names = " and ".join(each.sheet.name for each in known)
        raise refused(f"tables on {names}", "one table: save the sheet you mean as CSV", field="sheets")
    return known[0], len(tables) - 1


def _sheet(book: "CalamineWorkbook", name: str) -> "CalamineSheet":
    import python_calamine  # noqa: PLC0415  only XLSX needs it

    try:
        return book.get_sheet_by_name(name)
    except (python_calamine.CalamineError, ValueError):
        raise refused(f"sheet {name} is broken", f"{TAKEN}: save it again") from None


def _table(sheet: "CalamineSheet", is_name: IsName) -> _Found | None:
    known, tables = 0, 0
    for row in islice(sheet.iter_rows(), DEEPEST_HEADER):
        filled = [cell for cell in row if cell != ""]
        tables += len(filled) > 1
        known = max(known, names_known([cell for cell in filled if isinstance(cell, str)], is_name))
    return _Found(sheet, known) if tables > 1 else None


def _write(sheet: "CalamineSheet", table: Path, faulty: Faulty, is_name: IsName) -> tuple[bool, bool]:
    """Write a sheet's rows, all as wide as the widest.

    Say whether its cells leave no doubt of their own, and whether numbers are longer than Excel keeps.
    """
    left = (sheet.start or (0, 0))[1]
    filled = _filled(sheet)
    width = max((_width(row) for row in sheet.iter_rows()), default=0)
    width = max(width, max((column + 1 - left for _, column in faulty), default=0))
    if width > MOST_COLUMNS:
        raise refused(f"{width:,} columns", f"at most {MOST_COLUMNS:,} columns")
    is_sure, is_rounded, header = True, False, None
    with table.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        for at, row in enumerate(sheet.iter_rows()):
            cells: list[Cell] = (row + [""] * width)[:width]
            for column, value in filled.get(at, ()):
                cells[column - left] = value
            is_sure = is_sure and not any(isinstance(cell, str) and is_unsure(cell) for cell in cells)
            is_rounded = is_rounded or any(
                isinstance(cell, float) and abs(cell) >= LARGEST_EXACT for cell in cells
            )
            texts = [_text(cell) for cell in cells]
            for column in [column for line, column in faulty if line == at] if faulty else ():
                texts[column - left] = faulty[at, column]
            header = _one_header(header, at, texts, is_name)
            writer.writerow(texts if any(texts) else [])
    return is_sure, is_rounded


def _width(row: Sequence[Cell]) -> int:
    return next((at + 1 for at in range(len(row) - 1, -1, -1) if row[at] != ""), 0)


def _one_header(
    header: tuple[int, list[str]] | None, at: int, texts: list[str], is_name: IsName
) -> tuple[int, list[str]] | None:
    """Remember the header; refuse a second one, as of a table below the table."""
    if not is_header([text for text in texts if text], is_name):
        return header
    if header and header[1] != texts:
        both = f"tables from row {header[0] + 1} and from row {at + 1} on"
        raise refused(both, "one table: save each as a file of its own", field="sheet", line=at + 1)
    return header or (at, texts)


def _filled(sheet: "CalamineSheet") -> dict[int, list[tuple[int, Cell]]]:
    """Give what merged cells stand for in the rows below their first: by row, columns and texts or days."""
    first = dict[int, list[Cell]]()
    ranges = [each for each in sheet.merged_cell_ranges or () if each[1][0] > each[0][0]]
    if not ranges:
        return {}
    if sum(end[0] - start[0] for start, end in ranges) > MOST_FILLED:
        raise refused("more merged cells than rows", "a table without merged cells")
    wanted = {start[0] for start, _ in ranges}
    for at, row in enumerate(sheet.iter_rows()):
        if at in wanted:
            first[at] = row
    left = (sheet.start or (0, 0))[1]
    found = dict[int, list[tuple[int, Cell]]]()
    for (top, column), (bottom, _) in ranges:
        row = first.get(top, [])
        value = row[column - left] if 0 <= column - left < len(row) else ""
        # A number is the sum of its rows, or stands for each: nobody can tell, so it counts once.
        if isinstance(value, str | date) and value != "":
            for at in range(top + 1, bottom + 1):
                found.setdefault(at, []).append((column, value))
    return found


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return _BREAK.sub(" ", cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | int):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds") if cell.time() != time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _number(value: float) -> str:
    """Write a number as Excel shows it with all its digits: fifteen, never with an exponent."""
    if abs(value) >= LARGEST_EXACT:
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f") if value else "0"


def _faulty(path: Path, sheet: str, parts: Sequence[zipfile.ZipInfo]) -> Faulty:
    """Find cells that the reader gives as empty although they are not: errors, formulas never computed."""
    by_name = {each.filename: each for each in parts}
    info = by_name.get(_part_of(path, sheet))
    if info is None:
        return {}
    found: Faulty = {}
    with path.open("rb") as file:
        for piece in zip_guard.whole_cells(zip_guard.unpacked(file, info)):
            if b"<f" in piece or b":f" in piece or re.search(rb"\bt\s*=\s*[\"']e", piece):
                found |= _errors(piece)
    return found


def _errors(piece: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for match in _ERROR.finditer(piece):
        place = _PLACE.search(match.group(1))
        if place:
            yield _at(place), match.group(2).decode("utf-8", "replace").strip() or "#ERROR"
    for match in _NEVER.finditer(piece):
        place = _PLACE.search(match.group(1))
        if place:
            yield _at(place), NO_VALUE


def _at(place: "re.Match[bytes]") -> tuple[int, int]:
    return int(place.group(2)) - 1, zip_guard.column_number(place.group(1)) - 1


def _part_of(path: Path, sheet: str) -> str:
    """Give the name of the part that a sheet is kept in; empty where the workbook does not say."""
    try:
        with zipfile.ZipFile(path) as packed:
            book = ET.fromstring(packed.read("xl/workbook.xml"))  # noqa: S314  without definitions, see zip_guard
            links = ET.fromstring(packed.read("xl/_rels/workbook.xml.rels"))  # noqa: S314  the same
    except (KeyError, ET.ParseError, zipfile.BadZipFile):
        return ""
    targets = {each.get("Id"): each.get("Target", "") for each in links}
    for each in book.findall(".//{*}sheet"):
        if each.get("name") == sheet:
            link = next((value for key, value in each.items() if key.endswith("}id")), "")
            target = targets.get(link, "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return ""
