"""What a person should know about an export although it can be taken: what is missing, mixed, or odd."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from engine.intake.grouped import Figures, Grouped
from engine.intake.numbers import is_scientific
from engine.intake.total_rows import Total, added
from engine.models.export import MILLION, NUMBERS, WHOLE, Complete, Number, Sums, TotalCheck, Warned, exact

# A KPI, and the two numbers that it divides.
RATIOS: tuple[tuple[str, Number, Number], ...] = (
    ("ctr", "clicks", "impressions"),
    ("cpc", "spend", "clicks"),
    ("cpm", "spend", "impressions"),
    ("cvr", "conversions", "clicks"),
    ("cpa", "spend", "conversions"),
    ("roas", "revenue", "spend"),
    ("aov", "revenue", "conversions"),
)


LARGE_COINS = frozenset(
    {"EUR", "USD", "GBP", "CAD", "AUD", "CHF", "NZD", "SGD", "BRL", "PLN", "SEK", "DKK", "NOK"}
)
CENT_IN_MICROS = 10_000
DEAR = 10_000  # a click that costs so much in such money was never sold


class Pattern(NamedTuple):
    """Sums over all rows in which just the same numbers are missing."""

    numbers: Figures
    rows: int


def patterns(groups: Grouped) -> list[Pattern]:
    """Sum groups that lack the same numbers."""
    alike = groups.lacking()
    found = groups.sums(alike)
    summed = [found.at(place) for place in np.argsort(alike.firsts).tolist()]
    return [Pattern(each.numbers, each.rows) for each in summed]


def sums(summed: Sequence[Pattern]) -> Sums:
    """Figures as amounts; reach is not one of them, since it cannot be added."""
    told = {
        number: value if number in WHOLE else exact(value)
        for number, value in zip(NUMBERS, added(summed), strict=True)
        if number != "reach"
    }
    return Sums.model_validate(told)


def complete(summed: Sequence[Pattern]) -> tuple[Complete, ...]:
    """Sum what each KPI divides over the rows that have both cells."""
    found = []
    for kpi, above, below in RATIOS:
        one, other = NUMBERS.index(above), NUMBERS.index(below)
        whole = [each for each in summed if None not in (each.numbers[one], each.numbers[other])]
        if not whole:
            continue
        figures = added(whole)
        rows = sum(each.rows for each in whole)
        found.append(
            Complete(
                kpi=kpi,
                above=_amount(above, figures[one]),
                below=_amount(below, figures[other]),
                rows=rows,
                left_out=sum(each.rows for each in summed) - rows,
            )
        )
    return tuple(found)


def missing(summed: Sequence[Pattern], used: Iterable[Number]) -> list[Warned]:
    """Count the rows in which a number is missing that the file has a column for."""
    lacking = {
        number: sum(each.rows for each in summed if each.numbers[NUMBERS.index(number)] is None)
        for number in used
        if number != "reach"
    }
    return [
        Warned(code=f"missing_{number}", text=f"{number} missing in {_rows(rows)}; blank is not 0")
        for number, rows in lacking.items()
        if rows
    ]


def rounded(cells: Mapping[str, int]) -> list[Warned]:
    """Count, by column, the cells that say more than millionths."""
    return [
        Warned(
            code="rounded",
            text=f"{count:,} {'cell' if count == 1 else 'cells'} of {name} rounded to six decimals: "
            "sums may differ by less than one millionth a row",
        )
        for name, count in cells.items()
        if count
    ]


def shortened(columns: Mapping[str, Sequence[str]]) -> list[Warned]:
    """Name, by column, a cell of the first rows of which a spreadsheet may have left digits out."""
    found = {name: next(filter(is_scientific, cells), None) for name, cells in columns.items()}
    return [
        Warned(code="shortened", text=f'{name} says "{cell}": a spreadsheet may have left digits out.')
        for name, cell in found.items()
        if cell
    ]


def more_conversions_than_clicks(groups: Grouped) -> list[Warned]:
    """View-through conversions need no click: possible, and worth knowing."""
    clicks, conversions = NUMBERS.index("clicks"), NUMBERS.index("conversions")
    are_both = ~(groups.missing[clicks] | groups.missing[conversions])
    # Whole conversions that are begun are more than the clicks if a part of one is.
    is_more = are_both & (-(-groups.numbers[conversions] // MILLION) > groups.numbers[clicks])
    found = groups.rows[is_more]
    rows, is_sum = int(found.sum()), bool((found > 1).any())
    if not rows:
        return []
    text = f"conversions exceed clicks in {'at most ' if is_sum else ''}{_rows(rows)} (view-through?)"
    return [Warned(code="conversions_exceed_clicks", text=text)]


def other_totals(totals: Iterable[Total], decided: Total | None) -> list[Warned]:
    """Totals that say more than the one that agrees: platforms count what was removed in some of them."""
    if decided is None or not decided.agrees:
        return []
    larger = [each.check() for each in totals if each.is_whole and each.differs]
    return [
        Warned(code="larger_total", text=_larger(check))
        for check in larger
        if check is not None and check.theirs > check.ours
    ]


def _larger(check: TotalCheck) -> str:
    theirs, ours = (
        f"{each:,.2f}" if check.number in {"spend", "revenue"} else f"{each.normalize():,f}"
        for each in (check.theirs, check.ours)
    )
    return (
        f"“{check.label}” says {theirs} {check.number}, the rows {ours}: it may count removed campaigns. "
        "Another total of all rows agrees."
    )


def micros(name: str, currency: str | None, cells: Sequence[str], spent: int, clicks: int) -> list[Warned]:
    """Tell of money that looks like millionths, as interfaces for programs write it: 10500000 for 10.50."""
    filled = [each.strip() for each in cells if each.strip(" 0-")]
    if currency not in LARGE_COINS or not filled or not clicks or spent < clicks * DEAR:
        return []
    if not all(each.isdecimal() and int(each) % CENT_IN_MICROS == 0 for each in filled):
        return []
    text = f"{name} looks like millionths of {currency} ({filled[0]}). If so, divide it by a million first."
    return [Warned(code="micros", text=text)]


class Shown(NamedTuple):
    """A ratio as the file itself shows it, beside the two numbers of its row."""

    ratio: Decimal
    above: Decimal
    below: Decimal


def odd_ratio(name: str, above: str, below: str, shown: Sequence[Shown]) -> list[Warned]:
    """Compare a file's own ratio with what its rows divide to; in percent or as a share.

    Rounding and other attribution move a ratio a little, a misread number moves most of them far.
    """
    fair = [each for each in shown if each.below and each.above and each.ratio]
    odd = [each for each in fair if not _near(each)]
    if len(fair) < 3 or len(odd) * 2 <= len(fair):
        return []
    text = f"{name} is not {above} ÷ {below} in {len(odd)} of {len(fair)} rows looked at"
    return [Warned(code="ratio_disagrees", text=text)]


def _near(each: Shown) -> bool:
    exponent = each.ratio.normalize().as_tuple().exponent
    rounding = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    value = each.above / each.below
    return any(abs(value * scale - each.ratio) <= rounding + each.ratio / 20 for scale in (1, 100))


def _amount(number: Number, value: int | None) -> Decimal:
    return Decimal(value or 0) if number in WHOLE else Decimal(value or 0).scaleb(-6)


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"
