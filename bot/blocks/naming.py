"""Saying who somebody is without a mention: a mention in a new message pings, a name does not."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from bot.blocks.limits import clip
from bot.blocks.mrkdwn import LONGEST_NAME, is_user, straight, word
from bot.blocks.voice import FixedVoice, Voice
from engine.narrate.words import Style, Words

NameOf = Callable[[str], str]
"""From a Slack user id to what people call them; "" where it is not known."""
SOMEBODY = "somebody"


def naming(voice: Voice, name_of: NameOf) -> FixedVoice:
    """A voice that says people's names, wherever the other one mentions them."""
    return FixedVoice(
        marked=_with_names(voice.marked, name_of, word), plain=_with_names(voice.plain, name_of, _short)
    )


class _Named(NamedTuple):
    """A style with another way to say who somebody is; names are data, so ``shown`` makes them inert."""

    style: Style
    name_of: NameOf
    shown: Callable[[str], str]

    def strong(self, text: str) -> str:
        return self.style.strong(text)

    def name(self, text: str) -> str:
        return self.style.name(text)

    def person(self, identifier: str) -> str:
        if not is_user(identifier):
            return self.style.person(identifier)
        return self.shown(" ".join(self.name_of(identifier).split())) or SOMEBODY

    def moment(self, at: datetime) -> str:
        return self.style.moment(at)


def _with_names(words: Words, name_of: NameOf, shown: Callable[[str], str]) -> Words:
    return words._replace(style=_Named(words.style, name_of, shown))


def _short(name: str) -> str:
    return clip(straight(name), LONGEST_NAME)
