"""Where a change is: which segment shifted, while everything else stayed as it was.

Each hypothesis says that one segment's ratio moved by a factor and the others' did not. Given how many
events a cell had in both windows together, those of the second are binomial, so the cells' own ratios and
where the volume went drop out (the conditional test of Poisson rates; Przyborowski & Wilenski 1940). The
likeliest hypothesis is taken, then the likeliest beside it, as in Adtributor (Bhagwan et al., NSDI 2014) and
Squeeze (Li et al. 2019), but by likelihood: log-likelihood in units of the days' own scatter, less the log of
how many such segments were looked at. Pure.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.explain.scattering import Scatter
from engine.explain.slices import Cells, Facts, Floats, Slices, cells, every_slice
from engine.measure import distributions

MOST_NAMED = 3
FALSE_RATE = (0.01, 0.04, 0.04)  # P(by chance), at most: everything shifted; a single one; a pair is named
RIDGE = 0.25  # a normal prior of factors, so that a segment without events has one
FURTHEST = 6.0
ROUNDS = 12


class Named(NamedTuple):
    """A segment that shifted: its ratio is ``exp(log_factor)`` times what it was; ``error`` of that log.

    ``members`` are its cells. ``adjusted_p`` is P(by chance), over all that were looked at.
    """

    dimensions: tuple[str, ...]
    values: tuple[str, ...]
    log_factor: float
    error: float
    adjusted_p: float
    members: Floats


class Localised(NamedTuple):
    """``named`` segments, the likeliest first; ``common`` is a shift of everything, where there is one.

    ``cells`` and ``slices`` are what was looked at, ``looked_at`` how many segments. ``scatter`` says how
    far each of ``slices`` scatters beyond chance. ``late`` is the log of the share of events that have come
    in: factors are beyond it.
    """

    named: tuple[Named, ...]
    common: Named | None
    cells: Cells
    slices: tuple[Slices, ...]
    looked_at: int
    scatter: Scatter
    late: float = 0.0


class Fit(NamedTuple):
    """By segment: the log factor, its error at no scatter, and the gain in log-likelihood."""

    log_factor: Floats
    error: Floats
    gain: Floats


def localise(facts: Facts) -> Localised:
    """Name the segments that shifted between the two windows, or none."""
    found = cells(facts)
    slices = every_slice(facts, found)
    scatter = Scatter(facts, found, slices)
    late = float(np.log(facts.known))
    offset = np.full(found.events.shape[1], late)
    named: list[Named] = []
    every = [Slices((), np.zeros(len(offset), dtype=np.int64), ((),)), *slices]
    while len(named) < MOST_NAMED:
        best = _likeliest(found, every, offset, scatter)
        if best is None:
            break
        if not best.dimensions and late and _likeliest(found, every[:1], offset - late, scatter) is None:
            every = slices  # it may all be events that are still to come
            continue
        named.append(best)
        offset, named = _together(found, named, late)
    common = next((each for each in named if not each.dimensions), None)
    told = tuple(each for each in named if each.dimensions)
    return Localised(
        told, common, found, tuple(slices), sum(len(each.values) for each in slices), scatter, late
    )


def fit(found: Cells, slices: Slices, offset: Floats) -> Fit:
    """Fit each segment's factor on top of ``offset``, the log factor that its cells have already.

    Newton's method on the conditional likelihood, all segments at once.
    """
    chosen, of, count = slices.of_cell >= 0, slices.of_cell[slices.of_cell >= 0], len(slices.values)
    events, together, odds = _conditional(found, offset)
    events, together, odds = events[chosen], together[chosen], odds[chosen]
    top, factor = np.bincount(of, events, count), np.zeros(count)
    information = np.full(count, RIDGE)
    for _ in range(ROUNDS):
        share = 1 / (1 + np.exp(-(odds + factor[of])))
        information = np.bincount(of, together * share * (1 - share), count) + RIDGE
        slope = top - np.bincount(of, together * share, count) - RIDGE * factor
        factor = np.clip(factor + np.clip(slope / information, -2, 2), -FURTHEST, FURTHEST)
    odd = np.logaddexp(0, odds + factor[of]) - np.logaddexp(0, odds)
    gain = top * factor - np.bincount(of, together * odd, count)
    return Fit(factor, 1 / np.sqrt(information), np.maximum(gain, 0.0))


def _conditional(found: Cells, offset: Floats) -> tuple[Floats, Floats, Floats]:
    """Events of the second window, those of both, and the log odds; nothing of cells with one window."""
    before, now = found.volume
    is_both = (before > 0) & (now > 0)
    odds = np.log(np.where(is_both, now, 1.0) / np.where(is_both, before, 1.0)) + offset
    return np.where(is_both, found.events[1], 0.0), np.where(is_both, found.events.sum(axis=0), 0.0), odds


def _likeliest(found: Cells, every: Sequence[Slices], offset: Floats, scatter: Scatter) -> Named | None:
    """The hypothesis with the most gain less the price of its search, where chance hardly makes it."""
    looked = Counter[int]()
    for each in every:
        looked[len(each.dimensions)] += len(each.values)
    best = max(
        (_best_of(found, each, offset, scatter, looked[len(each.dimensions)]) for each in every),
        key=lambda each: each[0],
    )
    return best[1]


def _best_of(
    found: Cells, slices: Slices, offset: Floats, scatter: Scatter, looked: int
) -> tuple[float, Named | None]:
    fitted = fit(found, slices, offset)
    if fitted.gain.max(initial=0.0) < np.log(looked):
        return -np.inf, None
    dispersion, freedom = scatter.of(slices)
    gain = fitted.gain / dispersion
    at = int(gain.argmax())
    p = 2 * distributions.t_cdf(float(freedom[at]), -float(np.sqrt(2 * gain[at]))) * looked
    if p > FALSE_RATE[len(slices.dimensions)]:
        return -np.inf, None
    error = float(fitted.error[at] * np.sqrt(dispersion[at]))
    members = (slices.of_cell == at).astype(float)
    name = Named(slices.dimensions, slices.values[at], float(fitted.log_factor[at]), error, p, members)
    return float(gain[at] - np.log(looked)), name


def _together(found: Cells, named: Sequence[Named], late: float) -> tuple[Floats, list[Named]]:
    """Fit all that is named at once, each on top of the others; gives the cells' log factors."""
    factors = np.array([each.log_factor for each in named])
    members = np.array([each.members for each in named])
    for _ in range(ROUNDS):
        for at, own in enumerate(members):
            others = late + factors @ members - factors[at] * own
            alone = Slices(("",), np.where(own > 0, 0, -1), (("",),))
            factors[at] = fit(found, alone, others).log_factor[0]
    told = [each._replace(log_factor=float(factor)) for each, factor in zip(named, factors, strict=True)]
    return np.asarray(late + factors @ members), told
