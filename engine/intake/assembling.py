"""From groups of rows to daily rows: what is read out of each key cell, and which groups cannot be taken.

Days apart, many groups have the same cells: those are read once. Rows are made when somebody takes them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import repeat
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.intake.called import within, written_alike
from engine.intake.grouped import CHUNK, Counts, Grouped, Same, distinct, same
from engine.intake.money import code_of
from engine.intake.platform_names import OTHER, platform_of
from engine.intake.total_words import says_nothing
from engine.models.daily import DailyRow
from engine.models.export import NUMBERS, Field
from engine.models.retrospective import slug

SHORTENED_ID = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")  # cut by a spreadsheet: several may meet in it
WHOLE_ID = re.compile(r"(\d+)\.0+")  # a number's id that went through a table of floats
CONVERSIONS, REACH = NUMBERS.index("conversions"), NUMBERS.index("reach")
APART: frozenset[Field | None] = frozenset(
    {"day", "week", "month", "first_day", "last_day", "time_zone", None}
)  # no part of what a row is of
# Below the campaign: there may be as many of them as groups, so that they are read column by column.
BELOW: frozenset[Field | None] = frozenset({"ad_set", "ad_set_id", "ad", "ad_id", "creative"})
AD_TEXTS = slice(DailyRow._fields.index("ad_set"), DailyRow._fields.index("creative") + 1)
A_NAME = "a campaign's name or id"
A_WHOLE_ID = "an id with all of its digits: a spreadsheet has shortened it"
Days = tuple[date, date]
Texts = tuple[str, ...]  # of a group's keys
Meaning = TypeVar("Meaning")


class Unfit(NamedTuple):
    """Why the rows of a group are not taken: the place of the key in question, its cell, and the rule."""

    place: int
    value: str
    rule: str


class Given(NamedTuple):
    """What holds for all rows in which no cell says otherwise."""

    platform: str | None
    currency: str | None
    account: str = ""
    attribution: str = ""
    is_of_cells: bool = True  # a cell's currency goes before the one here


class What(NamedTuple):
    """What the cells of groups say, days, ads and numbers apart. ``kind`` is that of their results."""

    row: DailyRow  # without days, ads and numbers
    kind: str
    is_shortened: bool

    @property
    def campaign(self) -> tuple[str, str, str]:
        return self.row.platform, self.row.account, self.row.campaign_id


class Parts(NamedTuple):
    """Groups that are taken, with what their cells mean: by group its place among that.

    ``ads`` are ad set, ad and creative.
    """

    groups: Grouped
    what_of: Counts
    whats: Sequence[What]
    ads_of: Counts
    ads: Sequence[Texts]
    days_of: Counts
    days: Sequence[Days]

    @property
    def kinds(self) -> list[DailyRow]:
        """Give a row of each kind, without days and numbers; of ads each has all that any has."""
        texts = [max(each, default="") for each in zip(*self.ads, strict=True)]
        return [
            DailyRow._make((*row[: AD_TEXTS.start], *texts, *row[AD_TEXTS.stop :])) for row, *_ in self.whats
        ]

    @property
    def shortened_ids(self) -> int:
        """Count the rows whose campaign's id was shortened."""
        is_shortened = np.array([each.is_shortened for each in self.whats], dtype=np.bool_)
        return int(self.groups.rows[is_shortened.take(self.what_of)].sum()) if self.whats else 0


class Parted(NamedTuple):
    """The groups that are taken, and the others by their places, with the reason."""

    taken: Parts
    refused: dict[int, Unfit]


def parted(groups: Grouped, keys: "Keys", days_of: Same, days: Sequence[Days | Unfit]) -> Parted:
    """Take the groups whose days and other cells can be read; of two reasons against one, days tell it."""
    alike, ads_of = groups.same(keys.above), groups.same(keys.below)
    ads = keys.ads(groups.only(ads_of.firsts))
    whats = [keys.read(each.texts) for each in groups.only(alike.firsts)]
    is_lost = _are_unfit(days).take(days_of.ids) | _are_unfit(whats).take(alike.ids)
    refused = dict[int, Unfit]()
    for place in np.flatnonzero(is_lost).tolist():
        both = days[days_of.ids[place]], whats[alike.ids[place]]
        refused[place] = next(each for each in both if isinstance(each, Unfit))
    kept = groups.only(~is_lost) if refused else groups
    of = [each.ids[~is_lost] for each in (alike, ads_of, days_of)]
    meanings = *_in_use(of[0], whats), *_in_use(of[1], ads), *_in_use(of[2], days)
    return Parted(Parts(kept, *meanings), refused)


def _are_unfit(meanings: Sequence[object]) -> NDArray[np.bool_]:
    return np.array([isinstance(each, Unfit) for each in meanings], dtype=np.bool_)


def _in_use(ids: Counts, meanings: Sequence[Meaning | Unfit]) -> tuple[Counts, list[Meaning]]:
    """Leave out meanings that no group has."""
    alike = same([ids], len(ids))
    used = (meanings[at] for at in ids[alike.firsts].tolist())
    return alike.ids, [each for each in used if not isinstance(each, Unfit)]


class Keys:
    """Reads the key cells of groups. ``fields`` are those of a group's texts, in order."""

    def __init__(self, fields: Sequence[Field | None], given: Given) -> None:
        self._places = defaultdict[str, list[int]](list)
        for place, field in enumerate(fields):
            if field:
                self._places[field].append(place)
        self._given = given
        self._known: dict[str, str] = {}
        self._platforms: dict[str, tuple[str, str]] = {}
        self._codes: dict[str, str] = {}
        self.above = [place for place, field in enumerate(fields) if field not in APART | BELOW]
        self.below = [place for place, field in enumerate(fields) if field in BELOW]
        self.has_campaigns = bool(self._places.keys() & {"campaign", "campaign_id"})

    def texts(self, cells: Texts, field: Field) -> list[str]:
        """Give what the cells of a field say; several columns may mean one."""
        found = (self._clean(cells[place]) for place in self._places.get(field, ()))
        return [text for text in found if text]

    def text(self, cells: Texts, field: Field) -> str:
        return next(iter(self.texts(cells, field)), "")

    def read(self, cells: Texts) -> What | Unfit:
        """Read a group's cells, all but its days and ads."""
        platform, placement = self._platform(cells)
        account = self.text(cells, "account_id") or self.text(cells, "account") or self._given.account
        name = self.text(cells, "campaign")
        said = self.text(cells, "campaign_id").lstrip("'`")
        is_shortened = SHORTENED_ID.fullmatch(said) is not None
        if is_shortened and not name:
            return Unfit(self._places["campaign_id"][0], said, A_WHOLE_ID)
        campaign_id = _id("" if is_shortened else said, name)
        if not campaign_id and self.has_campaigns:
            place = (self._places["campaign"] or self._places["campaign_id"])[0]
            return Unfit(place, cells[place], A_NAME)
        whole = self.text(cells, "account") or account or platform
        texts = (
            platform,
            within(account) if account else "default",
            within(campaign_id or slug(whole)),
            name or campaign_id or whole,
            *("", "", ""),  # the ad
            _joined(self.texts(cells, "audience")),
            _joined([placement, *self.texts(cells, "placement")]),
            _joined(self.texts(cells, "device")),
            _joined(self.texts(cells, "country")),
            self._currency(cells),
            self.text(cells, "objective"),
            self.text(cells, "attribution") or self._given.attribution,
        )
        row = DailyRow._make((date.min, date.min, *texts, *(None,) * len(NUMBERS)))
        return What(row, self.text(cells, "result_kind"), is_shortened=is_shortened)

    def ads(self, groups: Grouped) -> list[Texts]:
        """Read ad set, ad and creative of groups."""
        names = (self._columns(groups, "ad_set", "ad_set_id"), self._columns(groups, "ad", "ad_id"))
        columns = [[next(filter(None, cells), "") for cells in each] for each in names]
        columns.append([_joined(cells) for cells in self._columns(groups, "creative")])
        return list(zip(*columns, strict=True))

    def _columns(self, groups: Grouped, *fields: Field) -> Iterable[Texts]:
        """Give by group what its cells of some fields say; each distinct text is read once."""
        columns = []
        for place in (place for field in fields for place in self._places.get(field, ())):
            texts = [_clean(text) for text in groups.texts[place]]
            columns.append(map(texts.__getitem__, groups.codes[place].tolist()))
        return zip(*columns, strict=True) if columns else repeat((), len(groups))

    def _clean(self, cell: str) -> str:
        text = self._known.get(cell)
        if text is None:
            text = self._known[cell] = _clean(cell)
        return text

    def _platform(self, cells: Texts) -> tuple[str, str]:
        said = self.text(cells, "platform")
        if not said:
            return self._given.platform or OTHER, ""
        if said not in self._platforms:
            self._platforms[said] = platform_of(said)
        return self._platforms[said]

    def _currency(self, cells: Texts) -> str:
        said = self.text(cells, "currency") if self._given.is_of_cells else ""
        if said not in self._codes:
            self._codes[said] = code_of(said)
        return self._codes[said] or self._given.currency or ""


def _clean(cell: str) -> str:
    bare = " ".join(written_alike(cell).split())
    if says_nothing(bare):
        return ""
    return cell if bare == cell else bare  # one text is kept, not two


def _id(identifier: str, name: str) -> str:
    """The platform's id, or the normalised name where there is none."""
    whole = WHOLE_ID.fullmatch(identifier)
    return (whole[1] if whole else identifier) or (slug(name) if name else "")


def _joined(texts: Iterable[str]) -> str:
    return " · ".join(dict.fromkeys(text for text in texts if text))


class Mixed(NamedTuple):
    """Kinds of results: all of them, and the campaigns whose results are of several."""

    kinds: tuple[str, ...]
    campaigns: frozenset[tuple[str, str, str]]


def result_kinds(parts: Parts) -> Mixed:
    """Tell which kinds of results there are; 0 results are of none."""
    by_campaign = defaultdict[tuple[str, str, str], set[str]](set)
    for at in distinct(parts.what_of[parts.groups.numbers[CONVERSIONS] != 0]):
        what = parts.whats[at]
        by_campaign[what.campaign].add(what.kind)
    kinds = {kind for found in by_campaign.values() for kind in found}
    if kinds == {""}:
        return Mixed((), frozenset())
    several = frozenset(campaign for campaign, found in by_campaign.items() if len(found) > 1)
    return Mixed(tuple(sorted(kinds)), several)


def rows(parts: Parts, mixed: Mixed) -> Iterator[DailyRow]:
    """Give the rows; without results where those of a campaign are of several kinds."""
    above = [tuple(each.row[2 : AD_TEXTS.start]) for each in parts.whats]
    behind = [tuple(each.row[AD_TEXTS.stop : -len(NUMBERS)]) for each in parts.whats]
    is_mixed = np.array([each.campaign in mixed.campaigns for each in parts.whats], dtype=np.bool_)
    missing = parts.groups.missing.copy()
    missing[REACH] |= parts.groups.rows > 1  # people of several rows may be the same
    if is_mixed.any():
        missing[CONVERSIONS] |= is_mixed.take(parts.what_of)
    groups = replace(parts.groups, missing=missing)
    for start in range(0, len(groups), CHUNK):
        some = slice(start, start + CHUNK)
        days = map(parts.days.__getitem__, parts.days_of[some].tolist())
        ads, whats = map(parts.ads.__getitem__, parts.ads_of[some].tolist()), parts.what_of[some].tolist()
        cells = zip(days, whats, ads, groups.figures(some), strict=True)
        yield from (
            DailyRow._make(when + above[what] + ad + behind[what] + numbers)
            for when, what, ad, numbers in cells
        )
