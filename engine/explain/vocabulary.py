"""Words of a text as a search needs them: folded, stemmed, and with the meanings they share.

The meanings are ``synonyms.txt``, a reviewed list of what marketers use for one another; what tells
nothing apart is ``common_words.txt``.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

LONGEST_TEXT = 20_000  # characters; more than any campaign says, and a bound on what a search may cost
LONGEST_WORD = 40
LONGEST_PHRASE = 4  # words
_WORD = re.compile(r"[^\W_]+")
# Endings, longest first: what is taken off, what stands there instead, and how much has to remain.
_ENDINGS = (
    ("ization", "ize", 3), ("isation", "ize", 3), ("ational", "ate", 3), ("fulness", "ful", 3),
    ("ements", "", 4), ("ations", "ate", 3), ("ement", "", 4), ("ation", "ate", 3), ("ments", "", 4),
    ("ness", "", 3), ("ment", "", 4), ("ings", "", 3), ("iest", "y", 3), ("ies", "y", 2), ("ied", "y", 2),
    ("ers", "", 3), ("ing", "", 3), ("est", "", 4), ("sses", "ss", 2), ("xes", "x", 2), ("ches", "ch", 2),
    ("shes", "sh", 2), ("ed", "", 3), ("er", "", 3), ("ly", "", 3), ("'s", "", 2), ("s", "", 3),
)  # fmt: skip


class Word(NamedTuple):
    """One word of a text: as it was folded, and its stem."""

    text: str
    stem: str


class Meaning(NamedTuple):
    """A line of the list that a text touches, with the words that did."""

    name: str
    words: tuple[str, ...]


@lru_cache(maxsize=4_096)
def words_of(text: str) -> tuple[Word, ...]:
    """List the words of a text in any language, in their order, common ones included.

    Case and accents are folded, numbers are words. Text beyond ``LONGEST_TEXT`` is not read.
    """
    split = unicodedata.normalize("NFKD", text[:LONGEST_TEXT].casefold())
    folded = "".join(each for each in split if not unicodedata.combining(each))
    found = (each[:LONGEST_WORD] for each in _WORD.findall(folded.replace("'", "").replace("’", "")))
    return tuple(Word(each, stem(each)) for each in found)


def telling(words: Sequence[Word]) -> list[Word]:
    """Leave out the words that stand in every question and every campaign."""
    return [each for each in words if each.text not in _common()]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Take off an English ending, lightly; other languages lose a plural or case ending at most."""
    if len(word) < 4 or not word.isalpha():
        return word
    # Twice, so that registers meets register; a second plain "s" would belong to the root.
    return _tidy(_cut(_cut(word, _ENDINGS), _ENDINGS[:-1]))


def _cut(word: str, endings: Sequence[tuple[str, str, int]]) -> str:
    for ending, instead, least in endings:
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith("ss"):
            return word[: -len(ending)] + instead
    return word


def _tidy(root: str) -> str:
    """Meet "shop" and "shopp(ing)", "book" and "booke": no doubled last consonant, no last vowel e."""
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "aeiouls":
        return root[:-1]
    if len(root) > 3 and root.endswith("e"):
        return root[:-1]
    return root[:-1] + "i" if len(root) > 3 and root.endswith("y") else root


def meanings(words: Sequence[Word]) -> list[Meaning]:
    """Find the meanings that a text touches, by word and by phrase, sorted by name."""
    table, found = _table(), dict[str, list[str]]()
    for phrase, text in _phrases(words):
        for name in table.get(phrase, ()):
            found.setdefault(name, []).append(text)
    return [Meaning(name, tuple(dict.fromkeys(found[name]))) for name in sorted(found)]


def _phrases(words: Sequence[Word]) -> Iterator[tuple[tuple[str, ...], str]]:
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST_PHRASE, len(words)) + 1):
            some = words[start:end]
            yield tuple(each.stem for each in some), " ".join(each.text for each in some)


@cache
def listed(name: str) -> str:
    """Read one of our lists of words: ``synonyms.txt`` or ``common_words.txt``."""
    return resources.files("engine.explain").joinpath(name).read_text(encoding="utf-8")


@cache
def _common() -> frozenset[str]:
    return frozenset(listed("common_words.txt").split())


@cache
def _table() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Phrases by their stems, each with the meanings it belongs to."""
    table: dict[tuple[str, ...], list[str]] = {}
    for line in listed("synonyms.txt").splitlines():
        if not line or line.startswith("#"):
            continue
        name, words = line.split(":", 1)
        for phrase in words.split(","):
            key = tuple(each.stem for each in words_of(phrase))
            names = table.setdefault(key, [])
            if name not in names:
                names.append(name)
    return {phrase: tuple(names) for phrase, names in table.items()}
