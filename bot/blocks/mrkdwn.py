"""Slack's marks. Whatever comes out of a file is escaped here, so that no name can act."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.blocks.limits import clip
from engine.narrate.formats import Formats
from engine.narrate.words import Plain

LONGEST_NAME = 48
# What turns the reading direction round, or breaks the line: the figures behind a name would read wrongly.
_TURNING = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"))


def straight(text: str) -> str:
    """Take out what would turn the rest of the line round; Slack shows plain text otherwise as it is."""
    return text.translate(_TURNING)


def escape(text: str) -> str:
    """Make text inert: no mention, link or broadcast survives (Slack's three control characters).

    A backtick would begin code, so it is bent.
    """
    plain = straight(text).replace("`", "ˋ")
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def word(text: str) -> str:
    """Show a name out of a file in running text: inert, and short enough to read on."""
    return escape(clip(text, LONGEST_NAME))


def is_user(identifier: str) -> bool:
    """Tell a Slack user's id from other words for who did something, such as "shell"."""
    return identifier[:1] in {"U", "W"} and identifier.isalnum()


def channel_link(channel: str) -> str:
    """Name a channel by its id; Slack shows its name to whoever may see it."""
    return f"<#{channel}>" if channel.isalnum() else escape(channel)


class Mrkdwn(NamedTuple):
    """The style of sentences in Slack."""

    formats: Formats
    zone: ZoneInfo

    def strong(self, text: str) -> str:
        return f"*{text}*"

    def name(self, text: str) -> str:
        """Show a name as code: its own marks stay letters."""
        return f"`{word(text)}`"

    def person(self, identifier: str) -> str:
        """Mention a Slack user; anything else, such as "shell", is a word."""
        return f"<@{identifier}>" if is_user(identifier) else escape(identifier)

    def moment(self, at: datetime) -> str:
        """Each reader sees their own time zone; the fallback names the team's."""
        fallback = Plain(self.formats, self.zone).moment(at)
        return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}, {{time}}|{fallback}>"
