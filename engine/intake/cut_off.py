"""Whether a file ends amid its last cell: a download that broke off leaves 20 of 2000.50.

Many whole files lack the end of their last line, so that alone says nothing: the cell has to look shorter
than all others of its column.
"""

import csv
from collections.abc import Iterator

from engine.intake.dialect import TAIL
from engine.intake.table import Table
from engine.models.export import Warned

LEAST = 2  # rows to compare with
TEXT = (
    "The file has no line end behind its last row, and {name} “{cell}” there looks cut off. Check that row."
)


def warned(table: Table) -> Iterator[Warned]:
    with table.opened.path.open("rb") as file:
        file.seek(max(table.opened.start, table.opened.size - TAIL))
        tail = file.read().decode("utf-8", "replace")
    if tail.endswith("\n") or not table.dialect.quote:
        return
    line = tail.rpartition("\n")[2].replace("\r", " ")
    reader = csv.reader([line], delimiter=table.dialect.delimiter, quotechar=table.dialect.quote)
    cells = next(reader, [])
    last = table.dialect.width - 1
    if len(cells) != table.dialect.width or last not in table.numbers.values():
        return
    others = [each.strip() for each in table.cells(last)]
    others = others[:-1] if others and others[-1] == cells[last].strip() else others
    if len(others) >= LEAST and all(_is_longer(each, cells[last].strip()) for each in others):
        yield Warned(code="cut_off", text=TEXT.format(name=table.name(last), cell=cells[last].strip()))


def _is_longer(other: str, cell: str) -> bool:
    """Say whether a cell of the column has more decimals; or has anything, where the last one is empty."""
    return bool(other) if not cell else _decimals(other) > _decimals(cell)


def _decimals(cell: str) -> int:
    return len(cell) - 1 - max(cell.rfind("."), cell.rfind(",")) if "." in cell or "," in cell else 0
