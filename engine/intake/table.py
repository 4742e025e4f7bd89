"""An opened export as a table: how it is written, what its columns mean, and its first rows."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from engine.intake.blocks import blocks, lines_of
from engine.intake.columns import Columns, recognised
from engine.intake.dated import Column
from engine.intake.dialect import Dialect, dialect
from engine.intake.headers import folded, is_known
from engine.intake.numbers import NumberStyle
from engine.intake.opening import Opened
from engine.intake.reading import Reading, Rules
from engine.intake.records import records
from engine.intake.total_words import says_total
from engine.models.export import NUMBERS, Hints, Number, UsedColumn

HEAD, HEAD_BYTES = 1_000, 1 << 18  # rows that are looked at before all of them are read, some at a time
SHOWN = 20  # cells of a column by which its meaning is told
# A column that says itself what it counts needs no other to say it.
ONE_KIND = re.compile(r"purchas|compra|achat|kauf|acquist|aankop|lead|sale|order|bestell|ventas?$|install")
OFTEN, OFTEN_OF = 3, 20  # rows that are shorter than the header, and not by mistake; of so many one
FEW = 20  # different cells of a column that may label total rows


class Table(NamedTuple):
    """``head`` are the cells of the first rows; ``keys`` the columns by which rows are told apart."""

    opened: Opened
    dialect: Dialect
    columns: Columns
    head: tuple[Sequence[str], ...]
    keys: tuple[UsedColumn, ...]

    @property
    def numbers(self) -> Mapping[Number, int]:
        fields = {each.field: each.place for each in self.columns.used}
        return {number: fields[number] for number in NUMBERS if number in fields}

    @property
    def key_columns(self) -> tuple[Column, ...]:
        """The keys by their places among a group's texts."""
        return tuple(Column(place, each.field, each.name) for place, each in enumerate(self.keys))

    def name(self, place: int) -> str:
        names = self.dialect.names
        return names[place].strip() if place < len(names) else ""

    def cells(self, place: int) -> list[str]:
        """The column's cells in the first rows."""
        return [row[place] for row in self.head if place < len(row)]

    def at(self, lines: Collection[int]) -> dict[int, list[str]]:
        """Read the rows that begin on these lines; the file is gone through, and little of it taken apart."""
        reading, found = self.reading(NumberStyle()), dict[int, list[str]]()
        for block in blocks(self.opened.path, reading):
            ends = block.line + block.line_ends
            if any(block.line <= line < ends for line in lines):
                rows = records(lines_of(block.content), block.line, reading)
                found |= {line: cells for line, cells in rows if line in lines}
        return found

    def reading(self, style: NumberStyle, *, firm: bool = False) -> Reading:
        keys = tuple(each.place for each in self.keys)
        return _reading(self.opened, self.dialect, style)._replace(
            keys=keys, numbers=self.numbers, rules=Rules(firm=firm), shortest=self.shortest
        )

    @property
    def shortest(self) -> int:
        """The fewest cells of a whole row: some tools leave empty ones away at the end, and then often."""
        widths = Counter(len(row) for row in self.head)
        often = max(OFTEN, len(self.head) // OFTEN_OF)
        usual = [width for width, rows in widths.items() if width < self.dialect.width and rows >= often]
        return min(usual, default=self.dialect.width) if self.head else 0


def table(opened: Opened, hints: Hints) -> Table:
    """Find the table in an opened file. Raises ``Refused`` where there is none."""
    found = dialect(opened, is_known)
    head = _head(opened, found)
    examples = [_examples(head, place) for place in range(found.width)]
    columns = recognised(found.names, examples, found.preface, hints)
    return Table(opened, found, columns, head, _keys(columns, head))


def _head(opened: Opened, found: Dialect) -> tuple[Sequence[str], ...]:
    reading = _reading(opened, found, NumberStyle())
    rows = (
        record
        for block in blocks(opened.path, reading, HEAD_BYTES)
        for record in records(lines_of(block.content), block.line, reading)
    )
    return tuple(each.cells for each in islice(rows, HEAD) if each.line not in found.last)


def _reading(opened: Opened, found: Dialect, style: NumberStyle) -> Reading:
    return Reading(
        start=opened.start,
        delimiter=found.delimiter,
        quote=found.quote,
        first=found.first,
        width=found.width,
        keys=(),
        numbers={},
        style=style,
        skip=found.last,
    )


def _examples(head: Sequence[Sequence[str]], place: int) -> tuple[str, ...]:
    cells = (row[place].strip() for row in head if place < len(row))
    return tuple(islice((cell for cell in cells if cell), SHOWN))


def _keys(columns: Columns, head: Sequence[Sequence[str]]) -> tuple[UsedColumn, ...]:
    """Columns that tell rows apart, and those without a use whose cells label totals."""
    counted = (each.name for each in columns.used if each.field == "conversions")
    of_one_kind = any(ONE_KIND.search(folded(name)) for name in counted)
    needless = {*NUMBERS, "result_kind"} if of_one_kind else set(NUMBERS)
    return tuple(
        each
        for each in columns.used
        if (each.field and each.field not in needless) or (not each.field and _labels(each.place, head))
    )


def _labels(place: int, head: Sequence[Sequence[str]]) -> bool:
    """The first column may label totals further down; others do where one of the first rows is labelled."""
    cells = {row[place] for row in head if place < len(row)}
    if place == 0 and len(cells) <= FEW:
        return True
    return any(says_total(cell) for cell in cells)
