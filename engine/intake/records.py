"""Rows of an export read one by one, cell by cell: slow, and the last word on what a row is.

What the fast way (``engine/intake/grid.py``) does not take for plain comes here.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from engine.intake.numbers import DECIMALS, BadCell, NumberStyle, exact, worth
from engine.intake.reading import SHOWN, Contradiction, Reading, Rejected
from engine.intake.refusing import refused
from engine.models.export import MILLION, NUMBERS, WHOLE, Number

NOT_NEGATIVE = "not negative"
CLOSED = "a quoted cell that is closed"
_HAS_FIGURES = re.compile(r"[^\w]*\d[\d.,'\s]*[^\w]*")  # a cell that is a number
_LONE_CR = re.compile("\r(?!\n)")
_STAND_IN = "\ufdd0"  # for a lone CR, a character as any other; Unicode gives this one to nobody
_END = "\ufdd1"  # a row of our own, which a quoted cell that is not closed swallows
_PLAIN = re.compile(r"(\d{1,12})\.(\d{1,6})", re.ASCII)  # what most amounts are; the others take longer
_STYLES = (NumberStyle(".", ","), NumberStyle(",", "."))

Numbers = tuple[int | None, ...]


class Record(NamedTuple):
    """A row as its cells, and the line on which it begins."""

    line: int
    cells: list[str]


class BadRow(ValueError):
    """A row that breaks a rule."""

    def __init__(self, rejected: Rejected) -> None:
        self.rejected = rejected
        super().__init__(rejected.rule)


class Unclosed(ValueError):
    """Lines end within a quoted cell; ``line`` is where its row begins."""

    def __init__(self, line: int, text: str) -> None:
        self.line = line
        self.text = text
        super().__init__(CLOSED)


def records(lines: Iterable[str], line: int, reading: Reading) -> Iterator[Record]:
    """Take lines, with their ends, apart into records; ``line`` is the number of the first one.

    Blank lines are none. Raises ``Unclosed`` after the records before it, and ``Refused`` where a cell is
    longer than any is.
    """
    reader = csv.reader(
        _ended(lines),
        delimiter=reading.delimiter,
        quotechar=reading.quote or None,
        quoting=csv.QUOTE_MINIMAL if reading.quote else csv.QUOTE_NONE,
    )
    while True:
        begun = line + reader.line_num
        try:
            cells = next(reader)
        except csv.Error as problem:
            raise refused("a cell", f"readable as a table: {problem}", line=begun) from problem
        if cells == [_END]:
            return
        if cells and cells[-1].endswith(f"{_END}\n"):
            raise Unclosed(begun, cells[-1].removesuffix(f"{_END}\n"))
        if cells:
            yield Record(begun, [each.replace(_STAND_IN, "\r") for each in cells])


def _ended(lines: Iterable[str]) -> Iterator[str]:
    for each in lines:
        text = _LONE_CR.sub(_STAND_IN, each) if "\r" in each else each
        yield text if text.endswith("\n") else f"{text}\n"
    yield f"{_END}\n"


def cells_in(text: str, reading: Reading) -> list[str]:
    """Take one record apart."""
    (record,) = records([text], 1, reading)
    return record.cells


def keys_of(record: Record, reading: Reading) -> tuple[str, ...]:
    """Give a row's key texts, in the reading's order. Raises ``Refused`` for bytes that are no text."""
    cells = record.cells
    texts = tuple([cells[place] if place < len(cells) else "" for place in reading.keys])
    shown = "|".join(texts)
    if _shown(shown) != shown:
        raise refused(_shown(shown), "text in UTF-8", field="row", line=record.line)
    return texts


def _shown(text: str) -> str:
    return text.encode(errors="replace").decode()


def numbers_of(record: Record, reading: Reading, rounded: Counter[Number] | None = None) -> Numbers:
    """Read a row's numbers, in the order of ``NUMBERS``. Raises ``BadRow`` and ``Contradiction``.

    ``rounded`` counts those of its cells that had to be rounded, where the row is taken.
    """
    cells = record.cells
    if len(cells) < reading.shortest:
        raise _bad(record, len(cells) - 1, f"{reading.width} cells, as in the header; here are {len(cells)}")
    swallowed = next((place for place in range(len(cells)) if _holds_rows(cells, place, reading)), None)
    if swallowed is not None:
        raise _bad(record, swallowed, CLOSED)
    beyond = [place for place in range(reading.width, len(cells)) if cells[place].strip()]
    if beyond:
        raise _bad(record, beyond[0], f"at most {reading.width} cells")
    found: dict[Number, int | None] = dict.fromkeys(NUMBERS)
    lossy: list[Number] = []
    for number, place in sorted(reading.numbers.items(), key=lambda each: each[1]):
        if place < len(cells):
            found[number], is_rounded = _number(record, number, place, reading)
            if is_rounded:
                lossy.append(number)
    impressions, clicks = found["impressions"], found["clicks"]
    seen = impressions if reading.rules.clicked_is_seen else None
    if seen is not None and clicks is not None and clicks > seen:
        raise _bad(record, reading.numbers["clicks"], f"≤ impressions ({seen:,})")
    if rounded is not None:
        rounded.update(lossy)
    return tuple(found.values())


def _holds_rows(cells: Sequence[str], place: int, reading: Reading) -> bool:
    """Say whether a cell of several lines holds the rest of its row, or other rows: a quote is not closed."""
    if "\n" not in cells[place] or place + 1 >= reading.width:
        return False
    first, *others = cells[place].split("\n")
    rest = [(first, reading.width - place), *((each, reading.width) for each in others[:-1])]
    return any(
        len(found := text.split(reading.delimiter)) >= least and any(map(_HAS_FIGURES.fullmatch, found[1:]))
        for text, least in rest
    )


def _number(record: Record, number: Number, place: int, reading: Reading) -> tuple[int | None, bool]:
    cell, whole = record.cells[place], number in WHOLE
    if not whole and reading.style.decimal == "." and (parts := _PLAIN.fullmatch(cell)):
        return int(parts[1]) * MILLION + int(parts[2].ljust(DECIMALS, "0")), False
    try:
        value, is_rounded = worth(cell, reading.style, whole=whole)
    except BadCell as problem:
        if not reading.rules.firm and _fits_another(cell, whole=whole):
            raise Contradiction(record.line, place, cell[:SHOWN]) from problem
        raise _bad(record, place, problem.rule) from problem
    if value is not None and value < 0:
        raise _bad(record, place, NOT_NEGATIVE)
    return value, is_rounded


def _fits_another(cell: str, *, whole: bool) -> bool:
    for style in _STYLES:
        try:
            exact(cell, style, whole=whole)
        except BadCell:
            continue
        return True
    return False


def _bad(record: Record, place: int, rule: str) -> BadRow:
    return BadRow(Rejected(record.line, place, _shown(record.cells[place].strip()[:SHOWN]), rule))
