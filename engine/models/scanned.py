"""What reading an export gives: what it is, and its rows."""

from collections.abc import Iterator
from typing import NamedTuple

from engine.models.daily import DailyRow
from engine.models.export import Scan


class Scanned(NamedTuple):
    """What a file is, and its rows, which can be gone through once; none while a question is open."""

    scan: Scan
    rows: Iterator[DailyRow]
