"""Points that lie together: k-means, how many groups there are, and whether there are any at all.

Deterministic: the same points give the same groups, in whatever order they come (callers sort them first).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Labels = NDArray[np.intp]

SEED = 63
STARTS = 6  # k-means is begun so often, and the tightest result taken
ROUNDS = 60
MOST_GROUPS = 8
MOST_MEASURED = 150  # points
LEAST_SILHOUETTE = 0.25  # below it "no substantial structure" (Kaufman & Rousseeuw 1990, table 3)
NEARLY = 0.02  # a silhouette that is larger by less is not worth another group


class Division(NamedTuple):
    """Centres of groups, and how well they divide."""

    silhouette: float
    centres: Points


class Grouped(NamedTuple):
    """``labels`` holds each point's group, from 0; ``None`` where the points do not fall into groups.

    ``silhouette`` is the best that was found, ``usual`` the largest that points without groups gave.
    """

    labels: Labels | None
    silhouette: float
    usual: float


def grouped(
    points: Points,
    usual: Callable[[], float],
    *,
    least_members: int,
    most_groups: int = MOST_GROUPS,
    most_measured: int = MOST_MEASURED,
    starts: int = STARTS,
) -> Grouped:
    """Group points, shape (n, d), into as many groups as the silhouette favours (Rousseeuw 1987).

    ``usual`` gives the largest silhouette of points like these that have no groups: ours has to be above it
    (the idea of Tibshirani's gap and of SigClust, Liu et al. 2008). It is asked only where it matters.
    How many groups there are is decided on at most ``most_measured`` points, evenly taken.
    """
    best = best_division(evenly(points, most_measured), least_members, most_groups, starts)
    if best is None or best.silhouette < LEAST_SILHOUETTE:
        return Grouped(None, best.silhouette if best else 0.0, 0.0)
    chance = usual()
    if best.silhouette <= chance:
        return Grouped(None, best.silhouette, chance)
    labels, _ = _settled(points, best.centres)
    return Grouped(labels, best.silhouette, chance)


def evenly(points: Points, most: int = MOST_MEASURED) -> Points:
    """Take at most so many of the points, evenly over their order."""
    if len(points) <= most:
        return points
    return points[np.linspace(0, len(points) - 1, most).astype(np.intp)]


def k_means(points: Points, k: int, starts: int = STARTS) -> tuple[Labels, Points]:
    """Divide points into ``k`` groups by Lloyd's rounds from k-means++ (Arthur & Vassilvitskii 2007).

    Gives the labels and the centres of the tightest of ``starts`` results.
    """
    chance = np.random.default_rng([SEED, k])
    results = [_settled(points, _begun(points, k, chance)) for _ in range(starts)]
    return min(results, key=lambda each: float(((points - each[1][each[0]]) ** 2).sum()))


def silhouette(points: Points, labels: Labels) -> float:
    """Mean silhouette of all points (Rousseeuw 1987), −1 to 1; a group of one counts 0."""
    return _silhouette(_distances(points, points), labels)


def best_division(
    points: Points, least_members: int, most_groups: int = MOST_GROUPS, starts: int = STARTS
) -> Division | None:
    """Give the division with the largest silhouette; of nearly equal ones that with the fewest groups.

    Divisions with a group of fewer than ``least_members`` are left out; ``None`` where no other is.
    """
    apart = _distances(points, points)
    best: Division | None = None
    for k in range(2, min(most_groups, len(points) // least_members) + 1):
        labels, centres = k_means(points, k, starts)
        if np.bincount(labels, minlength=k).min() < least_members:
            continue
        found = _silhouette(apart, labels)
        if best is None or found > best.silhouette + NEARLY:
            best = Division(found, centres)
    return best


def _silhouette(apart: Points, labels: Labels) -> float:
    member = np.eye(int(labels.max()) + 1)[labels]
    sizes = member.sum(axis=0)
    summed = apart @ member
    own = np.arange(len(labels)), labels
    size = sizes[labels]
    within = summed[own] / np.maximum(size - 1, 1)
    others = summed / sizes
    others[own] = np.inf
    nearest = others.min(axis=1)
    widest = np.maximum(within, nearest)
    each = np.divide(nearest - within, widest, out=np.zeros_like(within), where=widest > 0)
    return float(np.where(size > 1, each, 0.0).mean())


def _begun(points: Points, k: int, chance: np.random.Generator) -> Points:
    """Choose first centres far apart from each other, by chance."""
    centres = [points[int(chance.integers(len(points)))]]
    nearest = ((points - centres[0]) ** 2).sum(axis=1)
    for _ in range(k - 1):
        total = nearest.sum()
        place = int(np.searchsorted(np.cumsum(nearest), chance.random() * total)) if total > 0 else 0
        centres.append(points[min(place, len(points) - 1)])
        nearest = np.minimum(nearest, ((points - centres[-1]) ** 2).sum(axis=1))
    return np.array(centres)


def _settled(points: Points, centres: Points) -> tuple[Labels, Points]:
    """Move each centre into the middle of its points until nothing moves."""
    labels = _nearest(points, centres)
    for _ in range(ROUNDS):
        member = np.eye(len(centres))[labels]
        sizes = member.sum(axis=0)
        moved = np.where(sizes[:, None] > 0, member.T @ points / np.maximum(sizes, 1)[:, None], centres)
        again = _nearest(points, moved)
        centres = moved
        if np.array_equal(again, labels):
            break
        labels = again
    return labels, centres


def _nearest(points: Points, centres: Points) -> Labels:
    found: Labels = np.argmin((centres**2).sum(axis=1) - 2 * points @ centres.T, axis=1)
    return found


def _distances(ours: Points, theirs: Points) -> Points:
    squares = (ours**2).sum(axis=1)[:, None] + (theirs**2).sum(axis=1) - 2 * ours @ theirs.T
    found: Points = np.sqrt(np.maximum(squares, 0.0))
    return found
