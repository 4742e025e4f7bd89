"""Exports as platforms write them in several languages, made here with figures of our own.

Each is put together from exact values, so that what must come out is known without reading it back.
"""

import gzip
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

D = Decimal


@dataclass(frozen=True)
class Fact:
    """One row of an export, in exact values; ``None`` is a cell without a value."""

    day: date
    campaign: str
    spend: Decimal | None
    impressions: int | None
    clicks: int | None
    conversions: Decimal | None
    revenue: Decimal | None = None
    ad_set: str = ""
    device: str = ""


@dataclass(frozen=True)
class Layout:
    """A file, and what must be read from it. ``currency`` ``None``: it says none, so it is asked."""

    name: str
    data: bytes
    facts: Sequence[Fact]
    platform: str | None
    currency: str | None
    asks: frozenset[str] = frozenset()
    reach: int | None = None
    rejected: int = 0
    file: str = "export.csv"
    by_day: bool = True
    without: frozenset[str] = field(default_factory=frozenset)  # numbers that the file does not have

    @property
    def totals(self) -> dict[str, Any]:
        found: dict[str, Any] = {"reach": self.reach}
        for name in ("impressions", "clicks", "spend", "conversions", "revenue"):
            values = [value for each in self.facts if (value := getattr(each, name)) is not None]
            found[name] = sum(values) if values and name not in self.without else None
        return found

    @property
    def days(self) -> tuple[date, date]:
        return min(each.day for each in self.facts), max(each.day for each in self.facts)


def fact(  # noqa: PLR0917  one row reads as one line
    day: str,
    campaign: str,
    spend: str | None,
    impressions: int | None,
    clicks: int | None,
    conversions: str | None,
    revenue: str | None = None,
    ad_set: str = "",
    device: str = "",
) -> Fact:
    exact = [None if each is None else D(each) for each in (spend, conversions, revenue)]
    return Fact(
        date.fromisoformat(day), campaign, exact[0], impressions, clicks, exact[1], exact[2], ad_set, device
    )


MARCH = [
    fact("2026-03-02", "Marke", "1234.50", 12345, 120, "3.5", "1450.25"),
    fact("2026-03-03", "Marke", "987.05", 11002, 98, "2", "310"),
    fact("2026-03-14", "Schuhe, Größe 42", "0", 0, 0, "0", "0"),
    fact("2026-03-15", "Schuhe, Größe 42", "12.40", 1090, 11, "0.25", "1000000.01"),
]
WHOLE = [
    fact("2026-03-02", "Prospecting | A", "1234.50", 12345, 120, "3", "1450.25", "Set 1"),
    fact("2026-03-02", "Prospecting | A", "87.05", 11002, 98, "2", "310", "Set\n2"),
    fact("2026-03-03", "Prospecting | A", "10", 900, 9, None, None, "Set 1"),
    fact("2026-03-15", 'Retargeting; "warm"', "12.40", 1090, 11, "1", "99.90", "Set 3"),
]
EARLY = [  # no day above the twelfth: the order of day and month cannot be told from the rows
    fact("2026-03-04", "Brand", "21.00", 2100, 84, "4", "320"),
    fact("2026-03-05", "Brand", "18.90", 1900, 70, "3", "240"),
    fact("2026-03-05", "Prenup, Dallas", "64.10", 500, 20, "2", "0"),
]

Style = Callable[[Decimal, int], str]


def plain(value: Decimal, places: int) -> str:
    return f"{value:.{places}f}"


def english(value: Decimal, places: int) -> str:
    return f"{value:,.{places}f}"


def german(value: Decimal, places: int) -> str:
    return english(value, places).translate(str.maketrans(",.", ".,"))


def french(value: Decimal, places: int) -> str:
    return english(value, places).replace(",", "\u202f").replace(".", ",")


def swiss(value: Decimal, places: int) -> str:
    return english(value, places).replace(",", "’")


def indian(value: Decimal, places: int) -> str:
    whole, _, rest = f"{value:.{places}f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [tail]
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join(groups) + (f".{rest}" if rest else "")


@dataclass(frozen=True)
class Way:
    """How a table is written."""

    number: Style = plain
    day: str = "%Y-%m-%d"
    delimiter: str = ","
    missing: str = ""
    newline: str = "\r\n"
    quote_all: bool = False
    sign: str = ""
    quote: str = '"'

    def cell(self, text: str) -> str:
        risky = self.quote_all or any(mark in text for mark in (self.delimiter, self.quote, "\n", "\r"))
        return f"{self.quote}{text.replace(self.quote, self.quote * 2)}{self.quote}" if risky else text

    def line(self, cells: Sequence[str]) -> str:
        return self.delimiter.join(self.cell(each) for each in cells)

    def shown(self, each: Fact, what: str) -> str:
        value = getattr(each, what, what)
        if what == "day":
            return each.day.strftime(self.day).replace("~0", "").replace("~", "")
        if value is None:
            return self.missing
        if isinstance(value, Decimal):
            whole = what == "conversions" and value == value.to_integral_value()
            text = self.number(value, 0 if whole else 2)
            return f"{self.sign}{text}" if what in {"spend", "revenue"} else text
        if isinstance(value, int):
            return self.number(D(value), 0)
        return str(value)


def table(facts: Sequence[Fact], columns: Sequence[tuple[str, str]], way: Way) -> list[str]:
    """Header and rows; a column is its name and what stands in it: a field of ``Fact``, or a text."""
    rows = [way.line([name for name, _ in columns])]
    rows += [way.line([way.shown(each, what) for _, what in columns]) for each in facts]
    return rows


def total(  # noqa: PLR0917  as above
    facts: Sequence[Fact],
    columns: Sequence[tuple[str, str]],
    way: Way,
    label: str,
    at: str = "campaign",
    blank: str = "",
    **others: str,
) -> str:
    cells = []
    for _, what in columns:
        if what in {"spend", "impressions", "clicks", "conversions", "revenue"}:
            values = [value for each in facts if (value := getattr(each, what)) is not None]
            summed = Fact(facts[0].day, "", None, None, None, None)
            object.__setattr__(summed, what, sum(values[1:], values[0]))
            cells.append(way.shown(summed, what))
        else:
            cells.append(label if what == at else others.get(what, blank))
    return way.line(cells)


def text_of(lines: Sequence[str], way: Way) -> str:
    return way.newline.join(lines) + way.newline


def google_german() -> Layout:
    way = Way(german, "%d.%m.%Y", "\t", " --")
    columns = [
        ("Tag", "day"),
        ("Kampagne", "campaign"),
        ("Währungscode", "EUR"),
        ("Kosten", "spend"),
        ("Impr.", "impressions"),
        ("Klicks", "clicks"),
        ("CTR", "0,97 %"),
        ("Conversions", "conversions"),
        ("Conv.-Wert", "revenue"),
    ]
    lines = [
        "Kampagnenbericht",
        "2. März 2026 – 15. März 2026",
        *table(MARCH, columns, way),
        total(MARCH, columns, way, "Gesamt: Kampagnen", "day", " --"),
        total(MARCH, columns, way, "Gesamt: Konto", "day", " --"),
    ]
    data = text_of(lines, way).encode("utf-16")
    return Layout("google, german, UTF-16 with tabs", data, MARCH, "Google", "EUR")


def google_french() -> Layout:
    way = Way(french, "%Y-%m-%d", ",", " --")
    columns = [
        ("Jour", "day"),
        ("Campagne", "campaign"),
        ("Code de la devise", "EUR"),
        ("Coût", "spend"),
        ("Impr.", "impressions"),
        ("Clics", "clicks"),
        ("Conversions", "conversions"),
        ("Val. conv.", "revenue"),
    ]
    lines = [
        "Rapport sur les campagnes",
        '"2 mars 2026 - 15 mars 2026"',
        *table(MARCH, columns, way),
        total(MARCH, columns, way, "Total : compte", "day", " --"),
    ]
    return Layout("google, french", text_of(lines, way).encode(), MARCH, "Google", "EUR")


def google_portuguese() -> Layout:
    way = Way(german, "%Y-%m-%d", ",", " --")
    columns = [
        ("Dia", "day"),
        ("Campanha", "campaign"),
        ("Código da moeda", "BRL"),
        ("Custo", "spend"),
        ("Impr.", "impressions"),
        ("Cliques", "clicks"),
        ("Conversões", "conversions"),
        ("Valor da conv.", "revenue"),
    ]
    lines = [
        "Relatório de campanha",
        "2 de março de 2026 - 15 de março de 2026",
        *table(MARCH, columns, way),
        total(MARCH, columns, way, "Total: Conta", "day", " --"),
    ]
    return Layout("google, portuguese", text_of(lines, way).encode("utf-8-sig"), MARCH, "Google", "BRL")


def google_old() -> Layout:
    """``Total Wine`` is a campaign; the device splits rows of a day."""
    facts = [
        fact("2026-03-02", "Total Wine", "10.10", 1000, 10, "1", device="Computers"),
        fact("2026-03-02", "Total Wine", "5.05", 800, 8, "0.5", device="Mobile phones"),
        fact("2026-03-13", "Brand", "4", 60, 5, "0", device="Computers"),
    ]
    way = Way(english, missing=" --")
    columns = [
        ("Campaign", "campaign"),
        ("Day", "day"),
        ("Device", "device"),
        ("Currency code", "USD"),
        ("Clicks", "clicks"),
        ("Impr.", "impressions"),
        ("Avg. CPC", "1.01"),
        ("Cost", "spend"),
        ("Conversions", "conversions"),
        ("Search impr. share", "< 10%"),
    ]
    lines = [
        "Campaign report",
        "March 2, 2026 - March 13, 2026",
        *table(facts, columns, way),
        total(facts, columns, way, "Total: Account", "campaign", " --"),
    ]
    return Layout(
        "google, a campaign called Total Wine",
        text_of(lines, way).encode(),
        facts,
        "Google",
        "USD",
        without=frozenset({"revenue"}),
    )


META_PT = [
    ("Início dos relatórios", "2026-03-01"),
    ("Término dos relatórios", "2026-03-31"),
    ("Nome da campanha", "campaign"),
    ("Nome do conjunto de anúncios", "ad_set"),
    ("Dia", "day"),
    ("Valor usado (BRL)", "spend"),
    ("Impressões", "impressions"),
    ("Cliques no link", "clicks"),
    ("Cliques (todos)", "999999"),
    ("Resultados", "conversions"),
    ("Indicador de resultados", "actions:offsite_conversion.fb_pixel_purchase"),
    ("Valor de conversão da compra", "revenue"),
]


def meta_portuguese() -> Layout:
    way = Way(newline="\n")
    facts = WHOLE
    last = total(facts, META_PT, way, "", blank="", ad_set="")
    lines = [*table(facts, META_PT, way), last]
    return Layout(
        "meta, portuguese, total row last", text_of(lines, way).encode("utf-8-sig"), facts, "Meta", "BRL"
    )


def meta_german() -> Layout:
    columns = [
        ("Berichtsstart", "2026-03-01"),
        ("Berichtsende", "2026-03-31"),
        ("Tag", "day"),
        ("Kampagnenname", "campaign"),
        ("Name der Anzeigengruppe", "ad_set"),
        ("Ausgegebener Betrag (EUR)", "spend"),
        ("Impressionen", "impressions"),
        ("Reichweite", "700"),
        ("Link-Klicks", "clicks"),
        ("Klicks (alle)", "5"),
        ("Ergebnisse", "conversions"),
        ("Kosten pro Ergebnis", "4,11"),
    ]
    way = Way(german, "%d.%m.%Y", ";")
    return Layout(
        "meta, german, saved by a spreadsheet",
        text_of(table(WHOLE, columns, way), way).encode("cp1252"),
        WHOLE,
        "Meta",
        "EUR",
        without=frozenset({"revenue"}),
    )


def meta_spanish() -> Layout:
    columns = [
        ("Inicio del informe", "2026-03-01"),
        ("Fin del informe", "2026-03-31"),
        ("Nombre de la campaña", "campaign"),
        ("Nombre del conjunto de anuncios", "ad_set"),
        ("Día", "day"),
        ("Divisa", "MXN"),
        ("Importe gastado (MXN)", "spend"),
        ("Impresiones", "impressions"),
        ("Clics en el enlace", "clicks"),
        ("Resultados", "conversions"),
    ]
    way = Way(quote_all=True)
    lines = [*table(WHOLE, columns, way), total(WHOLE, columns, way, "Resultados totales")]
    return Layout(
        "meta, spanish, a total with a name",
        text_of(lines, way).encode(),
        WHOLE,
        "Meta",
        "MXN",
        without=frozenset({"revenue"}),
    )


def meta_api() -> Layout:
    columns = [
        ("campaign_name", "campaign"),
        ("adset_name", "ad_set"),
        ("spend", "spend"),
        ("impressions", "impressions"),
        ("clicks", "clicks"),
        ("ctr", "1.2"),
        ("date_start", "day"),
        ("date_stop", "day"),
        ("account_currency", "GBP"),
        ("account_id", "99"),
        ("purchase_roas", "2.2"),
    ]
    facts = [
        fact(
            str(each.day),
            each.campaign,
            str(each.spend),
            each.impressions,
            each.clicks,
            None,
            ad_set=each.ad_set,
        )
        for each in WHOLE
    ]
    way = Way(newline="\n")
    return Layout(
        "meta, marketing API",
        text_of(table(facts, columns, way), way).encode(),
        facts,
        "Meta",
        "GBP",
        without=frozenset({"conversions", "revenue"}),
    )


def linkedin() -> Layout:
    facts = [
        fact("2026-03-02", "Q1", "1434.50", 12000, 220, "4", "400", "Leads, directors"),
        fact("2026-03-15", "Q1", "11.25", 600, 4, "0", "0", "Brand"),
    ]
    columns = [
        ("Start Date (in UTC)", "day"),
        ("Account Name", "Acme"),
        ("Currency", "EUR"),
        ("Campaign Group Name", "campaign"),
        ("Campaign Name", "ad_set"),
        ("Campaign ID", "7"),
        ("Total Spent", "spend"),
        ("Impressions", "impressions"),
        ("Clicks", "clicks"),
        ("Average CTR", "1.8%"),
        ("Conversions", "conversions"),
        ("Total Conversion Value", "revenue"),
    ]
    way = Way(english, "%m/%d/%Y", "\t")
    lines = [
        "Campaign Performance Report (in UTC)",
        "Report Start: 03/02/2026, Report End: 03/15/2026",
        "Date Generated: 03/16/2026",
        "",
        *table(facts, columns, way),
        total(facts, columns, way, "Total", "day"),
    ]
    data = b"\xff\xfe" + text_of(lines, way).encode("utf-16-le")
    return Layout("linkedin, UTF-16 with tabs", data, facts, "LinkedIn", "EUR")


def microsoft() -> Layout:
    facts = [
        fact("2026-03-02", "Search - Brand", "1021.00", 2100, 84, "4", "320"),
        fact("2026-03-15", "Prenup, Dallas", "64.10", 500, 20, "2", "0"),
    ]
    columns = [
        ("Time period", "day"),
        ("Account name", "Acme"),
        ("Account number", "F120"),
        ("Campaign name", "campaign"),
        ("Campaign ID", "222"),
        ("Currency code", "CAD"),
        ("Impressions", "impressions"),
        ("Clicks", "clicks"),
        ("CTR (%)", "4.00%"),
        ("Avg. CPC", "0.25"),
        ("Spend", "spend"),
        ("Conversions", "conversions"),
        ("Revenue", "revenue"),
    ]
    way = Way(english, "~%m/~%d/%Y", quote_all=True)
    lines = [
        '"Report Name: Campaign Performance Report"',
        '"Report Time: 3/2/2026 - 3/15/2026"',
        '"Time Zone: (GMT) Coordinated Universal Time"',
        '"Report Aggregation: Daily"',
        '"Rows: 2"',
        "",
        *table(facts, columns, way),
        '"©2026 Microsoft Corporation. All rights reserved. "',
    ]
    return Layout("microsoft, web report", text_of(lines, way).encode("utf-8-sig"), facts, "Microsoft", "CAD")


def tiktok() -> Layout:
    facts = [
        fact("2026-03-02", "Spark", "312.40", 151000, 1450, "36"),
        fact("2026-03-13", "Spark", "298.10", 149500, 1398, "33"),
    ]
    columns = [
        ("By Day", "day"),
        ("Campaign name", "campaign"),
        ("Account name", "Shop"),
        ("Cost", "spend"),
        ("Impressions", "impressions"),
        ("Clicks (destination)", "clicks"),
        ("Clicks (all)", "2000"),
        ("Reach", "98000"),
        ("Conversions", "conversions"),
        ("2-second video views", "51000"),
    ]
    way = Way(missing="-")
    lines = [
        *table(facts, columns, way),
        total(facts, columns, way, "Total of 2 results", "day", "-").replace("98000", "171000"),
    ]
    return Layout(
        "tiktok without a currency",
        text_of(lines, way).encode(),
        facts,
        "TikTok",
        None,
        frozenset({"currency"}),
        without=frozenset({"revenue"}),
    )


PLAIN = [
    ("date", "day"),
    ("campaign", "campaign"),
    ("spend", "spend"),
    ("impressions", "impressions"),
    ("clicks", "clicks"),
    ("conversions", "conversions"),
    ("revenue", "revenue"),
]
PLAIN_EUR = [(f"{name}_eur" if name in {"spend", "revenue"} else name, what) for name, what in PLAIN]


def spreadsheet_german() -> Layout:
    columns = [
        ("Datum", "day"),
        ("Kampagne", "campaign"),
        ("Kosten (€)", "spend"),
        ("Impressionen", "impressions"),
        ("Klicks", "clicks"),
        ("Conversions", "conversions"),
        ("Umsatz (€)", "revenue"),
    ]
    way = Way(german, "~%d.~%m.%Y", ";")
    lines = ["sep=;", *table(MARCH, columns, way)]
    return Layout("a german spreadsheet", text_of(lines, way).encode("cp1252"), MARCH, None, "EUR")


def dollars() -> Layout:
    way = Way(english, "%m/%d/%Y", ",", sign="$")
    columns = [
        ("Date", "day"),
        ("Campaign", "campaign"),
        ("Currency", "AUD"),
        ("Spend", "spend"),
        ("Impressions", "impressions"),
        ("Clicks", "clicks"),
        ("Conversions", "conversions"),
        ("Revenue", "revenue"),
    ]
    return Layout(
        "dollar signs that are Australian",
        text_of(table(MARCH, columns, way), way).encode(),
        MARCH,
        None,
        "AUD",
    )


def rupees() -> Layout:
    facts = [
        fact("2026-03-02", "Diwali", "1234567.50", 12345678, 120000, "350"),
        fact("2026-03-14", "Holi", "99.05", 1100, 98, "2"),
    ]
    columns = [
        ("Reporting starts", "2026-03-01"),
        ("Reporting ends", "2026-03-31"),
        ("Campaign name", "campaign"),
        ("Day", "day"),
        ("Amount spent (INR)", "spend"),
        ("Impressions", "impressions"),
        ("Link clicks", "clicks"),
        ("Purchases", "conversions"),
    ]
    way = Way(indian, sign="₹")
    return Layout(
        "lakhs",
        text_of(table(facts, columns, way), way).encode(),
        facts,
        "Meta",
        "INR",
        without=frozenset({"revenue"}),
    )


def francs() -> Layout:
    way = Way(swiss, "%d.%m.%Y", ";", sign="CHF ")
    return Layout("swiss francs", text_of(table(MARCH, PLAIN, way), way).encode("cp1252"), MARCH, None, "CHF")


def yen() -> Layout:
    facts = [
        fact("2026-03-02", "春", "123450", 12345, 120, "3"),
        fact("2026-03-14", "夏", "9800", 1100, 98, "2"),
    ]
    columns = [
        ("日", "day"),
        ("キャンペーン", "campaign"),
        ("通貨コード", "JPY"),
        ("費用", "spend"),
        ("表示回数", "impressions"),
        ("クリック数", "clicks"),
        ("コンバージョン", "conversions"),
    ]

    def whole(value: Decimal, _: int) -> str:
        return f"{value:,.0f}"

    way = Way(whole, missing=" --")
    lines = ["キャンペーン レポート", "2026年3月2日 - 2026年3月14日", *table(facts, columns, way)]
    return Layout(
        "google, japanese",
        text_of(lines, way).encode("utf-16"),
        facts,
        "Google",
        "JPY",
        without=frozenset({"revenue"}),
    )


def ambiguous_days() -> Layout:
    way = Way(plain, "%d/%m/%Y")
    return Layout(
        "days that no row decides",
        text_of(table(EARLY, PLAIN_EUR, way), way).encode(),
        EARLY,
        None,
        "EUR",
        frozenset({"date_order"}),
    )


def no_currency() -> Layout:
    way = Way()
    return Layout(
        "a plain table without a currency",
        text_of(table(MARCH, PLAIN, way), way).encode(),
        MARCH,
        None,
        None,
        frozenset({"currency"}),
    )


def pipes() -> Layout:
    way = Way(plain, "%Y/%m/%d", "|", "n/a", "\r", quote="'")
    return Layout(
        "pipes, single quotes, old line ends",
        text_of(table(WHOLE, PLAIN_EUR, way), way).encode(),
        WHOLE,
        None,
        "EUR",
    )


def zipped() -> Layout:
    way = Way(plain, "%d %b %Y")
    data = gzip.compress(text_of(table(MARCH, PLAIN_EUR, way), way).encode("utf-16"))
    return Layout("gzip of UTF-16", data, MARCH, None, "EUR", file="export.csv.gz")


def rows_in_json() -> Layout:
    rows = [
        {
            "date": str(each.day),
            "campaign": each.campaign,
            "spend": float(each.spend or 0),
            "currency": "EUR",
            "impressions": each.impressions,
            "clicks": each.clicks,
            "conversions": float(each.conversions or 0),
            "revenue": str(each.revenue),
        }
        for each in MARCH
    ]
    return Layout("rows in JSON", json.dumps({"data": rows}).encode(), MARCH, None, "EUR", file="rows.json")


def workbook() -> Layout:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Campaign report"])
    sheet.append(["March 2, 2026 - March 15, 2026"])
    sheet.append(
        ["Day", "Campaign", "Currency code", "Cost", "Impr.", "Clicks", "Conversions", "Conv. value"]
    )
    for each in MARCH:
        sheet.append(
            [
                datetime.combine(each.day, datetime.min.time()),
                each.campaign,
                "EUR",
                float(each.spend or 0),
                each.impressions,
                each.clicks,
                float(each.conversions or 0),
                float(each.revenue or 0),
            ]
        )
    file = io.BytesIO()
    book.save(file)
    return Layout("google, a workbook", file.getvalue(), MARCH, "Google", "EUR", file="report.xlsx")


def serial_days() -> Layout:
    way = Way(newline="\n")
    lines = table(MARCH, PLAIN_EUR, way)
    for each in MARCH:
        number = (each.day - date(1899, 12, 30)).days
        lines = [line.replace(str(each.day), str(number)) for line in lines]
    return Layout("days as a spreadsheet counts them", text_of(lines, way).encode(), MARCH, None, "EUR")


def many_days() -> Layout:
    """Enough rows for several blocks, in a style that needs every number read apart."""
    facts = [
        fact(
            str(date(2026, 1, 1) + timedelta(days=at % 60)),
            f"Kampagne {at % 7}",
            f"{at * 37 % 99991}.{at % 100:02}",
            at * 31 % 40000 + 500,
            at * 13 % 500,
            f"{at % 9}.{at % 4 * 25:02}",
            f"{at * 7 % 5003}.50",
        )
        for at in range(20_000)
    ]
    way = Way(german, "%d.%m.%Y", ";")
    return Layout(
        "twenty thousand rows with decimal commas",
        text_of(table(facts, PLAIN_EUR, way), way).encode(),
        facts,
        None,
        "EUR",
    )


def wrong_total() -> Layout:
    way = Way(missing=" --")
    columns = [
        ("Day", "day"),
        ("Campaign", "campaign"),
        ("Currency code", "EUR"),
        ("Cost", "spend"),
        ("Impr.", "impressions"),
        ("Clicks", "clicks"),
        ("Conversions", "conversions"),
    ]
    lines = [
        "Campaign report",
        "March 2, 2026 - March 15, 2026",
        *table(MARCH[:-1], columns, way),
        total(MARCH, columns, way, "Total: Campaigns", "day", " --"),
    ]
    return Layout(
        "a total that differs",
        text_of(lines, way).encode(),
        MARCH[:-1],
        "Google",
        "EUR",
        frozenset({"total"}),
        without=frozenset({"revenue"}),
    )


def broken_rows() -> Layout:
    way = Way()
    lines = table(MARCH, PLAIN_EUR, way)
    lines[2:2] = [
        "2026-03-02,Marke,-12.00,500,5,1,20",
        "2026-03-02,Marke,12.00,91,940,1,20",
        "2026-03-02,Marke,(12.50),91,9,1,20",
        "2026-03-02,Marke,12.00,91.5,9,1,20",
        "2026-03-02,Marke,abc,91,9,1,20",
        "2026-02-31,Marke,1.00,91,9,1,20",
        "2026-03-02,Marke,1.00,91,9,1,20,77",
    ]
    return Layout("rows that break rules", text_of(lines, way).encode(), MARCH, None, "EUR", rejected=7)


def every() -> list[Layout]:
    makers = (
        google_german,
        google_french,
        google_portuguese,
        google_old,
        meta_portuguese,
        meta_german,
        meta_spanish,
        meta_api,
        linkedin,
        microsoft,
        tiktok,
        spreadsheet_german,
        dollars,
        rupees,
        francs,
        yen,
        ambiguous_days,
        no_currency,
        pipes,
        zipped,
        rows_in_json,
        workbook,
        serial_days,
        many_days,
        wrong_total,
        broken_rows,
    )
    return [make() for make in makers]
