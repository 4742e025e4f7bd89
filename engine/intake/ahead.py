"""A retrospective looks back: a day or moment far ahead is a fault, named by its field."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from engine.errors import Fault
from engine.intake.json_text import capped
from engine.models.campaign import CampaignPerformanceInput

FARTHEST = timedelta(days=31)  # plans and clocks differ; a mistyped year is farther off
MOMENTS, DAYS = ("timestamp", "as_of"), ("window_start", "window_end")
RULE = "at most a month ahead of today"


def faults_ahead(
    campaigns: Sequence[CampaignPerformanceInput], now: datetime, *, named: bool = True
) -> list[Fault]:
    """Name what is more than a month ahead: it would make everything else look old.

    With ``named`` the campaign's id stands before the field, as one file holds many campaigns.
    """
    latest = now + FARTHEST
    return capped(
        Fault(f"{each.campaign_id}, {field}" if named else field, value, RULE)
        for each in campaigns
        for field, value in _ahead(each, latest)
    )


def _ahead(campaign: CampaignPerformanceInput, latest: datetime) -> Iterator[tuple[str, str]]:
    for field in MOMENTS:
        moment = getattr(campaign, field)
        if moment and moment > latest:
            yield field, moment.isoformat()
    for field in DAYS:
        day = getattr(campaign, field)
        if day and day > latest.date():
            yield field, day.isoformat()
