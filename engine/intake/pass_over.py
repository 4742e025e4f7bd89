"""The pass over a file's rows: how numbers are written is decided before, and anew where a row says so."""

from collections.abc import Callable
from typing import NamedTuple

from engine.errors import Fault, Refused
from engine.intake.number_style import STYLES, styled
from engine.intake.numbers import BadCell, BadColumn, NumberStyle, exact
from engine.intake.ratio_columns import quotients, ratios
from engine.intake.reading import Contradiction, Group
from engine.intake.sums import Summed, sums
from engine.intake.table import Table
from engine.models.export import NUMBERS, WHOLE, Hints, Number, Question

LOOKED_AT = 20  # rejected rows at either end
MOST_PASSES = 4  # a row that tells more about all of them is rare, and a second one rarer
Told = Callable[[int, int], None]


class Passed(NamedTuple):
    """``uncertain`` are numbers that another way to write them would change; then there is a question."""

    summed: Summed
    style: NumberStyle
    question: Question | None = None
    uncertain: frozenset[Number] = frozenset()


def passed(table: Table, hints: Hints, told: Told | None) -> Passed:
    """Sum all rows. Raises ``Refused`` where columns write numbers differently."""
    more: dict[int, list[str]] = {}
    before: NumberStyle | None = None
    for _ in range(MOST_PASSES):
        style = _style(table, hints, more, before)
        if isinstance(style, Question):
            return _undecided(table, style, told)
        is_firm = style == before  # a cell that spoke against it did not change it: that cell is wrong
        try:
            return Passed(sums(table.opened.path, table.reading(style, firm=is_firm), told), style)
        except Contradiction as other:
            more.setdefault(other.place, []).append(other.value)
            before = style
    decided = before or STYLES[0]
    return Passed(sums(table.opened.path, table.reading(decided, firm=True), told), decided)


def _style(
    table: Table, hints: Hints, more: dict[int, list[str]], before: NumberStyle | None
) -> NumberStyle | Question:
    """Decide from the first rows, and the cells that spoke against an earlier decision."""
    if table.opened.is_typed:
        return NumberStyle(".", "")
    numbers = table.numbers
    shown = [each.place for each in ratios(table)]
    places = (*numbers.values(), *shown)
    columns = {table.name(place): [*table.cells(place), *more.get(place, ())] for place in places}
    try:
        return styled(
            columns,
            whole={table.name(place) for number, place in numbers.items() if number in WHOLE},
            ratios={table.name(place) for place in shown},
            hint=hints.decimal,
            languages=table.columns.languages,
            quotients=quotients(table),
        )
    except BadColumn as bad:
        if before:
            return before
        names = " and ".join(dict.fromkeys(bad.columns)) or "numbers"
        raise Refused([Fault(names, " and ".join(bad.examples), bad.rule)]) from None


def _undecided(table: Table, question: Question, told: Told | None) -> Passed:
    """Read it both ways: what comes out the same is known although the question is open."""
    one, other = (sums(table.opened.path, table.reading(style, firm=True), told) for style in STYLES)
    both = [each.groups.grouped().added().numbers for each in (one, other)]
    uncertain = frozenset(number for number, a, b in zip(NUMBERS, both[0], both[1], strict=True) if a != b)
    return Passed(one, STYLES[0], question, uncertain)


def suspects(table: Table, read: Passed) -> list[Group]:
    """Give the first and the last of the rejected rows, as far as their cells can be read.

    A total row may break rules that rows keep: more clicks than impressions, where some cells are blank.
    """
    rejected = read.summed.rejected
    lines = {each.line for each in (*rejected[:LOOKED_AT], *rejected[-LOOKED_AT:])}
    found = table.at(lines) if lines else {}
    groups = (_group(table, line, cells, read.style) for line, cells in found.items())
    return [each for each in groups if any(number is not None for number in each.numbers)]


def _group(table: Table, line: int, cells: list[str], style: NumberStyle) -> Group:
    texts = tuple(cells[each.place] if each.place < len(cells) else "" for each in table.keys)
    places = (table.numbers.get(number) for number in NUMBERS)
    numbers = (
        _number(cells[place], style, whole=number in WHOLE)
        if place is not None and place < len(cells)
        else None
        for number, place in zip(NUMBERS, places, strict=True)
    )
    return Group(texts, tuple(numbers), 1, line)


def _number(cell: str, style: NumberStyle, *, whole: bool) -> int | None:
    try:
        return exact(cell, style, whole=whole)
    except BadCell:
        return None
