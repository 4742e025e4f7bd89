"""Names that may be one campaign: one letter lost or changed, words joined or parted. Pure; people confirm.

A number, a version, a date or a short code that differs is a difference ("Q1" and "Q2", "set a" and "set b",
"de" and "dk"), and so is every letter where both campaigns have ids of the platform: those are its own word.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from engine.models.daily import RowCampaign
from engine.models.export import Alike
from engine.models.retrospective import Titled, slug

SHORTEST = 6  # letters of a name of which one may be lost
SHORTEST_WORD = 5  # letters of a word in which one may be another; shorter ones are often codes
SHORTEST_CODE = 2  # letters of "de" and "v2", of which each one counts
RARE = 0.1  # of the rows of the right spelling: as many a wrong one has at most, where the word is short
_NUMBER = re.compile(r"\d+")
_AND = re.compile(r"[&+]")


class Named(NamedTuple):
    """One campaign by its key: its slug, whether the platform gave it an id, and how many rows it has."""

    key: str
    name: str
    slug: str
    has_id: bool
    rows: int

    @property
    def scope(self) -> str:
        """Platform and account, within which names are compared."""
        return "/".join(self.key.split("/", 2)[:2])


def named(campaign: RowCampaign) -> Named:
    names = campaign.names or (campaign.name,)
    has_id = campaign.campaign_id not in {slug(name) for name in names}
    telling = next((name for name in reversed(names) if _AND.search(name)), campaign.name)
    return Named(campaign.campaign_key, campaign.name, _slug(telling), has_id, campaign.rows)


def alike(fresh: Collection[str], every: Iterable[Named], apart: Collection[frozenset[str]]) -> list[Alike]:
    """Group names that may be one campaign, around the one with the most rows.

    Only groups with one of the ``fresh`` keys are told; ``apart`` are pairs that a person called two.
    """
    groups: dict[str, list[Named]] = {}
    mains = _Mains()
    for each in sorted(every, key=lambda each: (-each.rows, each.key)):
        near = (known for known in mains.near(each) if frozenset({known.key, each.key}) not in apart)
        main = next(near, None)
        if main is None:
            mains.add(each)
        else:
            groups.setdefault(main.key, [main]).append(each)
    told = [group for group in groups.values() if any(each.key in fresh for each in group)]
    return [
        Alike(main=main.key, name=main.name, others={each.key: each.name for each in others})
        for main, *others in told
    ]


def retold(
    fresh: Mapping[str, RowCampaign], titles: Iterable[Titled], apart: Collection[frozenset[str]]
) -> dict[str, dict[str, str]]:
    """Find retrospectives that campaigns of rows may be: by campaign key the others' keys and names."""
    by_slug: dict[str, dict[str, Titled]] = {}
    for title in titles:
        for text in {slug(title.name), slug(title.campaign_id)}:
            by_slug.setdefault(text, {})[title.campaign_key] = title
    found: dict[str, dict[str, str]] = {}
    for key, campaign in fresh.items():
        texts = {slug(name) for name in (*campaign.names, campaign.name, campaign.campaign_id)}
        for other in (each for text in sorted(texts) for each in by_slug.get(text, {}).items()):
            if _may_be(campaign, key, *other) and frozenset({key, other[0]}) not in apart:
                found.setdefault(key, {})[other[0]] = other[1].name
    return found


def differ_by_a_letter(one: str, other: str, *, rare: bool = False) -> bool:
    """Say whether two slugs are one name but for a letter, or for where its words end.

    ``rare`` says that one of them is much rarer, so that a letter may be lost in a short word too.
    """
    if _NUMBER.findall(one) != _NUMBER.findall(other) or min(map(_letters, (one, other))) < SHORTEST - 1:
        return False
    if one.replace("-", "") == other.replace("-", ""):
        return True
    lost = _lost(one, other, rare=rare) or _lost(other, one, rare=rare)
    return lost or (rare and _another(one, other))


class _Mains:
    """Names found so far, by everything that is left of them without one letter."""

    def __init__(self) -> None:
        self._by_rest: dict[tuple[str, str], list[Named]] = {}

    def add(self, named: Named) -> None:
        for rest in _rests(named.slug):
            self._by_rest.setdefault((named.scope, rest), []).append(named)

    def near(self, named: Named) -> list[Named]:
        """Give those that may be this one, those with the most rows first."""
        places = ((named.scope, rest) for rest in _rests(named.slug))
        near = {known.key: known for place in places for known in self._by_rest.get(place, ())}
        return sorted(
            (each for each in near.values() if _may_be_one(each, named)),
            key=lambda each: (each.slug != named.slug, -each.rows, each.key),
        )


def _slug(name: str) -> str:
    return slug(_AND.sub(" and ", name))


def _rests(text: str) -> set[str]:
    bare = text.replace("-", "")
    return {bare, *(bare[:place] + bare[place + 1 :] for place in range(len(bare)))}


def _may_be_one(main: Named, other: Named) -> bool:
    if main.has_id and other.has_id:
        return False
    if main.slug == other.slug:
        return True
    rare = other.rows <= main.rows * RARE
    return not (main.has_id or other.has_id) and differ_by_a_letter(main.slug, other.slug, rare=rare)


def _letters(text: str) -> int:
    return sum(each.isalpha() for each in text)


def _words(text: str) -> Sequence[str]:
    return text.split("-")


def _lost(whole: str, rest: str, *, rare: bool) -> bool:
    """Whether one letter of ``whole`` is missing in ``rest``, or a gap stands in its place."""
    for place, letter in enumerate(whole):
        if letter.isalpha() and rest in {
            whole[:place] + whole[place + 1 :],
            (whole[:place] + "-" + whole[place + 1 :]).strip("-"),
        }:
            word = len(_word_at(whole, place))
            return word >= SHORTEST_WORD or (rare and word > SHORTEST_CODE)
    return False


def _another(one: str, other: str) -> bool:
    """Whether one letter is another one, in a word that is no code."""
    if len(one) != len(other):
        return False
    places = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    if len(places) != 1 or not (one[places[0]].isalpha() and other[places[0]].isalpha()):
        return False
    return len(_word_at(one, places[0])) >= SHORTEST_WORD


def _word_at(text: str, place: int) -> str:
    return text[text.rfind("-", 0, place) + 1 :].partition("-")[0]


def _may_be(campaign: RowCampaign, key: str, other_key: str, title: Titled) -> bool:
    if key == other_key:
        return False
    ours, theirs = _words(slug(campaign.platform)), _words(slug(title.platform))
    return ours[0] == theirs[0]
