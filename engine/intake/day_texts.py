"""Every day that one text may mean: in figures, with the month's name, weeks, months, quarters, ranges."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from typing import Literal, NamedTuple

from engine.intake.month_names import MONTHS, WEEKDAYS, bare
from engine.intake.numbers import BadCell, plain

Order = Literal["day first", "month first", "year first"]
A_DAY = "a day such as 2026-03-29"
EXISTS = "a day that exists"
IN_REACH = "a day from 2000 to 2100"
WITH_ITS_YEAR = "a day with its year in four digits"
A_WEEKDAY = "the weekday of that day"
FIRST_YEAR, LAST_YEAR = 2000, 2100
LIKELY_YEARS = range(10, 50)  # of two digits that stand first or last, and nobody knows where
LONGEST = 80  # characters

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_EIGHT = re.compile(r"(20\d\d|2100)(\d\d)(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(?<=\d)\|\d\d$"
    r"|(?:(?<=\d)t|,?\s*@\s*|,?\s+(?:at |um |a |as |kl\.? |om |o )?)\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?"
    r"\s*(?:[ap]\.?\s?m\.?)?\s*(?:uhr|z|[a-z]{2,5})?\s*\(?(?:(?:utc|gmt)?[+-]\d{1,2}(?::?\d\d)?)?\)?$",
    re.ASCII,
)
_CJK = re.compile(r"(\d{4}) ?[年년] ?(\d{1,2}) ?[月월](?: ?(\d{1,2}) ?[日일号號]?)?(?: ?\(?\w{1,3}\)?)?")
_FIGURES = re.compile(r"(\d{1,4}) ?([-/. ]) ?(\d{1,2}) ?\2 ?(\d{1,4})\.?", re.ASCII)
_MONTH = re.compile(r"(?:(\d{4})[-/. ](\d{1,2})|(\d{1,2})[-/. ](\d{4}))", re.ASCII)
_WEEK = re.compile(r"(?:(\d{4})[- ]?(?:w|kw)[- ]?(\d{1,2})|(?:w|kw)[- ]?(\d{1,2})[-/ ,]+(\d{4}))", re.ASCII)
_QUARTER = re.compile(
    r"(?:(\d{4})[-/ ]?[qt]([1-4])|[qt]([1-4])[-/ ,]*(\d{4})|([1-4])[qt][-/ ]*(\d{4})"
    r"|([1-4])\. ?quartal (\d{4}))",
    re.ASCII,
)
_WEEK_OF = re.compile(
    r"(?:week (?:of|from|starting|commencing)|woche (?:vom|ab)|semaine du|semana del?|settimana del|"
    r"week van|tydzien od|veckan fran|w/c)\s+"
)
_TO = re.compile(
    r"\s+(?:-|to|bis|au|al|a|ate|ao|tot|do|till|until|through|thru)\s+|\s*[~—→]\s*"
    r"|(?<=-\d\d)/(?=\d{4}-)|(?<=/\d{4})-(?=\d{1,2}/)"
)
_WORDS = re.compile(r"[^\W\d_]+(?:-feira)?\.?|\d+|'|[^\w\s]")
_BETWEEN = "de del di do of the le la el il den der dem d er st nd rd th e eme o a º ª , . - /"
_FILLERS = frozenset(_BETWEEN.split())


class Reading(NamedTuple):
    """The first and the last day that a text may mean, and the order in which it was read, if it has one."""

    first: date
    last: date
    order: Order | None = None

    @property
    def span(self) -> tuple[date, date]:
        return self.first, self.last


@lru_cache(maxsize=20_000)
def readings(text: str) -> tuple[Reading, ...]:
    """Give all that a text may mean, at least one. Raises ``BadCell``."""
    iso = _ISO.fullmatch(text)
    if iso:
        return (_one(_day(*map(int, iso.groups()))),)
    cleaned = bare(plain(text))
    if not cleaned or len(cleaned) > LONGEST:
        raise BadCell(A_DAY)
    for form in _FORMS:
        found = form(cleaned)
        if found:
            return tuple(found)
    return tuple(_single(cleaned))


def _week_of(text: str) -> list[Reading]:
    opening = _WEEK_OF.match(text)
    if not opening:
        return []
    starts = _single(text[opening.end() :])
    return [Reading(each.first, each.first + timedelta(days=6), each.order) for each in starts]


def _week(text: str) -> list[Reading]:
    """Weeks by their number: "2025-W31" and "KW 31" both begin on Monday (ISO 8601, DIN 1355)."""
    parts = _WEEK.fullmatch(text)
    if not parts:
        return []
    year, week = (int(each) for each in (parts[1] or parts[4], parts[2] or parts[3]))
    try:
        first = date.fromisocalendar(year, week, 1)
    except ValueError:
        raise BadCell("a week that exists") from None
    _check_reach(first.year)
    return [Reading(first, first + timedelta(days=6))]


def _quarter(text: str) -> list[Reading]:
    parts = _QUARTER.fullmatch(text)
    if not parts:
        return []
    numbers = sorted(int(each) for each in parts.groups() if each)
    first = _day(numbers[1], 3 * numbers[0] - 2, 1)
    return [Reading(first, month_end(first.replace(month=3 * numbers[0])))]


def _month(text: str) -> list[Reading]:
    parts = _MONTH.fullmatch(text)
    return [_whole_month(int(parts[1] or parts[4]), int(parts[2] or parts[3]))] if parts else []


def _far_east(text: str) -> list[Reading]:
    parts = _CJK.fullmatch(_TIME.sub("", text))
    if not parts:
        return []
    year, month = int(parts[1]), int(parts[2])
    return [_one(_day(year, month, int(parts[3])))] if parts[3] else [_whole_month(year, month)]


def _range(text: str) -> list[Reading]:
    ends = _TO.split(_TIME.sub("", text))
    if len(ends) != 2:
        return []
    first, last = ends
    if not re.search(r"\d{4}", first) and (year := re.search(r"\d{4}$", last)):
        first = f"{first} {year[0]}"
    pairs = product(_single(first), _single(last))
    found = [
        Reading(left.first, right.last, left.order or right.order)
        for left, right in pairs
        if left.order == right.order and left.first <= right.last
    ]
    if not found:
        raise BadCell("a first day that is not after the last")
    return found


_FORMS: tuple[Callable[[str], list[Reading]], ...] = (_week_of, _week, _quarter, _month, _far_east, _range)


def _single(text: str) -> list[Reading]:
    """Read one day, or a month by its name, with or without a weekday before and a time behind."""
    text, weekdays = _without_weekday(_TIME.sub("", text).strip())
    found = _of_figures(text) or _of_name(text)
    fitting = [
        each for each in found if not weekdays or each.first != each.last or each.first.weekday() in weekdays
    ]
    if found and not fitting:
        raise BadCell(A_WEEKDAY)
    if not fitting:
        raise BadCell(A_DAY)
    return fitting


def _without_weekday(text: str) -> tuple[str, frozenset[int]]:
    """Take a weekday off the front or the end; "mar" is one only where the month comes as well."""
    opening = re.match(r"([^\W\d_]+(?:-feira)?)\.?,?\s+(?=.*\d)", text)
    if opening and opening[1] in WEEKDAYS:
        rest = text[opening.end() :]
        if opening[1] not in MONTHS or _FIGURES.fullmatch(rest) or not MONTHS.keys().isdisjoint(_words(rest)):
            return rest, WEEKDAYS[opening[1]]
    behind = re.search(r",?\s+\(?([^\W\d_]+)\.?\)?$", text)
    if behind and behind[1] in WEEKDAYS and behind[1] not in MONTHS:
        return text[: behind.start()], WEEKDAYS[behind[1]]
    return text, frozenset()


def _words(text: str) -> list[str]:
    return [each.rstrip(".") for each in _WORDS.findall(text)]


def _of_figures(text: str) -> list[Reading]:
    eight = _EIGHT.fullmatch(text)
    if eight:
        return [_one(_day(*map(int, eight.groups())))]
    parts = _FIGURES.fullmatch(text)
    if not parts:
        return []
    first, mark, middle, last = parts.groups()
    if len(first) == 4 and len(last) <= 2:
        return [_one(_day(int(first), int(middle), int(last)))]
    if len(first) > 2 or len(last) not in (2, 4):
        raise BadCell(A_DAY)
    return list(_in_orders(int(first), int(middle), last, mark))


def _in_orders(first: int, middle: int, last: str, mark: str) -> Iterator[Reading]:
    """Yield the days that figures may be in any order. Whoever writes dots writes the day first."""
    year = int(last) + (2000 if len(last) == 2 else 0)
    tries: dict[Order, tuple[int, int, int]] = {
        "day first": (year, middle, first),
        "month first": (year, first, middle),
    }
    if len(last) == 2 and (mark == "-" or first > 31):
        tries = _plausible(tries | {"year first": (2000 + first, middle, int(last))})
    made = {order: day for order, each in tries.items() if (day := _made(*each))}
    if mark == "." and "day first" in made:
        made.pop("month first", None)
    if not made:
        _check_reach(year)
        raise BadCell(EXISTS)
    for order, day in made.items():
        _check_reach(day.year)
        yield _one(day, order)


def _plausible(tries: dict[Order, tuple[int, int, int]]) -> dict[Order, tuple[int, int, int]]:
    likely = {order: each for order, each in tries.items() if each[0] - 2000 in LIKELY_YEARS and _made(*each)}
    return likely or tries


def _of_name(text: str) -> list[Reading]:
    """Read figures around the name of a month: "1 Aug 2025", "Aug 1, 2025", "3 de março de 2025"."""
    kept = [each for each in _words(text) if each and each not in _FILLERS]
    names = [place for place, each in enumerate(kept) if each in MONTHS]
    if len(names) != 1 or not all(each.isdecimal() or each in MONTHS or each == "'" for each in kept):
        return []
    month = MONTHS[kept[names[0]]]
    is_short = "'" in kept  # Aug '25
    before = [each for each in kept[: names[0]] if each != "'"]
    after = [each for each in kept[names[0] + 1 :] if each != "'"]
    return [_around(before, month, after, is_short=is_short)]


def _around(before: list[str], month: int, after: list[str], *, is_short: bool) -> Reading:
    """Tell day and year apart: the year has four digits, or stands last behind both others."""
    figures = before + after
    years = [each for each in figures if len(each) == 4]
    if len(figures) == 1 and (years or is_short):
        return _whole_month(_year(figures[0]), month)
    if len(figures) != 2 or len(before) > 1 or len(years) > 1:
        raise BadCell(WITH_ITS_YEAR if len(figures) == 1 else A_DAY)
    year = years[0] if years else figures[1]
    day = figures[1 - figures.index(year)] if years else figures[0]
    if len(day) > 2 or len(year) not in (2, 4):
        raise BadCell(A_DAY)
    return _one(_day(_year(year), month, int(day)))


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _one(day: date, order: Order | None = None) -> Reading:
    return Reading(day, day, order)


def _whole_month(year: int, month: int) -> Reading:
    first = _day(year, month, 1)
    return Reading(first, month_end(first))


def month_end(first: date) -> date:
    """Give the last day of a day's month."""
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _day(year: int, month: int, day: int) -> date:
    _check_reach(year)
    made = _made(year, month, day)
    if made is None:
        raise BadCell(EXISTS)
    return made


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _check_reach(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadCell(IN_REACH)
