"""Whether every row of a file stands there several times: somebody appended it to itself.

Rows that are alike are no mistake in themselves (a day of two devices, without the column that tells them
apart). All rows of a file so many times each, with all of their cells, are one.
"""

from collections import Counter
from math import gcd

import numpy as np

from engine.errors import Fault, Refused
from engine.intake.blocks import blocks, lines_of
from engine.intake.grouped import Grouped
from engine.intake.numbers import NumberStyle
from engine.intake.reading import Contradiction
from engine.intake.records import BadRow, numbers_of, records
from engine.intake.table import Table
from engine.models.export import NUMBERS, Question

MONEY = [NUMBERS.index("impressions"), NUMBERS.index("spend")]
COUNTS = [NUMBERS.index("impressions"), NUMBERS.index("clicks")]
AGAIN = "Below a second header {rows} of the file come again, with all of their cells. Nothing is stored."
REPEATED = "rows that do not repeat their money for each kind of result: download it without that column"
LEAST = 2  # different rows
TEXT = "Every row stands {times} in the file: {rows} rows, {different} different ones. Nothing is stored."


def question(
    table: Table, groups: Grouped, style: NumberStyle, *, has_second_header: bool
) -> Question | None:
    """Ask whether all rows count that stand there again and again; the file is read for it only if it may be.

    ``groups`` are of all rows, total rows too.
    """
    if not len(groups) or (_common(groups) < LEAST and not has_second_header):
        return None
    found = _rows(table, style)
    times = gcd(*found.values()) if found else 1
    if times < LEAST and has_second_header and (again := sum(count - 1 for count in found.values())):
        return Question(kind="total", text=AGAIN.format(rows=f"{again:,} row{'s' if again > 1 else ''}"))
    if times < LEAST or len(found) < LEAST:
        return None
    text = TEXT.format(
        times="twice" if times == LEAST else f"{times} times",
        rows=f"{sum(found.values()):,}",
        different=f"{len(found):,}",
    )
    return Question(kind="total", text=text)


def refuse_repeated(table: Table, groups: Grouped) -> None:
    """Refuse rows of one thing that have the same money, and differ in the kind of their results alone.

    Whoever joins costs and conversions by their actions writes the costs once for each. Raises ``Refused``.
    """
    keys = table.key_columns
    kinds = [each for each in keys if each.field == "result_kind"]
    if not kinds or not len(groups):
        return
    alike = groups.same(each.place for each in keys if each.field != "result_kind")
    money = groups.numbers[MONEY].astype(np.float64).T
    several = np.bincount(alike.ids)[alike.ids] > 1
    first = money[alike.firsts][alike.ids]
    differing = len({tuple(each) for each in first[several].tolist()})  # all alike may be by chance
    if differing >= LEAST and bool(((money == first) & (money > 0))[several].all()):
        second = min(set(np.flatnonzero(several).tolist()) - set(alike.firsts.tolist()))
        line = table.opened.told(int(groups.lines[second]))
        texts = sorted(set(groups.used(kinds[0].place)))
        raise Refused([Fault(kinds[0].name, " and ".join(texts[:2]), REPEATED, line)])


def _common(groups: Grouped) -> int:
    """How often each row may stand there: what divides all numbers of rows, and all counts."""
    has_any = groups.only(np.flatnonzero(~groups.missing.all(axis=0)))
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
