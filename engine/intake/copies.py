"""Whether every row of a file stands there several times: somebody appended it to itself.

Rows that are alike are no mistake in themselves (a day of two devices, without the column that tells them
apart). All rows of a file so many times each, with all of their cells, are one.
"""

from collections import Counter
from math import gcd

import numpy as np

from engine.intake.blocks import blocks, lines_of
from engine.intake.grouped import Grouped
from engine.intake.numbers import NumberStyle
from engine.intake.reading import Contradiction
from engine.intake.records import BadRow, numbers_of, records
from engine.intake.table import Table
from engine.models.export import NUMBERS, Question

COUNTS = [NUMBERS.index("impressions"), NUMBERS.index("clicks")]
LEAST = 2  # different rows
TEXT = "Every row stands {times} in the file: {rows} rows, {different} different ones. Nothing is stored."


def question(table: Table, groups: Grouped, style: NumberStyle) -> Question | None:
    """Ask whether all rows count that stand there again and again; the file is read for it only if it may be.

    ``groups`` are of all rows, total rows too.
    """
    if not len(groups) or _common(groups) < LEAST:
        return None
    found = _rows(table, style)
    times = gcd(*found.values()) if found else 1
    if times < LEAST or len(found) < LEAST:
        return None
    text = TEXT.format(
        times="twice" if times == LEAST else f"{times} times", rows=f"{sum(found.values()):,}", different=f"{len(found):,}"
    )
    return Question(kind="total", text=text)


def _common(groups: Grouped) -> int:
    """How often each row may stand there: what divides all numbers of rows, and all counts."""
    has_any = groups.only(~groups.missing.all(axis=0))
    times = int(np.gcd.reduce(has_any.rows)) if len(has_any) else 1
    if times < LEAST:
        return times
    return gcd(times, *(int(np.gcd.reduce(has_any.numbers[at])) for at in COUNTS))


def _rows(table: Table, style: NumberStyle) -> Counter[tuple[str, ...]]:
    """Count rows by their cells, those with a number that is not 0."""
    reading, found = table.reading(style, firm=True), Counter[tuple[str, ...]]()
    for block in blocks(table.opened.path, reading):
        for record in records(lines_of(block.content), block.line, reading):
            try:
                is_row = record.line not in reading.skip and any(numbers_of(record, reading))
            except (BadRow, Contradiction):
                continue
            if is_row:
                found[tuple(record.cells)] += 1
    return found
