"""How a file writes its numbers: which sign begins the decimals, and which parts the thousands.

One cell that can be read in one way only decides for the file: "12,50", "1.234.567", and "1.234" in a
column of whole counts. Where money is written with three digits behind one sign, and nothing else tells,
a person is asked.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from engine.intake.numbers import (
    DECIMALS,
    UNSEEN,
    BadCell,
    BadColumn,
    Decimal,
    NumberStyle,
    Written,
    millionths,
    taken_apart,
)
from engine.intake.spelling import spelled
from engine.models.export import MILLION, Question

STYLES = (NumberStyle(".", ","), NumberStyle(",", "."))
STYLE_OF: dict[Decimal, NumberStyle] = {".": STYLES[0], ",": STYLES[1]}
OTHER: dict[Decimal, Decimal] = {".": ",", ",": "."}
ONE_SIGN = "one decimal sign in all columns"
SLIPS = 100  # one cell in so many may be a slip of the hand, which is refused by its line
SHOWN = 3
# What most cells are: by their digits alone one value, whatever the sign in them may be elsewhere.
_SIMPLE = re.compile(r"(\d{1,12})(?:([.,])(\d{1,2}|\d{4,6}))?", re.ASCII)
# Spanish is in neither: Mexico writes the point, Spain the comma.
_COMMA = "de fr pt it nl pl sv da nb nn no fi tr ru uk cs sk hu ro bg el hr sl id vi"
_POINT = "en ja zh ko th he hi"
COMMA_LANGUAGES, POINT_LANGUAGES = frozenset(_COMMA.split()), frozenset(_POINT.split())


class Quotient(NamedTuple):
    """A ratio that a file gives beside its parts, all by column name: CPC is spend over clicks.

    ``times`` is 100 for a rate in percent and 1,000 for a CPM. Cells of the three columns have to stand
    at the same place of their sequences when they are of the same row.
    """

    ratio: str
    above: str
    below: str
    times: int = 1


class _Seen(NamedTuple):
    """What the cells of one column say: by decimal sign those that force it, and those that leave it open."""

    forced: Mapping[Decimal, Sequence[str]]
    open: Sequence[str]

    @property
    def verdict(self) -> Decimal | None:
        if not any(self.forced.values()):
            return None
        return "." if len(self.forced["."]) > len(self.forced[","]) else ","


def styled(
    columns: Mapping[str, Sequence[str]],
    *,
    whole: Collection[str] = (),
    ratios: Collection[str] = (),
    hint: Decimal | None = None,
    languages: Iterable[str] = (),
    quotients: Iterable[Quotient] = (),
) -> NumberStyle | Question:
    """Decide how the file writes numbers, from cells of its numeric columns by name.

    ``whole`` are those of counts; ``ratios`` (CTR, CPC) are evidence only and decide nothing against the
    others. ``languages`` are codes ("de") of the header's language. A hint decides only what the cells
    leave open. Where no cell has any sign, the decimal is ``UNSEEN``: the first one has to decide.
    Raises ``BadColumn`` where columns, or cells of one, are written differently.
    """
    seen = {name: _seen(cells, whole=name in whole) for name, cells in columns.items()}
    used = {name: each for name, each in seen.items() if name not in ratios}
    left_open = {name: each.open for name, each in used.items() if each.open}
    shown = _agreed(used, whole)
    told = _told_by_quotients(columns, quotients) if left_open else None
    likely = shown or told or hint or _told_by_ratios(seen, ratios) or _told_by_language(languages, left_open)
    odd = _with_three_decimals(used, likely) if likely not in (told, hint) else {}
    if odd and hint:
        raise _differing(used, odd)
    if odd or (likely is None and left_open):
        return _question(columns, odd or left_open)
    return _as_seen(likely, [columns[name] for name in used])


def decimals(cell: str, *, whole: bool = False) -> frozenset[Decimal]:
    """Give the decimal signs by which a cell is a number: none, one, or both where it does not tell."""
    return frozenset(_values(cell, whole=whole))


def _seen(cells: Sequence[str], *, whole: bool) -> _Seen:
    forced: dict[Decimal, list[str]] = {".": [], ",": []}
    left_open: list[str] = []
    for cell in dict.fromkeys(cells):
        values = _values(cell, whole=whole)
        if len(values) == 1:
            forced[next(iter(values))].append(cell)
        elif len(set(values.values())) > 1:
            left_open.append(cell)
    return _Seen(forced, left_open)


def _values(cell: str, *, whole: bool = False) -> dict[Decimal, int]:
    """Give by decimal sign what a cell is in millionths; a count that would be no whole one is left out."""
    simple = _SIMPLE.fullmatch(cell)
    values = _of_simple(simple) if simple else _of_any(cell)
    entire = {sign: amount for sign, amount in values.items() if amount % MILLION == 0}
    return entire if whole and entire else values


def _of_simple(cell: "re.Match[str]") -> dict[Decimal, int]:
    whole = int(cell[1]) * MILLION
    if not cell[2]:
        return dict.fromkeys(OTHER, whole)
    amount = whole + int(cell[3].ljust(DECIMALS, "0"))
    return {"." if cell[2] == "." else ",": amount}


def _of_any(cell: str) -> dict[Decimal, int]:
    try:
        written = taken_apart(cell)
    except BadCell:
        return {}
    return {
        sign: amount for sign, style in STYLE_OF.items() if (amount := _value(written, style)) is not None
    }


def _value(written: Written | None, style: NumberStyle) -> int | None:
    try:
        return millionths(written, style) if written else None
    except BadCell:
        return None


def _agreed(used: Mapping[str, _Seen], whole: Collection[str]) -> Decimal | None:
    """Give the sign that the columns show; ``None`` where none shows any."""
    verdicts = {name: each.verdict for name, each in used.items() if each.verdict}
    if len(set(verdicts.values())) > 1:
        raise _differing(used, {})
    is_risky = any(each.open for name, each in used.items() if name not in whole)
    for name, each in used.items():
        counts = sorted(len(cells) for cells in each.forced.values())
        if counts[0] and (is_risky or counts[0] * SLIPS > counts[1]):
            raise BadColumn(ONE_SIGN, tuple(cells[0] for cells in each.forced.values()), (name,))
    return next(iter(verdicts.values()), None)


def _differing(used: Mapping[str, _Seen], odd: Mapping[str, Sequence[str]]) -> BadColumn:
    """Name two columns that contradict each other, with a cell of each."""
    said = [(name, cells[0]) for name, each in used.items() for cells in each.forced.values() if cells]
    signs = [sign for each in used.values() for sign, cells in each.forced.items() if cells]
    second = next(iter(odd.items()), None)
    other = (second[0], second[1][0]) if second else said[signs.index(OTHER[signs[0]])]
    names, cells = zip(said[0], other, strict=True)
    return BadColumn(ONE_SIGN, cells, names)


def _with_three_decimals(used: Mapping[str, _Seen], decimal: Decimal | None) -> dict[str, Sequence[str]]:
    """Find columns of which each cell with this sign has three digits behind it: often they are thousands."""
    found = {
        name: [cell for cell in each.open if decimal and decimal in _digits(cell)]
        for name, each in used.items()
        if not each.verdict
    }
    return {name: cells for name, cells in found.items() if cells}


def _digits(cell: str) -> str:
    written = taken_apart(cell)
    return written.digits if written else ""


def _told_by_ratios(seen: Mapping[str, _Seen], ratios: Collection[str]) -> Decimal | None:
    signs = {sign for name in ratios if name in seen for sign, cells in seen[name].forced.items() if cells}
    return signs.pop() if len(signs) == 1 else None


def _told_by_quotients(columns: Mapping[str, Sequence[str]], quotients: Iterable[Quotient]) -> Decimal | None:
    """Find the sign by which the file's own ratios come out, and by the other not one does."""
    right: Counter[Decimal] = Counter()
    wrong: Counter[Decimal] = Counter()
    for quotient in quotients:
        parts = (
            columns.get(quotient.ratio, ()),
            columns.get(quotient.above, ()),
            columns.get(quotient.below, ()),
        )
        for row in zip(*parts, strict=False):
            values = [_values(cell) for cell in row]
            if any(len(set(each.values())) > 1 for each in values):
                for sign in OTHER:
                    fits = _comes_out(row[0], [each.get(sign) for each in values], quotient.times, sign)
                    (right if fits else wrong)[sign] += 1
    for sign in OTHER:
        if right[sign] and not wrong[sign] and not right[OTHER[sign]]:
            return sign
    return None


def _comes_out(cell: str, values: Sequence[int | None], times: int, sign: Decimal) -> bool:
    """Say whether a ratio, rounded to as many decimals as its cell has, is that of its parts."""
    ratio, above, below = values
    if ratio is None or above is None or not below:
        return False
    figures = [each for each in cell.rpartition(sign)[2] if each.isdecimal()] if sign in cell else []
    step: int = MILLION // 10 ** min(len(figures), 6)
    off: int = abs(above * MILLION * times - ratio * below)
    return off <= step * below  # some platforms cut instead of rounding


def _language(languages: Iterable[str]) -> Decimal | None:
    spoken = {each.lower()[:2] for each in languages}
    if spoken and spoken <= COMMA_LANGUAGES:
        return ","
    return "." if spoken and spoken <= POINT_LANGUAGES else None


def _told_by_language(languages: Iterable[str], left_open: Mapping[str, Sequence[str]]) -> Decimal | None:
    """Follow the header's language where it makes thousands of all; money of three decimals is too odd."""
    sign = _language(list(languages))
    cells = [cell for each in left_open.values() for cell in each]
    return sign if sign and cells and all(OTHER[sign] in _digits(cell) for cell in cells) else None


def _as_seen(decimal: Decimal | None, columns: Iterable[Sequence[str]]) -> NumberStyle:
    """Add the sign between thousands that cells really have."""
    style = STYLE_OF[decimal] if decimal else NumberStyle(UNSEEN)
    signs: Counter[str] = Counter()
    for cell in {cell for cells in columns for cell in cells}:
        if _SIMPLE.fullmatch(cell):
            continue
        try:
            written = taken_apart(cell)
        except BadCell:
            continue
        if written and _value(written, style) is not None:
            signs.update(each for each in (style.thousands, " ", "'") if each and each in written.digits)
    is_seen = style.thousands and signs[style.thousands]
    return style._replace(thousands=style.thousands if is_seen else "".join(dict(signs.most_common(1))))


def _question(columns: Mapping[str, Sequence[str]], left_open: Mapping[str, Sequence[str]]) -> Question:
    """Ask about one cell, in words; thousands first, unless other numbers go without them."""
    name, cells = next(iter(left_open.items()))
    values = _values(cells[0])
    large, small = sorted(values, key=lambda sign: -abs(values[sign]))
    options = (small, large) if _has_ungrouped(columns) else (large, small)
    number = abs(values[large]) // MILLION
    readings = {large: spelled(number), small: f"{number // 1000}.{number % 1000:03}"}
    first, second = (readings[sign] for sign in options)
    return Question(
        kind="decimal",
        text=f"Is {cells[0].strip()} in {name} {first}, or {second}?",
        column=name,
        examples=tuple(cells[:SHOWN]),
        options=options,
    )


def _has_ungrouped(columns: Mapping[str, Sequence[str]]) -> bool:
    return any(
        len(cell.strip()) > 3 and cell.strip().isdecimal() for cells in columns.values() for cell in cells
    )
