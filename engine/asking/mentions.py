"""Which campaigns and platforms a question names: with or without hyphens, misspelt, or by a beginning."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from engine.asking.lexicon import known_words
from engine.models.retrospective import Retrospective, slug

MARK = "@campaign"  # stands where a campaign's name stood
PLATFORM = "@platform"
NEAR = 0.84  # how alike a misspelt name has to be
LEAST_OF_A_PART = 4  # letters of a word that may stand for a whole name
MOST_STRANGE = 5  # words that nobody knows; a text with more of them holds no misspelt name
MOST_ASKED = 60  # letters of a strange name that are held against all names
_FIGURES = frozenset(
    ("sales", "leads", "orders", "clicks", "spend", "cost", "costs", "revenue", "impressions")
)


class Known(NamedTuple):
    """A campaign that may be named: its key, its platform, how it is called, and what it is made of.

    ``inside`` are its audiences' names and its creatives' ids.
    """

    key: str
    name: str
    platform: str
    spellings: tuple[str, ...]
    inside: tuple[str, ...] = ()


class Spelling(NamedTuple):
    """One way to write a campaign's name; ``letters`` and ``pairs`` have a bit for each that is in it."""

    joined: str
    words: int
    key: str
    letters: int
    pairs: int


class KnownCampaigns(tuple[Known, ...]):
    """Every campaign that may be named, with what is looked up of them put together once.

    One question looks at the words it has, not at every name that is known.
    """

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """The spellings by what is left of them without hyphens."""
        return _by_joined(name for each in self for name in each.spellings)

    @cached_property
    def keys(self) -> dict[str, list[str]]:
        """The keys that a spelling fits, in the order of the campaigns."""
        found: dict[str, list[str]] = {}
        for each in self:
            for name in each.spellings:
                found.setdefault(name, []).append(each.key)
        return found

    @cached_property
    def of_key(self) -> dict[str, Known]:
        return {each.key: each for each in self}

    @cached_property
    def platforms(self) -> dict[str, str]:
        """What each platform is called, by its slug."""
        return {_platform_slug(each): each.platform for each in self}

    @cached_property
    def inside(self) -> dict[str, str]:
        """What each audience and creative is called, by its slug."""
        return {slug(folded(name)): name for each in self for name in each.inside}

    @cached_property
    def inside_names(self) -> dict[str, list[str]]:
        return _by_joined(name for name in self.inside if len(name) > 2)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of a name; none of them is misspelt."""
        names = (*self.keys, *self.inside, *self.platforms)
        return frozenset(word for name in names for word in name.split("-"))

    @cached_property
    def longest(self) -> int:
        return max((len(each) for each in (*self.names, *self.inside_names)), default=0)

    @cached_property
    def most_words(self) -> int:
        return max((name.count("-") + 1 for name in self.keys), default=0)

    @cached_property
    def alike(self) -> dict[tuple[str, int], list[Spelling]]:
        """The spellings by their digits, which are never a slip, and their length."""
        found: dict[tuple[str, int], list[Spelling]] = {}
        for each in self:
            for name in each.spellings:
                joined = name.replace("-", "")
                spelling = Spelling(joined, name.count("-") + 1, each.key, _letters(joined), _pairs(joined))
                found.setdefault((_digits(joined), len(joined)), []).append(spelling)
        return found


class Mentions(NamedTuple):
    """``rest`` is the question with marks in the place of names. ``rivals`` are keys that one name fits.

    ``platforms`` come in the order of the text; ``inside`` are audiences and creatives, whose names stay
    in ``rest``.
    """

    rest: str
    keys: tuple[str, ...]
    rivals: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


def known_campaigns(retrospectives: Iterable[Retrospective]) -> KnownCampaigns:
    """List each campaign once, the one with the newest window first."""
    newest: dict[str, Retrospective] = {}
    for each in sorted(retrospectives, key=lambda each: (each.last_day, each.campaign_key)):
        newest.pop(each.campaign_key, None)  # so that its place is that of its newest window
        newest[each.campaign_key] = each
    found = [
        Known(key, each.name, each.campaign.platform, _spellings(each), _inside(each))
        for key, each in newest.items()
    ]
    return KnownCampaigns(_with_numbers(list(reversed(found))))


def _with_numbers(known: Sequence[Known]) -> Iterable[Known]:
    """Let "cmp 007" stand for cmp_007_meta_summer_bootcamp, where no other campaign begins so."""
    numbers = {each.key: {_up_to_number(name) for name in each.spellings} - {""} for each in known}
    fitting = Counter(number for found in numbers.values() for number in found)
    taken = {name for each in known for name in each.spellings}
    for each in known:
        own = sorted(one for one in numbers[each.key] if fitting[one] == 1 and one not in taken)
        yield each._replace(spellings=(*each.spellings, *own))


def _up_to_number(name: str) -> str:
    """Give the beginning of a name up to its first number, if it is more than the number; or ""."""
    words = name.split("-")
    end = next((place for place, word in enumerate(words) if any(map(str.isdigit, word))), None)
    return "" if not end else "-".join(words[: end + 1])


def folded(text: str) -> str:
    """Fold case, accents and odd quotes, so that one spelling is left of each word."""
    split = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in split if not unicodedata.combining(each))
    return re.sub(r"[\x00-\x1f\x7f]", " ", re.sub("[’‘`´]", "'", plain))


def find_names(text: str, known: KnownCampaigns) -> Mentions:
    """Find every campaign that is named in full, every platform, audience and creative, in a folded text."""
    rest, fitting = _take_names(text, known)
    rest, platforms = _take_platforms(rest, known)
    keys: list[str] = []
    rivals: tuple[str, ...] = ()
    for each in fitting:
        told_apart = [one for one in each if _platform_slug(known.of_key[one]) in platforms] or each
        keys.append(told_apart[0])
        rivals = rivals or (tuple(told_apart) if len(told_apart) > 1 else ())
    named = tuple(known.platforms[each] for each in platforms)
    rest = " ".join(rest.split())
    return Mentions(rest, tuple(dict.fromkeys(keys)), rivals, named, _find_inside(text, rest, known))


def _take_names(text: str, known: KnownCampaigns) -> tuple[str, list[list[str]]]:
    """Put marks for names, the longest first; and the keys that each name fits, in the order of the text."""
    found: list[tuple[int, list[str]]] = []
    rest = text
    for spelling in sorted(_possible(text, known.names, known.longest), key=lambda each: (-len(each), each)):
        pattern = _as_written(spelling)
        if pattern.search(rest):
            place = pattern.search(text)
            found.append((place.start() if place else 0, known.keys[spelling]))
            rest = pattern.sub(f" {MARK} ", rest)
    return rest, [fitting for _, fitting in sorted(found)]


def _take_platforms(text: str, known: KnownCampaigns) -> tuple[str, tuple[str, ...]]:
    found = []
    rest = text
    for platform in sorted(known.platforms, key=lambda each: (-len(each), each)):
        pattern = _as_written(platform)
        if pattern.search(rest):
            place = pattern.search(text)
            found.append((place.start() if place else 0, platform))
            rest = pattern.sub(f" {PLATFORM} ", rest)
    return rest, tuple(platform for _, platform in sorted(found))


def _find_inside(text: str, rest: str, known: KnownCampaigns) -> tuple[str, ...]:
    """The audiences and creatives that are named; one called like a campaign is meant where it says so."""
    possible = sorted(_possible(text, known.inside_names, known.longest))
    named = [
        each
        for each in possible
        if _as_written(each, "audience").search(rest) or _said_to_be_inside(each).search(text)
    ]
    return tuple(known.inside[each] for each in named)


def _possible(text: str, names: dict[str, list[str]], longest: int) -> set[str]:
    """The names that may stand in a text: those that some of its words, joined, are."""
    words = re.findall(r"[^\W_]+", text)
    found: set[str] = set()
    for start in range(len(words)):
        joined = ""
        for word in words[start:]:
            joined += word
            if len(joined) > longest:
                break
            found.update(names.get(joined, ()))
    return found


def _by_joined(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in dict.fromkeys(names):
        found.setdefault(each.replace("-", ""), []).append(each)
    return found


def find_misspelt(
    words: Sequence[str], strange: Sequence[str], known: KnownCampaigns
) -> tuple[list[str], set[int]]:
    """Find the campaigns that strange words may be meant as: keys, best first, and the places they take.

    Some neighbours of a strange word may belong to the name: "sprng sale".
    """
    best: list[tuple[float, int, str, set[int]]] = []
    places = [index for index, each in enumerate(words) if each in strange]
    for start, end in _windows(len(words), places, known.most_words + 1):
        said = re.sub(r"[-'./&+]", "", "".join(words[start:end]))
        if "@" not in said and len(said) <= known.longest + 3:
            close = _alike(said, end - start, known)
            best += [(likeness, start - end, key, set(range(start, end))) for likeness, key in close]
    best.sort(key=lambda found: (-found[0], found[1], found[2]))
    if not best:
        return [], set()
    close_by = [found for found in best if found[0] >= best[0][0] - 0.02]
    return list(dict.fromkeys(found[2] for found in close_by)), best[0][3]


def _alike(said: str, width: int, known: KnownCampaigns) -> list[tuple[float, str]]:
    """The campaigns called nearly so, out of those of about as many words, and how alike they are."""
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(said)
    letters, pairs, digits = _letters(said), _pairs(said), _digits(said)
    found = []
    for length in range(len(said) - 3, len(said) + 4):
        for each in known.alike.get((digits, length), ()):
            if width != 1 and not each.words - 1 <= width <= each.words + 1:
                continue
            slips = (1 - NEAR) * (length + len(said))  # letters that may be without a match, in both
            if (letters ^ each.letters).bit_count() > slips:
                continue
            if (pairs & ~each.pairs).bit_count() > 2 * slips:  # one slip parts two pairs at most
                continue
            matcher.set_seq1(each.joined)
            if matcher.quick_ratio() >= NEAR and (likeness := matcher.ratio()) >= NEAR:
                found.append((likeness, each.key))
    return found


def find_parts(strange: Sequence[str], known: KnownCampaigns) -> list[str]:
    """Find the campaigns whose names hold all of these words: "spring" for spring-sale."""
    telling = {each for each in strange if len(each) >= LEAST_OF_A_PART}
    if (
        len(strange) > MOST_STRANGE
        or not telling
        or len(telling) < len(set(strange))
        or not telling <= known.words
    ):
        return []
    return [each.key for each in known if any(telling <= set(name.split("-")) for name in each.spellings)]


def nearest(asked: str, known: Sequence[Known], most: int = 3) -> list[str]:
    """Name the campaigns whose names look most like what was asked."""
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(slug(asked)[:MOST_ASKED])
    scored = [
        (max(_likeness(matcher, name) for name in each.spellings), each) for each in known if each.spellings
    ]
    close = sorted((pair for pair in scored if pair[0] >= 0.5), key=lambda pair: (-pair[0], pair[1].key))
    return list(dict.fromkeys(each.name for _, each in close))[:most]


def _likeness(matcher: "SequenceMatcher[str]", name: str) -> float:
    matcher.set_seq1(name)
    worth = matcher.real_quick_ratio() >= 0.5 and matcher.quick_ratio() >= 0.5
    return matcher.ratio() if worth else 0.0


def _windows(length: int, places: Sequence[int], most: int) -> set[tuple[int, int]]:
    """Stretches of up to ``most`` words in which at least one of the places lies."""
    return {
        (start, start + width)
        for width in range(1, most + 1)
        for place in places
        for start in range(max(place - width + 1, 0), place + 1)
        if start + width <= length
    }


def _platform_slug(each: Known) -> str:
    return slug(folded(each.platform))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _letters(text: str) -> int:
    return sum({1 << ord(each) % 64 for each in text})


def _pairs(text: str) -> int:
    return sum({1 << (31 * ord(one) + ord(other)) % 256 for one, other in pairwise(text)})


def _inside(each: Retrospective) -> tuple[str, ...]:
    campaign = each.campaign
    return (*(one.name for one in campaign.audiences), *(one.id for one in campaign.creatives))


def _spellings(each: Retrospective) -> tuple[str, ...]:
    """Its name and id as slugs; a name of one or two letters would be found everywhere."""
    found = (
        slug(folded(each.name)),
        slug(folded(each.campaign.campaign_id)),
        slug(folded(each.campaign_key)),
    )
    return tuple(dict.fromkeys(name for name in found if len(name) > 2))


@lru_cache(maxsize=10_000)
def _as_written(spelling: str, kind: str = "campaign") -> re.Pattern[str]:
    """The words of a name with anything, or nothing, between them.

    A name that is an everyday word ("sales") counts where its kind ("campaign") stands beside it.
    """
    name = _words_of(spelling)
    if spelling in known_words() or spelling in _FIGURES:
        name = rf"(?:{kind} {name}|{name} {kind})"
    return re.compile(rf"(?<![\w@-]){name}(?!\w|-\w)")


@lru_cache(maxsize=10_000)
def _said_to_be_inside(spelling: str) -> re.Pattern[str]:
    name, kinds = _words_of(spelling), "(?:audiences?|creatives?|segments?)"
    return re.compile(rf"(?<![\w@-])(?:{kinds} {name}|{name} {kinds})(?!\w|-\w)")


def _words_of(spelling: str) -> str:
    return r"[\W_]{0,3}".join(re.escape(word) for word in spelling.split("-"))
