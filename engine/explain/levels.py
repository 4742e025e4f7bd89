"""Levels against the rest: which audience, creative type or platform does better at CPA.

The plain form while there are few campaigns: ln(actual CPA / own forecast CPA) of each campaign, a
level's campaigns against those without it, at least three on either side, Benjamini-Hochberg over
everything tested. Each campaign is measured against its own forecast, so platforms whose
attribution windows differ are never compared by their raw CPA.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.explain.standing import Level, Standing
from engine.measure import distributions
from engine.measure.discovery import discoveries
from engine.models.comparison import Interval
from engine.models.pattern import Dimension, LevelEffect, PatternKind
from engine.models.rules import Rules

SHOWN_LEVEL = 0.80
KINDS: dict[Dimension, PatternKind] = {
    "audience": "winning_audience",
    "creative_type": "winning_creative",
    "platform": "platform",
}

Levels = tuple[list[LevelEffect], dict[str, str]]
"""The effects worth telling, the surest first; and by signal, what has too few campaigns."""


class Difference(NamedTuple):
    """Difference of two groups' mean log ratios, its standard error and degrees of freedom."""

    log: float
    error: float
    freedom: int

    @property
    def p_value(self) -> float:
        """Two-sided, by Student's t."""
        return 2 * distributions.t_cdf(self.freedom, -abs(self.log) / self.error)

    def interval(self, level: float) -> Interval:
        """Interval of the lift in percent."""
        reach = distributions.t_quantile(self.freedom, 0.5 + level / 2) * self.error
        low, high = (math.expm1(self.log + sign * reach) * 100 for sign in (-1, 1))
        return Interval(low=low, high=high, level=level)


class LevelTest(NamedTuple):
    """One level's campaigns against those without it; ``listed`` where it is a discovery worth telling."""

    level: Level
    inside: list[Standing]
    difference: Difference
    listed: bool = False

    @property
    def kind(self) -> PatternKind:
        return KINDS[self.level.dimension]

    @property
    def certainty(self) -> float:
        """How sure the direction is, one-sided."""
        return 1 - self.difference.p_value / 2

    def effect(self) -> LevelEffect:
        return _effect(self)


class Survey(NamedTuple):
    """Every level that can be tested, the surest first; and by signal, what has too few campaigns."""

    tests: tuple[LevelTest, ...]
    notes: dict[str, str]


def level_effects(standings: Sequence[Standing], rules: Rules) -> Levels:
    """Find the levels that differ for real.

    ``standings`` holds each campaign once. Platforms may come out better or worse; audiences and
    creative types are listed when better only.
    """
    found = survey(standings, rules)
    return [each.effect() for each in found.tests if each.listed], found.notes


def survey(standings: Sequence[Standing], rules: Rules) -> Survey:
    """Test every level of ``standings``, which holds each campaign once."""
    comparable = [each for each in standings if each.log_ratio is not None]
    tested: list[LevelTest] = []
    notes: dict[str, str] = {}
    for level, inside in _by_level(comparable).items():
        if len(inside) < rules.campaigns_a_level:
            notes[level.signal] = f"{level.name}: {len(inside)} of {rules.campaigns_a_level} campaigns."
            continue
        rest = without_level(comparable, level.signal)
        if len(rest) < rules.campaigns_a_level:
            notes[level.signal] = (
                f"{level.name}: {len(rest)} of {rules.campaigns_a_level} campaigns without it."
            )
            continue
        tested.append(LevelTest(level, inside, difference(inside, rest)))
    found = discoveries([each.difference.p_value for each in tested], rules.false_discovery_rate)
    judged = [
        each._replace(listed=believed and each.certainty >= rules.certainty and _worth_telling(each))
        for each, believed in zip(tested, found, strict=True)
    ]
    return Survey(tuple(sorted(judged, key=lambda each: (each.difference.p_value, each.level.signal))), notes)


def without_level(standings: Sequence[Standing], signal: str) -> list[Standing]:
    return [each for each in standings if signal not in each.signals]


def difference(inside: Sequence[Standing], rest: Sequence[Standing]) -> Difference:
    """Compare two groups of campaigns, each weighted by 1 / (s² + 1 / conversions).

    s², the spread between campaigns, is pooled over both groups (method of moments). The error is
    widened when the groups scatter more than the weights say (Knapp & Hartung 2003).
    """
    groups = [_arrays(inside), _arrays(rest)]
    freedom = len(inside) + len(rest) - 2
    scatter = sum(float(((log - log.mean()) ** 2).sum()) for log, _ in groups) / freedom
    counting = float(np.concatenate([variance for _, variance in groups]).mean())
    between = max(0.0, scatter - counting)
    weights = [1 / (between + variance) for _, variance in groups]
    means = [float((w * log).sum() / w.sum()) for w, (log, _) in zip(weights, groups, strict=True)]
    misfit = sum(
        float((w * (log - mean) ** 2).sum()) for w, (log, _), mean in zip(weights, groups, means, strict=True)
    )
    widening = max(1.0, misfit / freedom)
    error = math.sqrt(widening * sum(1 / float(w.sum()) for w in weights))
    return Difference(means[0] - means[1], error, freedom)


def _arrays(standings: Sequence[Standing]) -> tuple[np.ndarray, np.ndarray]:
    """Log ratios and their counting variances, both of shape (campaigns,)."""
    log = np.array([each.log_ratio for each in standings], dtype=float)
    return log, np.array([1 / each.conversions for each in standings], dtype=float)


def _by_level(standings: Sequence[Standing]) -> dict[Level, list[Standing]]:
    by_signal: dict[str, Level] = {}
    members: dict[str, list[Standing]] = defaultdict(list)
    for each in standings:
        for level in each.levels:
            by_signal.setdefault(level.signal, level)
            members[level.signal].append(each)
    return {by_signal[signal]: members[signal] for signal in sorted(members)}


def _effect(tested: LevelTest) -> LevelEffect:
    level, inside, found, _ = tested
    return LevelEffect.model_validate(
        {
            "kind": tested.kind,
            "signal": level.signal,
            "name": level.name,
            "dimension": level.dimension,
            "lift_pct": math.expm1(found.log) * 100,
            "interval": found.interval(SHOWN_LEVEL),
            "direction": "better" if found.log < 0 else "worse",
            "certainty": tested.certainty,
            "p_value": found.p_value,
            "campaigns": len(inside),
            "campaign_ids": tuple(each.retrospective.campaign.campaign_id for each in inside),
            "campaign_keys": tuple(each.retrospective.campaign_key for each in inside),
            "attribution_windows": attribution_windows(inside),
            "last_tested": max(each.day for each in inside),
            "until": max(each.day for each in inside),
            "impact": _saved(inside, found.log),
            "currency": inside[0].currency,
        }
    )


def _worth_telling(tested: LevelTest) -> bool:
    return tested.level.dimension == "platform" or tested.difference.log < 0


def attribution_windows(standings: Sequence[Standing]) -> tuple[str, ...]:
    """Name the attribution windows behind a figure; "not given" where a campaign has none."""
    return tuple(
        sorted({each.retrospective.campaign.attribution_window or "not given" for each in standings})
    )


def _saved(inside: Sequence[Standing], log: float) -> float | None:
    """Money the same conversions would have cost more (or less) in the rest."""
    currencies = {each.currency for each in inside}
    if len(currencies) > 1 or None in currencies:
        return None
    return sum(each.spend for each in inside) * math.expm1(-log)
