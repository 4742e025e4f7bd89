"""Exports as ad platforms write them, made up on the spot: ten weeks of a small shop, up to yesterday.

Each is the same every time it is asked for on one day, so that the second drop is known as the first. One
has a total row and two rows that break a rule, one is German, one is a report by ad group, and one leaves
out what only a person can say.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.sandbox.sample_ads import ads_export

DAYS = 70  # so that thirty days have as many before them, weekday by weekday
LAST_WEEKS = (DAYS - 28.5) / (DAYS - 1)  # where the last 28 days begin, in parts of the whole
CENT = Decimal("0.01")
WEEK = (100, 96, 97, 101, 108, 118, 112)  # Monday to Sunday, in percent
LONG_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip


class Line(NamedTuple):
    """A part of a campaign: what a usual day brings, and how much more or less of it at the end."""

    campaign: str
    part: str
    impressions: int
    ctr: float
    cpc: float
    cvr: float
    order: float
    drift: float = 0.0


class Day(NamedTuple):
    line: Line
    day: date
    impressions: int
    clicks: int
    spend: Decimal
    conversions: int
    revenue: Decimal


META = (
    Line("gift-cards", "Past visitors", 9_000, 0.021, 0.62, 0.045, 41.0),
    Line("gift-cards", "New parents 25-40", 12_000, 0.013, 0.71, 0.021, 39.0),
    Line("store-opening", "Weekend travellers", 15_000, 0.012, 0.55, 0.018, 28.0, drift=-0.55),
    Line("Store_Openings", "Weekend travellers", 2_000, 0.012, 0.57, 0.017, 28.0),
)
GOOGLE = (
    Line("Marke Schuhe", "", 6_000, 0.062, 0.48, 0.061, 54.0),
    Line("Wanderschuhe Suche", "", 9_500, 0.041, 0.83, 0.034, 71.0, drift=-0.30),
    Line("Kinderschuhe Shopping", "", 14_000, 0.017, 0.39, 0.022, 36.0, drift=0.20),
)
TIKTOK = (
    Line("campus-tour", "Students 18-25", 22_000, 0.010, 0.31, 0.012, 24.0, drift=0.25),
    Line("campus-tour", "Night owls", 11_000, 0.009, 0.34, 0.008, 22.0),
    Line("rainy-days", "Weekend travellers", 17_000, 0.011, 0.36, 0.010, 26.0),
)
MICROSOFT = (
    Line("Outlet Boots", "", 2_600, 0.028, 0.74, 0.031, 62.0),
    Line("Outlet Sandals", "", 1_900, 0.024, 0.69, 0.026, 44.0),
)


def meta_export(now: datetime, zone: ZoneInfo) -> bytes:
    """English, by ad set and day, the account's total first; two rows break a rule and are in no sum."""
    rows = list(_days(META, now, zone))
    first, last = rows[0].day.isoformat(), rows[-1].day.isoformat()
    header = [
        "Reporting starts", "Reporting ends", "Campaign name", "Ad set name", "Day", "Attribution setting",
        "Results", "Result indicator", "Impressions", "Link clicks", "Amount spent (EUR)",
        "Purchases conversion value",
    ]  # fmt: skip
    table = [header, [first, last, "", "", "", "7-day click", *_meta(rows)]]
    table += [
        [first, last, each.line.campaign, each.line.part, each.day.isoformat(), "7-day click", *_meta([each])]
        for each in rows
    ]
    table.insert(18, [first, last, *_where(rows[5]), "7-day click", "0", _BOUGHT, "310", "4", "-12.00", ""])
    table.insert(89, [first, last, *_where(rows[9]), "7-day click", "1", _BOUGHT, "91", "940", "8.10", "41"])
    return _written(table)


_BOUGHT = "actions:offsite_conversion.fb_pixel_purchase"


def _where(each: Day) -> tuple[str, str, str]:
    return each.line.campaign, each.line.part, each.day.isoformat()


def _meta(rows: Sequence[Day]) -> list[str]:
    impressions, clicks, spend, conversions, revenue = _sums(rows)
    return [f"{conversions}", _BOUGHT, f"{impressions}", f"{clicks}", f"{spend}", f"{revenue}"]


def _sums(rows: Sequence[Day]) -> tuple[int, int, Decimal, int, Decimal]:
    """Impressions, clicks, spend, conversions and revenue of these days together."""
    return (
        sum(each.impressions for each in rows),
        sum(each.clicks for each in rows),
        sum((each.spend for each in rows), Decimal(0)),
        sum(each.conversions for each in rows),
        sum((each.revenue for each in rows), Decimal(0)),
    )


def google_export(now: datetime, zone: ZoneInfo) -> bytes:
    """German, UTF-16 with tabs as Google's download for Excel is; title lines, decimal comma, a total row."""
    rows = list(_days(GOOGLE, now, zone))
    title = f"{_german(rows[0].day)} - {_german(rows[-1].day)}"
    header = ["Tag", "Kampagne", "Währungscode", "Kosten", "Impr.", "Klicks", "Conversions", "Conv.-Wert"]
    table = [["Kampagnenbericht"], [title], header]
    for each in rows:
        counts = [f"{each.impressions:,}".replace(",", "."), f"{each.clicks}"]
        worth = [_comma(Decimal(each.conversions)), _comma(each.revenue)]
        table.append([each.day.isoformat(), each.line.campaign, "EUR", _comma(each.spend), *counts, *worth])
    impressions, clicks, spend, conversions, revenue = _sums(rows)
    counts = [f"{each:,}".replace(",", ".") for each in (impressions, clicks)]
    worth = [_comma(Decimal(conversions)), _comma(revenue)]
    table.append(["Gesamt: Konto", " --", "EUR", _comma(spend), *counts, *worth])
    return "\ufeff".encode("utf-16-le") + _text(table, "\t").encode("utf-16-le")


def tiktok_export(now: datetime, zone: ZoneInfo) -> bytes:
    """English, by ad group and day, with the line that counts the results at its end."""
    rows = list(_days(TIKTOK, now, zone))
    header = [
        "Campaign name", "Ad group name", "Date", "Cost", "Impressions", "Clicks (destination)",
        "Conversions", "Total complete payment value", "Currency",
    ]  # fmt: skip
    table = [header, *([*_where(each), *_tiktok([each]), "EUR"] for each in rows)]
    table.append([f"Total of {len(rows)} results", "-", "-", *_tiktok(rows), "EUR"])
    return _written(table)


def _tiktok(rows: Sequence[Day]) -> list[str]:
    impressions, clicks, spend, conversions, revenue = _sums(rows)
    return [f"{spend}", f"{impressions}", f"{clicks}", f"{conversions}", f"{revenue}"]


def unclear_export(now: datetime, zone: ZoneInfo) -> bytes:
    """As somebody's own sheet has it: no currency, and a column that nobody but its writer knows."""
    header = ["Date", "Campaign", "Impressions", "Clicks", "Spend", "Conversions", "Rev net"]
    table = [header]
    for each in _days(MICROSOFT, now, zone):
        counts = [f"{each.impressions}", f"{each.clicks}", f"{each.spend}", f"{each.conversions}"]
        table.append([each.day.isoformat(), each.line.campaign, *counts, f"{each.revenue}"])
    return _written(table)


EXPORTS: Mapping[str, Callable[[datetime, ZoneInfo], bytes]] = {
    "meta-by-ad.csv": ads_export,
    "meta-ads.csv": meta_export,
    "google-kampagnen.csv": google_export,
    "tiktok-by-day.csv": tiktok_export,
    "outlet-sheet.csv": unclear_export,
}


def _days(lines: Sequence[Line], now: datetime, zone: ZoneInfo) -> Iterator[Day]:
    """Every line's days up to yesterday, oldest first, each a little off the usual but always alike."""
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    for back in range(DAYS - 1, -1, -1):
        day = yesterday - timedelta(days=back)
        for place, line in enumerate(lines):
            yield _day(line, place, day, (DAYS - 1 - back) / (DAYS - 1))


def _day(line: Line, place: int, day: date, gone: float) -> Day:
    """One day: weekends are busier, and what drifts brings other orders in its last four weeks."""
    off = 1 + ((day.toordinal() * 37 + place * 61) % 23 - 11) / 150
    drift = 1 + line.drift * (gone > LAST_WEEKS)
    impressions = int(line.impressions * WEEK[day.weekday()] / 100 * off)
    clicks = max(1, round(impressions * line.ctr * (2 - off)))
    orders = clicks * line.cvr * drift * (1 + ((day.toordinal() * 53 + place * 29) % 17 - 8) / 40)
    carry = ((day.toordinal() * 31 + place * 7) % 10) / 10
    conversions = min(clicks, int(orders + carry))
    spend = Decimal(clicks * line.cpc).quantize(CENT)
    revenue = Decimal(conversions * line.order * off).quantize(CENT)
    return Day(line, day, impressions, clicks, spend, conversions, revenue)


def _german(day: date) -> str:
    return f"{day.day}. {LONG_MONTHS[day.month - 1]} {day.year}"


def _comma(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", "\0").replace(".", ",").replace("\0", ".")


def _written(table: Sequence[Sequence[str]]) -> bytes:
    return _text(table, ",").encode()


def _text(table: Sequence[Sequence[str]], mark: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=mark, lineterminator="\r\n").writerows(table)
    return text.getvalue()
