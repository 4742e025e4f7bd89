"""What only a person can say of an export: one question stands on its card, several in a dialog."""

import re
from collections.abc import Mapping, Sequence

from bot import ids
from bot.blocks import kit
from bot.blocks.file_pieces import Pressed, file_message, of_file, packed_lines, scan_of
from bot.blocks.kit import Block, Message
from bot.blocks.limits import clip
from bot.blocks.mrkdwn import Mrkdwn, escape
from bot.blocks.voice import Voice
from engine.models.export import Hints, Question, UsedColumn
from engine.models.file_import import FileImport
from engine.narrate import exported as said
from engine.narrate.words import Words

MOST_ASKED = 5
LONGEST_TEXT = 180
LONGEST_DAY = 60  # of a cell this much is looked at
_MAY_BE_DAY = re.compile(  # 2026-03-02, 2026/03, 20260302, 2.3.26, March 2026; not 2045 and not 20.45
    r"(?<!\d)(?:19|20)\d\d(?:[-/年]\d|[. ]\d{1,2}[. ]\d|[01]\d[0-3]\d(?!\d))"
    r"|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d\d"
    r"|[^\W\d]{3,12}\W{1,3}(?:\d{1,2}\W{1,3})?(?:19|20)\d\d(?!\d)"
)
NOTHING_YET = " Nothing is stored yet."
CURRENCIES = (
    "EUR", "USD", "GBP", "CHF", "CAD", "AUD", "JPY", "INR", "BRL", "MXN", "SEK", "NOK", "DKK", "PLN", "CZK",
    "HUF", "RON", "TRY", "ZAR", "AED", "SAR", "ILS", "SGD", "HKD", "CNY", "KRW", "THB", "IDR", "MYR", "PHP",
    "VND", "NZD", "CLP", "COP", "ARS", "PEN", "EGP", "NGN", "KES", "UAH",
)  # fmt: skip


def open_questions(found: FileImport) -> tuple[Question, ...]:
    """What is still to be answered; a total only when all else is, and days when no column may have them."""
    asked = found.scan.questions if found.scan else ()
    every = [each for each in asked if not _is_answered(each, found.hints)]
    late = {"total", "days"} if any(each.kind == "column" for each in every) else {"total"}
    return tuple(each for each in every if each.kind not in late) or tuple(every)


def _is_answered(question: Question, hints: Hints) -> bool:
    if question.kind == "currency":
        return hints.currency is not None
    if question.kind == "date_order":
        return hints.date_order is not None
    if question.kind == "decimal":
        return hints.decimal is not None
    return hints.despite_total if question.kind == "total" else question.column in hints.columns


def asking(found: FileImport, voice: Voice) -> Message:
    """One question stands on the card itself; several are asked together, in a dialog."""
    questions = open_questions(found)
    if not questions:
        raise LookupError(found.id)
    only = questions[0]
    draw = ON_CARD.get(only.kind) if len(questions) == 1 else None
    text, controls = draw(only, found, voice) if draw else _in_dialog(questions, found, voice)
    told = [kit.section(each) for each in packed_lines(text)]
    blocks = [*told, kit.context(of_file(found, voice.marked)), *controls]
    only = _only_another_file(questions, found) or only
    is_one = len(questions) == 1 or not controls
    plain = _asked(only, found, voice.plain) if is_one else "I have questions about it."
    return file_message(found, plain, blocks)


Drawn = tuple[list[str], list[Block]]


def _currency(question: Question, found: FileImport, voice: Voice) -> Drawn:
    first = [each for each in question.options if len(each) == 3]
    codes = list(dict.fromkeys([*first, *CURRENCIES]))
    chosen = kit.select(ids.IMPORT_CURRENCY, [kit.option(code, code) for code in codes])
    chosen["placeholder"] = kit.plain("Currency", 150)
    take = kit.button(
        "Import", ids.IMPORT_WITH, Pressed(found.id).packed(), style="primary", says=f"Import {found.file} so"
    )
    return [_asked(question, found, voice.marked)], [kit.actions([chosen, take])]


def _date_order(question: Question, found: FileImport, voice: Voice) -> Drawn:
    ways = said.date_choices(question)
    return [_asked(question, found, voice.marked)], [_choices(ids.IMPORT_DATES, ways, question, found)]


def _decimal(question: Question, found: FileImport, voice: Voice) -> Drawn:
    ways = said.decimal_choices(question)
    return [_asked(question, found, voice.marked)], [_choices(ids.IMPORT_DECIMAL, ways, question, found)]


def _choices(action_id: str, ways: Mapping[str, str], question: Question, found: FileImport) -> Block:
    """One button an answer, the likeliest first, and none of them pressed for anybody."""
    order = [each for each in question.options if each in ways]
    order += [each for each in ways if each not in order]
    return kit.actions(
        [
            kit.button(
                ways[each][:1].upper() + ways[each][1:],
                f"{action_id}:{place}",
                Pressed(found.id, each).packed(),
                says=f"{found.file}: it is {ways[each]}",
            )
            for place, each in enumerate(order)
        ]
    )


def _total(question: Question, found: FileImport, voice: Voice) -> Drawn:
    sure = kit.confirmation(
        "Import the rows all the same?",
        "I take what the rows add up to, and say in the card that the file's total is another."
        if scan_of(found).total_check
        else "I take every row, also those that come again: what they add up to grows with each.",
        "Import the rows",
    )
    take = kit.button(
        "Import the rows…",
        ids.IMPORT_ROWS,
        Pressed(found.id).packed(),
        says=f"Import the rows of {found.file} although its total differs",
        confirm=sure,
    )
    return [_asked(question, found, voice.marked)], [kit.actions([take])]


def _in_dialog(questions: Sequence[Question], found: FileImport, voice: Voice) -> Drawn:
    opening = "*Nothing is stored yet.*"
    if days := _only_another_file(questions, found):
        return [f"*Nothing is stored.* {_asked(days, found, voice.marked).replace(NOTHING_YET, '')}"], []
    lines = [_in_a_line(each, found, voice.marked) for each in questions[:MOST_ASKED]]
    more = len(questions) - len(lines)
    lines = [f"• {each}" for each in lines] + ([f"and {more} more"] if more else [])
    label = "Map columns" if any(each.kind in {"column", "days"} for each in questions) else "Answer…"
    button = kit.button(
        label, ids.IMPORT_MAP, Pressed(found.id).packed(), style="primary", says=f"{label} of {found.file}"
    )
    return [f"{opening} I need to know:", *lines], [kit.actions([button])]


def _only_another_file(questions: Sequence[Question], found: FileImport) -> Question | None:
    """What nobody can answer: which days it is about, where no column may have them."""
    return next((each for each in questions if each.kind == "days" and not day_columns(found)), None)


def _in_a_line(question: Question, found: FileImport, words: Words) -> str:
    """One question beside others, of which the first line says already that nothing is stored."""
    told = _asked(question, found, words).replace(NOTHING_YET, "")
    return f"{told} Or say which column has them." if question.kind == "days" else told


def day_columns(found: FileImport) -> list[UsedColumn]:
    """Columns that are not used, and whose cells may be days."""
    left = [each for each in found.scan.columns if not each.field and each.name] if found.scan else []
    return [each for each in left if any(_MAY_BE_DAY.search(cell[:LONGEST_DAY]) for cell in each.examples)]


ON_CARD = {"currency": _currency, "date_order": _date_order, "decimal": _decimal, "total": _total}


def _asked(question: Question, found: FileImport, words: Words) -> str:
    scan = scan_of(found)
    if question.kind == "currency":
        return said.currency_asked(question, words)
    if question.kind == "date_order":
        return said.date_asked(question, words, scan.platform)
    if question.kind == "decimal":
        return said.decimal_asked(question, words)
    if question.kind == "total" and scan.total_check:
        return said.total_differs(scan.total_check, scan, words)
    if question.kind == "column":
        cells = ", ".join(words.style.name(each) for each in question.examples[:2])
        return f"{_inert(question.text, words)}{f' For example {cells}.' if cells else ''}"
    return _inert(question.text, words)


def _inert(text: str, words: Words) -> str:
    """What the reader asks in words of its own, with names out of a file; plain text becomes inert later."""
    return clip(escape(text) if isinstance(words.style, Mrkdwn) else text, LONGEST_TEXT)
