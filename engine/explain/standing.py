"""Where each remembered campaign stands against its own forecast: the unit of every pattern."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from engine.measure.comparison import compare_kpi
from engine.models.comparison import KpiComparison
from engine.models.pattern import Dimension
from engine.models.retrospective import Retrospective, slug
from engine.models.rules import Rules


class Level(NamedTuple):
    """One value of a dimension, such as the audience "Students 18-25"."""

    dimension: Dimension
    slug: str
    name: str

    @property
    def signal(self) -> str:
        return f"{self.dimension}:{self.slug}"


class Standing(NamedTuple):
    """One campaign's newest window. ``log_ratio`` is ln(actual CPA / own forecast CPA), or ``None``."""

    retrospective: Retrospective
    cpa: KpiComparison
    log_ratio: float | None
    conversions: float
    spend: float
    levels: tuple[Level, ...]

    @property
    def day(self) -> date:
        return self.retrospective.last_day

    @property
    def currency(self) -> str | None:
        return self.retrospective.campaign.currency

    @property
    def succeeded(self) -> bool | None:
        """True or False where the CPA is real against forecast; ``None`` where nobody can tell."""
        return self.cpa.favourable if self.cpa.verdict == "real" else None


def standing(retrospective: Retrospective, rules: Rules) -> Standing:
    campaign = retrospective.campaign
    cpa = compare_kpi("cpa", campaign.expected_metrics, campaign.actual_metrics, rules)
    return Standing(
        retrospective=retrospective,
        cpa=cpa,
        log_ratio=math.log(cpa.actual / cpa.expected) if cpa.actual and cpa.expected else None,
        conversions=float(campaign.actual_metrics.conversions),
        spend=float(campaign.actual_metrics.spend),
        levels=levels(retrospective),
    )


def newest_by_campaign(standings: Iterable[Standing]) -> list[Standing]:
    """Keep each campaign's newest window, so that no campaign counts twice."""
    newest: dict[str, Standing] = {}
    for each in standings:
        key = each.retrospective.campaign_key
        held = newest.get(key)
        if held is None or _moment(held) <= _moment(each):
            newest[key] = each
    return sorted(newest.values(), key=_moment)


def without_overlap(standings: Iterable[Standing]) -> list[Standing]:
    """Keep windows that share no day with a newer one of their campaign: the same money counts once.

    A window without a first day may reach back any time, so nothing older stands beside it.
    """
    kept: dict[str, list[Standing]] = {}
    for each in sorted(standings, key=_moment, reverse=True):
        newer = kept.setdefault(each.retrospective.campaign_key, [])
        start = newer[-1].retrospective.campaign.window_start if newer else None
        if not newer or (start is not None and each.day < start):
            newer.append(each)
    return [each for windows in kept.values() for each in windows]


def levels(retrospective: Retrospective) -> tuple[Level, ...]:
    """List the campaign's levels, each once: its audiences, its creative types, its platform."""
    campaign = retrospective.campaign
    found = [
        *(Level("audience", slug(audience.name), audience.name) for audience in campaign.audiences),
        *(Level("creative_type", slug(creative.type), creative.type) for creative in campaign.creatives),
        Level("platform", slug(campaign.platform), campaign.platform),
    ]
    return tuple({level.signal: level for level in reversed(found)}.values())[::-1]


def _moment(each: Standing) -> tuple[date, datetime, str]:
    return each.day, each.retrospective.campaign.timestamp, each.retrospective.key
