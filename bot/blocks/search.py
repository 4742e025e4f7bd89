"""The dialog that asks what to look for among the learnings."""

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block


def search_view() -> Block:
    about = kit.text_input(ids.VALUE, "About", hint="In your own words, such as students or short videos.")
    blocks = [about, kit.context("What is found stands on Home, in place of the latest.")]
    return kit.modal(ids.LEARNINGS_VIEW, "Learnings", "Search", blocks, private="{}")
