"""Golden task "drift": which columns of a table are not what they were."""

from collections.abc import Sequence
from pathlib import Path

from engine.evaluating.tables import columns
from engine.measure.shift import Cell, shifts

FEW_VALUES = 6  # a number with so few values in many rows is a code, not an amount


def predict(folder: Path) -> dict[str, object]:
    """Read ``reference.csv`` and ``current.csv``; give the names of the columns that drifted."""
    tables = [columns(folder / name) for name in ("reference.csv", "current.csv")]
    numbers = {name for name in tables[0] if _is_number([*tables[0][name], *tables[1].get(name, ())])}
    before, after = (
        {name: _cells(cells, is_number=name in numbers) for name, cells in table.items()} for table in tables
    )
    found = shifts(before, after)
    return {"drifted": list(dict.fromkeys(each.column for each in found if each.drifted))}


def _is_number(cells: Sequence[str]) -> bool:
    try:
        values = {float(cell) for cell in cells if cell.strip()}
    except ValueError:
        return False
    return len(values) > FEW_VALUES


def _cells(cells: Sequence[str], *, is_number: bool) -> list[Cell]:
    return [None if not cell.strip() else float(cell) if is_number else cell.strip() for cell in cells]
