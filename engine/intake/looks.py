"""What the examples of a column look like: days, numbers, or words."""

import re
from collections.abc import Iterable, Sequence

_NUMBER = re.compile(
    r"[-+−(]?[^\w\s]{0,3}\s?\d[\d.,'’\s\u00a0\u202f]*(?:[eE][-+]?\d+)?\)?\s?[^\W\d_]{0,3}[^\w\s]{0,3}"
)
_DAY = re.compile(
    r"\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?.*|\d{1,2}[-/. ]+\d{1,2}[-/. ]+\d{2,4}.*|\d{8}"
    r"|\d{1,2}\.? (?:de )?[^\W\d_]{3,12}\.?,? (?:de )?\d{4}|[^\W\d_]{3,12}\.? \d{1,2},? \d{4}"
)
_NOTHING = frozenset({"", "-", "--", "—", "–", "n/a", "null", "na", "none"})


def filled(cells: Iterable[str]) -> list[str]:
    """Give the cells that say something."""
    stripped = (cell.strip() for cell in cells)
    return [cell for cell in stripped if cell.casefold() not in _NOTHING]


def is_dated(cells: Sequence[str]) -> bool:
    """Say whether the cells are days."""
    return _most(filled(cells), _DAY)


def is_number(cells: Sequence[str]) -> bool:
    """Say whether the cells are numbers, money among them."""
    return _most(filled(cells), _NUMBER) and not is_dated(cells)


def is_text(cells: Sequence[str]) -> bool:
    return bool(filled(cells)) and not is_dated(cells) and not is_number(cells)


def _most(cells: Sequence[str], written: re.Pattern[str]) -> bool:
    """Say whether cells are of one kind, but for the label of a total row or a note among them."""
    fitting = sum(written.fullmatch(cell) is not None for cell in cells)
    return fitting > 0 and fitting * 4 >= len(cells) * 3
