"""The two ways of saying the same: with Slack's marks in blocks, plainly in push notices."""

from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from bot.blocks.mrkdwn import Mrkdwn
from engine.narrate.formats import Formats
from engine.narrate.words import Plain, Words


class Voice(Protocol):
    """How Marko speaks now; whoever holds one asks it each time, since settings may change."""

    @property
    def marked(self) -> Words: ...

    @property
    def plain(self) -> Words: ...


class FixedVoice(NamedTuple):
    """A voice that stays as it is."""

    marked: Words
    plain: Words


def voice(formats: Formats, zone: ZoneInfo) -> FixedVoice:
    return FixedVoice(Words(formats, Mrkdwn(formats, zone)), Words(formats, Plain(formats, zone)))
