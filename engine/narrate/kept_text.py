"""Text that is kept before it is known who reads it: names, people, moments and commands stay marked.

The marks are control characters, which no name may hold. ``told`` puts a medium's own marks in their place.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from engine.narrate.words import Style, Words

_OPEN, _CLOSE = "\x02", "\x03"
_MARKED = re.compile(f"{_OPEN}(.)([^{_CLOSE}]*){_CLOSE}")


def kept_words(words: Words, year: int) -> Words:
    """The team's formats with marks that are kept; ``year`` is the one that need not be said."""
    return Words(replace(words.formats, year=year), Kept())


class Kept:
    """The style of sentences that are kept."""

    def strong(self, text: str) -> str:
        return _mark("s", text)

    def name(self, text: str) -> str:
        return _mark("n", text)

    def person(self, identifier: str) -> str:
        return _mark("p", identifier)

    def moment(self, at: datetime) -> str:
        return _mark("m", at.isoformat())


def command(text: str) -> str:
    """Mark what a person may type."""
    return _mark("c", text)


def told(
    text: str, style: Style, *, typed: Callable[[str], str] = str, rest: Callable[[str], str] = str
) -> str:
    """Say a kept text to a reader; ``typed`` shows a command, ``rest`` what stands between the marks."""
    show: dict[str, Callable[[str], str]] = {
        "s": lambda each: style.strong(rest(each)),
        "n": style.name,
        "p": style.person,
        "m": lambda each: style.moment(datetime.fromisoformat(each)),
        "c": typed,
    }
    parts = _MARKED.split(text)
    said = [rest(parts[0])]
    for kind, marked, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        said += [show[kind](marked), rest(after)]
    return "".join(said)


def _mark(kind: str, text: str) -> str:
    return f"{_OPEN}{kind}{re.sub(f'[{_OPEN}{_CLOSE}]', '', text)}{_CLOSE}"
