"""What a study stands on: the memory as it is now, the day it is, and which campaign is meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from engine.explain.standing import Standing
from engine.lookup import Known, find_window, known_campaigns
from engine.models.daily import RowCampaign
from engine.models.retrospective import Retrospective, slug
from engine.models.rules import Rules
from engine.ports import Reading


@dataclass(frozen=True)
class Ground:
    """An open reading and what was worked out of it. ``standings`` are all remembered windows by key."""

    reading: Reading
    standings: Mapping[str, Standing]
    now: datetime
    zone: ZoneInfo
    rules: Rules

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @cached_property
    def retrospectives(self) -> list[Retrospective]:
        return [each.retrospective for each in self.standings.values()]

    @cached_property
    def links(self) -> dict[str, str]:
        """The campaign that each linked one stands for, by their keys."""
        return self.reading.links()

    @cached_property
    def row_campaigns(self) -> list[RowCampaign]:
        return self.reading.row_campaigns()

    @cached_property
    def known(self) -> list[Known]:
        """Every campaign that can be asked for, once, also those known by rows alone."""
        return known_campaigns(self.retrospectives, self.row_campaigns, self.links)

    def is_name(self, text: str) -> bool:
        """Say whether this is the whole id or name of a campaign."""
        return any(text in each.ids or slug(text) in each.spellings for each in self.known)

    def meant(self, asked: str) -> tuple[Known, int | None]:
        """Find the campaign, and the days, of "spring-sale 30d".

        Raises ``UnknownCampaign`` with the nearest names, ``AmbiguousCampaign``, or ``Refused``.
        """
        return find_window(asked, self.known)
