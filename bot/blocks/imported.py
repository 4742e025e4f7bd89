"""The reply to a file: what was taken from it, what stands against it, and where to go on."""

from collections import Counter
from collections.abc import Mapping

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, SECTION, clip, few
from bot.blocks.mrkdwn import escape, word
from bot.blocks.voice import Voice
from engine.models.file_import import BrokenRule, FileImport, Haul, ImportedCampaign
from engine.models.recommendation import Analysis
from engine.narrate import arrivals, sentences
from engine.narrate.words import Words

REPAIR = "Correct the file and drop it again. Or type `/analyze` alone to enter a campaign by hand."
REASONS = {
    "missing_scope": "I lack `files:read` to read files. An admin can add it and reinstall.",
    "elsewhere": "Slack does not keep it itself, and I read files from nowhere else.",
    "unreachable": "Slack did not hand it over. Please drop it again.",
}
BY_HAND = (
    "To go on now: type `/analyze` alone to enter a campaign by hand; or drop the campaigns here as a JSON "
    "file."
)
MOST_FAULTS = 5
LONGEST_FILE = 80


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
    if found.state == "refused":
        return _refused(found)
    if found.state == "export":
        return _export(found)
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
    return _message(found, f"Reading {many}.", [kit.section(f"Reading {_name(found)}: {many}.")])


def _stopped(found: FileImport, haul: Haul, voice: Voice) -> Message:
    text = arrivals.stopped(haul, found.stored, voice.marked)
    return _message(
        found,
        arrivals.stopped(haul, found.stored, voice.plain),
        [kit.section(text), kit.context(_name(found))],
    )


def _done(
    found: FileImport, haul: Haul, analyses: Mapping[str, Analysis], voice: Voice, link: str | None
) -> Message:
    blocks = [kit.section(clip(arrivals.taken(haul, voice.marked), SECTION)), kit.context(_name(found))]
    if len(found.league) > 1:
        blocks += [_line(each, analyses, found, voice.marked) for each in found.league]
        more = haul.campaigns - len(found.league)
        blocks += [kit.context(f"and {more} more, each by `/analyze` and its name")] if more else []
    elif link:
        blocks.append(kit.actions([kit.link("Open card", link)]))
    return _message(found, arrivals.taken(haul, voice.plain), blocks)


def _line(each: ImportedCampaign, analyses: Mapping[str, Analysis], found: FileImport, words: Words) -> Block:
    """One campaign's verdict, and the button that shows its card."""
    alike = Counter(one.name for one in found.league)[each.name] > 1
    name = words.style.name(each.name) + (f" ({word(each.platform)})" if alike else "")
    says = f"Analyze {each.name}{f' on {each.platform}' if alike else ''}"
    text = clip(f"{name} {sentences.verdict(analyses[each.recommendation], words)}", SECTION)
    return kit.section(text, accessory=kit.button("Analyze", ids.ANALYZE_NAMED, each.key, says=says))


def _refused(found: FileImport) -> Message:
    """Every fault at its line, at most five of them, and how to go on."""
    opening = f"Nothing taken from {_name(found)}."
    if not found.faults:
        reason = REASONS[found.reason]
        return _message(found, f"Nothing taken. {reason}", [kit.section(f"{opening} {reason}")])
    told = few([_fault(each) for each in found.faults], MOST_FAULTS)
    blocks = [kit.section(opening), *(kit.section(line) for line in told), kit.context(REPAIR)]
    return _message(found, f"Nothing taken. {told[0]}", blocks)


def _fault(each: BrokenRule) -> str:
    where = f"Line {each.line}, {each.field}" if each.line else each.field
    rule = f'breaks the rule "{escape(each.rule)}".'
    return f"{clip(escape(where), 120)}: {clip(escape(each.value), 80)} {clip(rule, 90)}"


def _same(found: FileImport, before: FileImport, voice: Voice, link: str | None) -> Message:
    text = arrivals.same(before, voice.marked)
    blocks = [kit.section(text)] + ([kit.actions([kit.link("Open import", link)])] if link else [])
    return _message(found, "I have this file already. Nothing was added.", blocks)


def _export(found: FileImport) -> Message:
    """A spreadsheet: said once and honestly, with what helps today."""
    text = f"{_name(found)} is an export, and so far I read JSON only. Nothing was stored."
    return _message(
        found, "So far I read JSON only. Nothing was stored.", [kit.section(text), kit.context(BY_HAND)]
    )


def _name(found: FileImport) -> str:
    return f"`{escape(clip(found.file, LONGEST_FILE))}`"


def _message(found: FileImport, said: str, blocks: list[Block]) -> Message:
    plain = said.replace("`", "")
    return Message(clip(f"{escape(clip(found.file, 40))}: {plain}", FALLBACK), blocks)
