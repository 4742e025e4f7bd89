"""Dialogs with nothing to submit: while something is looked up, and where somebody may take no part."""

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.kit import Block
from bot.blocks.mrkdwn import escape


def told_view(title: str, blocks: Sequence[Block]) -> Block:
    """Say something, such as a message says it."""
    return {
        "type": "modal",
        "title": kit.plain(title, 24),
        "close": kit.plain("Back", 24),
        "private_metadata": "{}",
        "blocks": list(blocks),
    }


def loading_view(title: str) -> Block:
    """Opened at once, so that nothing which has to be looked up lets Slack's three seconds pass."""
    return told_view(title, [kit.section("One moment…")])


def closed_view(text: str) -> Block:
    """Say why, in place of a dialog that somebody may take no part in."""
    return told_view("Not open to you", [kit.section(escape(text))])
