"""Which column counts where several mean one field, and in few words why the others do not."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from engine.intake.headers import NOT_USED, STAND_IN, UNDECIDED, UNNAMED, Meaning
from engine.intake.looks import is_dated
from engine.intake.mapping import SEVERAL, Pinned, quoted
from engine.models.export import Field, Warned
from engine.models.labels import LABELS

WHY = {
    "ratio": "a ratio: I compute it from the sums",
    "share": "a share, not a count",
    "status": "a status",
    "budget": "a budget, not money spent",
    "bid": "a bid",
    "schedule": "when it was planned to run, not the row's day",
    "step": "another kind of action",
    "video": "a video figure",
    "finer": "finer than I keep: its rows are added up",
    "quarter": "longer than a month",
    "text": "a text of the ad or a note",
    "id": "another id",
    "list": "a list inside a cell",
    "micros": "in micros, not in the currency's units",
    "other": "not one of the figures I keep",
}
UNKNOWN = "not a name I know"
BOTH_KNOWN = "money or a number of conversions; nobody said which"
AGAIN = "the same column again"
SAID_SO = "not needed, as somebody said"
# The finest tells the row's days best; a range may be the whole report's.
_TIMES: tuple[tuple[Field, ...], ...] = (("day",), ("week",), ("month",), ("first_day", "last_day"))
_WHEN: frozenset[Field] = frozenset({"day", "week", "month", "first_day", "last_day"})
_KINDLESS = 3.5  # of "Results" where no column says what they are: behind purchases, before leads


class Column(NamedTuple):
    """A column of the file as the table knows it; ``cells`` are examples of it."""

    name: str
    place: int
    meaning: Meaning | None
    currency: str | None
    cells: tuple[str, ...]

    @property
    def field(self) -> str:
        """The field that it means; "" where it means none, or nobody knows which."""
        means = self.meaning.what if self.meaning else NOT_USED
        return "" if means in {NOT_USED, UNDECIDED} else means


class Choice(NamedTuple):
    """What places are taken for, why the others are not used, what to tell, and what a person settled."""

    fields: dict[int, Field]
    why: dict[int, str]
    warnings: tuple[Warned, ...]
    settled: frozenset[int]


def chosen(columns: Sequence[Column], pins: Pinned, currency: str | None = None) -> Choice:
    """Choose the columns that count. What a person said of them, and of the currency, goes before all."""
    fields: dict[int, Field] = {place: field for place, field in pins.items() if field}
    why = {place: SAID_SO for place, field in pins.items() if not field}
    warnings: list[Warned] = []
    has_kinds = any(column.field == "result_kind" for column in columns)
    for field, found in _by_field(columns, pins).items():
        if field in SEVERAL:
            fields |= {column.place: field for column in found}
            continue
        ranked = sorted(found, key=lambda each: _rank(each, has_kinds=has_kinds, currency=currency))
        rest = ranked
        if field not in fields.values():
            fields[ranked[0].place], rest = field, ranked[1:]
            warnings += _stand_in(ranked[0], field)
        best = _column_of(field, fields, columns)
        why |= {column.place: _why_not(column, best) for column in rest}
        warnings += _left_out(best, rest, field)
        if field == "conversions" and best.place not in pins and _is_mixed(best, has_kinds=has_kinds):
            warnings.append(_mixed(best))
    _one_time(columns, fields, why, pins)
    why |= {
        column.place: _unused(column) for column in columns if column.place not in fields.keys() | why.keys()
    }
    return Choice(fields, why, tuple(warnings), frozenset(pins))


def _by_field(columns: Sequence[Column], pins: Pinned) -> dict[Field, list[Column]]:
    found: dict[Field, list[Column]] = {}
    for field in LABELS:
        meant = [each for each in columns if each.field == field and each.place not in pins]
        if meant:
            found[field] = meant
    return found


def _rank(column: Column, *, has_kinds: bool, currency: str | None) -> tuple[bool, float, bool, int, int]:
    rank, order = (column.meaning.rank, column.meaning.order) if column.meaning else (0, 0)
    other_money = currency is not None and column.currency not in {None, currency}
    is_weekday = column.field == "day" and bool(column.cells) and not is_dated(column.cells)  # "Monday"
    mixed = _is_mixed(column, has_kinds=has_kinds)
    return is_weekday, _KINDLESS if mixed else rank, other_money, order, column.place


def _is_mixed(column: Column, *, has_kinds: bool) -> bool:
    """Say whether it is "Results", of which nothing tells what they are."""
    return (
        column.meaning is not None
        and column.field == "conversions"
        and column.meaning.rank == 2
        and not has_kinds
    )


def _column_of(field: Field, fields: Mapping[int, Field], columns: Sequence[Column]) -> Column:
    place = next(place for place, each in fields.items() if each == field)
    return columns[place]


def _one_time(columns: Sequence[Column], fields: dict[int, Field], why: dict[int, str], pins: Pinned) -> None:
    """Keep one telling of the days; what a person said is kept whatever else there is."""
    said = {field for field in pins.values() if field in _WHEN}
    have = {field for field in fields.values() if field in _WHEN}
    kept = next((each for each in _TIMES if said & set(each)), None)
    kept = kept or next((each for each in _TIMES if set(each) <= have), None)
    if kept is None:
        return
    best = next((columns[place].name for place, field in fields.items() if field in kept), "")
    for place, field in list(fields.items()):
        if field in _WHEN and field not in kept and place not in pins:
            del fields[place]
            why[place] = f"{quoted(best)} tells the days"


def _why_not(column: Column, best: Column) -> str:
    return AGAIN if _is_again(column, best) else f"{quoted(best.name)} counts"


def _is_again(column: Column, best: Column) -> bool:
    return column.name == best.name and column.cells == best.cells


def _unused(column: Column) -> str:
    if not column.meaning:
        return UNKNOWN
    return BOTH_KNOWN if column.meaning.what == UNDECIDED else WHY.get(column.meaning.detail, UNKNOWN)


def _stand_in(column: Column, field: Field) -> Iterator[Warned]:
    if column.meaning and column.meaning.rank >= STAND_IN:
        text = f"{quoted(column.name)} is taken as {LABELS[field].lower()}: the file has no better column."
        yield Warned(code="stand_in", text=text)


def _left_out(best: Column, rest: Sequence[Column], field: Field) -> Iterator[Warned]:
    """Name other counts of conversions, and other money than what is taken: they change every CPA."""
    named = [
        quoted(each.name)
        for each in rest
        if each.meaning and each.meaning.rank < UNNAMED and not _is_again(each, best)
        and (field == "conversions" or (field in {"spend", "revenue"} and each.cells != best.cells))
    ]  # fmt: skip
    if named:
        verb = "is" if len(named) == 1 else "are"
        listed = ", ".join(dict.fromkeys(named))
        text = f"{LABELS[field]}: {quoted(best.name)} counts; {listed} {verb} left out."
        yield Warned(code="left_out", text=text)


def _mixed(column: Column) -> Warned:
    text = f"{quoted(column.name)} may mix goals: no column says which result a row counts."
    return Warned(code="result_kind_unknown", text=text)
