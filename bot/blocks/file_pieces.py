"""Pieces that every state of an import's card has: its file, what its buttons carry, its push notice."""

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, SECTION, clip, read_length
from bot.blocks.mrkdwn import escape
from engine.models.export import Scan
from engine.models.file_import import FileImport
from engine.narrate import exported as said
from engine.narrate.words import Words

_MARKS = re.compile(r"(?<!\w)[*_~]")  # where Slack would begin bold, italic or struck text


class Pressed(NamedTuple):
    """What a button of this card carries: the import, and where it answers something, the answer."""

    identifier: str
    answer: str = ""

    def packed(self) -> str:
        return json.dumps([self.identifier, self.answer])

    @classmethod
    def unpacked(cls, value: str) -> "Pressed":
        identifier, answer = json.loads(value)
        return cls(str(identifier), str(answer))


def of_file(found: FileImport, words: Words) -> str:
    """The file, where its rows come from, and what people said about it."""
    origin = said.origin(found.scan) if found.scan else ""
    parts = [name_of(found), *([clip(escape(origin), 200)] if origin else [])]
    answered = said.answered(found.hints, words)
    return " · ".join(parts) + (f"\n{clip(answered, 400)}" if answered else "")


def scan_of(found: FileImport) -> Scan:
    if found.scan is None:
        raise LookupError(found.id)
    return found.scan


def packed_lines(lines: Sequence[str]) -> list[str]:
    """As few texts as our limit for a section allows, each of whole lines."""
    texts: list[str] = []
    for line in lines:
        if texts and read_length(f"{texts[-1]}\n{line}") <= SECTION:
            texts[-1] = f"{texts[-1]}\n{line}"
        else:
            texts.append(line)
    return texts


def name_of(found: FileImport) -> str:
    return f"`{escape(clip(found.file, 80))}`"


def file_message(found: FileImport, told: str, blocks: list[Block]) -> Message:
    """The message with its push notice: the file, and ``told`` in plain words, made inert here."""
    named = clip(found.file, 40)
    plain = told if found.file in told else f"{named}: {told}"
    return Message(clip(escape(plain.replace("`", "").replace("*", "")), FALLBACK), blocks)


def cell(text: str, longest: int = 60) -> str:
    """What stands in a file, inert; in backticks where Slack would take something of it for its marks."""
    shown = escape(clip(" ".join(text.split()), longest))
    return f"`{shown}`" if _MARKS.search(shown) else shown


def as_it_is(text: str, longest: int = 60) -> str:
    """The same for plain text, which is made inert as a whole."""
    return clip(" ".join(text.split()), longest)
