"""Which group does best: groups compared within campaigns, shrunk towards each other, with what it may cost
to choose wrongly.

A hierarchical model in closed form over a grid (empirical-Bayes idea; Gelman et al., *Bayesian Data
Analysis*, ch. 5): ln(events / expected) of a cell = its stratum + its group + the cell's own way + counting
noise. Groups vary by ω, cells by τ; both are averaged over, so that with little data every group is like
every other.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

OWN_WAYS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.65, 0.9)  # τ: how cells of one group differ, in logs
GROUP_WAYS = (0.08, 0.12, 0.2, 0.3, 0.45, 0.65)  # ω: how groups differ, in logs
DRAWS = 4_000
SEED = 12
LEVEL = 0.8
LEADS = 0.95  # P(best) from which it is said that a group does best
PROMISING = 0.5
TAIL = 1.6448536269514722  # normal quantile of LEADS
LEAST_CELLS = 3
LEAST_EVENTS = 20.0
SMALLEST = 0.5  # expected events; a cell that expects fewer says nothing more than this


class Cell(NamedTuple):
    """One creative: its group, the campaign within which it is compared, what came of it and what the
    campaign's usual rate (or its own forecast) would have brought for the same exposure."""

    group: int
    stratum: str
    events: float
    expected: float


class Place(NamedTuple):
    """How one group stands. ``lift`` is against the other groups' mean, as a share (0.22 is +22 %), with its
    range at ``LEVEL``; ``best`` the probability that no group is better; ``regret`` what choosing it costs on
    average, as a share of the events. ``enough`` is whether it has the creatives and events to be judged."""

    group: int
    cells: int
    events: float
    lift: float
    low: float
    high: float
    best: float
    regret: float
    enough: bool


class Need(NamedTuple):
    """What would settle who leads: about so many more events, or (``None``) more creatives of each group."""

    events: float | None


class League(NamedTuple):
    """Groups by their probability of being best. ``leader`` is the group of which it is said; ``need`` stands
    where the first is promising only."""

    places: tuple[Place, ...]
    leader: int | None
    need: Need | None


class _Posterior(NamedTuple):
    weight: float
    own: float
    mean: Floats
    spread: Floats


def league(cells: Sequence[Cell], groups: int) -> League:
    """Rank ``groups`` groups (numbered from 0) by their cells; the order of the cells does not matter."""
    ordered = sorted(cells)
    posteriors = _posteriors(ordered, groups)
    drawn = _drawn(posteriors, groups)
    places = _places(ordered, drawn, groups)
    ranked = tuple(sorted(places, key=lambda each: (not each.enough, -each.best, each.group)))
    able = [each for each in ranked if each.enough]
    if len(able) < 2:
        return League(ranked, None, None)
    first = able[0]
    if first.best >= LEADS and first.low > 0:
        return League(ranked, first.group, None)
    need = _need(ordered, posteriors, first, able[1], groups) if first.best >= PROMISING else None
    return League(ranked, None, need)


def _posteriors(cells: Sequence[Cell], groups: int) -> list[_Posterior]:
    """What the data say of the groups for each pair of (τ, ω), with each pair's weight; weights add up to
    1."""
    found = [_posterior(cells, groups, own, between) for own in OWN_WAYS for between in GROUP_WAYS]
    highest = max(each.weight for each in found)
    weights = [math.exp(each.weight - highest) for each in found]
    return [each._replace(weight=weight / sum(weights)) for each, weight in zip(found, weights, strict=True)]


def _posterior(cells: Sequence[Cell], groups: int, own: float, between: float) -> _Posterior:
    """Weighted least squares with strata taken out (REML); ``weight`` is the log of the marginal
    likelihood."""
    value, weights, group, stratum = _arrays(cells, own)
    count = int(stratum.max()) + 1
    table = np.zeros((count, groups))
    np.add.at(table, (stratum, group), weights)
    total = table.sum(axis=1)
    middle = np.bincount(stratum, weights * value, minlength=count) / total
    precision = np.diag(table.sum(axis=0)) - table.T @ (table / total[:, None])
    pull = np.bincount(group, weights * value, minlength=groups) - table.T @ middle
    shrunk = precision + np.eye(groups) / between**2
    spread = np.linalg.inv(shrunk)
    mean = spread @ pull
    square = float((weights * value**2).sum() - (total * middle**2).sum() - pull @ mean)
    sizes = float(np.log(total).sum() - np.log(weights).sum() + np.linalg.slogdet(shrunk)[1])
    return _Posterior(-0.5 * (square + sizes + 2 * groups * math.log(between)), own, mean, spread)


def _arrays(cells: Sequence[Cell], own: float) -> tuple[Floats, Floats, NDArray[np.intp], NDArray[np.intp]]:
    """Values, weights, groups and strata; the variance comes from what was expected, not from what was seen:
    else a cell that was unlucky would count for less."""
    expected = np.array([max(each.expected, SMALLEST) for each in cells])
    value = np.log((np.array([each.events for each in cells]) + 0.5) / (expected + 0.5))
    names = {name: place for place, name in enumerate(sorted({each.stratum for each in cells}))}
    group = np.array([each.group for each in cells], dtype=np.intp)
    stratum = np.array([names[each.stratum] for each in cells], dtype=np.intp)
    return value, 1 / (own**2 + 1 / expected), group, stratum


def _drawn(posteriors: Sequence[_Posterior], groups: int) -> Floats:
    """Draw groups' effects out of all (τ, ω), each as often as it is likely; shape (draws, groups)."""
    chance = np.random.default_rng(SEED)
    parts = []
    for each in posteriors:
        many = round(each.weight * DRAWS)
        if many:
            root = np.linalg.cholesky(each.spread)
            parts.append(each.mean + chance.standard_normal((many, groups)) @ root.T)
    return np.concatenate(parts)


def _places(cells: Sequence[Cell], drawn: Floats, groups: int) -> list[Place]:
    best = drawn.max(axis=1)
    first = drawn.argmax(axis=1)
    tail = (1 - LEVEL) / 2
    found = []
    for group in range(groups):
        own = [each for each in cells if each.group == group]
        others = np.delete(drawn, group, axis=1)
        lift = drawn[:, group] - others.mean(axis=1)
        low, middle, high = np.expm1(np.quantile(lift, [tail, 0.5, 1 - tail]))
        events = sum(each.events for each in own)
        expected = sum(each.expected for each in own)
        regret = float(-np.expm1(drawn[:, group] - best).mean())
        found.append(
            Place(
                group, len(own), events, float(middle), float(low), float(high), float((first ==
                group).mean()), regret, len(own) >= LEAST_CELLS and max(events, expected) >= LEAST_EVENTS,
            )
        )  # fmt: skip
    return found


def _need(
    cells: Sequence[Cell], posteriors: Sequence[_Posterior], first: Place, second: Place, groups: int
) -> Need | None:
    """How many more events would tell the first from the second, if they differ as much as they seem to."""
    likeliest = max(posteriors, key=lambda each: each.weight)
    contrast = np.zeros(groups)
    contrast[first.group], contrast[second.group] = 1.0, -1.0
    mean = sum(each.weight * each.mean for each in posteriors)
    apart = float(contrast @ mean)
    if apart <= 0:
        return None
    wanted = (apart / TAIL) ** 2
    now = _variance(cells, groups, likeliest.own, contrast, times=1.0)
    at_last = _variance(cells, groups, likeliest.own, contrast, times=1e6)
    if at_last >= wanted:
        return Need(None)
    times = max(1.0, (now - at_last) / (wanted - at_last))
    return Need((times - 1) * (first.events + second.events))


def _variance(cells: Sequence[Cell], groups: int, own: float, contrast: Floats, *, times: float) -> float:
    """The variance of the difference, had every cell so many times its events."""
    more = [each._replace(events=each.events * times, expected=each.expected * times) for each in cells]
    return float(contrast @ _posterior(more, groups, own, GROUP_WAYS[-1]).spread @ contrast)
