"""Campaigns that were found by their tags, for one person's eyes."""

from bot.blocks import kit
from bot.blocks.kit import Message
from bot.blocks.voice import Voice
from engine.models.tagged import TaggedCampaigns
from engine.narrate.found import found_lines


def found(campaigns: TaggedCampaigns, voice: Voice) -> Message:
    """How many there are, then one a line."""
    first, *rest = found_lines(campaigns, voice.marked)
    blocks = [kit.section(f"*{first}*"), *([kit.section("\n".join(rest))] if rest else [])]
    return Message(found_lines(campaigns, voice.plain)[0], blocks)
