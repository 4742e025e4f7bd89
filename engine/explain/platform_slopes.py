"""Trends of levels over campaigns' dates, such as a platform whose CPA rises, all else held fixed."""

from typing import Literal, NamedTuple

import numpy as np

from engine.explain.campaign_history import FEW, UNKNOWN, Column, Design, History
from engine.explain.cost_parts import costs_of
from engine.explain.count_regression import Array, CountFit
from engine.measure.discovery import discoveries

LEAST_CAMPAIGNS = 16
LEAST_DAYS = 8
INTERVAL_LEVEL = 0.90
WAVES = np.arange(2, 8)
WALK_FREEDOM = 5
LINKED = 0.03  # slow waves as strong as this often are taken for more than chance
MOST_LEVERAGE = 0.9
UNEQUAL = 1.2  # White's variance over the model's
LEAST_VARIANCE = 1e-12


class LevelTrend(NamedTuple):
    """``slope`` is the change of ln(CPA) in a year, with a 90 % interval; ``found`` where it is no chance."""

    dimension: str
    level: str
    campaigns: int
    slope: float
    low: float
    high: float
    p_value: float
    first: int
    last: int
    found: Literal["improving", "worsening", "unclear"]


def level_trends(history: History, design: Design, fit: CountFit, rate: float) -> tuple[LevelTrend, ...]:
    """Test each level's own slope in the regression of all dimensions; needs 16 campaigns on 8 days.

    Where campaigns scatter clearly otherwise than the model has it, errors are White's, HC2 (MacKinnon &
    White 1985). Where a level's campaigns wander together in time, its slope must also pass the test for
    series that wander.
    """
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415  an idle bot tests nothing

    tested = [each for each in design.slopes if _is_long_enough(history, design, each)]
    contrasts = np.zeros((len(tested), design.columns.shape[1]))
    contrasts[np.arange(len(tested)), [each.place for each in tested]] = 1
    kept = fit.tells(contrasts)
    tested = [each for each, seen in zip(tested, kept, strict=True) if seen]
    places = [each.place for each in tested]
    costs = costs_of(history, design, [each.place for each in design.slopes], fit)
    slopes, errors = costs.of(contrasts[kept])
    errors = errors * _widening(design, costs.fit)[places]
    own = [_own(design, each) for each in tested]
    p_values = [
        max(
            float(2 * stdtr(fit.freedom, -abs(z))),
            _wandering(history.days[mine], costs.fit.residuals[mine], costs.fit.weights[mine], float(z)),
        )
        for mine, z in zip(own, slopes / errors, strict=True)
    ]
    found = discoveries(p_values, rate)
    picked = max(sum(found), 1) / max(len(tested), 1)
    reach = errors * float(stdtrit(fit.freedom, 1 - (1 - INTERVAL_LEVEL) * picked / 2))
    return tuple(
        LevelTrend(
            dimension=each.dimension,
            level=each.level,
            campaigns=each.campaigns,
            slope=float(slopes[at]),
            low=float(slopes[at] - reach[at]),
            high=float(slopes[at] + reach[at]),
            p_value=p_values[at],
            first=int(history.days[own[at]].min()),
            last=int(history.days[own[at]].max()),
            found=("improving" if slopes[at] < 0 else "worsening") if found[at] else "unclear",
        )
        for at, each in enumerate(tested)
    )


def _own(design: Design, each: Column) -> Array:
    """Mark the campaigns that have this level, by the column of the level that the slope belongs to."""
    level = next(one for one in design.levels if (one.dimension, one.level) == (each.dimension, each.level))
    return np.asarray(design.columns[:, level.place] > 0)


def _is_long_enough(history: History, design: Design, each: Column) -> bool:
    if each.level in {FEW, UNKNOWN} or each.campaigns < LEAST_CAMPAIGNS:
        return False
    return len(np.unique(history.days[_own(design, each)])) >= LEAST_DAYS


def _widening(design: Design, fit: CountFit) -> Array:
    """How much larger White's errors are, shape (columns,); 1 where the scatter is about as modelled."""
    pulled = design.columns @ fit.covariance
    leverage = np.minimum((pulled * design.columns).sum(axis=1) * fit.weights, MOST_LEVERAGE)
    scaled = pulled * (fit.residuals * fit.weights / np.sqrt(1 - leverage))[:, None]
    ratio = (scaled**2).sum(axis=0) / np.maximum(np.diag(fit.covariance), LEAST_VARIANCE)
    return np.where(ratio > UNEQUAL, np.sqrt(ratio), 1.0)


def _wandering(days: Array, residuals: Array, weights: Array, z: float) -> float:
    """Give the chance of a slope of ``z`` errors for a level that wanders; 0 where nothing says that it does.

    Slow waves around the line, of two to seven half turns, tell a wandering level: where they hold more
    than its campaigns' scatter does, a random walk of that strength is put into the slope's error (Müller &
    Watson 2008). ``days``, ``residuals`` and ``weights`` are the level's campaigns'.
    """
    from scipy.special import chdtrc, stdtr  # noqa: PLC0415

    at = (days - days.min()) / (days.max() - days.min())
    roots = np.sqrt(weights)[:, None]
    waves = np.cos(np.pi * np.outer(at, WAVES)) * roots
    line = np.column_stack([np.ones_like(at), at]) * roots
    waves = waves - line @ np.linalg.lstsq(line, waves, rcond=None)[0]
    basis, _ = np.linalg.qr(waves)
    energy = float(((basis.T @ (residuals * roots[:, 0])) ** 2).sum())
    if chdtrc(len(WAVES), energy) > LINKED:
        return 0.0
    walk = max(energy - len(WAVES), 0.0) / float((1 / WAVES**2).sum())
    return float(2 * stdtr(WALK_FREEDOM, -abs(z) / np.sqrt(1 + walk)))
