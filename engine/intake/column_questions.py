"""What a file leaves open about its columns: asked only where it is needed and a column could answer it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from engine.intake.choosing import Choice, Column
from engine.intake.headers import UNDECIDED, folded, names_money
from engine.intake.looks import filled, is_dated, is_number, is_text
from engine.intake.mapping import Pinned, quoted
from engine.models.export import IGNORED, NUMBERS, Field, Question

MOST = 5  # questions at once; a dialog has room for as many
SHOWN = 3
_CENTS = re.compile(r"\D*\d[\d.,'’\s]*[.,](?!00)\d\d\D*")  # a count has none
_MONEY = (
    "cost", "kost", "spen", "ausgab", "betrag", "depens", "cout", "montant", "gast", "invers", "invest",
    "import", "custo", "valor", "spes", "uitgav", "bested", "koszt", "wydat", "kwot", "utgift", "belopp",
    "omkost", "forbrug", "belob", "belop", "harca", "maliyet", "tutar", "amount", "netto", "brutto", "gross",
    "fee", "money", "費", "金額", "コスト", "지출", "비용", "花费", "费用", "消耗", "расход", "затрат",
)  # fmt: skip
_CAMPAIGN = ("campaign", "kampa", "campa", "кампан", "кампані", "キャンペーン", "캠페인", "广告系列")
_NAME = ("name", "nom", "title", "titel", "nazwa", "namn", "navn", "naam", "adi", "名")
# Of an unknown name: a ratio, a plan or an id, and so no money spent.
_NO_MONEY = re.compile(
    r"/|%|\b(?:per|pro|por|par|pr|bid|cp[acilmv]|id|max|min)\b|rate|ratio|avg|average|share|quote|ctr|roas|roi\b"
    r"|budget|budzet|presup|orcam|gebot|rank|position|score|index|target|ziel|goal|plan|forecast"
)


def questions(columns: Sequence[Column], choice: Choice, pins: Pinned) -> Iterator[Question]:
    """Ask what is needed and could be there: at most five questions, the most needed first."""
    asked = [
        *_undecided(columns, choice),
        *_different_twins(columns, choice, pins),
        *_spend(columns, choice),
        *_days(columns, choice),
        *_campaigns(columns, choice, pins),
    ]
    seen: set[str] = set()
    for question in asked[: MOST + 1]:
        if question.column not in seen and len(seen) < MOST:
            seen.add(question.column)
            yield question


def decided(column: Column, taken: Iterable[str]) -> str | None:
    """Decide a name that means one of several things: with cents, or a currency, it is money, so revenue."""
    free = _free(column, taken)
    is_money = names_money(column.name) or any(_CENTS.fullmatch(cell.strip()) for cell in column.cells)
    return "revenue" if "revenue" in free and is_money else None


def _undecided(columns: Sequence[Column], choice: Choice) -> Iterator[Question]:
    taken = set(choice.fields.values())
    for column in columns:
        free = _free(column, taken) if column.place not in choice.fields else []
        if free and column.place not in choice.settled:
            text = f"Is {quoted(column.name)} money or a number of conversions?"
            if len(free) == 1:
                text = f"Is {quoted(column.name)} the {free[0]}?"
            yield _ask(column, text, (*free, IGNORED))


def _free(column: Column, taken: Iterable[str]) -> list[str]:
    if not column.meaning or column.meaning.what != UNDECIDED:
        return []
    gone = set(taken)
    return [field for field in column.meaning.detail.split("/") if field not in gone]


def _different_twins(columns: Sequence[Column], choice: Choice, pins: Pinned) -> Iterator[Question]:
    """Ask where a name stands twice over different cells: the first counts unless somebody says otherwise."""
    for place, field in choice.fields.items():
        name = columns[place].name
        twins = [each for each in columns if each.name == name]
        number = next((n for n, each in enumerate(twins, 1) if each.cells != columns[place].cells), None)
        if (
            number
            and not any(each.place in pins for each in twins)
            and field in {*NUMBERS, "day", "campaign"}
        ):
            text = f"{quoted(name)} stands {len(twins)} times, with different cells. Which one counts?"
            other = twins[number - 1]._replace(name=f"{name} #{number}")
            yield _ask(other, text, (IGNORED, field))


def _spend(columns: Sequence[Column], choice: Choice) -> Iterator[Question]:
    if "spend" in choice.fields.values():
        return
    likely = [each for each in _unknown(columns, choice) if _may_be_money(each)]
    missing = [number for number in NUMBERS if number not in choice.fields.values() and number != "spend"]
    for column in sorted(likely, key=lambda each: not _has(each.name, _MONEY)):
        text = f"What is {quoted(column.name)}? I know no column as the spend."
        yield _ask(column, text, ("spend", *missing, IGNORED))


def _days(columns: Sequence[Column], choice: Choice) -> Iterator[Question]:
    have = set(choice.fields.values())
    if have & {"day", "week", "month"} or {"first_day", "last_day"} <= have:
        return
    half = [columns[place] for place, field in choice.fields.items() if field in {"first_day", "last_day"}]
    for column in half:
        text = f"Is {quoted(column.name)} the day of its row? No other column says how long a row lasts."
        yield _ask(column, text, ("day", "week", "month", IGNORED))
    planned = [each for each in columns if each.meaning and each.meaning.detail == "schedule"]
    dated = [each for each in _unknown(columns, choice) if is_dated(each.cells)]
    for column in dated if not half else ():
        yield _ask(column, f'Is {quoted(column.name)} the day of its row? I know no column as the day.',
                   ("day", "week", "month", "first_day", "last_day", IGNORED))  # fmt: skip
    if (
        len(planned) == 1
        and not half
        and not dated
        and is_dated(planned[0].cells)
        and _is_open(planned[0], choice)
    ):
        yield _ask(planned[0], f"Is {quoted(planned[0].name)} the day of its row?", ("day", IGNORED))


def _campaigns(columns: Sequence[Column], choice: Choice, pins: Pinned) -> Iterator[Question]:
    named: set[Field] = {"campaign", "campaign_id", "ad_set", "ad_set_id", "ad", "ad_id"}
    if named & set(choice.fields.values()):
        return
    texts = [each for each in _unknown(columns, choice) if is_text(each.cells)]
    kinds = [
        columns[place] for place, field in choice.fields.items() if field == "objective" and place not in pins
    ]
    likely = sorted([*texts, *kinds], key=_unlike_a_campaign)
    for column in likely[:SHOWN]:
        options = ("campaign", "ad_set", "ad", *(["objective"] if column in kinds else []), IGNORED)
        yield _ask(
            column, f"Does {quoted(column.name)} name the campaign? I know no column as its name.", options
        )


def _unlike_a_campaign(column: Column) -> tuple[bool, bool, int]:
    return not _has(column.name, _CAMPAIGN), not _has(column.name, _NAME), column.place


def _ask(column: Column, text: str, options: tuple[str, ...]) -> Question:
    examples = tuple(dict.fromkeys(filled(column.cells)))[:SHOWN]
    return Question(kind="column", text=text, column=column.name, examples=examples, options=options)


def _unknown(columns: Sequence[Column], choice: Choice) -> list[Column]:
    return [each for each in columns if not each.meaning and each.name.strip() and _is_open(each, choice)]


def _is_open(column: Column, choice: Choice) -> bool:
    return column.place not in choice.fields and column.place not in choice.settled


def _may_be_money(column: Column) -> bool:
    if not is_number(column.cells) or _NO_MONEY.search(_spaced(column.name)):
        return False
    return _has(column.name, _MONEY) or any(re.search(r"\d[.,]\d\d\b", cell) for cell in filled(column.cells))


def _has(name: str, parts: Sequence[str]) -> bool:
    return any(part in folded(name) for part in parts)


def _spaced(name: str) -> str:
    """Fold a name word by word."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(folded(word) for word in re.split(r"[\s_\-.()]+", split))
