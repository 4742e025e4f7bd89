"""Random exports in random dialects, with the exact figures that must be read from them."""

import gzip
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

NUMBERS = ("impressions", "clicks", "spend", "conversions", "revenue")
COUNTS = frozenset({"impressions", "clicks"})
NAMES = (
    "Brand", "Brand Search", "Total Wine", "Schuhe, Größe 42", 'Say "hello"', "Spring|Sale; 20 % off",
    "Two\nlines", "=SUM(A1:A9)", "2026 launch", "Été – soldes", "7/8 discount", "Gesamtpaket", "A\tB",
    "'quoted'", "12,50 for all", "Resultados ya", "naïve", "100%",
)  # fmt: skip
Cell = int | Decimal | None

# What a platform calls its columns; "spend" may hold the currency.
HEADERS: tuple[dict[str, str], ...] = (
    {"day": "Day", "campaign": "Campaign", "currency": "Currency code", "spend": "Cost",
     "impressions": "Impr.", "clicks": "Clicks", "conversions": "Conversions", "revenue": "Conv. value"},
    {"day": "Tag", "campaign": "Kampagne", "currency": "Währungscode", "spend": "Kosten",
     "impressions": "Impr.", "clicks": "Klicks", "conversions": "Conversions", "revenue": "Conv.-Wert"},
    {"day": "Jour", "campaign": "Campagne", "currency": "Code de la devise", "spend": "Coût",
     "impressions": "Impr.", "clicks": "Clics", "conversions": "Conversions"},
    {"day": "Day", "campaign": "Campaign name", "ad_set": "Ad set name", "spend": "Amount spent ({currency})",
     "impressions": "Impressions", "clicks": "Link clicks", "conversions": "Results",
     "revenue": "Purchases conversion value"},
    {"day": "Dia", "campaign": "Nome da campanha", "ad_set": "Nome do conjunto de anúncios",
     "spend": "Valor usado ({currency})", "impressions": "Impressões", "clicks": "Cliques no link",
     "conversions": "Resultados"},
    {"day": "Día", "campaign": "Nombre de la campaña", "spend": "Importe gastado ({currency})",
     "impressions": "Impresiones", "clicks": "Clics en el enlace", "conversions": "Resultados"},
    {"day": "Date", "campaign": "Campaign name", "ad_set": "Ad group name", "currency": "Currency",
     "spend": "Cost", "impressions": "Impressions", "clicks": "Clicks (destination)",
     "conversions": "Conversions"},
    {"day": "TimePeriod", "campaign": "CampaignName", "currency": "CurrencyCode", "spend": "Spend",
     "impressions": "Impressions", "clicks": "Clicks", "conversions": "Conversions", "revenue": "Revenue"},
    {"day": "date", "campaign": "campaign_name", "spend": "spend_{currency}", "impressions": "impressions",
     "clicks": "clicks", "conversions": "purchases", "revenue": "revenue"},
)  # fmt: skip
LABELS = ("Total: Account", "Total", "Gesamt: Konto", "Total : compte", "Total of 2 results",
          "Resultados totales", "Grand total", "")  # fmt: skip
PREFACES = ((), ("Campaign report",), ("Kampagnenbericht", "Erstellt für: das Team", ""), ("", "Report"))
STYLES = (("", "."), (",", "."), (".", ","), ("\u202f", ","), ("\u00a0", ","), ("’", "."))
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252")
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d %b %Y")


@dataclass(frozen=True)
class Row:
    """One row in exact values; ``None`` is a cell without a value."""

    day: date
    campaign: str
    ad_set: str
    numbers: dict[str, Cell]


@dataclass(frozen=True)
class Dialect:
    """How a file is written."""

    delimiter: str
    newline: str
    encoding: str
    quote_all: bool
    thousands: str
    decimal: str
    sign: str
    day: str
    missing: str
    is_packed: bool

    def cell(self, text: str) -> str:
        risky = self.quote_all or any(mark in text for mark in (self.delimiter, '"', "\n", "\r"))
        return '"' + text.replace('"', '""') + '"' if risky else text

    def line(self, cells: Sequence[str]) -> str:
        return self.delimiter.join(map(self.cell, cells)) + self.newline

    def number(self, name: str, value: Cell) -> str:
        if value is None:
            return self.missing
        if name in COUNTS:
            return f"{value:,}".replace(",", self.thousands)
        places = 0 if name == "conversions" and value == int(value) else 2
        text = f"{value:,.{places}f}".replace(",", "\0").replace(".", self.decimal)
        return (self.sign if name != "conversions" else "") + text.replace("\0", self.thousands)


@dataclass(frozen=True)
class Export:
    """A file, and what must be read from it. ``records`` are its parts: preface, header, rows, and so on."""

    header: dict[str, str]
    rows: tuple[Row, ...]
    dialect: Dialect
    currency: str
    columns: tuple[str, ...]
    preface: tuple[str, ...]
    label: str | None
    is_label_first: bool
    footer: str

    @property
    def totals(self) -> dict[str, Cell]:
        return {name: total(self.rows, name) if name in self.header else None for name in NUMBERS}

    @property
    def cells(self) -> list[list[str]]:
        """Header, rows and total row as texts."""
        table = [self._cells(row) for row in self.rows]
        if self.label is not None:
            table.insert(0 if self.is_label_first else len(table), self._total(self.label))
        return [[self.header[each].format(currency=self.currency) for each in self.columns], *table]

    def text(self, cells: Sequence[Sequence[str]]) -> str:
        above = "".join(self.dialect.line([each]) for each in self.preface)
        return above + "".join(map(self.dialect.line, cells)) + self.footer

    def data(self, cells: Sequence[Sequence[str]] | None = None) -> bytes:
        content = self.text(self.cells if cells is None else cells).encode(self.dialect.encoding)
        return gzip.compress(content, mtime=0) if self.dialect.is_packed else content

    def _cells(self, row: Row) -> list[str]:
        texts = {
            "day": row.day.strftime(self.dialect.day),
            "campaign": row.campaign,
            "ad_set": row.ad_set,
            "currency": self.currency,
        }
        return [
            self.dialect.number(each, row.numbers[each]) if each in NUMBERS else texts[each]
            for each in self.columns
        ]

    def _total(self, label: str) -> list[str]:
        """The label stands where the platform's first column of texts is, as it does in theirs."""
        first = next(each for each in self.columns if each in {"day", "campaign"})
        totals = {name: self.dialect.number(name, total(self.rows, name)) for name in NUMBERS}
        texts = {"currency": self.currency, first: label}
        return [totals[each] if each in NUMBERS else texts.get(each, "") for each in self.columns]


def total(rows: Sequence[Row], name: str) -> Cell:
    held = [value for row in rows if (value := row.numbers[name]) is not None]
    return sum(held[1:], held[0]) if held else None


def export(rng: random.Random, *, most_rows: int = 12) -> Export:
    """Make one. It can be read in one way only: some day is past the 12th, and money has its cents."""
    header = dict(rng.choice(HEADERS))
    for name in ("clicks", "conversions", "revenue"):
        if rng.random() < 0.15:
            header.pop(name, None)
    columns = list(header)
    rng.shuffle(columns)
    dialect = _dialect(rng)
    rows = _rows(rng, header, rng.randint(1, most_rows), dialect)
    if not _fits(dialect, header, rows):
        dialect = replace(dialect, encoding="utf-8")
    return Export(
        header,
        rows,
        dialect,
        "EUR" if dialect.sign else rng.choice(("EUR", "USD", "BRL", "INR")),  # no sign of another currency
        tuple(columns),
        rng.choice(PREFACES),
        rng.choice((None, rng.choice(LABELS))),
        rng.random() < 0.3,
        rng.choice(("", "", f"\N{COPYRIGHT SIGN}2026 Someone. All rights reserved.{dialect.newline}")),
    )


def _dialect(rng: random.Random) -> Dialect:
    delimiter = rng.choice((",", ",", ";", "\t", "|"))
    thousands, decimal = rng.choice(STYLES)
    return Dialect(
        delimiter=delimiter,
        newline=rng.choice(("\n", "\r\n")),
        encoding=rng.choice(ENCODINGS),
        quote_all=rng.random() < 0.3,
        thousands=thousands,
        decimal=decimal,
        sign=rng.choice(("", "", "", "€")),
        day=rng.choice(DAYS),
        missing=rng.choice(("", "--", " --", "-", "n/a")),
        is_packed=rng.random() < 0.1,
    )


def _fits(dialect: Dialect, header: dict[str, str], rows: Sequence[Row]) -> bool:
    texts = [*header.values(), *(row.campaign for row in rows), dialect.thousands, dialect.sign, *LABELS]
    try:
        "".join(texts).encode(dialect.encoding)
    except UnicodeEncodeError:
        return False
    return True


def _rows(rng: random.Random, header: dict[str, str], count: int, dialect: Dialect) -> tuple[Row, ...]:
    names = rng.sample(NAMES, rng.randint(1, 4))
    first = date(2024, rng.randint(1, 8), rng.randint(13, 16))  # which is a day in one order only
    rows = [
        Row(
            day=first if number == 0 else first + timedelta(days=rng.randint(0, 25)),
            campaign=rng.choice(names),
            ad_set=rng.choice(("Set A", "Set B")) if "ad_set" in header else "",
            numbers=_numbers(rng),
        )
        for number in range(count)
    ]
    rng.shuffle(rows)
    return tuple(rows)


def _numbers(rng: random.Random) -> dict[str, Cell]:
    impressions = rng.choice((rng.randint(0, 50), rng.randint(0, 5_000_000)))
    made: dict[str, Cell] = {
        "impressions": impressions,
        "clicks": rng.randint(0, impressions),
        "spend": _cents(rng, 2_000_000),
        "conversions": rng.choice((Decimal(rng.randint(0, 3_000)), _cents(rng, 300_000))),
        "revenue": _cents(rng, 100_000_000),
    }
    absent: Callable[[], bool] = lambda: rng.random() < 0.05  # noqa: E731
    return {name: None if absent() else value for name, value in made.items()}


def _cents(rng: random.Random, most: int) -> Decimal:
    return Decimal(rng.randint(0, most)).scaleb(-2)
