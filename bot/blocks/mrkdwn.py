"""Slack's marks. Whatever comes out of a file is escaped here, so that no name can act."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.narrate.formats import Formats
from engine.narrate.words import Plain


def escape(text: str) -> str:
    """Make text inert: no mention, link or broadcast survives (Slack's three control characters)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Mrkdwn(NamedTuple):
    """The style of sentences in Slack."""

    formats: Formats
    zone: ZoneInfo

    def strong(self, text: str) -> str:
        return f"*{text}*"

    def name(self, text: str) -> str:
        """Show a name as code: its own marks stay letters. A backtick cannot stand inside, so it is bent."""
        return f"`{escape(text).replace('`', 'ˋ')}`"

    def person(self, identifier: str) -> str:
        """Mention a Slack user; anything else, such as "shell", is a word."""
        known = identifier[:1] in {"U", "W"} and identifier.isalnum()
        return f"<@{identifier}>" if known else escape(identifier)

    def moment(self, at: datetime) -> str:
        """Each reader sees their own time zone; the fallback names the team's."""
        fallback = Plain(self.formats, self.zone).moment(at)
        return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}, {{time}}|{fallback}>"
