"""Exports as they come out of the reader: rows and their scan, without a file."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from factories import CHANNEL, MONDAY

from engine.models.daily import DailyRow
from engine.models.export import Scan, Sums
from engine.models.file_import import Dropped, FileImport
from engine.models.retrospective import slug
from engine.ports import Memory

if TYPE_CHECKING:
    from engine.models.scanned import Scanned

MARCH = date(2026, 3, 1)


def dropped(name: str = "march", *, channel: str = CHANNEL, by: str = "U0MEMBER") -> Dropped:
    return Dropped(id=f"import:{name}:{channel}", channel=channel, thread="17.1", file=f"{name}.csv", by=by)


def row(
    campaign: str = "Spring Sale", day: date | int = 1, spend: int | None = 100, **changed: Any
) -> DailyRow:
    """One day of March 2026, or any other; ``spend`` in whole units."""
    when = MARCH + timedelta(days=day - 1) if isinstance(day, int) else day
    parts: dict[str, Any] = {
        "first_day": when, "last_day": when, "platform": "Meta", "account": "default",
        "campaign_id": slug(campaign), "campaign": campaign, "ad_set": "", "ad": "", "creative": "",
        "audience": "", "placement": "", "device": "", "country": "", "currency": "EUR", "objective": "",
        "attribution": "", "impressions": 10_000, "clicks": 200,
        "spend": None if spend is None else spend * 1_000_000, "conversions": 5_000_000, "revenue": None,
        "reach": None,
    }  # fmt: skip
    return DailyRow(**parts | changed)


def days(campaign: str = "Spring Sale", first: int = 1, last: int = 10, **changed: Any) -> list[DailyRow]:
    return [row(campaign, day, **changed) for day in range(first, last + 1)]


def scan_of(rows: Sequence[DailyRow], **changed: Any) -> Scan:
    spend = [each.spend for each in rows if each.spend is not None]
    parts: dict[str, Any] = {
        "file": "march.csv",
        "checksum": hashlib.sha256(repr([rows, changed]).encode()).hexdigest(),
        "size": 1_000,
        "shape": "meta|day,campaign,spend",
        "kind": "csv",
        "platform": "Meta",
        "currency": "EUR",
        "rows": len(rows),
        "campaigns": len({each.campaign_key for each in rows}),
        "totals": Sums(spend=Decimal(sum(spend)).scaleb(-6)),
        "days": (min(each.first_day for each in rows), max(each.last_day for each in rows)),
        "by_day": all(each.first_day == each.last_day for each in rows),
    }
    return Scan(**parts | changed)


def scanned(rows: Iterable[DailyRow], **changed: Any) -> "Scanned":
    from engine.models.scanned import Scanned  # noqa: PLC0415  whoever only wants rows needs no reader

    found = list(rows)
    scan = scan_of(found, **changed)
    return Scanned(scan, iter(() if scan.is_open else found))


def kept(memory: Memory, name: str, rows: Sequence[DailyRow], **changed: Any) -> str:
    """Put rows into a memory as a done import, with holdings that are ``changed`` so; give its id."""
    found = dropped(name)
    with memory.unit() as unit:
        unit.keep_file_import(FileImport(**found.model_dump(), checksum=name, at=MONDAY, state="done"))
        unit.add_rows(found.id, rows)
        unit.hold([each.model_copy(update=changed) for each in unit.put_aside(found.id)])
    return found.id
