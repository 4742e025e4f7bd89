"""How an export was read, for whoever asks: each column, what it is taken for, and what to know."""

from bot.blocks import kit
from bot.blocks.exported import undo_button
from bot.blocks.kit import Block, Message
from bot.blocks.limits import SECTION, clip, few
from bot.blocks.mrkdwn import escape
from engine.models.export import NUMBERS, Scan, UsedColumn
from engine.models.file_import import FileImport
from engine.narrate import exported as said
from engine.narrate.words import Words

MOST_ROWS = 40
MOST_WARNINGS = 10


def details(found: FileImport, words: Words) -> Message:
    """Draw it; the table has the columns that count first."""
    scan = found.scan
    if scan is None:
        return Message("Nothing is known of this file.", [kit.section("Nothing is known of this file.")])
    name = words.style.name(found.file)
    blocks = [kit.section(f"*How I read* {name}"), _columns(scan), kit.section(_sums(scan, words))]
    blocks += [kit.context(_meant(scan))]
    warned = few([clip(escape(each.text), SECTION) for each in scan.warnings], MOST_WARNINGS)
    blocks += [kit.context(*(f"⚠️ {each}" for each in warned[:9]))] if warned else []
    blocks += [kit.actions([undo_button(found)])] if found.state == "done" else []
    return Message("How I read the file", blocks)


def _columns(scan: Scan) -> Block:
    used = sorted(scan.columns, key=lambda each: (each.field is None, each.place))
    rows = [["Column", "Taken for"], *map(_row, used[:MOST_ROWS])]
    more = len(used) - MOST_ROWS
    return kit.table([*rows, *([[f"and {more} more", ""]] if more > 0 else [])], wrapped=(0, 1))


def _row(column: UsedColumn) -> list[str]:
    unused = f"not used: {column.why}" if column.why else "not used"
    taken = said.FIELDS[column.field] if column.field else unused
    return [clip(column.name, 80), clip(taken, 80)]


def _sums(scan: Scan, words: Words) -> str:
    told = [
        said.amount(name, value, scan.currency, words)
        for name in NUMBERS
        if (value := getattr(scan.totals, name)) is not None
    ]
    return clip(f"*Sums.* {', '.join(told)}." if told else "*Sums.* None.", SECTION)


def _meant(scan: Scan) -> str:
    parts = [f"currency {scan.currency or 'unknown'}", f"time zone {scan.time_zone or 'unknown'}"]
    parts += [f"attribution {scan.attribution}"] if scan.attribution else []
    parts += [f"results are {', '.join(scan.result_kinds[:3])}"] if scan.result_kinds else []
    return escape(clip(" · ".join(parts), SECTION))
