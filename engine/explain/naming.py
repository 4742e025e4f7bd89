"""What parts of names mean: ``US_Prospecting_Video_2024-03`` says country, funnel, creative type and month.

Learned from the names themselves and a reviewed list (``naming.txt``): which character separates, and which
place holds what. What nobody can know is asked, not guessed.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from engine.measure.interval import wilson
from engine.models.retrospective import slug

SEPARATORS = ("_", "|", " - ", "/", "-", ".", " ")
FEWEST_NAMES = 3  # that have a part in a place, before the place means anything
SURE_OF_A_PLACE = 0.5  # lower end of the share of known parts that say the same dimension
LEVEL = 0.8
MOST_ASKED = 5
_MONTH = re.compile(r"(?<!\d)(20\d\d)[-_./]?(0[1-9]|1[0-2])(?:[-_./]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)")
_QUARTER = re.compile(r"(?i)(20\d\d)?q([1-4])(20\d\d|\d\d)?")
_AGES = re.compile(r"(?<!\d)(1[38]|[2-6]\d)\s?[-–]\s?([2-6]\d)\+?(?!\d)")
_HELD = "\0"


class Part(NamedTuple):
    """One meaning of a name: "creative_type", "video", and how sure it is, 0 to 1."""

    dimension: str
    value: str
    certainty: float

    @property
    def tag(self) -> str:
        return f"{self.dimension}:{self.value}"


class Convention(NamedTuple):
    """How names are built: their separator ("" where there is none), what each place means (``None`` where
    nobody knows) with how sure that is, and the parts that are used often and mean nothing to us."""

    separator: str
    places: tuple[tuple[str, float] | None, ...]
    unknown: tuple[str, ...]


def learned(names: Sequence[str]) -> Convention:
    """Learn from names how they are built; their order does not matter, and each counts once."""
    every = sorted(set(names))
    separator = max(SEPARATORS, key=lambda each: _known_parts(every, each), default="")
    if not _known_parts(every, separator):
        return Convention("", (), ())
    rows = [parts for each in every if len(parts := _split(each, separator)) > 1]
    longest = max(map(len, rows), default=0)
    columns = [[row[place] for row in rows if len(row) > place] for place in range(longest)]
    places = tuple(_meaning(column) for column in columns)
    return Convention(separator, places, _unknown(columns, places))


def parts(name: str, convention: Convention) -> tuple[Part, ...]:
    """Say what a name says: what the list knows, and what stands where others of a kind stand."""
    found: dict[str, Part] = {}
    pieces = _split(name, convention.separator) if convention.separator else [name]
    for place, text in enumerate(pieces):
        meaning = convention.places[place] if place < len(convention.places) else None
        part = _part(text, meaning)
        if part and part.certainty > found.get(part.dimension, part._replace(certainty=0.0)).certainty:
            found[part.dimension] = part
    return tuple(sorted(found.values()))


def _part(text: str, meaning: tuple[str, float] | None) -> Part | None:
    known = known_part(text)
    if known is not None:
        agrees = meaning is None or meaning[0] == known[0]
        return Part(*known, 1.0 if agrees else 0.8)
    if meaning is None or meaning[0] in {"month", "age"} or not slug(text).replace("-", "").isalnum():
        return None
    return Part(meaning[0], slug(text), round(meaning[1], 2))


def known_part(text: str) -> tuple[str, str] | None:
    """Look a part up: dimension and value, or ``None`` where the list does not know it."""
    plain = text.replace(_HELD, "-").strip()
    if month := _MONTH.fullmatch(plain):
        return "month", f"{month[1]}-{month[2]}"
    if ages := _AGES.fullmatch(plain):
        return "age", f"{ages[1]}-{ages[2]}"
    if (quarter := _QUARTER.fullmatch(plain)) and plain.casefold().startswith(("q", "2")):
        year = quarter[1] or quarter[3]
        return "quarter", f"{year}-q{quarter[2]}" if year else f"q{quarter[2]}"
    return _list().get(slug(plain))


def _known_parts(names: Sequence[str], separator: str) -> int:
    """How many parts of these names the list knows, when they are separated so."""
    rows = [_split(each, separator) for each in names]
    return sum(known_part(text) is not None for row in rows if len(row) > 1 for text in row)


def _split(name: str, separator: str) -> list[str]:
    """Take a name apart; a date or an age keeps its own hyphens."""
    held = _AGES.sub(lambda found: f"{found[1]}{_HELD}{found[2]}", name)
    held = _MONTH.sub(lambda found: re.sub(r"[-_./]", _HELD, found[0]), held)
    return [text.strip() for text in held.split(separator) if text.strip()]


def _meaning(column: Sequence[str]) -> tuple[str, float] | None:
    """Which dimension a place holds: that of most known parts, where the lower end of its share is enough."""
    if len(column) < FEWEST_NAMES:
        return None
    known = [found[0] for text in column if (found := known_part(text))]
    if not known:
        return None
    dimension, often = max(sorted(Counter(known).items()), key=lambda each: each[1])
    low = wilson(often, len(column), LEVEL).low or 0.0
    return (dimension, low) if low >= SURE_OF_A_PLACE else None


def _unknown(columns: Sequence[Sequence[str]], places: Sequence[tuple[str, float] | None]) -> tuple[str, ...]:
    """Parts that come back, so that they mean something, in places of which nobody knows what they hold."""
    often: Counter[str] = Counter()
    for column, meaning in zip(columns, places, strict=True):
        if meaning is None and len(set(column)) <= len(column) / 2:
            often.update(text.replace(_HELD, "-") for text in column if known_part(text) is None)
    asked = [text for text, times in often.items() if times >= FEWEST_NAMES and not text.isdigit()]
    return tuple(sorted(asked, key=lambda text: (-often[text], text))[:MOST_ASKED])


@cache
def _list() -> dict[str, tuple[str, str]]:
    lines = resources.files("engine.explain").joinpath("naming.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, tuple[str, str]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            meaning, spelled = line.split(":", 1)
            dimension, value = meaning.split()
            for text in spelled.split(","):
                found[slug(text)] = (dimension, value)
    return found
