"""From a file to rows: open it, find its table and columns, read its cells, check its totals."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import available_timezones

from engine.errors import Fault, Refused
from engine.intake import copies
from engine.intake.assembling import Given, rows
from engine.intake.checksum import checksum_of
from engine.intake.headers import is_known
from engine.intake.judging import Known, codes, judged
from engine.intake.money import Money, contradicted, money
from engine.intake.opening import opened
from engine.intake.pass_over import passed, suspects
from engine.intake.platform_names import platform_of
from engine.intake.platforms import said as named
from engine.intake.preface import Said, said
from engine.intake.table import Table, table
from engine.intake.telling import Taken, overall, told_of
from engine.models.export import NUMBERS, Hints, Scan
from engine.models.scanned import Scanned

FARTHEST_ZONE = timedelta(hours=14)  # from UTC: where the day is over first
Told = Callable[[int, int], None]  # how many of about how many rows are read


def scan(
    path: Path, *, name: str, hints: Hints, told: Told | None = None, today: date | None = None
) -> Scanned:
    """Read an export. Raises ``Refused`` where nothing of it can be taken; questions are no refusal.

    Rows of days after ``today`` are rejected; without it, after today where the day is over first.
    """
    if hints.time_zone and hints.time_zone not in available_timezones():
        raise Refused([Fault("time zone", hints.time_zone[:40], "a zone such as Europe/Madrid")], name)
    last = today or (datetime.now(UTC) + FARTHEST_ZONE).date()
    try:
        with checksum_of(path) as checksum, opened(path, name, is_known) as file:
            found = _taken(table(file, hints), hints, last, told)
            what = told_of(found) | {"checksum": checksum()}
    except Refused as refused:
        raise Refused(refused.faults, refused.source or name) from None
    preface = said(found.table.dialect.preface)
    made = Scan(
        file=name,
        size=path.stat().st_size,
        shape=found.table.columns.shape,
        kind=file.kind,
        time_zone=hints.time_zone or found.table.columns.time_zone or preface.time_zone,
        columns=found.table.columns.used,
        **what,
    )
    return Scanned(made, iter(()) if made.is_open else rows(found.judged.parts, found.judged.mixed))


def _taken(found: Table, hints: Hints, today: date, told: Told | None) -> Taken:
    asked = {option for each in found.columns.questions for option in each.options}
    if not found.numbers and not asked & set(NUMBERS):
        names = ", ".join(each.strip() for each in found.dialect.names if each.strip())
        rule = "a column of impressions, clicks, spend, conversions or revenue"
        raise Refused([Fault("columns", names[:80] or "none", rule)])
    read = passed(found, hints, told)
    preface = said(found.dialect.preface)
    currency = _money(found, preface, hints)
    groups = read.summed.groups.grouped()
    said_otherwise = contradicted(
        currency, found.columns.currency, codes(groups, [each.field for each in found.keys]), hints.currency
    )
    currency = said_otherwise or currency
    given = Given(_platform(found, preface, hints), currency.currency, is_of_cells=said_otherwise is None)
    known = Known(given, currency, preface.days, today)
    came = judged(groups, found.key_columns, known, hints, suspects(found, read))
    copies.refuse_repeated(found, groups)
    is_joined = any(each.value and each.value == found.name(each.place) for each in read.summed.rejected)
    again = copies.question(found, groups, read.style, has_second_header=is_joined)
    return Taken(found, read, came, known, hints, overall(came.parts), again)


def _platform(found: Table, preface: Said, hints: Hints) -> str | None:
    """What a person says counts before what the columns' names and the title say."""
    if hints.source and hints.source.strip():
        return named(hints.source) or platform_of(hints.source)[0]
    return found.columns.platform or preface.platform


def _money(found: Table, preface: Said, hints: Hints) -> Money:
    places = [place for number, place in found.numbers.items() if number in {"spend", "revenue"}]
    return money(
        header=found.columns.currency,
        title=preface.currency,
        cells=[cell for place in places for cell in found.cells(place)],
        hint=hints.currency,
        column=any(each.field == "currency" for each in found.keys),
    )
