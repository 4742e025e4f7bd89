"""The scan of a file: its totals, questions, warnings and rejected rows, out of what it was judged to be."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from engine.errors import Fault, Refused
from engine.intake import cut_off, doubts, ratio_columns
from engine.intake.assembling import Parts
from engine.intake.assembling import rows as rows_of
from engine.intake.grouped import distinct
from engine.intake.judging import Judged, Known
from engine.intake.money import question as which_currency
from engine.intake.pass_over import Passed
from engine.intake.platform_names import OTHER
from engine.intake.sums import lines
from engine.intake.table import Table
from engine.intake.total_rows import Total
from engine.models.currency import decimals
from engine.models.daily import DailyRow
from engine.models.export import (
    NUMBERS,
    Field,
    Hints,
    Level,
    Question,
    Rejected,
    Sums,
    TotalCheck,
    Warned,
)
from engine.models.export import exact as amount

MOST_REJECTS = 1_000
MOST_FAULTS = 100
BROKEN_DOWN: tuple[Field, ...] = ("creative", "audience", "placement", "device", "country")
DIFFERS = "Rows add up to {ours}, the file's total says {theirs}. Nothing is stored."
SPEND, REVENUE, REACH = (NUMBERS.index(each) for each in ("spend", "revenue", "reach"))


class Overall(NamedTuple):
    """What is asked of all parts more than once.

    ``patterns`` are sums by what is missing. ``spend`` has an entry for each currency in which there is
    money, "" where none is known; ``said`` are all currencies that rows name.
    """

    patterns: list[doubts.Pattern]
    spend: dict[str, int]
    said: frozenset[str]

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.patterns)

    @property
    def currencies(self) -> set[str]:
        """Those of money; of a file without any, what its rows say."""
        return (set(self.spend) or set(self.said)) - {""}

    @property
    def currency(self) -> str | None:
        return next(iter(self.currencies)) if len(self.currencies) == 1 else None


def overall(parts: Parts) -> Overall:
    spent = np.zeros(len(parts.whats), dtype=parts.groups.numbers.dtype)
    np.add.at(spent, parts.what_of, parts.groups.numbers[SPEND])
    has_money = (parts.groups.numbers[SPEND] != 0) | (parts.groups.numbers[REVENUE] != 0)
    spend: dict[str, int] = {}
    for place in distinct(parts.what_of[has_money]):
        currency = parts.whats[place].row.currency
        spend[currency] = spend.get(currency, 0) + int(spent[place])
    said = frozenset(each.row.currency for each in parts.whats)
    return Overall(doubts.patterns(parts.groups), spend, said)


class Taken(NamedTuple):
    """A file that was read: how, and what came of it."""

    table: Table
    passed: Passed
    judged: Judged
    known: Known
    hints: Hints
    overall: Overall
    copies: Question | None = None  # whether rows count that stand there several times


def told_of(taken: Taken) -> dict[str, Any]:
    """Everything of a ``Scan`` that its rows say. Raises ``Refused`` where no row is taken."""
    rejected = _rejected(taken)
    count = taken.passed.summed.rejections - len(_forgiven(taken))
    count += sum(each.group.rows for each in taken.judged.refused)
    if not len(taken.judged.parts.groups):
        raise _nothing(taken, rejected)
    rows = taken.judged.parts.kinds
    decided = _decided(taken.judged.totals)
    check = decided.check() if decided else None
    totals = _totals(taken, decided)
    return {
        **_what(taken, rows),
        "rows": taken.overall.rows,
        "rejected": count,
        "totals": totals,
        "complete": () if taken.passed.question else doubts.complete(taken.overall.patterns),
        # A total that is there as often as its rows agrees with them, and says nothing.
        "total_check": None if taken.passed.uncertain or taken.copies else check,
        "questions": tuple(_questions(taken, check)),
        "warnings": tuple(_warnings(taken, decided, rows)),
        "rejects": tuple(rejected[:MOST_REJECTS]),
    }


def _what(taken: Taken, rows: Sequence[DailyRow]) -> dict[str, Any]:
    """Tell what rows are of, by one of each kind; none of them has its days."""
    days = taken.judged.parts.days
    platforms = sorted({each.platform for each in rows} - {OTHER})
    has_days = taken.judged.question is None
    attributions = {each.attribution for each in rows} - {""}
    return {
        "platform": platforms[0] if len(platforms) == 1 else None,
        "platforms": tuple(platforms),
        "accounts": tuple(sorted({each.account for each in rows} - {"default"})),
        "level": _level(taken, rows),
        "breakdowns": tuple(each for each in BROKEN_DOWN if any(getattr(row, each) for row in rows)),
        "currency": taken.overall.currency,
        "attribution": next(iter(attributions)) if len(attributions) == 1 else None,
        "result_kinds": taken.judged.mixed.kinds,
        "campaigns": len({each.campaign for each in taken.judged.parts.whats}),
        "days": (min(first for first, _ in days), max(last for _, last in days)) if has_days else None,
        "by_day": has_days and all(first == last for first, last in days),
    }


def _level(taken: Taken, rows: Sequence[DailyRow]) -> Level:
    if any(each.ad for each in rows):
        return "ad"
    if any(each.ad_set for each in rows):
        return "ad set"
    return "campaign" if taken.judged.keys.has_campaigns else "account"


def _totals(taken: Taken, decided: Total | None) -> Sums:
    """What rows add up to; never across currencies or kinds of results."""
    found = doubts.sums(taken.overall.patterns)
    unknown = set(taken.passed.uncertain)
    unknown |= {"spend", "revenue"} if len(taken.overall.currencies) > 1 else set()
    unknown |= {"conversions"} if len(taken.judged.mixed.kinds) > 1 else set()
    changed: dict[str, Any] = dict.fromkeys(unknown)
    reach = None if "reach" in unknown else _reach(taken, decided)
    return found.model_copy(update={**changed, "reach": reach})


def _reach(taken: Taken, decided: Total | None) -> int | None:
    """Of everybody at once: the platform's own total says it, or the only row."""
    whole = [each for each in taken.judged.totals if each.is_whole and not each.differs]
    said = [each.theirs[REACH] for each in ([decided] if decided in whole else []) + whole if each]
    known = next((each for each in said if each is not None), None)
    if known is None and taken.overall.rows == 1:
        return next(rows_of(taken.judged.parts, taken.judged.mixed)).reach
    return known


def _decided(totals: Sequence[Total]) -> Total | None:
    """The total that counts: one of all rows that agrees, else one that does not; else of a part of them."""
    whole = [each for each in totals if each.is_whole and each.compared]
    parts = [each for each in totals if not each.is_whole and each.compared]
    agreeing = [each for each in whole if each.agrees]
    if agreeing:
        return agreeing[0]
    if whole:
        return whole[0]
    wrong = [each for each in parts if each.differs]
    return wrong[0] if wrong else max(parts, key=lambda each: each.of, default=None)


def _questions(taken: Taken, check: TotalCheck | None) -> Iterator[Question]:
    yield from taken.table.columns.questions
    if taken.passed.question:
        yield taken.passed.question
    if taken.judged.question:
        yield taken.judged.question
    if "" in taken.overall.spend:
        yield which_currency(_money_column(taken.table), taken.known.money.options)
    if taken.copies and not taken.hints.despite_total:
        yield taken.copies
    elif check and not check.agrees and not taken.hints.despite_total and not taken.passed.uncertain:
        yield Question(kind="total", text=_differs(taken, check))


def _money_column(table: Table) -> str:
    place = table.numbers.get("spend", table.numbers.get("revenue", 0))
    return table.name(place)


def _differs(taken: Taken, check: TotalCheck) -> str:
    is_money = check.number in {"spend", "revenue"}
    unit = (taken.overall.currency or "") if is_money else check.number
    ours, theirs = (_written(each, unit if is_money else None) for each in (check.ours, check.theirs))
    return DIFFERS.format(ours=f"{ours} {unit}".strip(), theirs=f"{theirs} {unit}".strip())


def _written(value: Decimal, currency: str | None) -> str:
    places = decimals(currency) if currency is not None else 0
    exponent = value.normalize().as_tuple().exponent
    return f"{value:,.{max(places, -exponent if isinstance(exponent, int) else 0)}f}"


def _warnings(taken: Taken, decided: Total | None, rows: Sequence[DailyRow]) -> Iterator[Warned]:
    patterns = taken.overall.patterns
    yield from taken.table.opened.warnings
    yield from taken.table.columns.warnings
    yield from taken.known.money.warnings
    yield from cut_off.warned(taken.table)
    sums = doubts.sums(patterns)
    cells = taken.table.cells(taken.table.numbers["spend"]) if "spend" in taken.table.numbers else []
    yield from doubts.micros(
        _money_column(taken.table), taken.overall.currency, cells, int(sums.spend or 0), sums.clicks or 0
    )
    yield from doubts.other_totals(taken.judged.totals, decided)
    if decided and decided.differs and taken.hints.despite_total:
        yield Warned(code="total_differs", text="Taken although the file's own total says something else.")
    yield from doubts.missing(patterns, taken.table.numbers)
    rounded = taken.passed.summed.rounded.items()
    yield from doubts.rounded({taken.table.name(taken.table.numbers[each]): count for each, count in rounded})
    if not taken.table.opened.is_typed:
        places = taken.table.numbers.values()
        yield from doubts.shortened({taken.table.name(each): taken.table.cells(each) for each in places})
    yield from doubts.more_conversions_than_clicks(taken.judged.parts.groups)
    if not taken.passed.question:
        yield from ratio_columns.doubts(taken.table, taken.passed.style)
    yield from _mixtures(taken)
    if all(each.platform == OTHER for each in rows):
        yield Warned(code="platform_unknown", text=f"Nothing names the platform: kept as “{OTHER}”.")
    if taken.judged.parts.shortened_ids:
        text = "Campaign ids were shortened by a spreadsheet (1.2E+10): campaigns are told apart by name."
        yield Warned(code="shortened_ids", text=text)


def _mixtures(taken: Taken) -> Iterator[Warned]:
    """What must not be added up."""
    kinds = taken.judged.mixed.kinds
    if len(kinds) > 1:
        named = ", ".join(each or "none named" for each in kinds[:3]) + (" …" if len(kinds) > 3 else "")
        lost = len(taken.judged.mixed.campaigns)
        left = f" They are left out for {lost} campaigns that have several." if lost else ""
        text = f"Results are of {len(kinds)} kinds ({named}), so they are not added up.{left}"
        yield Warned(code="mixed_results", text=text)
    spent = {code: amount(each) or Decimal(0) for code, each in taken.overall.spend.items() if code}
    if len(spent) > 1:
        told = ", ".join(f"{_written(each, code)} {code}" for code, each in spent.items())
        text = f"Money is in {len(spent)} currencies and not added up: {told}."
        yield Warned(code="mixed_currencies", text=text)


def _rejected(taken: Taken) -> list[Rejected]:
    """All that is told of rejected rows, by line."""
    table, forgiven = taken.table, _forgiven(taken)
    found = [
        _told(table, each.line, each.place, each.value, each.rule)
        for each in taken.passed.summed.rejected
        if each.line not in forgiven
    ]
    return sorted([*found, *_unfit(taken)], key=lambda each: each.line)


def _forgiven(taken: Taken) -> frozenset[int]:
    """Rejected rows that are total rows."""
    totals = {each.line for each in taken.judged.totals}
    return frozenset(each.line for each in taken.passed.summed.rejected if each.line in totals)


def _unfit(taken: Taken) -> Iterator[Rejected]:
    """Rows whose keys cannot be read; those that are written alike are looked for in the file."""
    table = taken.table
    wanted: dict[int, dict[str, str]] = defaultdict(dict)
    for group, why in taken.judged.refused[:MOST_REJECTS]:
        place = table.keys[why.place].place
        if group.rows > 1:
            wanted[place][why.value] = why.rule
            continue
        yield _told(table, group.line, place, why.value, why.rule)
    if wanted:
        yield from _looked_up(taken, wanted)


def _looked_up(taken: Taken, wanted: Mapping[int, Mapping[str, str]]) -> Iterator[Rejected]:
    table = taken.table
    known = {each.line for each in taken.judged.totals}
    known |= {each.group.line for each in taken.judged.refused if each.group.rows == 1}
    known |= {each.line for each in taken.passed.summed.rejected}
    reading = table.reading(taken.passed.style, firm=True)
    for place, rules in wanted.items():
        for line, text in lines(table.opened.path, reading, {place: frozenset(rules)}):
            if line not in known:
                yield _told(table, line, place, text, rules[text])


def _told(table: Table, line: int, place: int, value: str, rule: str) -> Rejected:
    return Rejected(
        line=table.opened.told(line), column=table.name(place), value=value.strip()[:80], rule=rule
    )


def _nothing(taken: Taken, rejected: Sequence[Rejected]) -> Refused:
    """Why no row is taken: they break rules, they are totals only, or there is none."""
    if rejected:
        faults = [Fault(each.column, each.value, each.rule, each.line) for each in rejected[:MOST_FAULTS]]
        return Refused(faults)
    if taken.judged.totals:
        return Refused([Fault("rows", "total rows only", "rows of campaigns or days beside their total")])
    return Refused([Fault("rows", "none", "at least one row below the header")])
