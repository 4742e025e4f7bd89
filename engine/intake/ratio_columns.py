"""Columns in which a file gives ratios itself: they show how it writes numbers, and if they were read."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from engine.intake.doubts import Shown, odd_ratio
from engine.intake.headers import folded, known
from engine.intake.number_style import Quotient
from engine.intake.numbers import BadCell, NumberStyle, exact, is_missing
from engine.intake.table import Table
from engine.models.export import MILLION, Number, Warned

# By folded name; CTR (all) and the like speak of other clicks, and are left out.
_CTR = frozenset({
    "ctr", "averagectr", "avgctr", "ctrdestination", "ctrlinkclickthroughrate", "clickthroughrate",
    "klickrate", "tauxdeclics", "txdeclics", "porcentajedeclics", "taxadecliques", "ctrmedio",
})  # fmt: skip
_CPC = frozenset({
    "cpc", "averagecpc", "avgcpc", "cpcdestination", "cpccostperlinkclick", "costperclick", "cpcmoy",
    "durchschncpc", "cpcmoyen", "cpcmedio", "cpcprom", "cpcmed", "coutparclic", "kostenproklick",
})  # fmt: skip
_KINDS: tuple[tuple[frozenset[str], Number, Number, int], ...] = (
    (_CTR, "clicks", "impressions", 100),
    (_CPC, "spend", "clicks", 1),
)


class Ratio(NamedTuple):
    """A ratio's column, and the two numbers that it divides."""

    place: int
    above: Number
    below: Number
    times: int


def ratios(table: Table) -> list[Ratio]:
    numbers = table.numbers
    return [
        Ratio(each.place, above, below, times)
        for each in table.columns.used
        for names, above, below, times in _KINDS
        if each.field is None and above in numbers and below in numbers and _name(each.name) in names
    ]


def quotients(table: Table) -> Iterator[Quotient]:
    for each in ratios(table):
        above, below = (table.name(table.numbers[number]) for number in (each.above, each.below))
        yield Quotient(table.name(each.place), above, below, each.times)


def doubts(table: Table, style: NumberStyle) -> list[Warned]:
    """Hold a file's own ratios against what its first rows divide to."""
    found = list[Warned]()
    for each in ratios(table):
        numbers = table.numbers
        names = [table.name(place) for place in (each.place, numbers[each.above], numbers[each.below])]
        shown = [shown for row in table.head if (shown := _shown(row, each, table, style))]
        found += odd_ratio(names[0], names[1], names[2], shown)
    return found


def _name(name: str) -> str:
    named = known(name)
    return named.name if named else folded(name)


def _shown(row: Sequence[str], ratio: Ratio, table: Table, style: NumberStyle) -> Shown | None:
    numbers = table.numbers
    try:
        cells = [row[at] for at in (ratio.place, numbers[ratio.above], numbers[ratio.below])]
        if any(is_missing(cell) for cell in cells):
            return None
        cells[0] = cells[0].strip().rstrip("%٪ ")
        told, above, below = (exact(cell, style, whole=False) for cell in cells)
    except (BadCell, IndexError):
        return None
    if told is None or above is None or below is None:
        return None
    return Shown(Decimal(told) / MILLION, Decimal(above), Decimal(below))
