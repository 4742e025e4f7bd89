"""What the columns of a file mean: its platform, its fields, and what only a person can say.

The names are data (``headers.txt``). Of several columns that mean one field one counts, the others are left
out with a reason; what is missing becomes a question and never a guess.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine.intake import platforms
from engine.intake.choosing import Choice, Column, chosen
from engine.intake.column_questions import decided, questions
from engine.intake.currencies import currency_in
from engine.intake.headers import STAND_IN, UNDECIDED, UNNAMED, Meaning, folded, is_known, known
from engine.intake.mapping import Pinned, parse_mapping, pinned, quoted
from engine.models.export import Field, Hints, Level, Question, UsedColumn, Warned
from engine.models.labels import LABELS

__all__ = ["LABELS", "Columns", "folded", "is_known", "parse_mapping", "recognised"]

SHOWN = 3  # examples that are told of a column
_LEVELS: tuple[tuple[Level, frozenset[str]], ...] = (
    ("ad", frozenset({"ad", "ad_id"})),
    ("ad set", frozenset({"ad_set", "ad_set_id"})),
    ("campaign", frozenset({"campaign", "campaign_id"})),
)
_BREAKDOWNS: tuple[Field, ...] = ("creative", "audience", "placement", "device", "country")
_IN_UTC = re.compile(r"[(（](?:(?:in|en|em|w|i) )?UTC[)）]", re.IGNORECASE)
_AD_SET = frozenset(map(folded, ("Ad set name", "Ad set", "Ad set ID")))
_RENAMED = {"ad_set": "campaign", "ad_set_id": "campaign_id"}
_AGGREGATION = re.compile(r"report aggregation\W+(weekly|monthly)", re.IGNORECASE)
_AGGREGATED = {"weekly": "week", "monthly": "month"}


class Columns(NamedTuple):
    """What the columns are. ``used`` has one entry for each column of the file, in its order.

    ``platform``, ``currency`` and ``time_zone`` are what names say, or ``None``; ``currency`` is that of the
    spend (of the revenue where no spend is known). ``breakdowns`` are the fields by which a level's rows are
    split. ``languages`` are those in which the names are written, the likeliest first. ``questions`` are of
    kind "column"; ``shape`` names files of the same platform and columns.
    """

    used: tuple[UsedColumn, ...]
    platform: str | None
    currency: str | None
    time_zone: str | None
    level: Level
    breakdowns: tuple[Field, ...]
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    warnings: tuple[Warned, ...]
    shape: str

    def places(self, field: Field) -> tuple[int, ...]:
        """Give the places, from 0, of the columns taken for a field."""
        return tuple(column.place for column in self.used if column.field == field)

    def place(self, field: Field) -> int | None:
        """Give the place of the one column taken for a field; ``None`` where there is none."""
        return next(iter(self.places(field)), None)


def recognised(
    names: Sequence[str], examples: Sequence[Sequence[str]], preface: Sequence[str], hints: Hints
) -> Columns:
    """Say what the columns mean. ``examples`` are cells by column, in the order of ``names``.

    ``preface`` are the lines above the header. ``hints`` go before everything. Raises ``Refused`` where they
    name columns or fields that are none.
    """
    pins = pinned(names, hints.columns)
    written = platforms.written_by(names, preface, _platform_cells(names, examples))
    platform = platforms.said(hints.source) or written
    columns = _columns(names, examples, preface, platform)
    columns = _settled_by_cells(columns, pins, hints)
    choice = _in_one_currency(columns, chosen(columns, pins, hints.currency), pins)
    fields = set(choice.fields.values())
    asked = tuple(questions(columns, choice, pins))
    return Columns(
        used=tuple(_used(column, choice) for column in columns),
        platform=platform,
        currency=_currency(columns, choice),
        time_zone="UTC" if any(map(_IN_UTC.search, _day_names(columns, choice))) else None,
        level=next((level for level, named in _LEVELS if named & fields), "account"),
        breakdowns=tuple(field for field in _BREAKDOWNS if field in fields),
        languages=_languages(columns),
        questions=asked,
        warnings=(*choice.warnings, *_without_spend(fields, asked)),
        shape=_shape(written, names),
    )


def _columns(
    names: Sequence[str], examples: Sequence[Sequence[str]], preface: Sequence[str], platform: str | None
) -> list[Column]:
    meanings = [_meaning(name, platform) for name in names]
    if platform == "LinkedIn" and any(folded(name) in _AD_SET for name in names):
        meanings = [_as_renamed(name, meaning) for name, meaning in zip(names, meanings, strict=True)]
    span = _AGGREGATION.search("\n".join(preface))
    if span:
        what = _AGGREGATED[span[1].lower()]
        meanings = [each._replace(what=what) if each and each.what == "day" else each for each in meanings]
    return [
        Column(
            " ".join(name.replace("\ufeff", "").split()),
            place,
            meaning,
            currency_in(name),
            _cells(examples, place),
        )
        for place, (name, meaning) in enumerate(zip(names, meanings, strict=True))
    ]


def _meaning(name: str, platform: str | None) -> Meaning | None:
    named = known(name)
    return named.on(platforms.SECTIONS.get(platform or "")) if named else None


def _as_renamed(name: str, meaning: Meaning | None) -> Meaning | None:
    """LinkedIn has ad sets by now: in a file that has them, campaigns are what they are everywhere."""
    if meaning and meaning.what in _RENAMED and folded(name) not in _AD_SET:
        return meaning._replace(what=_RENAMED[meaning.what])
    if meaning and meaning.what in _RENAMED.values():
        return meaning._replace(rank=UNNAMED)
    return meaning


def _settled_by_cells(columns: list[Column], pins: Pinned, hints: Hints) -> list[Column]:
    """Take a name that means one of several things for what its cells show, where they do."""
    taken: set[str] = set(chosen(columns, pins, hints.currency).fields.values())
    settled: list[Column] = []
    for column in columns:
        field = decided(column, taken) if column.place not in pins else None
        meaning = (
            column.meaning._replace(what=field, rank=STAND_IN) if field and column.meaning else column.meaning
        )
        taken |= {field} if field else set()
        settled.append(column._replace(meaning=meaning))
    return settled


def _in_one_currency(columns: Sequence[Column], choice: Choice, pins: Pinned) -> Choice:
    """Leave revenue out whose header names another currency than the spend's: no ratio of the two is true."""
    spend, revenue = (_place_of(field, choice) for field in ("spend", "revenue"))
    if spend is None or revenue is None or revenue in pins:
        return choice
    paid, earned = columns[spend].currency, columns[revenue].currency
    if not paid or not earned or paid == earned:
        return choice
    why = f"in {earned}, the spend is in {paid}"
    fields = {place: field for place, field in choice.fields.items() if place != revenue}
    text = f"{quoted(columns[revenue].name)} is not taken as revenue: it is in {earned}, the spend in {paid}."
    warnings = (*choice.warnings, Warned(code="other_currency", text=text))
    return choice._replace(fields=fields, why=choice.why | {revenue: why}, warnings=warnings)


def _without_spend(fields: set[Field], asked: Sequence[Question]) -> Iterator[Warned]:
    if "spend" not in fields and not any("spend" in question.options for question in asked):
        yield Warned(code="no_spend", text="No column is known as the spend.")


def _place_of(field: str, choice: Choice) -> int | None:
    return next((place for place, each in choice.fields.items() if each == field), None)


def _used(column: Column, choice: Choice) -> UsedColumn:
    field = choice.fields.get(column.place)
    why = "" if field else choice.why.get(column.place, "")
    filled = dict.fromkeys(cell.strip() for cell in column.cells if cell.strip())
    return UsedColumn(
        name=column.name, place=column.place, field=field, why=why, examples=tuple(filled)[:SHOWN]
    )


def _currency(columns: Sequence[Column], choice: Choice) -> str | None:
    places = (_place_of("spend", choice), _place_of("revenue", choice))
    place = next((each for each in places if each is not None), None)
    return None if place is None else columns[place].currency


def _day_names(columns: Sequence[Column], choice: Choice) -> list[str]:
    return [columns[place].name for place, field in choice.fields.items() if field in {"day", "first_day"}]


def _languages(columns: Sequence[Column]) -> tuple[str, ...]:
    """Give the languages that most names are written in."""
    spoken = Counter(
        language
        for column in columns
        if column.meaning and column.meaning.what != UNDECIDED
        for language in column.meaning.languages
    )
    most = max(spoken.values(), default=0)
    return tuple(sorted((language for language, count in spoken.items() if count == most)))


def _platform_cells(names: Sequence[str], examples: Sequence[Sequence[str]]) -> tuple[str, ...]:
    places = (place for place, name in enumerate(names) if _means_platform(name))
    return next((_cells(examples, place) for place in places), ())


def _means_platform(name: str) -> bool:
    meaning = _meaning(name, None)
    return meaning is not None and meaning.what == "platform"


def _cells(examples: Sequence[Sequence[str]], place: int) -> tuple[str, ...]:
    return tuple(examples[place]) if place < len(examples) else ()


def _shape(platform: str | None, names: Sequence[str]) -> str:
    text = "\n".join([platform or "", *map(folded, names)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
