"""How far people's forecasts run from what came: a bias by platform and objective, with its range.

A forecast is graded by ln(actual / forecast), the campaign being the unit. Levels are pooled by random
effects (DerSimonian & Laird 1986) with Hartung and Knapp's t-test (2001), held against a margin, so that a
bias of next to nothing is never real, and judged together at a false discovery rate. What is shown is shrunk
towards what all campaigns have in common.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from engine.measure import distributions
from engine.measure.discovery import discoveries
from engine.measure.kpi import value
from engine.models.campaign import Metrics

Graded = Literal["ctr", "cvr", "cpa", "roas"]
Scope = Literal["all", "platform", "objective"]
GRADED: tuple[Graded, ...] = ("ctr", "cvr", "cpa", "roas")
ENOUGH_CAMPAIGNS = 5  # with fewer, a spread between campaigns cannot be told from their bias
ENOUGH_EXPECTED = 5.0  # clicks or conversions that a forecast must promise: fewer are no grade of it
USUAL_BIAS = 0.25  # how far, in logs, planners are off as a whole: what one mean is shrunk by
SHOWN_LEVEL = 0.80


class Grade(NamedTuple):
    """ln(actual / forecast) of one KPI of one campaign, its sampling variance, and the miss.

    ``miss`` is |actual − forecast| / actual, ``None`` where nothing came.
    """

    log_ratio: float
    variance: float
    miss: float | None


class Planned(NamedTuple):
    """One campaign: where it ran, what for ("" where nobody said), its grade for each KPI that has one."""

    platform: str
    objective: str
    grades: Mapping[Graded, Grade]


class Bias(NamedTuple):
    """Forecasts of one KPI at one level. ``log_ratio`` is shrunk; ``low`` and ``high`` are its 80 % range.

    ``verdict`` is "real" where the forecasts run too low or too high beyond the margin, "noise" where the
    95 % range of the plain mean lies within ±20 %, else "too early".
    """

    scope: Scope
    name: str
    kpi: Graded
    campaigns: int
    log_ratio: float
    low: float
    high: float
    miss: float | None
    p_value: float
    verdict: Literal["real", "noise", "too early"]


def graded(expected: Metrics, actual: Metrics, kpi: Graded) -> Grade | None:
    """Grade one forecast; ``None`` where either has no such KPI, or the forecast promised too little.

    What counts is chosen by the forecast alone, never by what came. Half an event is added to what came, so
    that a campaign without any conversion is graded too, and few events pull no mean down (Haldane 1955).
    """
    forecast, came = value(kpi, expected), value(kpi, actual)
    promised = expected.clicks if kpi == "ctr" else expected.conversions
    if not forecast or promised is None or promised < ENOUGH_EXPECTED:
        return None
    found = _log_of(kpi, actual)
    if found is None:
        return None
    log_actual, variance = found
    miss = abs(came - forecast) / came if came else None
    return Grade(log_actual - math.log(forecast), variance, miss)


def _log_of(kpi: Graded, actual: Metrics) -> tuple[float, float] | None:
    """ln of what came, and its sampling variance by the delta method."""
    impressions, clicks = actual.impressions, actual.clicks
    conversions = None if actual.conversions is None else float(actual.conversions)
    spend, revenue = float(actual.spend or 0), float(actual.revenue or 0)
    if kpi == "ctr":
        return _rate(clicks, impressions)
    if kpi == "cvr":
        return _rate(conversions, clicks)
    if not conversions and kpi == "roas":
        return None
    if conversions is None or spend <= 0:
        return None
    if kpi == "cpa":
        return math.log(spend) - math.log(conversions + 0.5), 1 / (conversions + 0.5)
    return (math.log(revenue / spend) + 0.5 / conversions, 1 / conversions) if revenue > 0 else None


def _rate(events: float | None, trials: float | None) -> tuple[float, float] | None:
    if events is None or not trials:
        return None
    return math.log((events + 0.5) / (trials + 0.5)), 1 / (events + 0.5)


def together(grades: Sequence[Grade]) -> Grade:
    """The grade of one campaign out of those of its windows, which share no day."""
    count = len(grades)
    misses = [each.miss for each in grades if each.miss is not None]
    return Grade(
        sum(each.log_ratio for each in grades) / count,
        sum(each.variance for each in grades) / count**2,
        sum(misses) / len(misses) if misses else None,
    )


class _Mean(NamedTuple):
    mean: float
    error: float
    freedom: int


class _Level(NamedTuple):
    scope: Scope
    name: str
    kpi: Graded
    grades: list[Grade]
    plain: _Mean


def biases(
    campaigns: Sequence[Planned], *, margin: float, noise: float, rate: float, least: int = ENOUGH_CAMPAIGNS
) -> list[Bias]:
    """Judge every KPI over all campaigns and at each level that ``least`` campaigns have.

    ``margin`` and ``noise`` are relative, 0.05 for 5 %; ``rate`` is the false discovery rate over all that
    is judged. A level that all campaigns have is told once, as "all".
    """
    levels = [each for kpi in GRADED for each in _levels(campaigns, kpi, least)]
    tests = [_beyond(each.plain, math.log1p(margin)) for each in levels]
    found = discoveries(tests, rate)
    return [
        _judged(each, levels, p_value, noise=noise, real=real)
        for each, p_value, real in zip(levels, tests, found, strict=True)
    ]


def _levels(campaigns: Sequence[Planned], kpi: Graded, least: int) -> list[_Level]:
    having = [each for each in campaigns if kpi in each.grades]
    groups: dict[tuple[Scope, str], list[Grade]] = {}
    for each in having:
        named: tuple[tuple[Scope, str], ...] = (
            ("all", ""),
            ("platform", each.platform),
            ("objective", each.objective),
        )
        for key in named:
            if key[0] == "all" or key[1]:
                groups.setdefault(key, []).append(each.grades[kpi])
    return [
        _Level(scope, name, kpi, grades, _pooled(grades))
        for (scope, name), grades in sorted(groups.items())
        if len(grades) >= least and (scope == "all" or len(grades) < len(having))
    ]


def _pooled(grades: Sequence[Grade]) -> _Mean:
    """Random effects over campaigns; Hartung and Knapp's error, never below the plain one."""
    count = len(grades)
    between = _between([each.log_ratio for each in grades], [each.variance for each in grades])
    weights = [1 / (each.variance + between) for each in grades]
    total = sum(weights)
    mean = sum(w * each.log_ratio for w, each in zip(weights, grades, strict=True)) / total
    spread = sum(w * (each.log_ratio - mean) ** 2 for w, each in zip(weights, grades, strict=True))
    return _Mean(mean, math.sqrt(max(1.0, spread / (count - 1)) / total), count - 1)


def _between(values: Sequence[float], variances: Sequence[float]) -> float:
    """Variance between campaigns beyond their sampling (DerSimonian & Laird 1986)."""
    weights = [1 / each for each in variances]
    total = sum(weights)
    mean = sum(w * y for w, y in zip(weights, values, strict=True)) / total
    excess = sum(w * (y - mean) ** 2 for w, y in zip(weights, values, strict=True)) - (len(values) - 1)
    scale = total - sum(w * w for w in weights) / total
    return max(0.0, excess / scale) if scale > 0 else 0.0


def _beyond(found: _Mean, margin: float) -> float:
    """P of so large a mean where the true one lies within the margin."""
    return 1 - distributions.t_cdf(found.freedom, (abs(found.mean) - margin) / found.error)


def _judged(level: _Level, levels: Sequence[_Level], p_value: float, *, noise: float, real: bool) -> Bias:
    shrunk, error = _shrunk(level, levels)
    reach = error * distributions.t_quantile(level.plain.freedom, 0.5 + SHOWN_LEVEL / 2)
    misses = [each.miss for each in level.grades if each.miss is not None]
    wide = level.plain.error * distributions.t_quantile(level.plain.freedom, 0.975)
    within = math.log1p(-noise) < level.plain.mean - wide and level.plain.mean + wide < math.log1p(noise)
    return Bias(
        scope=level.scope,
        name=level.name,
        kpi=level.kpi,
        campaigns=len(level.grades),
        log_ratio=shrunk,
        low=shrunk - reach,
        high=shrunk + reach,
        miss=sum(misses) / len(misses) if misses else None,
        p_value=p_value,
        verdict="real" if real else "noise" if within else "too early",
    )


def _shrunk(level: _Level, levels: Sequence[_Level]) -> tuple[float, float]:
    """Mean and error after empirical Bayes: a level towards all campaigns, these towards no bias."""
    own = level.plain
    if level.scope == "all":
        return _weighed(own, _Mean(0.0, 0.0, own.freedom), USUAL_BIAS**2)
    beside = [each for each in levels if each.kpi == level.kpi]
    centre = next(each.plain for each in beside if each.scope == "all")
    peers = [each.plain for each in beside if each.scope == level.scope]
    # A few levels tell little of how far levels lie apart, and often nothing: one more is added as is usual.
    spread = _between([each.mean for each in peers], [each.error**2 for each in peers]) if peers[1:] else 0.0
    return _weighed(own, centre, (spread * (len(peers) - 1) + USUAL_BIAS**2) / len(peers))


def _weighed(own: _Mean, centre: _Mean, spread: float) -> tuple[float, float]:
    """Posterior mean and error of a level whose prior is ``centre`` with variance ``spread``."""
    trust = spread / (spread + own.error**2)
    mean = trust * own.mean + (1 - trust) * centre.mean
    return mean, math.sqrt(trust * own.error**2 + ((1 - trust) * centre.error) ** 2)
