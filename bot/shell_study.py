"""A study, as plain text for a shell and as machines read it."""

from collections.abc import Sequence
from typing import Any

from engine.models.study import Study
from engine.narrate.studies import tell
from engine.narrate.studies.told import Told
from engine.narrate.words import Words

APART = "  "


def study_text(found: Study, words: Words) -> str:
    """The verdict, what belongs to it, the table, and what it rests on."""
    told = tell(found, words)
    parts = [told.verdict, *told.lines, *aligned(told.table), told.basis]
    return "\n".join(filter(None, parts))


def study_json(found: Study, words: Words) -> dict[str, Any]:
    """The figures as they were found, and under "told" the same in words."""
    return {**found.model_dump(mode="json"), "told": _entry(tell(found, words))}


def _entry(told: Told) -> dict[str, Any]:
    return {
        "verdict": told.verdict,
        "lines": list(told.lines),
        "table": [list(row) for row in told.table],
        "basis": told.basis,
        "picture": told.picture.alt if told.picture else None,
    }


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns below each other, each as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [APART.join(map(str.ljust, row, widths)).rstrip() for row in rows]
