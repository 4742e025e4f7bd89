"""Rows that last longer than the one day that they name: of a report that is not split by day, of months.

LinkedIn writes the first day of what a row is about, whatever its length. Elsewhere a column of dates may
hold the first days of months or weeks alone, and only a person knows whether there were no others.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date

from engine.errors import Fault, Refused
from engine.intake.days import Unit
from engine.intake.headers import folded
from engine.models.export import Question

Days = tuple[date, date]
WEEK = 7
MONTHS, WEEKS = 2, 3  # so many first days are no chance
A_DAY = frozenset(map(folded, (
    "Day", "By day", "Tag", "Jour", "Día", "Giorno", "Dag", "Dzień", "Den", "Gün", "День", "Päivä", "日",
    "일", "天", "GregorianDate", "stat_time_day",
)))  # fmt: skip
MIDNIGHT_ELSEWHERE = "a day without a time: this is midnight in another zone, and may be the day after"
MONTH_FIGURES = re.compile(r"(20\d\d)(0[1-9]|1[0-2])", re.ASCII)
MONTH_NAMED = re.compile(r"([^\W\d_]{3,}\.?)[- ]'?(\d\d)")
IN_UTC = re.compile(r".*\d[T ](\d\d:\d\d)(?::00(?:\.0+)?)?(?:Z|\+00:?00)", re.IGNORECASE)
LIKE_OTHERS = "a single day, as in the other rows"
MONTHLY = "All days of {name} are the first of a month. Is each row a whole month?"
WEEKLY = "The days of {name} are whole weeks apart. Is each row a whole week?"


def of_starts(days: Collection[date], said: Days | None) -> Days | Unit:
    """Say how long rows are whose start is all that is written (LinkedIn): a day, a month, or the report."""
    if said and said[0] < said[1] and set(days) == {said[0]}:
        return said
    first = said[0] if said else None
    if len(days) >= MONTHS and all(day.day == 1 or day == first for day in days):
        return "month"
    return "day"


def question(name: str, days: Collection[date]) -> Question | None:
    """Ask whether rows are months or weeks, unless the column's name says that they are days."""
    if folded(name) in A_DAY:
        return None
    shown = tuple(f"{day:%Y-%m-%d}" for day in sorted(days)[:3])
    if len(days) >= MONTHS and all(day.day == 1 for day in days):
        return _ask(name, MONTHLY, shown, "month")
    if len(days) >= WEEKS and len({day.toordinal() % WEEK for day in days}) == 1:
        return _ask(name, WEEKLY, shown, "week")
    return None


def _ask(name: str, text: str, shown: tuple[str, ...], unit: Unit) -> Question:
    return Question(
        kind="column", text=text.format(name=name), column=name, examples=shown, options=(unit, "day")
    )


def check_midnight(name: str, texts: Collection[str]) -> None:
    """Refuse days that are all one hour of UTC but midnight: of which zone's day they are is not written."""
    times = {found[1] if (found := IN_UTC.fullmatch(text.strip())) else "" for text in texts}
    if len(texts) > 1 and len(times) == 1 and not times & {"", "00:00"}:
        raise Refused([Fault(name, min(texts), MIDNIGHT_ELSEWHERE)])


def a_month(text: str) -> str:
    """Write a month in full that is short in a column of months: "202508", and "Aug-25" by Excel."""
    figures, named = MONTH_FIGURES.fullmatch(text.strip()), MONTH_NAMED.fullmatch(text.strip())
    if figures:
        return f"{figures[1]}-{figures[2]}"
    return f"{named[1]} 20{named[2]}" if named else text


def only_days(known: Mapping[str, Days | str]) -> Mapping[str, Days | str]:
    """Take no month where most are days: "2.2026" is a piece of a day."""
    longer = {text for text, each in known.items() if not isinstance(each, str) and each[0] < each[1]}
    if not longer or len(longer) * 2 >= len(known):
        return known
    return {text: LIKE_OTHERS if text in longer else each for text, each in known.items()}


def within(days: Days, said: Days | None) -> Days:
    """Leave of a week or a month what the report is about."""
    if said is None or days[1] < said[0] or said[1] < days[0]:
        return days
    return max(days[0], said[0]), min(days[1], said[1])
