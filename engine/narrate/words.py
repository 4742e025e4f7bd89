"""Who reads: a shell, a file or Slack. The sentences are the same; marks and names differ."""

from datetime import datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from engine.narrate.formats import SPACE, Formats


class Style(Protocol):
    """How a medium marks what is strong, a name out of a file, a person and a moment."""

    def strong(self, text: str) -> str: ...

    def name(self, text: str) -> str: ...

    def person(self, identifier: str) -> str: ...

    def moment(self, at: datetime) -> str: ...


class Plain(NamedTuple):
    """Text without marks, for the shell, files and push notices. Names stand as they are."""

    formats: Formats
    zone: ZoneInfo

    def strong(self, text: str) -> str:
        return text

    def name(self, text: str) -> str:
        return text

    def person(self, identifier: str) -> str:
        return identifier

    def moment(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return f"{self.formats.day(local.date())}{SPACE}{local:%H:%M}{SPACE}{local.tzname()}"


class Words(NamedTuple):
    """Everything a sentence needs beside its figures."""

    formats: Formats
    style: Style
