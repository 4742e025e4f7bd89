"""The two ways of saying the same: with Slack's marks in blocks, plainly in push notices."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.blocks.mrkdwn import Mrkdwn
from engine.narrate.formats import Formats
from engine.narrate.words import Plain, Words


class Voice(NamedTuple):
    marked: Words
    plain: Words


def voice(formats: Formats, zone: ZoneInfo) -> Voice:
    return Voice(Words(formats, Mrkdwn(formats, zone)), Words(formats, Plain(formats, zone)))
