"""Accounts by day whose segments scatter as real ones do; in one of them a segment may go bad.

Days share shocks, segments have their own, and both hang on from day to day: pure noise is not Poisson.
"""

from typing import NamedTuple

import numpy as np

DIMENSIONS: dict[str, tuple[str, ...]] = {
    "campaign": ("spring-sale", "newsletter-leads", "brand-search", "autumn-brand"),
    "ad set": ("new-parents", "students", "runners", "gardeners", "cooks"),
    "placement": ("feed", "stories", "reels", "audience_network"),
    "device": ("mobile", "desktop", "tablet"),
    "country": ("ES", "FR", "DE"),
}
PEOPLE = ("campaign", "ad set", "placement", "device", "country")


class SegmentWorld(NamedTuple):
    """Rows in columns: ``labels`` by dimension, days from 0; ``bad`` names what was planted, if anything."""

    names: dict[str, tuple[str, ...]]
    labels: dict[str, np.ndarray]
    day: np.ndarray
    spend: np.ndarray
    conversions: np.ndarray
    days: int
    length: int
    bad: dict[str, str]
    factor: float


def segment_world(seed: int, planted: int = 0, factor: float = 0.0, **fixed: float) -> SegmentWorld:
    """Draw an account; ``planted`` dimensions (0, 1 or 2) name the segment that goes bad lately."""
    rng = np.random.default_rng(seed)
    chosen = sorted(rng.choice(len(PEOPLE), int(rng.integers(2, 5)), replace=False))
    dimensions = [PEOPLE[each] for each in chosen]
    if "placement" not in dimensions:
        dimensions.append("placement")
    length = int(fixed.get("length", rng.choice([7, 14, 28])))
    days = 2 * length + int(fixed.get("history", rng.choice([0, 14, 28])))
    sizes = [len(DIMENSIONS[each]) for each in dimensions]
    grid = np.indices(sizes).reshape(len(sizes), -1)
    shares = np.ones(grid.shape[1])
    ratios = np.ones(grid.shape[1])
    for own, size in zip(grid, sizes, strict=True):
        shares *= rng.dirichlet(np.full(size, 3.0))[own]
        ratios *= np.exp(rng.normal(0, 0.25, size))[own]
    kept = shares > 0.2 / grid.shape[1]
    grid, shares, ratios = grid[:, kept], shares[kept] / shares[kept].sum(), ratios[kept]
    bad, is_bad = _bad(rng, dimensions, grid, shares, planted)
    drawn = float(np.exp(-rng.uniform(0.5, 1.0)))
    planted_factor = factor or drawn
    per_day = fixed.get("conversions", float(np.exp(rng.uniform(np.log(15), np.log(150)))))
    spend = 40 * per_day * shares[:, None] * _wobbling(rng, (len(shares), days), 0.25, 0.6)
    rate = ratios[:, None] / 40 * _shocks(rng, dimensions, grid, days) * _weekdays(rng, days)
    rate[:, days - length :] *= np.where(is_bad, planted_factor, 1.0)[:, None]
    noise = fixed.get("cell_noise", float(rng.choice([0.0, 0.1, 0.3])))
    mean = rate * spend * np.exp(rng.normal(0, noise, spend.shape) - noise**2 / 2)
    conversions = rng.poisson(mean)
    labels = {name: np.repeat(own, days) for name, own in zip(dimensions, grid, strict=True)}
    return SegmentWorld(
        {name: DIMENSIONS[name] for name in dimensions},
        labels,
        np.tile(np.arange(days), len(shares)),
        spend.ravel(),
        conversions.ravel().astype(float),
        days,
        length,
        bad,
        planted_factor if planted else 1.0,
    )


def _bad(
    rng: np.random.Generator, dimensions: list[str], grid: np.ndarray, shares: np.ndarray, planted: int
) -> tuple[dict[str, str], np.ndarray]:
    """Pick a segment that holds an eighth to a half of the money; for one dimension, a placement."""
    if not planted:
        return {}, np.zeros(grid.shape[1], dtype=bool)
    at = [dimensions.index("placement")]
    if planted == 2:
        at.append(int(rng.choice([each for each in range(len(dimensions)) if each != at[0]])))
    found = []
    for cell in range(grid.shape[1]):
        inside = (grid[at] == grid[at, cell][:, None]).all(axis=0)
        found.append((abs(float(shares[inside].sum()) - 0.3), cell))
    cell = min(found)[1]
    inside = (grid[at] == grid[at, cell][:, None]).all(axis=0)
    return {dimensions[each]: DIMENSIONS[dimensions[each]][grid[each, cell]] for each in at}, inside


def _shocks(rng: np.random.Generator, dimensions: list[str], grid: np.ndarray, days: int) -> np.ndarray:
    """Every day's luck of the whole account, and of each value of each dimension."""
    whole = _wobbling(rng, (1, days), float(rng.choice([0.0, 0.08, 0.15])), 0.4)
    for own, name in zip(grid, dimensions, strict=True):
        spread = float(rng.choice([0.0, 0.05, 0.12]))
        whole = whole * _wobbling(rng, (len(DIMENSIONS[name]), days), spread, 0.3)[own]
    return whole


def _wobbling(rng: np.random.Generator, shape: tuple[int, int], spread: float, memory: float) -> np.ndarray:
    """Factors around 1 that hang on from day to day (first-order autoregression of their logs)."""
    steps = rng.normal(0, 1, shape)
    logs = np.zeros(shape)
    logs[:, 0] = steps[:, 0]
    for day in range(1, shape[1]):
        logs[:, day] = memory * logs[:, day - 1] + np.sqrt(1 - memory**2) * steps[:, day]
    return np.exp(spread * logs - spread**2 / 2)


def _weekdays(rng: np.random.Generator, days: int) -> np.ndarray:
    return np.exp(rng.normal(0, 0.12, 7))[np.arange(days) % 7]
