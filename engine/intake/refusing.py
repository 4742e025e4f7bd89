"""Refusals of a whole file: what it is or has, and the rule with the way out."""

from engine.errors import Fault, Refused
from engine.intake.json_text import clipped, printable

LONGEST_SHOWN = 60  # characters of a value that are shown


def refused(value: str, rule: str, *, field: str = "file", line: int | None = None) -> Refused:
    """Make the refusal of a file for one reason; ``value`` may be text out of the file."""
    return Refused([Fault(field, clipped(printable(value), LONGEST_SHOWN), rule, line)])
