"""From groups of rows to daily rows: what is read out of each key cell, and which groups cannot be taken."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from engine.intake.money import code_of
from engine.intake.platform_names import OTHER, platform_of
from engine.intake.total_rows import Group
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
A_NAME = "a campaign's name or id"
Days = tuple[date, date]


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


class Part(NamedTuple):
    """A group that is taken, with what its cells mean. ``kind`` is that of its results."""

    group: Group
    row: DailyRow
    kind: str

    @property
    def campaign(self) -> tuple[str, str, str]:
        return self.row.platform, self.row.account, self.row.campaign_id


class _What(NamedTuple):
    """What the cells of a group say, but for days and numbers; ``texts`` are a ``DailyRow``'s, in order."""

    texts: tuple[str, ...]
    kind: str
    is_shortened: bool


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
        self._undated = tuple(place for place, field in enumerate(fields) if field not in APART)
        self._whats: dict[tuple[str, ...], _What | Unfit] = {}
        self.has_campaigns = bool(self._places.keys() & {"campaign", "campaign_id"})
        self.shortened_ids = 0

    def texts(self, group: Group, field: Field) -> list[str]:
        """Give what the cells of a field say; several columns may mean one."""
        found = (self._clean(group.texts[place]) for place in self._places.get(field, ()))
        return [text for text in found if text]

    def text(self, group: Group, field: Field) -> str:
        return next(iter(self.texts(group, field)), "")

    def part(self, group: Group, days: Days) -> Part | Unfit:
        """Read a group's cells. Days apart, many groups have the same: those are read once."""
        key = tuple(map(group.texts.__getitem__, self._undated))
        what = self._whats.get(key)
        if what is None:
            what = self._whats[key] = self._what(group)
        if isinstance(what, Unfit):
            return what
        if what.is_shortened:
            self.shortened_ids += group.rows
        # People of several rows may be the same.
        numbers = group.numbers if group.rows == 1 else (*group.numbers[:REACH], None)
        return Part(group, DailyRow._make((*days, *what.texts, *numbers)), what.kind)

    def _what(self, group: Group) -> "_What | Unfit":
        platform, placement = self._platform(group)
        account = self.text(group, "account_id") or self.text(group, "account") or self._given.account
        name = self.text(group, "campaign")
        said = self.text(group, "campaign_id").lstrip("'`")
        is_shortened = SHORTENED_ID.fullmatch(said) is not None
        campaign_id = _id("" if is_shortened and name else said, name)
        if not campaign_id and self.has_campaigns:
            place = (self._places["campaign"] or self._places["campaign_id"])[0]
            return Unfit(place, group.texts[place], A_NAME)
        whole = self.text(group, "account") or account or platform
        texts = (
            platform,
            account or "default",
            campaign_id or slug(whole),
            name or campaign_id or whole,
            self.text(group, "ad_set") or self.text(group, "ad_set_id"),
            self.text(group, "ad") or self.text(group, "ad_id"),
            _joined(self.texts(group, "creative")),
            _joined(self.texts(group, "audience")),
            _joined([placement, *self.texts(group, "placement")]),
            _joined(self.texts(group, "device")),
            _joined(self.texts(group, "country")),
            self._currency(group),
            self.text(group, "objective"),
            self.text(group, "attribution") or self._given.attribution,
        )
        return _What(texts, self.text(group, "result_kind"), is_shortened=is_shortened)

    def _clean(self, cell: str) -> str:
        text = self._known.get(cell)
        if text is None:
            bare = " ".join(cell.replace("\ufeff", "").split())
            text = self._known[cell] = "" if says_nothing(bare) else bare
        return text

    def _platform(self, group: Group) -> tuple[str, str]:
        said = self.text(group, "platform")
        if not said:
            return self._given.platform or OTHER, ""
        if said not in self._platforms:
            self._platforms[said] = platform_of(said)
        return self._platforms[said]

    def _currency(self, group: Group) -> str:
        said = self.text(group, "currency")
        if said not in self._codes:
            self._codes[said] = code_of(said)
        return self._codes[said] or self._given.currency or ""


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


def result_kinds(parts: Iterable[Part]) -> Mixed:
    """Tell which kinds of results there are; 0 results are of none."""
    by_campaign = defaultdict[tuple[str, str, str], set[str]](set)
    for each in parts:
        if each.group.numbers[CONVERSIONS]:
            by_campaign[each.campaign].add(each.kind)
    kinds = {kind for found in by_campaign.values() for kind in found}
    if kinds == {""}:
        return Mixed((), frozenset())
    several = frozenset(campaign for campaign, found in by_campaign.items() if len(found) > 1)
    return Mixed(tuple(sorted(kinds)), several)


def rows(parts: Iterable[Part], mixed: Mixed) -> Iterator[DailyRow]:
    """Give the rows; without results where those of a campaign are of several kinds."""
    for each in parts:
        is_mixed = bool(mixed.campaigns) and each.campaign in mixed.campaigns
        yield each.row._replace(conversions=None) if is_mixed else each.row
