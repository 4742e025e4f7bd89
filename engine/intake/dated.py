"""On which days the rows of a file lie: by a column of days, weeks or months, by a range, or by its title."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from engine.errors import Fault, Refused
from engine.intake.assembling import Days, Unfit
from engine.intake.day_texts import A_DAY, month_end
from engine.intake.days import DayStyle, Unit, day_style
from engine.intake.grouped import Grouped, Same
from engine.intake.headers import folded
from engine.intake.longer_rows import a_month, check_midnight, of_starts, only_days, question, within
from engine.intake.numbers import BadCell, BadColumn
from engine.intake.total_words import says_nothing
from engine.models.export import DateOrder, Field, Question

ONE: tuple[tuple[Field, Unit], ...] = (("day", "day"), ("week", "week"), ("month", "month"))
DATED: tuple[Field | None, ...] = ("day", "week", "month", "first_day", "last_day")
ENDS: tuple[Field, ...] = ("first_day", "last_day")
LIKE: Mapping[Unit, str] = {"week": "a week such as 2026-03-23", "month": "a month such as 2026-03"}
NO_FUTURE = "not after today, {today:%Y-%m-%d}"
IN_ORDER = "not before the first day of its range"
NO_DAYS = (
    "The file does not say which days it is about. Download it again by day, or for a range of dates. "
    "Nothing is stored yet."
)


Read = Mapping[str, Days | str]  # both days of each text, or the rule that it breaks


class Dated(NamedTuple):
    """Which groups are of the same days, and by id both days, or why they are none."""

    alike: Same
    days: Sequence[Days | Unfit]


class Column(NamedTuple):
    """A key column: its place among a group's texts, its field and its name in the file."""

    place: int
    field: Field | None
    name: str


def dated(
    groups: Grouped,
    columns: Sequence[Column],
    order: DateOrder | None,
    *,
    said: Days | None,
    today: date,
    settled: Collection[str] = (),
    platform: str | None = None,
) -> Dated | Question:
    """Find the column that says on which day a row lies, or the range that the title says (``said``).

    ``order`` is what a person says of it, ``settled`` are names of columns whose use a person said (folded),
    LinkedIn's rows name their first day, however
    long they are. Raises ``Refused`` where a column
    contradicts itself.
    """
    chosen, unit = _chosen(groups, columns)
    if not chosen:
        if said is None:
            return Question(kind="days", text=NO_DAYS)
        return Dated(groups.same(()), [_until(said, today)])
    texts = sorted({text for each in chosen for text in _texts(groups, each.place)})
    written = {text: a_month(text) if unit == "month" else text for text in texts}
    style = _style(sorted(written.values()), order, unit, chosen[0].name, said, platform=platform)
    if isinstance(style, Question):
        return style.model_copy(update={"column": chosen[0].name})
    days: Read = {text: _read(style, each) for text, each in written.items()}
    known: Read | Question = days
    if chosen[0].field == "day":
        is_settled = folded(chosen[0].name) in settled
        known = _lasting(chosen[0].name, days, said, starts=platform == "LinkedIn", is_settled=is_settled)
    elif unit != "day":
        known = _clipped(days, said)
    if isinstance(known, Question):
        return known
    places = chosen[0].place, chosen[-1].place
    alike = groups.same(places)
    firsts = groups.only(alike.firsts)
    texts_of = ((each.texts[places[0]], each.texts[places[1]]) for each in firsts)
    return Dated(alike, [_span(both, places, known, today) for both in texts_of])


def _lasting(name: str, known: Read, said: Days | None, *, starts: bool, is_settled: bool) -> Read | Question:
    """Make longer rows of days that are none, or ask whether they are."""
    spans = {text: each for text, each in known.items() if not isinstance(each, str)}
    check_midnight(name, spans)
    if any(first != last for first, last in spans.values()):
        return only_days(known)
    days = {first for first, _ in spans.values()}
    if not starts:
        return (None if is_settled else question(name, days)) or known
    length = of_starts(days, said)
    if length == "day":
        return known
    if isinstance(length, tuple):
        return {text: length if text in spans else each for text, each in known.items()}
    months = {text: (first, month_end(first)) for text, (first, _) in spans.items()}
    return _clipped({text: months.get(text, each) for text, each in known.items()}, said)


def _clipped(known: Read, said: Days | None) -> Read:
    return {text: each if isinstance(each, str) else within(each, said) for text, each in known.items()}


def _style(
    texts: Sequence[str],
    order: DateOrder | None,
    unit: Unit,
    name: str,
    said: Days | None,
    *,
    platform: str | None,
) -> DayStyle | Question:
    """Decide how days are written; where the rows leave it open, the title's range may decide."""
    try:
        style = day_style(texts, order, unit=unit, platform=platform)
    except BadColumn as bad:
        rule = LIKE.get(unit, bad.rule) if bad.rule == A_DAY else bad.rule
        raise Refused([Fault(name, " and ".join(bad.examples), rule)]) from None
    if not isinstance(style, Question) or (said is None and unit != "month"):
        return style
    orders: tuple[DateOrder, ...] = ("day first", "month first")
    fitting = [each for each in orders if _fits(DayStyle(order=each, unit=unit), texts, said)]
    return DayStyle(order=fitting[0], unit=unit) if len(fitting) == 1 else style


def _fits(style: DayStyle, texts: Sequence[str], said: Days | None) -> bool:
    """Say whether days lie in the title's range; months do not begin amid one."""
    found = [_read(style, text) for text in texts]
    if style.unit == "month" and any(isinstance(each, str) for each in found):
        return False
    days = [each for each in found if not isinstance(each, str)]
    return said is None or all(said[0] <= first and last <= said[1] for first, last in days)


def _chosen(groups: Grouped, columns: Sequence[Column]) -> tuple[tuple[Column, ...], Unit]:
    """The one column that says most exactly on which day a row lies, or those of a range's ends."""
    filled = [each for each in columns if each.field in DATED and _texts(groups, each.place)]
    for field, unit in ONE:
        found = [each for each in filled if each.field == field]
        if found:
            return (found[0],), unit
    ends = [[each for each in filled if each.field == end] for end in ENDS]
    return tuple(found[0] for found in ends if found), "day"


def _texts(groups: Grouped, place: int) -> set[str]:
    return {text for text in groups.used(place) if not says_nothing(text)}


def _read(style: DayStyle, text: str) -> Days | str:
    """Give both days, or the rule that the text breaks."""
    try:
        return style.span(text)
    except BadCell as bad:
        return bad.rule


def _until(days: Days, today: date) -> Days:
    """A range that is not over yet holds what came until today."""
    return days[0], max(days[0], min(days[1], today))


def _span(
    texts: tuple[str, str], places: tuple[int, int], known: Mapping[str, Days | str], today: date
) -> Days | Unfit:
    begins, ends = (known.get(text, A_DAY) for text in texts)
    if isinstance(begins, str):
        return Unfit(places[0], texts[0], begins)
    if isinstance(ends, str):
        return Unfit(places[1], texts[1], ends)
    if begins[0] > today:
        return Unfit(places[0], texts[0], NO_FUTURE.format(today=today))
    if ends[1] < begins[0]:
        return Unfit(places[1], texts[1], IN_ORDER)
    return _until((begins[0], ends[1]), today)
