"""Numbers that people type into a dialog, in the separators their team uses."""

import re
from decimal import Decimal

from engine.narrate.formats import Separators

_SHAPES: dict[Separators, tuple[str, str]] = {
    "1,234.50": (",", "."),
    "1.234,50": (".", ","),
    "1 234,50": (" ", ","),
}


def read_number(text: str, separators: Separators) -> Decimal | None:
    """Read "1,234.50" as the team writes it; ``None`` for anything that is not surely a number.

    Thousands marks have to stand before groups of three digits, so "1,5" is never read as 15.
    """
    thousands, point = _SHAPES[separators]
    cleaned = text.strip().replace("\u00a0", " ")
    t, p = re.escape(thousands), re.escape(point)
    if not re.fullmatch(rf"(\d+|\d{{1,3}}({t}\d{{3}})+)({p}\d+)?", cleaned):
        return None
    return Decimal(cleaned.replace(thousands, "").replace(point, "."))


def no_number(text: str, separators: Separators, *, least: str = "0 or more") -> str:
    """Say why this was not read; ``least`` is what it has to be, where it was below zero."""
    unsigned = text.strip().lstrip("-\u2212").strip()
    if unsigned != text.strip() and read_number(unsigned, separators) is not None:
        return f"It has to be {least}."
    return f"This is not a number such as {separators}."
