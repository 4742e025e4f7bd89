"""The card of an export: how far it is read, what was taken, what only a person can say, and what to press.

It is one message that is drawn anew as the record goes on. Whatever comes out of a file is data: names and
cells are shown inert and short.
"""

from collections.abc import Callable, Mapping

from bot import ids
from bot.blocks import kit
from bot.blocks.file_pieces import Pressed, cell, file_message, name_of, of_file, packed_lines, scan_of
from bot.blocks.file_questions import asking
from bot.blocks.kit import Block, Message
from bot.blocks.league import league
from bot.blocks.limits import SECTION, clip
from bot.blocks.mrkdwn import escape
from bot.blocks.voice import Voice
from engine.models.export import Alike, Scan
from engine.models.file_import import FileImport
from engine.models.recommendation import Analysis
from engine.narrate import exported as said
from engine.narrate.words import Words

MOST_REJECTS = 5
MOST_ALIKE = 3
MOST_WARNINGS = 3


def is_export(found: FileImport) -> bool:
    """Whether this is drawn here; what was refused, or known, is drawn as any other file."""
    if found.state in {"refused", "same", "export"}:
        return False
    return found.haul is None


def exported(
    found: FileImport,
    analyses: Mapping[str, Analysis],
    voice: Voice,
    *,
    link: str | None = None,
    before: FileImport | None = None,
) -> Message:
    """Draw the record; ``analyses``, by recommendation, are those of its league.

    ``link`` leads to the import ``before``, which has the same money unless a person said otherwise.
    """
    if found.state == "done":
        return _done(found, analyses, voice, before)
    if found.state == "double":
        return _double(found, before, voice, link)
    return DRAWN[found.state](found, voice)


def _reading(found: FileImport, voice: Voice) -> Message:
    cancel = kit.button(
        "Cancel", ids.IMPORT_CANCEL, Pressed(found.id).packed(), says=f"Cancel reading {found.file}"
    )
    blocks = [kit.section(said.reading(found, voice.marked)), kit.actions([cancel])]
    return file_message(found, said.reading(found, voice.plain), blocks)


def _cancelled(found: FileImport, _: Voice) -> Message:
    blocks = [kit.section("✋ *Cancelled.* Nothing was stored."), kit.context(name_of(found))]
    return file_message(found, "Cancelled. Nothing was stored.", blocks)


def _stopped(found: FileImport, _: Voice) -> Message:
    told = "Something failed on my side, and nothing of it counts. Drop it again and I take it."
    blocks = [kit.section(f"*Stopped.* {told}"), kit.context(name_of(found))]
    return file_message(found, f"Stopped. {told}", blocks)


def _double(found: FileImport, before: FileImport | None, voice: Voice, link: str | None) -> Message:
    sure = kit.confirmation(
        "Count both files?",
        "Only if they hold different money: where it is the same money, every sum would double.",
        "Count both",
    )
    differ = kit.button(
        "They differ…",
        ids.IMPORT_DIFFER,
        Pressed(found.id).packed(),
        says=f"The money of {found.file} differs: count both files",
        confirm=sure,
    )
    links = [kit.link("Open import", link)] if link else []
    blocks = [
        kit.section(f"⚠️ {said.double(found, before, voice.marked)}"),
        kit.context(of_file(found, voice.marked)),
        kit.actions([differ, *links]),
    ]
    return file_message(found, said.double(found, before, voice.plain), blocks)


def _undone(found: FileImport, voice: Voice) -> Message:
    blocks = [kit.section(said.undone(found, voice.marked)), kit.context(of_file(found, voice.marked))]
    return file_message(found, said.undone(found, voice.plain), blocks)


def _done(
    found: FileImport, analyses: Mapping[str, Analysis], voice: Voice, beside: FileImport | None
) -> Message:
    scan = scan_of(found)
    words = voice.marked
    blocks = [kit.section(clip(said.taken(scan, words), SECTION)), kit.context(of_file(found, words))]
    if beside is not None and beside.state != "undone":
        blocks.append(kit.context(f"⚠️ {said.beside(beside, words)}"))
    blocks += _corrected(found, words)
    if scan.total_check:
        blocks.append(kit.section(said.agrees(scan.total_check, scan, words)))
    blocks += _rejects(scan)
    blocks += _warnings(scan)
    blocks += _names_alike(found, words)
    blocks += league(found, analyses, scan.campaigns, words)
    blocks.append(_going_on(found))
    return file_message(found, said.taken(scan, voice.plain), blocks)


def _going_on(found: FileImport) -> Block:
    value = Pressed(found.id).packed()
    is_judged = any(each.recommendation for each in found.league)
    buttons = [
        kit.button(
            "Analyze all again" if is_judged else "Analyze",
            ids.IMPORT_ANALYZE,
            value,
            says=f"Analyze the campaigns of {found.file}",
        ),
        kit.button("More", ids.IMPORT_MORE, value, says=f"More about how {found.file} was read"),
    ]
    if found.replaced:
        buttons.append(undo_button(found))
    return kit.actions(buttons)


def undo_button(found: FileImport) -> Block:
    sure = kit.confirmation(
        "Undo this import?",
        "Its rows count no more, and the days that it replaced are again as they were before.",
        "Undo import",
    )
    return kit.button(
        "Undo import…",
        ids.IMPORT_UNDO,
        Pressed(found.id).packed(),
        says=f"Undo the import of {found.file}",
        confirm=sure,
    )


def _corrected(found: FileImport, words: Words) -> list[Block]:
    return [kit.section(clip(said.replaced(found.replaced, words), SECTION))] if found.replaced else []


def _rejects(scan: Scan) -> list[Block]:
    """S35 for the first five, and where all of them are."""
    if not scan.rejects:
        return []
    lines = [clip(said.broken(each, cell), SECTION) for each in scan.rejects[:MOST_REJECTS]]
    if scan.rejected > len(lines):
        lines.append(f"All: `rejects.csv` in this thread (here the first {len(lines)}).")
    else:
        lines.append("Also as `rejects.csv` in this thread.")
    return [kit.section(text) for text in packed_lines(lines)]


def _warnings(scan: Scan) -> list[Block]:
    told = [clip(escape(each.text), SECTION) for each in scan.warnings]
    return [kit.context(*(f"⚠️ {each}" for each in told[:MOST_WARNINGS]))] if told else []


def _names_alike(found: FileImport, words: Words) -> list[Block]:
    """Those that are open first, and at most three of them."""
    ordered = sorted(enumerate(found.alike), key=lambda each: each[1].answer != "open")
    shown = ordered[:MOST_ALIKE]
    blocks = [block for place, each in shown for block in _alike(each, place, found, words)]
    more = len(ordered) - len(shown)
    told = f"and {words.formats.number(more)} more names that look alike"
    return blocks + ([kit.context(told)] if more else [])


def _alike(each: Alike, place: int, found: FileImport, words: Words) -> list[Block]:
    """Two names, or one and how many spellings, that may be one campaign."""
    text = kit.section(clip(said.alike(each, words), SECTION))
    if each.answer != "open":
        return [text]
    value = Pressed(found.id, str(place)).packed()
    others = list(each.others.values())
    plain = others[0] if len(others) == 1 else f"{len(others)} more spellings"
    return [
        text,
        kit.actions(
            [
                kit.button("One", ids.IMPORT_ONE, value, says=f"One campaign: {each.name} and {plain}"),
                kit.button("Two", ids.IMPORT_TWO, value, says=f"Not one campaign: {each.name} and {plain}"),
            ]
        ),
    ]


DRAWN: Mapping[str, Callable[[FileImport, Voice], Message]] = {
    "reading": _reading,
    "asking": asking,
    "cancelled": _cancelled,
    "stopped": _stopped,
    "undone": _undone,
}
