"""The dialog that asks what a file does not say: what its columns are, and whatever else is open, at once."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from bot import ids
from bot.blocks import kit
from bot.blocks.file_questions import CURRENCIES, day_columns, open_questions
from bot.blocks.kit import Block
from bot.blocks.limits import clip
from bot.blocks.modals import answers
from bot.blocks.mrkdwn import escape
from engine.models.export import IGNORED, Hints, Question, UsedColumn
from engine.models.file_import import FileImport
from engine.narrate.exported import FIELDS, date_choices, decimal_choices

TITLE = "Map columns"
MOST_COLUMNS = 40
CURRENCY, DATES, DECIMAL, COLUMN = "currency", "dates", "decimal", "column:"
YES = "yes"
# What a file has once; of the others several columns may be the same, such as two audiences.
ONCE = frozenset(
    {"day", "first_day", "last_day", "spend", "impressions", "clicks", "conversions", "revenue", "reach"}
)


class Mapping(NamedTuple):
    """Which import the dialog is about, and the channel it was opened in."""

    identifier: str
    channel: str

    def packed(self) -> str:
        return json.dumps({"import": self.identifier, "channel": self.channel})

    @classmethod
    def unpacked(cls, view: dict[str, Any]) -> "Mapping":
        found = json.loads(view["private_metadata"])
        return cls(str(found["import"]), str(found["channel"]))


def map_view(found: FileImport, channel: str) -> Block:
    """Ask everything that is open: a select for each column, the likeliest meaning chosen."""
    questions = open_questions(found)
    columns = [each for each in questions if each.column and each.kind == "column"]
    likely = _likely(columns[:MOST_COLUMNS])
    blocks = [_column(each, likely[each.column]) for each in columns[:MOST_COLUMNS]]
    blocks += [_INPUTS[each.kind](each) for each in questions if each.kind in _INPUTS]
    blocks += _days(found, questions) + _currency_too(found, questions)
    blocks.append(_remember())
    blocks.append(kit.context(f"From `{escape(clip(found.file, 80))}`. Closing this window stores nothing."))
    private = Mapping(found.id, channel).packed()
    return kit.modal(ids.MAP_VIEW, TITLE, "Import", blocks, private=private)


def hints_of(view: dict[str, Any], found: FileImport) -> Hints:
    """Read what was submitted."""
    given = answers(view)
    columns: dict[str, str] = {}
    for name in _names(found):
        if chosen := given.get(_block_of(name)):
            columns[name] = chosen
    if chosen := given.get("days"):
        columns[chosen] = "day"
    update: dict[str, Any] = {"columns": columns}
    update |= {"currency": given[CURRENCY]} if given.get(CURRENCY) else {}
    update |= {"date_order": given[DATES]} if given.get(DATES) else {}
    update |= {"decimal": given[DECIMAL]} if given.get(DECIMAL) else {}
    return Hints.model_validate(update)


def is_remembered(view: dict[str, Any]) -> bool:
    values = view["state"]["values"].get(ids.MAP_REMEMBER, {})
    return any(each.get("selected_options") for each in values.values())


def mapping_errors(view: dict[str, Any], found: FileImport) -> dict[str, str]:
    """Name what two columns were both said to be, at the input of the second."""
    given = answers(view)
    columns = found.scan.columns if found.scan else ()
    taken = {str(each.field): each.name for each in columns if _block_of(each.name) not in given}
    errors: dict[str, str] = {}
    for name in _names(found):
        block, field = _block_of(name), given.get(_block_of(name), "")
        if field in ONCE and taken.setdefault(field, name) != name:
            told = f"“{clip(taken[field], 60)}” is the {FIELDS[field]} already."
            errors[block] = f"{told} Choose something else, or “Not needed”."
    return errors


def _names(found: FileImport) -> list[str]:
    """Every column that may have been asked about; of one that stands twice the second has its number."""
    if found.scan is None:
        return []
    asked = (each.column for each in found.scan.questions if each.kind == "column")
    return list(dict.fromkeys([*(each.name for each in found.scan.columns), *asked]))


def _block_of(name: str) -> str:
    """A column's block: its name may be longer than a block's, and repeat nothing."""
    return COLUMN + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]


def _likely(questions: Sequence[Question]) -> dict[str, str]:
    """What to begin with at each column: its likeliest meaning, unless another column has it."""
    chosen: dict[str, str] = {}
    for each in questions:
        first = next((field for field in each.options if field in FIELDS), "")
        chosen[each.column] = IGNORED if first in chosen.values() else first
    return chosen


def _column(question: Question, likely: str) -> Block:
    cells = " · ".join(clip(each, 24) for each in question.examples[:3])
    label = f"“{clip(question.column, 60)}”" + (f", e.g. {cells}" if cells else "")
    fields = list(dict.fromkeys([*(each for each in question.options if each in FIELDS), *FIELDS]))
    fields = [each for each in fields if each != IGNORED] + [IGNORED]
    choices = [kit.option(_label(each), each) for each in fields]
    element = kit.select(ids.VALUE, choices)
    element["placeholder"] = kit.plain("What it is", 150)
    if likely:
        element["initial_option"] = next(each for each in choices if each["value"] == likely)
    return kit.field(_block_of(question.column), label, element, hint=question.text)


def _label(field: str) -> str:
    return FIELDS[field][:1].upper() + FIELDS[field][1:]


def _currency(question: Question) -> Block:
    codes = dict.fromkeys([*(each for each in question.options if len(each) == 3), *CURRENCIES])
    element = kit.select(ids.VALUE, [kit.option(each, each) for each in codes])
    element["placeholder"] = kit.plain("Currency", 150)
    what = f"“{clip(question.column, 60)}”" if question.column else "the money"
    return kit.field(CURRENCY, f"Which currency is {what}?", element)


def _currency_too(found: FileImport, questions: Sequence[Question]) -> list[Block]:
    """The spend may be one of the columns: then its currency would be asked next, so it can be said now."""
    known = found.scan is None or found.scan.currency or found.hints.currency
    if known or any(each.kind == "currency" for each in questions):
        return []
    block = _currency(Question(kind="currency", text=""))
    return [block | {"optional": True, "label": kit.plain("Currency, where the file does not say it", 150)}]


def _dates(question: Question) -> Block:
    ways = date_choices(question)
    cell = next(iter(question.examples), "a date")
    return kit.radio_input(DATES, f"{clip(cell, 30)} is", _options(ways))


def _decimal(question: Question) -> Block:
    ways = decimal_choices(question)
    cell = next((each for each in question.examples if "." in each or "," in each), "a number")
    return kit.radio_input(DECIMAL, f"{clip(cell, 30)} is", _options(ways))


def _options(ways: dict[str, str]) -> list[Block]:
    return [kit.option(told, way) for way, told in ways.items()]


_INPUTS = {"currency": _currency, "date_order": _dates, "decimal": _decimal}


def _days(found: FileImport, questions: Sequence[Question]) -> list[Block]:
    """Which column has the days; asked where none was recognised."""
    asked = next((each for each in questions if each.kind == "days"), None)
    unused = day_columns(found)
    if asked is None or not unused:
        return []
    choices = [kit.option(_shown(each), each.name) for each in unused if len(each.name) <= 150][:100]
    element = kit.select(ids.VALUE, choices)
    element["placeholder"] = kit.plain("Choose the column", 150)
    return [kit.field("days", "Which column has the days?", element)]


def _shown(column: UsedColumn) -> str:
    cells = " · ".join(clip(each, 16) for each in column.examples[:2])
    return clip(f"{column.name}, e.g. {cells}" if cells else column.name, 75)


def _remember() -> Block:
    choice = kit.option("Remember for files of this shape", YES)
    element: Block = {
        "type": "checkboxes",
        "action_id": ids.VALUE,
        "options": [choice],
        "initial_options": [choice],
    }
    return kit.field(ids.MAP_REMEMBER, "Next time", element, optional=True)
