"""A digest before it is one: for one person's eyes, marked as such, and nothing in it decides."""

from bot.blocks import kit
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, clip


def preview(drawn: Message, channel: str | None) -> Message:
    """Mark a drawn digest as a preview; of its buttons, only those that open a link stay."""
    whose = f" for <#{channel}>" if channel else ""
    mark = kit.context(f"*Preview of the digest{whose}*, as it would be now. Nothing was posted there.")
    blocks = [kept for block in drawn.blocks if (kept := _without_decisions(block))]
    return Message(clip(f"Preview: {drawn.text}", FALLBACK), [mark, *blocks])


def _without_decisions(block: Block) -> Block | None:
    if block["type"] == "context_actions":
        return None
    if block["type"] != "actions":
        return {name: part for name, part in block.items() if name != "accessory" or part.get("url")}
    links = [each for each in block["elements"] if each.get("url")]
    return block | {"elements": links} if links else None
