"""What became of a promise under torture."""

from collections.abc import Sequence
from typing import NamedTuple

SHOWN = 5


class Result(NamedTuple):
    """``tried`` and ``failed`` count what the promise speaks of; ``notes`` say what else was seen."""

    tried: int
    failed: int
    notes: str = ""

    def __add__(self, other: object) -> "Result":
        if not isinstance(other, Result):
            return NotImplemented
        notes = "; ".join(filter(None, (self.notes, other.notes)))
        return Result(self.tried + other.tried, self.failed + other.failed, notes)


def counted(tried: int, faults: Sequence[str], notes: str = "") -> Result:
    """Make the result of ``tried`` attempts with these faults, naming the first few."""
    named = [*faults[:SHOWN], *([f"and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else [])]
    return Result(tried, len(faults), "; ".join(filter(None, (notes, *named))))
