"""What a window held beside the days that the team's calendar expects to differ. Reads only."""

from collections.abc import Callable
from datetime import timedelta

from engine.explain.standing import Standing
from engine.measure import sums
from engine.models.campaign import Metrics
from engine.models.retrospective import slug
from engine.occasions import days_of, occasions
from engine.ports import Reading

DAY = timedelta(days=1)
Usual = Callable[[Standing], Metrics | None]


def usual_metrics(reading: Reading, each: Standing) -> Metrics | None:
    """The totals of a window without the days of the calendar; ``None`` where no other day is left.

    What was handed in as one total cannot be taken apart: it stays whole unless every day is expected.
    """
    found = each.retrospective
    campaign = found.campaign
    if campaign.window_start is None:
        return campaign.actual_metrics
    first, last = campaign.window_start, found.last_day
    expected = days_of(
        occasions(reading, first, last, platform=campaign.platform, campaign=each.campaign_key)
    )
    inside = [first + place * DAY for place in range((last - first).days + 1)]
    left = [day for day in inside if day not in expected]
    if not left or len(left) == len(inside):
        return campaign.actual_metrics if left else None
    if found.rows is None or not found.rows.by_day:
        return campaign.actual_metrics
    days = [day for day in reading.days(each.campaign_key, first, last) if day.day not in expected]
    return sums.window(days, platform=slug(campaign.platform)) if days else None
