"""Cells that are safe to open: a spreadsheet takes none of them for a formula.

Two things are done to a text, and ``as_it_was`` undoes them:

1. Behind each quote, comma, semicolon, bar, tab or line end in it, and whatever follows that cannot be
   seen, an apostrophe is put before ``= + - @`` (of full width as well) and before an apostrophe. Some
   spreadsheets part cells at another sign than the file does, and would begin a cell there.
2. An apostrophe is put before all when the text begins with such a sign, also behind what cannot be seen,
   with a tab or a line end, or with an apostrophe.

A text that is a number (-5, -5.2, +3 %) stays as it is. No two texts are ever written alike.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from engine.models.export import Rejected

NAMES = ("line", "column", "value", "rule")
_UNSEEN = (  # white space, control characters, and what Unicode draws as nothing
    r"\s\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
_ACTING = frozenset("=+-@＝＋－＠﹦﹢﹣﹫")
_BEGINNING = _ACTING | {"'"}
_NUMBER = re.compile(
    r" *[+-][ \xa0\u202f]?\d+(?:[.,' \xa0\u202f]\d+)*+(?:[eE][+-]?\d{1,3})?[ \xa0\u202f]?%? *"
)
_RUN = re.compile(rf"[{_UNSEEN},;|\"]+")
_PARTS = re.compile(r"[\t\n\r\x0b\x0c\x85\u2028\u2029,;|\"]")
_OPENING = re.compile(rf"[{_UNSEEN}]*")


def safe(text: str) -> str:
    """Write a text so that no spreadsheet takes it, or a part of it, for a formula."""
    if _NUMBER.fullmatch(text):
        return text
    inside = _marked(text)
    opening = _OPENING.match(inside)
    end = opening.end() if opening else 0
    begins = inside[end : end + 1] in _ACTING or inside.startswith("'") or _PARTS.search(inside, 0, end)
    return f"'{inside}" if begins else inside


def as_it_was(cell: str) -> str:
    """Give the text that ``safe`` wrote as this cell."""
    inside = cell.removeprefix("'")
    pieces: list[str] = []
    done = 0
    for end in _edges(inside):
        pieces.append(inside[done:end])
        done = end + inside.startswith("'", end)
    return "".join([*pieces, inside[done:]])


def safe_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows as CSV: UTF-8 with a byte order mark, by which spreadsheets know it, commas, CRLF."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([safe(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def rejects_csv(rejects: Iterable[Rejected], *, more: int = 0) -> bytes:
    """Write the rows that were refused, and how many more there were."""
    rows = ((each.line, each.column, each.value, each.rule) for each in rejects)
    return safe_csv([NAMES, *rows, *([("", "", "", f"and {more} more")] if more > 0 else [])])


def _edges(text: str) -> Iterator[int]:
    """Yield each place at which some spreadsheet may begin a cell, behind what cannot be seen."""
    return (run.end() for run in _RUN.finditer(text) if _PARTS.search(run[0]))


def _marked(text: str) -> str:
    pieces: list[str] = []
    done = 0
    for end in _edges(text):
        pieces.append(text[done:end])
        done = end
        if text[end : end + 1] in _BEGINNING:
            pieces.append("'")
    return "".join([*pieces, text[done:]])
