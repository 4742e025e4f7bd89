"""The reply to a file: what was taken from it, what stands against it, and where to go on."""

from collections.abc import Mapping

from bot.blocks import kit
from bot.blocks.file_pieces import file_message, name_of
from bot.blocks.kit import Message
from bot.blocks.league import league
from bot.blocks.limits import SECTION, clip
from bot.blocks.refused_file import refused
from bot.blocks.voice import Voice
from engine.models.file_import import FileImport, Haul
from engine.models.recommendation import Analysis
from engine.narrate import arrivals


def imported(
    found: FileImport,
    analyses: Mapping[str, Analysis],
    voice: Voice,
    *,
    link: str | None = None,
    before: FileImport | None = None,
) -> Message:
    """Draw the record; ``analyses``, by recommendation, are those of its league.

    ``link`` leads to the card of a file of one campaign, or to the import ``before`` of the same bytes.
    """
    if found.state in {"refused", "export"}:
        return refused(found)
    if found.state == "same" and before is not None:
        return _same(found, before, voice, link)
    if found.haul is None:
        raise LookupError(found.id)
    if found.state == "reading":
        return _reading(found, found.haul, voice)
    if found.state == "stopped":
        return _stopped(found, found.haul, voice)
    return _done(found, found.haul, analyses, voice, link)


def _reading(found: FileImport, haul: Haul, voice: Voice) -> Message:
    many = voice.plain.formats.count(haul.campaigns, "campaign")
    return file_message(found, f"Reading {many}.", [kit.section(f"Reading {name_of(found)}: {many}.")])


def _stopped(found: FileImport, haul: Haul, voice: Voice) -> Message:
    text = arrivals.stopped(haul, found.stored, voice.marked)
    return file_message(
        found,
        arrivals.stopped(haul, found.stored, voice.plain),
        [kit.section(text), kit.context(name_of(found))],
    )


def _done(
    found: FileImport, haul: Haul, analyses: Mapping[str, Analysis], voice: Voice, link: str | None
) -> Message:
    blocks = [kit.section(clip(arrivals.taken(haul, voice.marked), SECTION)), kit.context(name_of(found))]
    if len(found.league) > 1:
        blocks += league(found, analyses, haul.campaigns, voice.marked)
    elif link:
        blocks.append(kit.actions([kit.link("Open card", link)]))
    return file_message(found, arrivals.taken(haul, voice.plain), blocks)


def _same(found: FileImport, before: FileImport, voice: Voice, link: str | None) -> Message:
    text = arrivals.same(found.checksum, before, voice.marked)
    blocks = [kit.section(text)] + ([kit.actions([kit.link("Open import", link)])] if link else [])
    return file_message(found, "I have this file already. Nothing was added.", blocks)
