"""The days of campaigns that rows know whole: over when they were read, and before today."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

from engine.models.daily import DaySum
from engine.models.export import Holding
from engine.studying.ground import Ground

DAY = timedelta(days=1)


def complete_days(ground: Ground, keys: Collection[str], first: date) -> list[DaySum]:
    """Read these campaigns' complete days from ``first`` on, by campaign, then day; ``keys`` are main."""
    held: dict[str, list[Holding]] = defaultdict(list)
    for each in ground.reading.holdings():
        key = ground.links.get(each.campaign_key, each.campaign_key)
        if key in keys and each.by_day:
            held[key].append(each)
    last = ground.today - DAY
    return [
        each
        for key in sorted(held)
        for each in ground.reading.days(key, first, last)
        if _is_over(each.day, held[key])
    ]


def _is_over(day: date, held: Collection[Holding]) -> bool:
    covering = [each for each in held if each.first_day <= day <= each.last_day]
    return all(each.read_on is None or day < each.read_on for each in covering)
