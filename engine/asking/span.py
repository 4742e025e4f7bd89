"""The days that a question names: "yesterday", "last week", "in March", "the last 30 days"."""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from engine.models.question import Span

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_SHORT = ["jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec"]
_NAMED = "|".join([*_MONTHS, *_SHORT])
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_YEAR = r"(?: (?P<year>20\d\d))?"
_DURING = "(?:in |over |for |during )?(?:the )?"
_SOME = (
    "(?:the )?(?:first|second|final|other)|(?:a |the )?(?:few|couple of|couple|several|half a|half)"
    "|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
)
# Words before named days that make other days of them; only "since" can be told.
_QUALIFIED = re.compile(
    r"(?<![\w-])(?:since|before|after|until|till|til|by|from|between|beyond|except|excluding|without|besides"
    r"|not|end|start|beginning|middle|half|quarter|weeks?|weekends?|days?|part|parts|rest|early|earlier|late"
    r"|later|mid|around|about|near|every|each|last|next|first|second|than|previous|prior|outside)"
    r"(?: (?:of|to|in|on|for|during|over|the|all))*$"
)
_SINCE = re.compile(r"(?<![\w-])since(?: the)?$")
_ANOTHER = re.compile(
    r"\b(?:and|or|to|until|till|through|vs|versus|than) (?:in )?may\b|\bmay (?:and|or|to|vs)\b"
)
_NAMES = re.compile(rf"\b(?:{_NAMED}|{_DAYS})\b")
Ends = tuple[date | None, date | None]
NOBODY_KNOWS: Ends = (None, None)


def _month(year: int, month: int) -> Ends:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _number_of(name: str) -> int:
    return next(index for index, each in enumerate(_MONTHS, 1) if each.startswith(name[:3]))


def _recent(today: date, month: int) -> int:
    """The year in which a month was last; nobody asks for a month that is still to come."""
    return today.year if month <= today.month else today.year - 1


def _of_month(found: re.Match[str], today: date) -> Ends:
    month = _number_of(found["month"])
    return _month(int(found["year"] or _recent(today, month)), month)


def _of_day(found: re.Match[str], today: date) -> Ends:
    month = _number_of(found["month"])
    try:
        day = date(int(found["year"] or _recent(today, month)), month, int(found["day"]))
    except ValueError:
        return NOBODY_KNOWS
    return day, day


def _of_iso(found: re.Match[str], _: date) -> Ends:
    try:
        day = date.fromisoformat(found[0].strip())
    except ValueError:
        return NOBODY_KNOWS
    return day, day


def _of_last(found: re.Match[str], today: date) -> Ends:
    length = {"day": 1, "week": 7, "month": 30}[found["unit"]] * min(int(found["count"] or 1), 5_000)
    return today - timedelta(days=length), today


def _of_week(found: re.Match[str], today: date) -> Ends:
    monday = today - timedelta(days=today.weekday())
    if found["which"] == "this":
        return monday, today
    return monday - timedelta(days=7), monday - timedelta(days=1)


def _of_this_month(found: re.Match[str], today: date) -> Ends:
    if found["which"] == "this":
        return _month(today.year, today.month)
    before = date(today.year, today.month, 1) - timedelta(days=1)
    return _month(before.year, before.month)


def _of_year(found: re.Match[str], today: date) -> Ends:
    year = int(found["year"]) if found["year"] else today.year - (found["which"] != "this")
    return date(year, 1, 1), date(year, 12, 31)


def _of_near(found: re.Match[str], today: date) -> Ends:
    day = today - timedelta(days=found[0].strip() == "yesterday")
    return day, day


def _nobody(_: re.Match[str], __: date) -> Ends:
    return NOBODY_KNOWS


_READ: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Ends]], ...] = tuple(
    (re.compile(rf"(?<![\w-]){pattern}(?![\w-])"), ends)
    for pattern, ends in (
        (r"20\d\d-\d\d-\d\d", _of_iso),
        (
            rf"(?:on )?(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_NAMED}){_YEAR}",
            _of_day,
        ),
        (
            rf"(?:on )?(?P<month>{_NAMED}) (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: (?P<year>20\d\d))?",
            _of_day,
        ),
        (rf"(?:in|during|for|of|over) (?P<month>{_NAMED})(?: (?P<year>20\d\d))?", _of_month),
        (
            rf"(?P<month>{'|'.join(each for each in _MONTHS if each != 'may')})(?: (?P<year>20\d\d))?",
            _of_month,
        ),
        (
            rf"{_DURING}(?:(?:last|past|previous|recent) )?(?:{_SOME}) (?:day|week|month|year)s?(?: ago)?",
            _nobody,
        ),
        (
            rf"{_DURING}(?:last|past|previous) (?:(?P<count>\d{{1,4}}) )?(?P<unit>day)s?",
            _of_last,
        ),
        (
            rf"{_DURING}(?:last|past|previous) (?P<count>\d{{1,4}}) (?P<unit>week|month)s?",
            _of_last,
        ),
        (r"(?P<which>this|last|past|previous) week", _of_week),
        (r"(?P<which>this|last|previous|past) month", _of_this_month),
        (r"(?:this|last|previous) quarter|q[1-4](?: 20\d\d)?", _nobody),
        (r"(?:in )?(?:(?P<which>this|last|previous|past) year|(?P<year>20\d\d))", _of_year),
        (r"yesterday|today", _of_near),
        (rf"(?:on |last |this )?(?:{_DAYS})", _nobody),
        (
            r"(?:this|last|the|at the|over the) weekend|weekends|tonight|this morning|last night|christmas"
            r"|easter",
            _nobody,
        ),
    )
)


def take_span(text: str, today: date) -> tuple[Span | None, str]:
    """Find the days that are named, and give the rest of the text without them.

    Where the words about them make other days of them ("before March", "March and May", "the end of
    March"), nobody can tell their ends.
    """
    first = _first_span(text, today)
    if first is None:
        return None, text
    span, before, after = first
    rest = _joined(re.sub(r"(?:^| )of$", "", before), after)
    if _SINCE.search(before):
        span = Span(says=f"since {span.says}", first=span.first, last=span.first and today)
        rest = _joined(_SINCE.sub("", before), after)
    elif qualified := _QUALIFIED.search(before):
        span = Span(says=_joined(qualified[0], span.says))
        rest = _joined(before[: qualified.start()], after)
    others = bool(_ANOTHER.search(rest))
    while another := _first_span(rest, today):
        others, rest = True, _joined(*another[1:])
    return (Span(says=span.says) if others else span), rest


def _first_span(text: str, today: date) -> tuple[Span, str, str] | None:
    """The first days that are named, with the text before and after them."""
    for pattern, ends in _READ:
        found = pattern.search(text)
        if found:
            first, last = ends(found, today)
            says = re.sub(r"^(?:in|on|over|for|during|of|at) (?:the )?", "", found[0].strip())
            says = _NAMES.sub(lambda name: name[0].capitalize(), says)
            before, after = text[: found.start()].strip(), text[found.end() :].strip()
            return Span(says=says, first=first, last=last), _with_preposition(before, found[0]), after
    return None


def _with_preposition(before: str, found: str) -> str:
    """Leave "of" where it was, so that "the end of" is seen."""
    return f"{before} of" if found.strip().startswith("of ") else before


def _joined(before: str, after: str) -> str:
    return " ".join(f"{before} {after}".split())
