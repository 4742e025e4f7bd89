"""What was spent on days that were named, as daily rows tell it."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from engine.models.export import exact
from engine.ports import Reading


class Spent(NamedTuple):
    """Spend by currency ("" where none is given), the campaigns with rows then, and the days they reach."""

    sums: dict[str, Decimal]
    campaigns: frozenset[str]
    first_day: date
    last_day: date


def spent(reading: Reading, keys: Collection[str] | None, days: tuple[date, date]) -> Spent | None:
    """Add up what counts of these days, of some campaigns or of all; ``None`` without any spend in rows."""
    links = reading.links()
    mains = {links.get(each.campaign_key, each.campaign_key) for each in reading.row_campaigns()}
    wanted = mains if keys is None else mains & {links.get(key, key) for key in keys}
    sums: dict[str, Decimal] = {}
    told: dict[str, set[date]] = {}
    for key in sorted(wanted):
        for each in reading.days(key, *days):
            if each.spend is not None:
                sums[each.currency] = sums.get(each.currency, Decimal(0)) + (exact(each.spend) or Decimal(0))
                told.setdefault(key, set()).add(each.day)
    if not told:
        return None
    reached = {day for each in told.values() for day in each}
    return Spent(sums, frozenset(told), min(reached), max(reached))
