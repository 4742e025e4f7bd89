"""Which campaigns and platforms a question names: with or without hyphens, misspelt, or by a beginning."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from engine.asking.lexicon import known_words
from engine.models.retrospective import Retrospective, slug

MARK = "@campaign"  # stands where a campaign's name stood
PLATFORM = "@platform"
NEAR = 0.84  # how alike a misspelt name has to be
LEAST_OF_A_PART = 4  # letters of a word that may stand for a whole name
_FIGURES = frozenset(
    ("sales", "leads", "orders", "clicks", "spend", "cost", "costs", "revenue", "impressions")
)


class Known(NamedTuple):
    """A campaign that may be named: its key, its platform, and how it is called."""

    key: str
    name: str
    platform: str
    spellings: tuple[str, ...]


class Mentions(NamedTuple):
    """``rest`` is the question with marks in the place of names. ``rivals`` are keys that one name fits."""

    rest: str
    keys: tuple[str, ...]
    rivals: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()


def known_campaigns(retrospectives: Iterable[Retrospective]) -> tuple[Known, ...]:
    """List each campaign once, the one with the newest window first."""
    newest: dict[str, Retrospective] = {}
    for each in sorted(retrospectives, key=lambda each: (each.last_day, each.campaign_key)):
        newest.pop(each.campaign_key, None)  # so that its place is that of its newest window
        newest[each.campaign_key] = each
    found = [Known(key, each.name, each.campaign.platform, _spellings(each)) for key, each in newest.items()]
    return tuple(reversed(found))


def folded(text: str) -> str:
    """Fold case, accents and odd quotes, so that one spelling is left of each word."""
    split = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in split if not unicodedata.combining(each))
    return re.sub(r"[\x00-\x1f\x7f]", " ", re.sub("[’‘`´]", "'", plain))


def find_names(text: str, known: Sequence[Known]) -> Mentions:
    """Find every campaign that is named in full, and every platform, in a folded text."""
    rest, fitting = _take_names(text, known)
    rest, platforms = _take_platforms(rest, known)
    keys: list[str] = []
    rivals: tuple[str, ...] = ()
    for each in fitting:
        told_apart = [one for one in each if slug(_platform_of(one, known)) in platforms] or each
        keys.append(told_apart[0])
        rivals = rivals or (tuple(told_apart) if len(told_apart) > 1 else ())
    return Mentions(" ".join(rest.split()), tuple(dict.fromkeys(keys)), rivals, platforms)


def _take_names(text: str, known: Sequence[Known]) -> tuple[str, list[list[str]]]:
    """Put marks for names, the longest first; and the keys that each name fits, in the order of the text."""
    found: list[tuple[int, list[str]]] = []
    rest = text
    for spelling in sorted({name for each in known for name in each.spellings}, key=len, reverse=True):
        pattern = _as_written(spelling)
        if pattern.search(rest):
            place = pattern.search(text)
            fitting = [each.key for each in known if spelling in each.spellings]
            found.append((place.start() if place else 0, fitting))
            rest = pattern.sub(f" {MARK} ", rest)
    return rest, [fitting for _, fitting in sorted(found)]


def _take_platforms(text: str, known: Sequence[Known]) -> tuple[str, tuple[str, ...]]:
    found = []
    for platform in sorted({slug(each.platform) for each in known}, key=len, reverse=True):
        pattern = _as_written(platform)
        if pattern.search(text):
            found.append(platform)
            text = pattern.sub(f" {PLATFORM} ", text)
    return text, tuple(found)


def _platform_of(key: str, known: Sequence[Known]) -> str:
    return next(each.platform for each in known if each.key == key)


def find_misspelt(
    words: Sequence[str], strange: Sequence[str], known: Sequence[Known]
) -> tuple[list[str], set[int]]:
    """Find the campaigns that strange words may be meant as: keys, best first, and the places they take.

    Some neighbours of a strange word may belong to the name: "sprng sale".
    """
    best: list[tuple[float, int, str, set[int]]] = []
    places = [index for index, each in enumerate(words) if each in strange]
    for each in known:
        for spelling in each.spellings:
            wanted = spelling.replace("-", "")
            for start, end in _windows(len(words), places, spelling.count("-") + 1):
                said = re.sub(r"[-'./&+]", "", "".join(words[start:end]))
                if abs(len(said) - len(wanted)) > 3 or "@" in said or _digits(said) != _digits(wanted):
                    continue  # a year or a number is never a slip
                likeness = SequenceMatcher(None, said, wanted, autojunk=False).ratio()
                if likeness >= NEAR:
                    best.append((likeness, start - end, each.key, set(range(start, end))))
    best.sort(key=lambda found: (-found[0], found[1], found[2]))
    if not best:
        return [], set()
    close = [found for found in best if found[0] >= best[0][0] - 0.02]
    return list(dict.fromkeys(found[2] for found in close)), best[0][3]


def find_parts(strange: Sequence[str], known: Sequence[Known]) -> list[str]:
    """Find the campaigns whose names hold all of these words: "spring" for spring-sale."""
    telling = [each for each in strange if len(each) >= LEAST_OF_A_PART]
    if not telling or len(telling) < len(strange):
        return []
    return [
        each.key for each in known if any(set(telling) <= set(name.split("-")) for name in each.spellings)
    ]


def nearest(asked: str, known: Sequence[Known], most: int = 3) -> list[str]:
    """Name the campaigns whose names look most like what was asked."""
    wanted = slug(asked)
    scored = [
        (max(SequenceMatcher(None, wanted, name, autojunk=False).ratio() for name in each.spellings), each)
        for each in known
    ]
    close = sorted((pair for pair in scored if pair[0] >= 0.5), key=lambda pair: (-pair[0], pair[1].key))
    return list(dict.fromkeys(each.name for _, each in close))[:most]


def _windows(length: int, places: Sequence[int], size: int) -> set[tuple[int, int]]:
    """Stretches of about ``size`` words, or one that joins them, in which at least one of the places lies."""
    return {
        (start, start + width)
        for width in {1, max(size - 1, 1), size, size + 1}
        for place in places
        for start in range(max(place - width + 1, 0), place + 1)
        if start + width <= length
    }


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _spellings(each: Retrospective) -> tuple[str, ...]:
    """Its name and id as slugs; a name of one or two letters would be found everywhere."""
    found = (
        slug(folded(each.name)),
        slug(folded(each.campaign.campaign_id)),
        slug(folded(each.campaign_key)),
    )
    return tuple(dict.fromkeys(name for name in found if len(name) > 2))


@lru_cache(maxsize=10_000)
def _as_written(spelling: str) -> re.Pattern[str]:
    """The words of a name with anything, or nothing, between them.

    A name that is an everyday word ("sales") counts where "campaign" stands beside it.
    """
    name = r"[\W_]{0,3}".join(re.escape(word) for word in spelling.split("-"))
    if spelling in known_words() or spelling in _FIGURES:
        name = rf"(?:campaign {name}|{name} campaign)"
    return re.compile(rf"(?<![\w@-]){name}(?!\w|-\w)")
