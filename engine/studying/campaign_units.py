"""Every campaign once, as patterns need it: what it spent and got, and its levels in every dimension.

A campaign that was handed in is its newest window; one that only rows know is the sum of its rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from engine.explain.standing import Standing, newest_by_campaign, that_teach
from engine.measure.maturity import lag_days
from engine.models.daily import DailyRow, RowCampaign
from engine.models.retrospective import slug
from engine.studying.ground import Ground

DAYS = 365
MOST_ROWS = 100_000
MILLION = 1_000_000
OF_ROWS = ("audience", "placement", "device", "country")

Shares = Mapping[str, Mapping[str, float]]


class Unit(NamedTuple):
    """``levels`` are shares by dimension and level's slug; ``forecast`` is the campaign's own forecast CPA.

    ``last`` is the last day of what is summed.
    """

    key: str
    first: date | None
    last: date
    spend: float
    conversions: float
    impressions: float
    forecast: float | None
    currency: str | None
    attribution: str
    objective: str
    levels: Shares


class Units(NamedTuple):
    """``names`` are levels as people write them, by dimension and slug.

    ``unread`` campaigns, the oldest, were left out: more rows than are read for one answer.
    """

    units: tuple[Unit, ...]
    names: dict[tuple[str, str], str]
    unread: int


def units_of(ground: Ground) -> Units:
    """Collect what can be compared: campaigns that spent, and whose counting nobody doubts."""
    names: dict[tuple[str, str], str] = {}
    campaigns = newest_by_campaign(that_teach(ground.standings.values()))
    found = [_of_standing(each, names) for each in campaigns if each.is_sound and each.spend > 0]
    handed_in = {each.campaign_key for each in campaigns}
    of_rows: dict[str, list[RowCampaign]] = defaultdict(list)
    for each in ground.row_campaigns:
        of_rows[ground.links.get(each.campaign_key, each.campaign_key)].append(each)
    budget, unread = MOST_ROWS, 0
    ordered = sorted(of_rows.items(), key=lambda each: (max(one.last_day for one in each[1]), each[0]))
    for key, parts in reversed(ordered):
        if key in handed_in:
            continue
        budget -= sum(each.rows for each in parts)
        if budget < 0:
            unread += 1
        elif (unit := _of_rows(ground, key, parts, names)) is not None:
            found.append(unit)
    return Units(tuple(sorted(found, key=lambda each: each.key)), names, unread)


def _of_standing(each: Standing, names: dict[tuple[str, str], str]) -> Unit:
    campaign = each.retrospective.campaign
    of: dict[str, list[str]] = defaultdict(list)
    for level in each.levels:
        names.setdefault((level.dimension, level.slug), level.name)
        of[level.dimension].append(level.slug)
    return Unit(
        key=each.campaign_key,
        first=campaign.window_start,
        last=each.day,
        spend=each.spend,
        conversions=each.conversions,
        impressions=float(campaign.actual_metrics.impressions or 0),
        forecast=each.cpa.expected or None,
        currency=each.currency,
        attribution=campaign.attribution_window or "",
        objective=campaign.objective,
        levels={dimension: {level: 1 / len(own) for level in own} for dimension, own in of.items()},
    )


def _of_rows(
    ground: Ground, key: str, parts: list[RowCampaign], names: dict[tuple[str, str], str]
) -> Unit | None:
    """Sum a campaign's rows of a year, without the days whose conversions are still coming in."""
    newest = max(parts, key=lambda each: (each.last_day, each.campaign_key))
    lag = lag_days(newest.attribution, ground.rules.assumed_lag_days)
    last = ground.today - timedelta(days=1 + lag)
    rows = [
        row
        for each in parts
        for row in ground.reading.rows(each.campaign_key, last - timedelta(days=DAYS), last)
        if row.spend is not None and row.conversions is not None and row.currency == newest.currency
    ]
    spend = sum(row.spend or 0 for row in rows)
    if not rows or spend <= 0:
        return None
    platform = slug(newest.platform)
    names.setdefault(("platform", platform), newest.platform)
    return Unit(
        key=key,
        first=min(row.first_day for row in rows),
        last=max(row.last_day for row in rows),
        spend=spend / MILLION,
        conversions=sum(row.conversions or 0 for row in rows) / MILLION,
        impressions=float(sum(row.impressions or 0 for row in rows)),
        forecast=None,
        currency=newest.currency or None,
        attribution=newest.attribution,
        objective=newest.objective,
        levels={"platform": {platform: 1.0}, **{name: _shares(name, rows, names) for name in OF_ROWS}},
    )


def _shares(dimension: str, rows: Iterable[DailyRow], names: dict[tuple[str, str], str]) -> dict[str, float]:
    """How a campaign's money is spread over a dimension; nothing where some of it has no level."""
    spent: dict[str, float] = defaultdict(float)
    for row in rows:
        name = str(getattr(row, dimension))
        if row.spend and not name:
            return {}
        if row.spend:
            names.setdefault((dimension, slug(name)), name)
            spent[slug(name)] += row.spend
    whole = sum(spent.values())
    return {level: amount / whole for level, amount in spent.items()}
