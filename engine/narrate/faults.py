"""A broken rule in a sentence, for somebody who sees what they typed.

A file's faults keep field, value and rule (``Fault`` itself): whoever corrects a file needs all three.
"""

import re
from datetime import date

from engine.errors import Fault
from engine.narrate.formats import MONTHS

MISSING = "(missing)"
_BACKWARDS = re.compile(r"not before window_start \((\d{4}-\d{2}-\d{2})\)")


def broken_rule(fault: Fault) -> str | None:
    """Say it in words; ``None`` where field, value and rule say it best."""
    told = _told(fault)
    return f"Line {fault.line}: {told}" if told and fault.line else told


def _told(fault: Fault) -> str | None:
    backwards = _BACKWARDS.fullmatch(fault.rule)
    if backwards:
        first = date.fromisoformat(backwards[1])
        return f"The last day is before the first ({first.day} {MONTHS[first.month - 1]} {first.year})."
    if fault.rule == "a field I know":
        return f"I know no field {fault.field}."
    if fault.rule in {"not empty", "has to be given"}:
        return f"{fault.field[:1].upper()}{fault.field[1:]} is missing."
    if fault.value == MISSING:
        return f"Which {fault.field}? {fault.rule[:1].upper()}{fault.rule[1:]}."
    return None
