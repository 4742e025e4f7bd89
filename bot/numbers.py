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
