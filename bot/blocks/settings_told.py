"""What the other approvers are told when somebody loosened what protects the account."""

from bot.blocks import kit
from bot.blocks.kit import Message
from bot.blocks.settings_view import change_lines
from bot.blocks.voice import Voice
from engine.models.preference import SettingsTold


def settings_told(told: SettingsTold, voice: Voice) -> Message:
    """Who changed what, from what to what, and the way to change it back."""
    words, plain = voice.marked, voice.plain
    head = f"Settings changed by {words.style.person(told.by)}, {words.style.moment(told.at)}:"
    lines = "\n".join(change_lines(told.changes, words))
    return Message(
        f"Settings changed by {plain.style.person(told.by)}, {plain.style.moment(told.at)}",
        [kit.section(f"{head}\n{lines}"), kit.context("They hold already. `/marko settings` changes them.")],
    )
