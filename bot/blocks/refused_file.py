"""A file of which nothing was taken: why, at which line, and what to do."""

from collections.abc import Callable

from bot.blocks import kit
from bot.blocks.file_pieces import as_it_is, cell, file_message, name_of
from bot.blocks.kit import Message
from bot.blocks.limits import clip, few
from engine.models.file_import import BrokenRule, FileImport

REPAIR = "Correct the file and drop it again."
BY_HAND = f"{REPAIR} Or type `/analyze` alone to enter a campaign by hand."
AGAIN = "Then drop it here again."
REASONS = {
    "missing_scope": "I lack `files:read` to read files. An admin can add it and reinstall.",
    "elsewhere": "Slack does not keep it itself, and I read files from nowhere else. Drop the file itself.",
    "unreachable": "Slack did not hand it over. Please drop it again.",
    "gone": "The file is no longer in Slack, so I cannot read it again. Please drop it once more.",
    "sheet": "It is a link to a sheet, not a file. Download it as CSV or XLSX and drop that here.",
    "large": "It is larger than I read. Export fewer days, or drop it packed (`.csv.gz`).",
    "memory": "It needs more memory than I give one file. Export fewer days or fewer columns.",
    "late": "Reading it took too long. Export fewer days, or export it as CSV.",
    "disk": "My disk has no room for it. Whoever runs me has to make some; then drop it again.",
    "failed": "I failed while reading it, and the owner knows. If it fails again, export it anew as CSV.",
}
LATER = "It came before I could read exports. Please drop it again."
MOST_FAULTS = 5


def refused(found: FileImport) -> Message:
    """Say the reason, or every fault at its line, at most five of them."""
    opening = f"Nothing taken from {name_of(found)}."
    if found.state == "export":
        return file_message(found, LATER, [kit.section(f"{opening} {LATER}")])
    if not found.faults:
        reason = REASONS[found.reason]
        return file_message(found, f"Nothing taken. {reason}", [kit.section(f"{opening} {reason}")])
    told = few([_fault(each) for each in found.faults], MOST_FAULTS)
    blocks = [kit.section(opening), *(kit.section(line) for line in told), kit.context(_what_to_do(found))]
    return file_message(found, f"Nothing taken. {_fault(found.faults[0], as_it_is)}", blocks)


def _what_to_do(found: FileImport) -> str:
    """A campaign with its forecast can be entered by hand, the days of an export cannot."""
    if any(each.field == "file" and ": " in each.rule for each in found.faults):
        return AGAIN
    return BY_HAND if found.file.casefold().endswith((".json", ".txt")) else REPAIR


def _fault(each: BrokenRule, cell: Callable[[str, int], str] = cell) -> str:
    """S35; of a fault of the whole file the way out stands behind its rule, after a colon."""
    rule, _, way = each.rule.partition(": ") if each.field == "file" else (each.rule, "", "")
    name = cell(each.field, 80)
    where = f"Line {each.line}, {name}" if each.line else f"{name[:1].upper()}{name[1:]}"
    told = f'{where}: {cell(each.value, 80)} breaks the rule "{cell(rule, 120)}".'
    return clip(f"{told} {way[:1].upper()}{way[1:]}." if way else told, 290)
