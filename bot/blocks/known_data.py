"""``/marko data``: what is known out of exports, by platform and account, and how fresh it is."""

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, SECTION, clip
from bot.blocks.mrkdwn import escape
from bot.blocks.voice import Voice
from engine.models.export import SourceState
from engine.narrate import sources
from engine.narrate.words import Words

MOST = 10
NOTHING = "No rows yet. Drop an export (CSV or XLSX) into a channel where I am, and I read it."
WAY_OUT = "To bring one up to date, drop its newer export: days that I have are replaced, never added twice."


def known_data(found: Sequence[SourceState], voice: Voice) -> Message:
    """First which sources are late, then each of them, the freshest first."""
    if not found:
        return Message(NOTHING, [kit.section(NOTHING)])
    words = voice.marked
    blocks = [kit.section(clip(f"*{sources.verdict(found, words)}*", SECTION))]
    for each in found[:MOST]:
        blocks += _source(each, words)
    if len(found) > MOST:
        more = words.formats.number(len(found) - MOST)
        blocks.append(kit.context(f"and {more} more: `marko data` in a shell lists all"))
    blocks.append(kit.context(WAY_OUT))
    return Message(clip(escape(sources.verdict(found, voice.plain)), FALLBACK), blocks)


def _source(state: SourceState, words: Words) -> list[Block]:
    head = f"*{sources.named(state, words)}*: {sources.fresh(state, words)}"
    told = f"{head}\n{sources.holds(state, words)}"
    return [kit.section(clip(told, SECTION)), kit.context(clip(sources.last_import(state, words), SECTION))]
