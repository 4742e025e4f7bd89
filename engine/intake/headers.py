"""The names that columns have: folding a header, the currency in it, and the table of ``headers.txt``."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

from engine.intake.currencies import currency_beside

ANY = "any"
NOT_USED = "no"  # in place of a field: a column that is known and not needed
UNDECIDED = "ask"  # in place of a field: a name that means one of several things
STAND_IN = 5  # from this rank on a column counts only where no better one is there, and a person is told
UNNAMED = 9  # a stand-in that need not be named where it is left out

_LINE = re.compile(
    r"(?P<what>[a-z_]+)(?P<sign>!?)(?: (?P<detail>\S+))? (?P<language>[a-z]{2}(?:-[A-Z]{2})?): (?P<names>.+)"
)
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss"})
_NO_LETTERS = re.compile("[^a-z0-9/%]+")
_ACCENT = re.compile("[\u0300-\u036f]")


class Meaning(NamedTuple):
    """What a name means on one platform.

    ``what`` is a ``Field``, "no" (``detail`` says why) or "ask" (``detail`` are the fields, joined by "/").
    The lower ``rank``, the sooner a column is taken where several mean one field; ``order`` is the
    place in the table, which decides between equals. A sign is written by this platform alone.
    """

    what: str
    detail: str
    rank: int
    languages: frozenset[str]
    order: int
    is_sign: bool = False


@lru_cache(maxsize=1 << 14)
def folded(name: str) -> str:
    """Fold a name to letters and digits, so that spellings of one name meet.

    "/" and "%" stay: they make a ratio of a count.
    """
    if name.isascii():
        return _NO_LETTERS.sub("", name.lower())
    text = unicodedata.normalize("NFKD", name).casefold().translate(_LETTERS)
    text = unicodedata.normalize("NFKC", _ACCENT.sub("", text))
    return "".join(letter for letter in text if letter.isalnum() or letter in "/%")


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, Meaning]]:
    """Give what names mean: by folded name, then by platform, or "any"."""
    text = Path(__file__).with_name("headers.txt").read_text(encoding="utf-8")
    found: dict[str, dict[str, Meaning]] = {}
    for platform, name, meaning in entries(text):
        meanings = found.setdefault(folded(name), {})
        before = meanings.setdefault(platform, meaning)
        if before is not meaning:
            meanings[platform] = before._replace(
                languages=before.languages | meaning.languages, is_sign=before.is_sign or meaning.is_sign
            )
    return found


def entries(text: str) -> Iterator[tuple[str, str, Meaning]]:
    """Read the table: platform, header as it is written, and meaning. ``ValueError`` names a bad line."""
    platform, order = ANY, count()
    for number, line in enumerate(text.splitlines(), 1):
        written = line.strip()
        if not written or written.startswith("#"):
            continue
        if written.startswith("["):
            platform = written.strip("[]")
            continue
        match = _LINE.fullmatch(written)
        if not match:
            raise ValueError(f"headers.txt, line {number}: {written}")
        detail = match["detail"] or ""
        rank = int(detail) if detail.isdigit() else 1
        spoken, is_sign = frozenset({match["language"]}), bool(match["sign"])
        detail = "" if detail.isdigit() else detail
        for name in match["names"].split(";"):
            yield platform, name.strip(), Meaning(match["what"], detail, rank, spoken, next(order), is_sign)


class Named(NamedTuple):
    """A header that the table knows: its folded name, its currency, and its meaning by platform."""

    name: str
    currency: str | None
    meanings: dict[str, Meaning]

    def on(self, platform: str | None) -> Meaning | None:
        """Give what it means on a platform; another platform's word counts where all others agree."""
        own = self.meanings.get(platform or "") or self.meanings.get(ANY)
        if own:
            return own
        others = sorted(self.meanings.values(), key=lambda each: (each.rank, each.order))
        agreed = {(each.what, each.detail if each.what == UNDECIDED else "") for each in others}
        return others[0] if len(agreed) == 1 else None


@lru_cache(maxsize=1 << 12)
def known(name: str) -> Named | None:
    """Look a header up, as it stands or without the currency that it names."""
    meanings = table().get(folded(name))
    if meanings:
        return Named(folded(name), None, meanings)
    for rest, currency in currency_beside(name):
        meanings = table().get(folded(rest))
        if meanings and all(_may_name_money(each) for each in meanings.values()):
            return Named(folded(rest), currency, meanings)
    return None


def is_known(name: str) -> bool:
    """Say whether a text is a header of the table; also with a currency, and however it is spelled."""
    return known(name) is not None


def names_money(name: str) -> bool:
    """Say whether money stands beside a known name: "Sales (USD)", "Sales $"."""
    return any(folded(rest) in table() for rest, _ in currency_beside(name))


def _may_name_money(meaning: Meaning) -> bool:
    return meaning.what in {"spend", "revenue", NOT_USED, UNDECIDED}
