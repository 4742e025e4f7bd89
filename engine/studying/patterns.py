"""``/marko patterns [dimension]``: what does better, what worse, what it costs, which platforms move."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from engine.errors import Fault, Refused
from engine.explain.campaign_history import YEAR, History
from engine.explain.effects import LEAST_CAMPAIGNS, Effects, LevelResult, effects_of
from engine.explain.levels import KINDS
from engine.explain.platform_slopes import LevelTrend
from engine.listing import list_patterns
from engine.lives import Look, lives_of, look_at
from engine.models.listing import KnownPattern
from engine.models.pattern import LevelEffect, LifeStatus
from engine.models.pattern_life import key_of
from engine.models.patterns_study import (
    BestLevel,
    FewCampaigns,
    LevelFinding,
    PatternsStudy,
    SameCampaigns,
    TrendFinding,
)
from engine.models.retrospective import slug
from engine.studying.campaign_units import Unit, Units, units_of
from engine.studying.ground import Ground

LEAST_UNITS = 30
DIMENSIONS = ("audience", "creative_type", "platform", "placement", "device", "country")
MONTHS = YEAR / 30
BESIDE = {"currency": "currency", "attribution": "attribution window", "objective": "objective"}


class _Wanted(NamedTuple):
    """What is told of all that is judged: one dimension, or one level wherever it stands; ``None`` is all."""

    dimension: str | None = None
    level: str | None = None

    def has(self, dimension: str, level: str) -> bool:
        return self.dimension in {None, dimension} and self.level in {None, level}


class _Sight(NamedTuple):
    """What was asked, and all there is to answer it from."""

    asked: str
    wanted: _Wanted
    every: Units
    known: tuple[KnownPattern, ...]
    seen: Look

    def name(self, dimension: str, level: str) -> str:
        return self.every.names[dimension, level]


class _Compared(NamedTuple):
    """The units that are compared, and how."""

    units: tuple[Unit, ...]
    history: History
    by_forecast: bool


def study(ground: Ground, asked: str) -> PatternsStudy:
    """Find what repeats; ``asked`` may name one dimension, such as "audience", or one level, such as "Meta".

    Everything is judged at once whatever is asked for, so that asking often finds nothing that is not
    there. Raises ``Refused`` for other words.
    """
    every = units_of(ground)
    wanted = _wanted(asked, every)
    standings = list(ground.standings.values())
    seen = look_at(standings, lives_of(ground.reading), ground.rules)
    known = list_patterns(standings, ground.rules, seen.levels(ground.today, ground.rules))
    sight = _Sight(asked, wanted, every, _narrowed(known, wanted), seen)
    compared = _compared(sight.every.units)
    found = effects_of(compared.history, rate=ground.rules.false_discovery_rate) if compared else None
    if compared is None or found is None or not found.results:
        return _plain(sight, ground.rules.campaigns_a_level)
    return _regression(sight, compared, found)


def _wanted(asked: str, every: Units) -> _Wanted:
    if not asked.strip():
        return _Wanted()
    words = slug(asked)
    for each in DIMENSIONS:
        if words in _called(each):
            return _Wanted(dimension=each)
    if any(level == words for _, level in every.names):
        return _Wanted(level=words)
    told = ", ".join(each.replace("_", " ") for each in DIMENSIONS)
    raise Refused([Fault("words", asked, f"nothing, one of {told}, or a level that campaigns have")])


def _called(dimension: str) -> frozenset[str]:
    """How people call a dimension, as slugs: "creative-types", "creatives", "countries"."""
    one = slug(dimension)
    short = one.partition("-")[0]
    many = f"{one.removesuffix('y')}ies" if one.endswith("ry") else f"{one}s"
    return frozenset({one, many, short, f"{short}s"})


def _compared(units: tuple[Unit, ...]) -> _Compared | None:
    """Take each CPA against its own forecast where most have one; else as it is, like with like."""
    forecast = tuple(each for each in units if each.forecast)
    by_forecast = 2 * len(forecast) >= len(units)
    chosen = forecast if by_forecast else units
    if len(chosen) < LEAST_UNITS:
        return None
    return _Compared(chosen, _history(chosen, by_forecast=by_forecast), by_forecast)


def _history(units: Sequence[Unit], *, by_forecast: bool) -> History:
    """What is not the same kind of conversion or money is held fixed, never compared.

    Against its own forecast each campaign is measured in its own money, window and goal.
    """
    judged = [name for name in DIMENSIONS if len({v for u in units for v in u.levels.get(name, {})}) > 1]
    beside = {name: [str(getattr(each, name) or "") for each in units] for name in BESIDE}
    differing = {name: own for name, own in beside.items() if len(set(own)) > 1}
    return History(
        spend=np.array([each.spend for each in units]),
        conversions=np.array([each.conversions for each in units]),
        days=np.array([each.last.toordinal() for each in units], dtype=float),
        levels={name: [each.levels.get(name, {}) for each in units] for name in judged},
        beside={} if by_forecast else differing,
        expected=np.array([each.forecast for each in units], dtype=float) if by_forecast else None,
        impressions=np.array([each.impressions for each in units]),
    )


def _regression(sight: _Sight, compared: _Compared, found: Effects) -> PatternsStudy:
    told = [each for each in found.results if _is_told(each, sight)]
    levels = [(each.found, _finding(each, sight, compared)) for each in told]
    first, last = _ends(compared.units)
    return PatternsStudy(
        asked=sight.asked,
        form="regression",
        against="forecast" if compared.by_forecast else "others",
        campaigns=len(compared.units),
        left_out=len(sight.every.units) - len(compared.units) + sight.every.unread,
        needed=LEAST_CAMPAIGNS,
        first=first,
        last=last,
        dimensions=tuple(compared.history.levels),
        held_fixed=tuple(BESIDE[each] for each in compared.history.beside),
        attribution_windows=_windows(compared.units),
        winners=_by_money([one for kind, one in levels if kind == "winner"]),
        losers=_by_money([one for kind, one in levels if kind == "loser"]),
        promising=tuple(one for kind, one in levels if kind == "promising"),
        trends=_trends(sight, found),
        best=tuple(
            BestLevel(dimension=own, name=sight.name(own, level))
            for own, level in found.best.items()
            if sight.wanted.has(own, level)
        ),
        too_few=_few(sight, {(own, level): many for own, level, many in found.too_few}, LEAST_CAMPAIGNS),
        inseparable=tuple(
            SameCampaigns(dimension=own, name=sight.name(own, level))
            for own, level, _ in found.inseparable
            if sight.wanted.has(own, level)
        ),
        known=sight.known,
    )


def _plain(sight: _Sight, needed: int) -> PatternsStudy:
    """What the campaigns' own forecasts say while there are few: the patterns that are known already."""
    units = sight.every.units
    counts = Counter(
        (own, level) for unit in units for own, levels in unit.levels.items() for level in levels
    )
    first, last = _ends(units)
    return PatternsStudy(
        asked=sight.asked,
        form="plain",
        against="forecast",
        campaigns=len(units),
        left_out=sight.every.unread,
        needed=needed,
        first=first,
        last=last,
        dimensions=tuple(name for name in DIMENSIONS if any(own == name for own, _ in counts)),
        held_fixed=(),
        attribution_windows=_windows(units),
        too_few=_few(sight, counts, needed),
        known=sight.known,
    )


def _few(sight: _Sight, counts: Mapping[tuple[str, str], int], needed: int) -> tuple[FewCampaigns, ...]:
    """Those that lack least come first."""
    few = [
        (own, level, many)
        for (own, level), many in counts.items()
        if many < needed and sight.wanted.has(own, level)
    ]
    return tuple(
        FewCampaigns(dimension=own, name=sight.name(own, level), campaigns=many, needed=needed)
        for own, level, many in sorted(few, key=lambda each: (-each[2], each[0], each[1]))
    )


def _windows(units: Sequence[Unit]) -> tuple[str, ...]:
    return tuple(sorted({each.attribution or "not given" for each in units}))


def _finding(each: LevelResult, sight: _Sight, compared: _Compared) -> LevelFinding:
    own = [one for one in compared.units if each.level in one.levels.get(each.dimension, {})]
    currencies = {one.currency for one in own}
    currency = currencies.pop() if len(currencies) == 1 else None
    worth = [each.spend * math.expm1(-log) if currency else None for log in (each.log, each.high, each.low)]
    return LevelFinding(
        dimension=each.dimension,
        name=sight.name(each.dimension, each.level),
        effect_pct=math.expm1(each.log) * 100,
        low=math.expm1(each.low) * 100,
        high=math.expm1(each.high) * 100,
        campaigns=each.campaigns,
        conversions=each.conversions,
        impact=worth[0],
        impact_low=worth[1],
        impact_high=worth[2],
        currency=currency,
        status=_status(each, sight.known),
        more_conversions=each.more,
        days=None if each.days is None else math.ceil(each.days),
    )


def _status(each: LevelResult, known: Sequence[KnownPattern]) -> LifeStatus | None:
    """Give the status of the life that the plain form leads of the same level, in the same direction."""
    direction = "better" if each.log < 0 else "worse"
    for one in known:
        pattern = one.pattern
        if isinstance(pattern, LevelEffect) and pattern.signal == f"{each.dimension}:{each.level}":
            return pattern.status if pattern.direction == direction else None
    return None


def _is_told(each: LevelResult, sight: _Sight) -> bool:
    """Say whether it was asked for, and no approver said that it is not true for this team."""
    kind = _KIND_OF.get(each.dimension)
    life = sight.seen.lives.get(key_of(kind, f"{each.dimension}:{each.level}")) if kind else None
    silenced = life is not None and life.is_silenced
    return sight.wanted.has(each.dimension, each.level) and not silenced


_KIND_OF = {str(dimension): kind for dimension, kind in KINDS.items()}


def _trends(sight: _Sight, found: Effects) -> tuple[TrendFinding, ...]:
    return tuple(
        _trend(each, sight.name(each.dimension, each.level))
        for each in found.trends
        if each.found != "unclear" and sight.wanted.has(each.dimension, each.level)
    )


def _trend(each: LevelTrend, name: str) -> TrendFinding:
    slope, low, high = (math.expm1(log / MONTHS) * 100 for log in (each.slope, each.low, each.high))
    return TrendFinding(
        name=name,
        per_30_days_pct=slope,
        low=low,
        high=high,
        campaigns=each.campaigns,
        first=date.fromordinal(each.first),
        last=date.fromordinal(each.last),
    )


def _by_money(found: list[LevelFinding]) -> tuple[LevelFinding, ...]:
    """The largest impact first; what has none comes last, the widest difference first."""
    return tuple(
        sorted(found, key=lambda each: (each.impact is None, -abs(each.impact or 0), -abs(each.effect_pct)))
    )


def _narrowed(known: Sequence[KnownPattern], wanted: _Wanted) -> tuple[KnownPattern, ...]:
    """What a life is about is named by its signal; waste is about a campaign, and told where all is."""
    if wanted == _Wanted():
        return tuple(known)
    signals = [(each, each.id.partition(":")[2].partition(":")) for each in known]
    return tuple(each for each, (dimension, _, level) in signals if wanted.has(dimension, level))


def _ends(units: Sequence[Unit]) -> tuple[date | None, date | None]:
    last = max((each.last for each in units), default=None)
    return min((each.first or each.last for each in units), default=None), last
