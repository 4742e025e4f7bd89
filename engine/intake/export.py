"""From a file to rows: open it, find its table and columns, read its cells, check its totals."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from engine.models.daily import DailyRow
from engine.models.export import Hints, Scan

Told = Callable[[int, int], None]  # how many of about how many rows are read


class Scanned(NamedTuple):
    """What a file is, and its rows, which can be gone through once; none while a question is open."""

    scan: Scan
    rows: Iterator[DailyRow]


def scan(path: Path, *, name: str, hints: Hints, told: Told | None = None) -> Scanned:
    """Read an export. Raises ``Refused`` where nothing of it can be taken; questions are no refusal."""
    raise NotImplementedError(name)
