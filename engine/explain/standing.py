"""Where each remembered campaign stands against its own forecast: the unit of every pattern."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, wraps
from operator import attrgetter
from typing import NamedTuple, TypeVar

from engine.measure.comparison import compare_kpi, counting_doubted
from engine.measure.quality import scored
from engine.measure.reliance import Reliance
from engine.models.comparison import KpiComparison
from engine.models.pattern import Dimension
from engine.models.retrospective import Retrospective, days_in_window, slug
from engine.models.rules import Rules

Found = TypeVar("Found")


class Level(NamedTuple):
    """One value of a dimension, such as the audience "Students 18-25"."""

    dimension: Dimension
    slug: str
    name: str

    @property
    def signal(self) -> str:
        return f"{self.dimension}:{self.slug}"


@dataclass(frozen=True)
class Standing:
    """One campaign's newest window. ``log_ratio`` is ln(actual CPA / own forecast CPA), or ``None``.

    ``is_sound`` is False where its counting or its rows are in doubt: then it teaches nothing. What every
    look over all campaigns asks for is worked out once.
    """

    retrospective: Retrospective
    cpa: KpiComparison
    log_ratio: float | None
    conversions: float
    spend: float
    levels: tuple[Level, ...]
    is_sound: bool = True
    linked_to: str | None = None  # the campaign that people said this one is

    @cached_property
    def key(self) -> str:
        return self.retrospective.key

    @cached_property
    def campaign_key(self) -> str:
        return self.linked_to or self.retrospective.campaign_key

    @cached_property
    def day(self) -> date:
        return self.retrospective.last_day

    @cached_property
    def moment(self) -> tuple[date, datetime, str]:
        """Its place in time among all windows."""
        return self.day, self.retrospective.campaign.timestamp, self.key

    @cached_property
    def signals(self) -> frozenset[str]:
        return frozenset(level.signal for level in self.levels)

    @property
    def is_own_choice(self) -> bool:
        """Whether somebody only asked for these days: rows without a forecast, of which there may be a
        window for each day. It is a trial of nothing, and stands in no other window's place."""
        return self.retrospective.rows is not None and self.cpa.expected is None

    @property
    def currency(self) -> str | None:
        return self.retrospective.campaign.currency

    @property
    def succeeded(self) -> bool | None:
        """True or False where the CPA is real against forecast; ``None`` where nobody can tell."""
        return self.cpa.favourable if self.cpa.verdict == "real" and self.is_sound else None


def worked_out_once(work: "Callable[[Standing], Found]") -> "Callable[[Standing], Found]":
    """Keep with a standing what a function finds about it: every look over all campaigns asks again.

    The function looks at nothing else, and nobody changes what it gives.
    """
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def found(each: Standing) -> Found:
        kept: dict[str, Found] = each.__dict__
        if name not in kept:
            kept[name] = work(each)
        return kept[name]

    return found


def standing(retrospective: Retrospective, rules: Rules) -> Standing:
    campaign = retrospective.campaign
    rows = retrospective.rows
    trusted = rows is None or scored(rows.faults).score >= rules.quality_floor
    sound = trusted and not counting_doubted(campaign)
    known = Reliance(rows, days_in_window(campaign))
    cpa = compare_kpi("cpa", campaign.expected_metrics, campaign.actual_metrics, rules, known)
    return Standing(
        retrospective=retrospective,
        cpa=cpa,
        log_ratio=math.log(cpa.actual / cpa.expected) if cpa.actual and cpa.expected and sound else None,
        is_sound=sound,
        conversions=float(campaign.actual_metrics.conversions or 0),
        spend=float(campaign.actual_metrics.spend or 0),
        levels=levels(retrospective),
    )


def that_teach(standings: Iterable[Standing]) -> list[Standing]:
    """Leave out windows that somebody only asked for; they overlap as often as people ask."""
    return [each for each in standings if not each.is_own_choice]


def that_tell(standings: Iterable[Standing]) -> list[Standing]:
    """Keep of each campaign the windows that teach; where it has none, those that were asked for."""
    every = list(standings)
    taught = {each.campaign_key for each in that_teach(every)}
    return [each for each in every if not (each.is_own_choice and each.campaign_key in taught)]


def newest_by_campaign(standings: Iterable[Standing]) -> list[Standing]:
    """Keep each campaign's newest window, so that no campaign counts twice."""
    newest: dict[str, Standing] = {}
    for each in standings:
        held = newest.get(each.campaign_key)
        if held is None or held.moment <= each.moment:
            newest[each.campaign_key] = each
    return sorted(newest.values(), key=attrgetter("moment"))


def without_overlap(standings: Iterable[Standing]) -> list[Standing]:
    """Keep windows that share no day with a newer one of their campaign: the same money counts once.

    A window without a first day may reach back any time, so nothing older stands beside it.
    """
    kept: dict[str, list[Standing]] = {}
    for each in sorted(standings, key=attrgetter("moment"), reverse=True):
        newer = kept.setdefault(each.campaign_key, [])
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
