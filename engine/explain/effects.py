"""Which levels of which dimension do better or worse at CPA, all other dimensions held fixed.

One weighted regression of ln(CPA) over campaigns, on every dimension at once. Several hundred levels are
asked at a time, so what is told is held to a rate of false ones, shrunk, and given with intervals that are
as wide as picking the most striking ones demands.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from engine.explain.campaign_history import FEW, UNKNOWN, Column, Design, History, design_of
from engine.explain.cost_parts import Costs, costs_of
from engine.explain.count_regression import Array, CountFit, fit_counts
from engine.explain.platform_slopes import LevelTrend, level_trends
from engine.explain.shrinkage import Shrunk, believed, shrink
from engine.measure.discovery import discoveries

LEAST_CAMPAIGNS = 5
LEAST_FREEDOM = 20
INTERVAL_LEVEL = 0.90
SIGNS = 1.3  # times the rate: how many of the told signs may be wrong on average, by simulation
PROMISING = 0.10  # one-sided chance of seeing this without a difference
MOST_TIMES = 20.0  # what needs more than so many times its conversions is not promising

Found = Literal["winner", "loser", "promising", "unclear"]


class LevelResult(NamedTuple):
    """One level against the rest of its dimension; logs of CPA, below 0 is cheaper.

    ``log`` is shrunk, ``raw`` is not. ``low`` and ``high`` are the 90 % interval. ``more`` conversions
    and ``days`` at the level's pace would settle what is promising; ``None`` elsewhere.
    """

    dimension: str
    level: str
    campaigns: int
    conversions: float
    spend: float
    raw: float
    error: float
    log: float
    low: float
    high: float
    p_value: float
    found: Found
    more: float | None = None
    days: float | None = None


class Effects(NamedTuple):
    """``results`` the surest first; ``too_few`` and ``inseparable`` are (dimension, level, campaigns).

    ``spread`` is the standard deviation between campaigns alike, in logs. ``best`` is the level of each
    dimension with the lowest shrunk CPA.
    """

    results: tuple[LevelResult, ...]
    trends: tuple[LevelTrend, ...]
    too_few: tuple[tuple[str, str, int], ...]
    inseparable: tuple[tuple[str, str, int], ...]
    best: dict[str, str]
    spread: float
    campaigns: int


class _Tested(NamedTuple):
    columns: list[Column]
    raw: Array
    error: Array
    p_value: Array
    found: Array
    shrunk: Shrunk
    reach: float


def effects_of(history: History, *, rate: float = 0.10, least: int = LEAST_CAMPAIGNS) -> Effects | None:
    """Find what differs; ``None`` where the campaigns are too few for their dimensions.

    Conversions are Poisson with a spread s² between campaigns, so that a campaign weighs 1/(s² +
    1/conversions) and one without conversions counts for what it is. A level is told where Benjamini &
    Hochberg (1995) discover it at ``rate`` among all levels, and where few of the told signs are wrong on
    average by their shrunk posterior (Stephens 2017), which keeps portfolios of pure noise quiet. Intervals
    are widened to keep the share of false ones among the selected (Benjamini & Yekutieli 2005).
    """
    design = design_of(history, least)
    fit = fit_counts(history.conversions, history.exposure, design.columns)
    if fit is None or fit.freedom < LEAST_FREEDOM:
        return None
    named = [each for each in design.levels if each.level not in {FEW, UNKNOWN}]
    contrasts = design.contrasts(named)
    # A level alone in its dimension has no rest to be compared with.
    asked = np.asarray(contrasts.any(axis=1))
    told = np.logical_and(fit.tells(contrasts), asked)
    costs = costs_of(history, design, [each.place for each in design.levels], fit)
    chosen = [each for each, seen in zip(named, told, strict=True) if seen]
    tested = _tested(costs, chosen, contrasts[told], rate)
    results = _results(history, design, fit, tested, rate)
    return Effects(
        results=tuple(sorted(results, key=lambda each: (each.p_value, each.dimension, each.level))),
        trends=level_trends(history, design, fit, rate),
        too_few=_too_few(history, least),
        inseparable=tuple(
            (each.dimension, each.level, each.campaigns)
            for each, seen, has_rest in zip(named, told, asked, strict=True)
            if has_rest and not seen
        ),
        best=_best(results),
        spread=float(np.sqrt(fit.spread)),
        campaigns=len(history.days),
    )


def _tested(costs: Costs, columns: list[Column], contrasts: Array, rate: float) -> _Tested:
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415  an idle bot tests nothing

    raw, error = costs.of(contrasts)
    freedom = costs.fit.freedom
    if not columns:
        return _Tested([], raw, error, raw, raw.astype(bool), Shrunk(raw, raw, raw), 0.0)
    p_value = 2 * stdtr(freedom, -np.abs(raw) / error)
    shrunk = shrink(raw, error)
    found = np.array(discoveries(list(p_value), rate)) & believed(shrunk.wrong, SIGNS * rate)
    picked = max(int(found.sum()), 1) / len(columns)
    reach = float(stdtrit(freedom, 1 - (1 - INTERVAL_LEVEL) * picked / 2))
    return _Tested(columns, raw, error, p_value, found, shrunk, reach)


def _results(
    history: History, design: Design, fit: CountFit, tested: _Tested, rate: float
) -> list[LevelResult]:
    from scipy.special import stdtrit  # noqa: PLC0415

    needed = float(
        stdtrit(fit.freedom, 1 - rate * (tested.found.sum() + 1) / max(len(tested.columns), 1) / 2)
    )
    return [_result(history, design, tested, place, needed) for place in range(len(tested.columns))]


def _result(history: History, design: Design, tested: _Tested, place: int, needed: float) -> LevelResult:
    column, raw, error = tested.columns[place], float(tested.raw[place]), float(tested.error[place])
    share = design.columns[:, column.place]
    conversions = float((share * history.conversions).sum())
    result = LevelResult(
        dimension=column.dimension,
        level=column.level,
        campaigns=column.campaigns,
        conversions=conversions,
        spend=float((share * history.spend).sum()),
        raw=raw,
        error=error,
        log=float(tested.shrunk.mean[place]),
        low=raw - tested.reach * error,
        high=raw + tested.reach * error,
        p_value=float(tested.p_value[place]),
        found="unclear",
    )
    if tested.found[place]:
        return result._replace(found="winner" if raw < 0 else "loser")
    times = _times(raw, error, needed)
    if raw >= 0 or result.p_value > 2 * PROMISING or times is None:
        return result
    days = history.days[share > 0]
    more = conversions * (times - 1)
    span = float(days.max() - days.min() + 1)
    return result._replace(found="promising", more=more, days=span * (times - 1))


def _times(raw: float, error: float, needed: float) -> float | None:
    """How many times the evidence would settle it, if the difference is what it seems less its noise."""
    signal = raw**2 - error**2
    times = needed**2 * error**2 / signal if signal > 0 else MOST_TIMES + 1
    return times if 1 < times <= MOST_TIMES else None


def _too_few(history: History, least: int) -> tuple[tuple[str, str, int], ...]:
    counts: dict[tuple[str, str], int] = {}
    for dimension, own in history.levels.items():
        for shares in own:
            for level in shares:
                counts[dimension, level] = counts.get((dimension, level), 0) + 1
    return tuple(
        (dimension, level, many) for (dimension, level), many in sorted(counts.items()) if many < least
    )


def _best(results: Sequence[LevelResult]) -> dict[str, str]:
    best: dict[str, LevelResult] = {}
    for each in results:
        held = best.get(each.dimension)
        if held is None or (each.log, each.raw) < (held.log, held.raw):
            best[each.dimension] = each
    return {dimension: each.level for dimension, each in best.items()}
