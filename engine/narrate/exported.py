"""What became of an export: the sentences of its card. Each is said in Slack and in a shell alike."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import get_args

from engine.models.export import (
    IGNORED,
    MONTH_FIRST,
    Alike,
    Hints,
    Level,
    Question,
    Rejected,
    Scan,
    TotalCheck,
)
from engine.models.file_import import FileImport, Replaced
from engine.narrate.formats import SPACE, Formats, listed
from engine.narrate.forty import say, stated
from engine.narrate.words import Words

FIELDS: Mapping[str, str] = {
    "day": "day", "first_day": "first day", "last_day": "last day", "week": "week", "month": "month",
    "platform": "platform", "account": "account", "account_id": "account id", "campaign": "campaign",
    "campaign_id": "campaign id", "ad_set": "ad set", "ad_set_id": "ad set id", "ad": "ad", "ad_id": "ad id",
    "creative": "creative", "audience": "audience", "placement": "placement", "device": "device",
    "country": "country", "currency": "currency", "objective": "objective", "attribution": "attribution",
    "result_kind": "kind of result", "time_zone": "time zone", "impressions": "impressions",
    "clicks": "clicks", "spend": "spend", "conversions": "conversions", "revenue": "revenue",
    "reach": "reach", IGNORED: "not needed",
}  # fmt: skip
NOTHING_YET = "Nothing is stored yet."
UNDECIDED = f"No row decides it. {NOTHING_YET}"
WHOLE_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_TWO_NUMBERS = re.compile(r"\s*(\d{1,2})\s*[./\-]\s*(\d{1,2})\b")


def reading(found: FileImport, words: Words) -> str:
    name = words.style.name(found.file)
    if not found.progress or not found.progress[0]:
        return f"Reading {name}."
    read, about = found.progress
    doing, of = ("Storing", "of") if found.storing else ("Reading", "of about")
    all_of_them = f" {of} {words.formats.number(about)}" if about > read else ""
    return f"{doing} {name}: {words.formats.number(read)}{all_of_them} rows."


def taken(scan: Scan, words: Words) -> str:
    """S34: rows taken and refused; then their days, money and conversions."""
    f = words.formats
    refused = f"{f.number(scan.rejected)} refused" if scan.rejected else "none refused"
    opening = words.style.strong(f"{f.count(scan.rows, 'row')} taken, {refused}.")
    parts = [f.days(*scan.days)] if scan.days else []
    if scan.totals.spend is not None and (scan.currency or not _currencies_differ(scan)):
        parts.append(f.money(scan.totals.spend, scan.currency))
    if scan.totals.conversions is not None:
        parts.append(conversions(scan.totals.conversions, f))
    return say("S34a", scan, opening=opening, parts=", ".join(parts)) or stated("S34b", scan, opening=opening)


def conversions(number: Decimal, formats: Formats) -> str:
    """A count that may have decimals, as exact as the file has it."""
    places = max(0, -int(number.normalize().as_tuple().exponent))
    noun = "conversion" if number == 1 else "conversions"
    return f"{formats.number(number, places)}{SPACE}{noun}"


def origin(scan: Scan) -> str:
    """Where the rows come from: "Meta, by ad and day · 7-day click"; names are left as the file has them.

    While something is asked only as much as is known already.
    """
    platforms = listed(scan.platforms[:3]) + (" and others" if len(scan.platforms) > 3 else "")
    if scan.is_open:
        return platforms
    per = "day" if scan.by_day else "range"
    parts = [f"{platforms or 'unknown platform'}, by {scan.level} and {per}"]
    return " · ".join(parts + [each for each in (scan.attribution,) if each])


def agrees(check: TotalCheck, scan: Scan, words: Words) -> str:
    theirs = amount(check.number, check.theirs, scan.currency, words)
    if check.agrees and check.ours != getattr(scan.totals, check.number):
        return f"The platform's own total of a part of the rows agrees: {theirs}."
    if check.agrees:
        return f"The platform's own total row agrees: {theirs}."
    ours = amount(check.number, check.ours, scan.currency, words)
    return f"Rows add up to {ours}, the file's total says {theirs}. You had me take the rows."


def total_differs(check: TotalCheck, scan: Scan, words: Words) -> str:
    ours, theirs = (amount(check.number, each, scan.currency, words) for each in (check.ours, check.theirs))
    return f"Rows add up to {ours}, the file's total says {theirs}. Nothing is stored."


def amount(number: str, value: Decimal, currency: str | None, words: Words) -> str:
    """A sum with its unit; money with the currency where it is known."""
    if number in {"spend", "revenue"}:
        told = words.formats.money(value, currency)
        return told if number == "spend" else f"{told} revenue"
    if number == "conversions":
        return conversions(value, words.formats)
    return words.formats.count(value, number, number)


def broken(each: Rejected, cell: Callable[[str], str]) -> str:
    """S35, the value as the file has it; ``cell`` makes what stands in a file inert."""
    value = cell(each.value) if each.value.strip() else "an empty cell"
    column = f", {cell(each.column)}" if each.column.strip() else ""
    return stated("S35", each, line=str(each.line), column=column, value=value, rule=cell(each.rule))


def replaced(found: Replaced, words: Words) -> str:
    f = words.formats
    days = f.count(found.days, "day")
    span = f.days(found.first_day, found.last_day)
    verdicts = "Their verdicts are redone."
    spent = _spent(found, f)
    return f"{days} replaced, {span}: {spent}. {verdicts}"


def _spent(found: Replaced, f: Formats) -> str:
    codes = sorted({*found.before, *found.after})
    if all(found.before.get(code) == found.after.get(code) for code in codes):
        return "the spend is the same"
    changes = []
    for code in codes:
        before, after = (sums.get(code, Decimal(0)) for sums in (found.before, found.after))
        changes.append(f"{f.money(before, None)} → {f.money(after, code or None)}")
    return f"spend {'; '.join(changes)}"


def beside(other: FileImport, words: Words) -> str:
    """An import of which a person said that its money is not that of another one."""
    name = words.style.name(other.file)
    return f"Counts beside {name}: a person said that the money of the two differs."


def double(found: FileImport, before: FileImport | None, words: Words) -> str:
    """The same money is known by a level that is finer, or as fine; or under the names of its campaigns."""
    other = words.style.name(before.file) if before else "another file"
    level = f" by {before.scan.level}" if before and before.scan else ""
    scan = found.scan
    money = scan.totals.spend if scan else None
    spent = f" ({words.formats.money(money, scan.currency)})" if scan and money is not None else ""
    return f"Same money as {other}{level}{spent}. I keep {_kept(scan, before)} and add nothing."


def _kept(scan: Scan | None, before: FileImport | None) -> str:
    """What stands: the finer rows, or where those name no campaign the ones that do."""
    levels = get_args(Level)
    if not (scan and before and before.scan) or before.scan.level == scan.level:
        return "that one"
    is_finer = levels.index(before.scan.level) > levels.index(scan.level)
    return "the finer one" if is_finer else "that one, which names the campaigns,"


def alike(group: Alike, words: Words) -> str:
    """Two names, or one and how many spellings: the question, or what somebody answered."""
    name, others = words.style.name(group.name), [words.style.name(each) for each in group.others.values()]
    told = others[0] if len(others) == 1 else words.formats.count(len(others), "more spelling")
    if group.answer != "open":
        return f"{'One campaign' if group.answer == 'one' else 'Kept apart'}: {name} and {told}."
    few = "" if len(others) == 1 else f" ({', '.join([*others[:2], *(['…'] if len(others) > 2 else [])])})"
    return f"{name} and {told}{few}: one campaign?"


def undone(found: FileImport, words: Words) -> str:
    who = f" by {words.style.person(found.undone_by)}" if found.undone_by else ""
    rows = words.formats.count(found.scan.rows, "row") if found.scan else "Its rows"
    count = "counts" if found.scan and found.scan.rows == 1 else "count"
    back = " Days that it had replaced are as they were before." if found.replaced else ""
    return f"Undone{who}. {rows} {count} no more.{back}"


def currency_asked(question: Question, words: Words) -> str:
    column = words.style.name(question.column) if question.column else "the money"
    return f"Which currency is {column}? Nothing is stored yet."


def date_asked(question: Question, words: Words, platform: str | None = None) -> str:
    """Say both readings of the first cell that shows the doubt, the likelier first, and why it is asked."""
    cell = next(iter(question.examples), "")
    ways = date_choices(question)
    shown = words.style.name(cell) if cell else "a date"
    order = question.options if set(question.options) == set(ways) else tuple(ways)
    first, second = (ways[each] for each in order)
    why = UNDECIDED
    if platform in MONTH_FIRST and order[0] == "month first":
        why = f"{platform} mostly writes the month first; I ask, since no row decides it. {NOTHING_YET}"
    return f"Is {shown} {first} or {second}? {why}"


def date_choices(question: Question) -> dict[str, str]:
    """Each answer as a day that people can read: {"day first": "3 April", "month first": "4 March"}."""
    for cell in question.examples:
        match = _TWO_NUMBERS.match(cell)
        if match and match[1] != match[2]:
            first, second = int(match[1]), int(match[2])
            if 1 <= first <= 12 and 1 <= second <= 12:
                return {"day first": _day(first, second), "month first": _day(second, first)}
    return {"day first": "day first", "month first": "month first"}


def _day(day: int, month: int) -> str:
    return f"{day} {WHOLE_MONTHS[month - 1]}"


def decimal_asked(question: Question, words: Words) -> str:
    cell = next(iter(question.examples), "")
    ways = decimal_choices(question)
    shown = words.style.name(cell) if cell else "a number"
    column = f" in {words.style.name(question.column)}" if question.column else ""
    return f"Is {shown}{column} {ways['.']} or {ways[',']}? {UNDECIDED}"


def decimal_choices(question: Question) -> dict[str, str]:
    """Each answer as what the cell would then say: "1 point 234", which reads one way only, and "1234"."""
    cell = next((each for each in question.examples if "." in each or "," in each), "")
    digits = re.sub(r"[^\d.,]", "", cell)
    if not digits:
        return {".": "with a decimal point", ",": "with a decimal comma"}
    return {mark: _read_as(digits, mark) for mark in (".", ",")}


def _read_as(digits: str, decimal: str) -> str:
    other = "," if decimal == "." else "."
    whole, mark, part = digits.replace(other, "").partition(decimal)
    return f"{whole or '0'} point {part.replace(decimal, '')}" if mark else whole


def answered(hints: Hints, words: Words) -> str:
    """What people said about a file, in a line; "" where nobody was asked."""
    parts = [f"currency {hints.currency}"] if hints.currency else []
    parts += [f"dates {hints.date_order}"] if hints.date_order else []
    parts += [f"decimal {'point' if hints.decimal == '.' else 'comma'}"] if hints.decimal else []
    parts += [
        f"{words.style.name(column)} is {FIELDS.get(field, field)}" for column, field in hints.columns.items()
    ]
    return f"You said: {', '.join(parts)}." if parts else ""


def _currencies_differ(scan: Scan) -> bool:
    return any(each.code.startswith("currenc") for each in scan.warnings)
