"""What the lines above a table say: its range of days, or "all time", its time zone, currency and platform.

Read in English, German, French, Spanish, Portuguese, Italian and Dutch. What is not surely said is left open.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product
from typing import NamedTuple
from zoneinfo import available_timezones

from engine.intake.day_texts import Reading, readings
from engine.intake.money_signs import currencies
from engine.intake.month_names import MONTHS, bare
from engine.intake.numbers import BadCell

LONGEST = 400  # characters of a line that are read
Days = tuple[date, date]

_ALL_TIME = frozenset(
    [
        "all time",
        "lifetime",
        "all-time",
        "maximum",
        "entire time",
        "gesamter zeitraum",
        "gesamte laufzeit",
        "gesamte zeit",
        "maximal",
        "toute la periode",
        "toutes les periodes",
        "depuis le debut",
        "tout l'historique",
        "toutes les donnees",
        "todo el periodo",
        "todo el tiempo",
        "desde el principio",
        "periodo completo",
        "historico",
        "todo o periodo",
        "todo o tempo",
        "desde o inicio",
        "periodo todo",
        "tutto il periodo",
        "tutto il tempo",
        "dall'inizio",
        "sempre",
        "siempre",
        "intero periodo",
        "alle tijden",
        "altijd",
        "hele periode",
        "volledige periode",
        "gehele periode",
        "maximo",
        "massimo",
        "maximaal",
    ]
)
# When the file was made says nothing about what is in it.
_MADE = re.compile(
    r"\b(generat|creat|export|download|updat|erstellt|erzeugt|heruntergeladen|aktualisiert"
    r"|gener|cree|telecharge"
    r"|cread|descarg|actualiz|gerad|criad|baixad|atualiz|creat|scaricat|aggiornat|gemaakt|gegenereerd|printed"
    r"|run (?:on|at)|report date|as of|stand:)"
)
_COMPARED = re.compile(  # what follows is about the rows' other columns
    r"\b(?:compared (?:to|with)|im vergleich (?:zu|mit)|par rapport a|comparado (?:con|com|a)|rispetto a"
    r"|in confronto (?:a|con)|vergeleken met|w porownaniu (?:z|do)|versus|vs\.?)(?:\s|$)"
)
_BEGIN = re.compile(
    r"\b(starts?|begin|from|von|ab|beginn|startdatum|debut|du|desde|inicio|inicial|dal|da|inizio|van|vanaf)\b"
)
_ENDS = re.compile(
    r"\b(ends?|until|to|bis|ende|enddatum|fin|au|hasta|final|termino|fim|ate|al|fine|tot|einde|einddatum)\b"
)
_FIGURES = (
    r"\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{1,2}[./]\d{1,2}[./]\d{2}\b"
)
_MONTH = rf"(?:{'|'.join(sorted(map(re.escape, MONTHS), key=len, reverse=True))})\.?"
_NAMED = (
    rf"\b{_MONTH}\s+\d{{1,2}}(?!\d)(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
    rf"|\d{{1,2}}(?:\.|er|º|°|o|st|nd|rd|th)?\s+(?:de\s+|d')?{_MONTH}(?!\w)"
    rf"(?:\s*,?\s+(?:de\s+|del\s+)?\d{{4}})?"
)
_DATE = re.compile(f"{_FIGURES}|{_NAMED}")
_WORD = r"[^\W\d_]+\.?"
_UNTIL = "(?:-|to|bis|au|al|a|ate|até|ao|tot)"
_DASH = re.compile(r"\s*[\u2010-\u2015\u2212~→]\s*")
_ZONE = re.compile(
    r"\b(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)"
    r"/[A-Z][\w+-]*(?:/[A-Z]\w*)?"
)
_UTC = re.compile(
    r"\b(?:in|en|em|time ?zone:?|zeitzone:?|fuso.*?:|fuseau.*?:|zona.*?:|tijdzone:?)\s*"
    r"\(?(?:utc|gmt)\)?(?![+\-\u2212\d:/])|coordinated universal|\((?:utc|gmt)\)",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"\b(?:utc|gmt)\s*([+\-\u2212])\s*(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_ABOUT_ZONE = re.compile(r"time ?zone|zeitzone|fuso orario|fuso horario|fuseau|zona horaria|tijdzone|utc|gmt")
_ABOUT_MONEY = re.compile(
    r"\b(?:currency|wahrung|devise|monnaie|moneda|divisa|moeda|valuta|munteenheid)\b[^:=,]*[:=,]\s*(.*)"
)
_US = {
    "eastern time": "America/New_York",
    "central time": "America/Chicago",
    "mountain time": "America/Denver",
    "pacific time": "America/Los_Angeles",
}
_PLATFORMS = (
    ("LinkedIn", re.compile(r"linkedin|^campaign performance report \(in utc\)|^report start:.*report end:")),
    ("Microsoft", re.compile(r"microsoft|bing ads|^report aggregation:|^potential incomplete data:")),
    ("TikTok", re.compile(r"tiktok")),
    ("Meta", re.compile(r"\bmeta ads|facebook|instagram")),
    ("Google", re.compile(r"google|adwords")),
)


class Said(NamedTuple):
    """What the preface says; ``None`` where it says nothing.

    ``days`` are both ends of the range where there is one reading. Where only the order of day and month
    leaves it open, ``either`` holds the ranges it may be. ``is_all_time``: it says that there are no bounds.
    """

    days: Days | None = None
    either: tuple[Days, ...] = ()
    is_all_time: bool = False
    time_zone: str | None = None
    currency: str | None = None
    platform: str | None = None


def said(preface: Sequence[str]) -> Said:
    """Read the lines above a table."""
    lines = [" ".join(line[:LONGEST].split()) for line in preface if line.strip()]
    found = _ranges(lines)
    return Said(
        days=found[0] if len(found) == 1 else None,
        either=tuple(found) if len(found) > 1 else (),
        is_all_time=not found and any(_is_all_time(line) for line in lines),
        time_zone=next((zone for line in lines if (zone := _zone(line))), None),
        currency=next((code for line in lines if (code := _currency(line))), None),
        platform=next((name for name, sign in _PLATFORMS for line in lines if sign.search(bare(line))), None),
    )


def _is_all_time(line: str) -> bool:
    text = bare(line).replace("’", "'")
    return any(each.strip(' .()"') in _ALL_TIME for each in (text, text.rpartition(":")[2]))


def _ranges(lines: Sequence[str]) -> list[Days]:
    """Give every range that the lines may mean: the first line that names one, or a line for each end."""
    told = [text for line in lines if not _MADE.search(text := bare(_DASH.sub(" - ", line)))]
    told = [_COMPARED.split(text)[0] for text in told]
    ends = [(_end(text), dates[0]) for text in told if len(dates := _dates(text)) == 1 and _end(text)]
    for text in told:
        dates = _dates(text)
        if len(dates) == 2:
            return _both(*dates)
        if not _end(text) and (whole := _whole(text)):
            return whole
    if [end for end, _ in ends] == ["first", "last"]:
        return _both(ends[0][1], ends[1][1])
    return []


def _end(text: str) -> str:
    """Say which end of a range a line with a label is about: "Start date: 2025-09-01"."""
    label = text.partition(":")[0] if ":" in text else ""
    return "first" if _BEGIN.search(label) else "last" if _ENDS.search(label) else ""


def _dates(text: str) -> list[str]:
    """Cut the texts of single days out of a line; a day without its year takes that of the other."""
    found = [match.group().strip(" ,") for match in _DATE.finditer(text)]
    years = [re.search(r"\d{4}|[./]\d\d$", each) for each in found]
    known = next((year.group() for year in years if year and len(year.group()) == 4), "")
    return [each if year or not known else f"{each} {known}" for each, year in zip(found, years, strict=True)]


def _whole(line: str) -> list[Days]:
    """Read what follows a line's label as one text: "Sep 1-3, 2025", "September 2025", "Q3 2025"."""
    text = line.partition(":")[2].strip() or line
    for each in (text, re.sub(r"(\d)\s*-\s*(\d{1,2}\b)", r"\1 - \2", text)):
        spans = {(found.first, found.last) for found in _readings(each)}
        if spans:
            return sorted(spans)
        short = re.fullmatch(rf"({_WORD}) (\d{{1,2}}) - (\d{{1,2}}),? (\d{{4}})", each)
        long = re.fullmatch(
            rf"(?:\w+ )??(\d{{1,2}})(?:\.|er)? {_UNTIL} (\d{{1,2}})\.? "
            rf"(?:de )?({_WORD}) (?:de |del )?(\d{{4}})",
            each,
        )
        if short:
            return _both(f"{short[1]} {short[2]} {short[4]}", f"{short[1]} {short[3]} {short[4]}")
        if long:
            return _both(f"{long[1]} {long[3]} {long[4]}", f"{long[2]} {long[3]} {long[4]}")
    return []


def _both(first: str, last: str) -> list[Days]:
    """Give the ranges between two days, which are written in one order and stand in theirs."""
    spans = {
        (one.first, two.last)
        for one, two in product(_readings(first), _readings(last))
        if one.first <= two.last and (one.order == two.order or None in (one.order, two.order))
    }
    return sorted(spans)


def _readings(text: str) -> Iterator[Reading]:
    try:
        yield from readings(text)
    except BadCell:
        return


def _zone(line: str) -> str | None:
    if not _ABOUT_ZONE.search(bare(line)) and not _ZONE.search(line):
        return None
    named = _ZONE.search(line)
    if named and named.group() in available_timezones():
        return named.group()
    american = next((zone for name, zone in _US.items() if name in bare(line)), None)
    if american:
        return american
    offset = _OFFSET.search(line)
    if offset and offset.group(2).strip("0"):
        return _of_cities(line) or _of_offset(offset)
    return "UTC" if offset or _UTC.search(line) else None


def _of_cities(line: str) -> str | None:
    """Find the first city of a line that zones are named after: "(GMT+01:00) Amsterdam, Berlin, Bern"."""
    zones = {
        zone.rpartition("/")[2].replace("_", " "): zone
        for zone in sorted(available_timezones())
        if "/" in zone
    }
    cities = [each.strip() for each in re.split(r"[,()/]", line)]
    return next((zones[city] for city in cities if city in zones), None)


def _of_offset(offset: "re.Match[str]") -> str | None:
    """Name a fixed zone of whole hours; its sign is the other way round in the list of zones."""
    hours = int(offset.group(2))
    if hours > 14 or (offset.group(3) or "00") != "00":
        return None
    return f"Etc/GMT{'-' if offset.group(1) == '+' else '+'}{hours}"


def _currency(line: str) -> str | None:
    about = _ABOUT_MONEY.search(bare(line))
    if not about:
        return None
    for word in re.findall(r"[^\s()\[\],;:]+", about.group(1)):
        codes = currencies(word)
        if len(codes) == 1:
            return next(iter(codes))
    return None
