"""Sums over days from which means and lines follow, whatever the weekdays turn out to do."""

from typing import NamedTuple

import numpy as np

from engine.measure.forecasting.series import Floats, Grid


def moments(grid: Grid, spread: float) -> Floats:
    """What sums are made of, by day, each day weighing as much as it is precise. Shape: (days, 19).

    Columns: weight, weight × value, weight by weekday (7); the same nine times the day's place; weight ×
    place². ``spread`` is the variance of a day beyond counting.
    """
    there = np.isfinite(grid.known)
    weight = np.where(there, spread / (spread + grid.chance), 0.0)
    value = np.where(there, grid.known, 0.0)
    is_day = (grid.weekday[:, None] == np.arange(7)) * weight[:, None]
    plain = np.concatenate([weight[:, None], (weight * value)[:, None], is_day], axis=1)
    place = np.arange(len(grid), dtype=float)[:, None]
    return np.concatenate([plain, place * plain, place**2 * plain[:, :1]], axis=1)


class Sums(NamedTuple):
    """Weighted sums over some days of each origin, weekdays taken out. Shapes: (ways, origins)."""

    often: Floats
    total: Floats
    places: Floats
    crossed: Floats
    squares: Floats

    @property
    def mean(self) -> Floats:
        return np.asarray(self.total / np.maximum(self.often, 1e-9))


def summed(found: Floats, effects: Floats) -> Sums:
    """Take weekday effects, (origins, 7), out of sums of moments, (ways, origins, 19)."""
    return Sums(
        often=found[..., 0],
        total=found[..., 1] - np.einsum("wod,od->wo", found[..., 2:9], effects),
        places=found[..., 9],
        crossed=found[..., 10] - np.einsum("wod,od->wo", found[..., 11:18], effects),
        squares=found[..., 18],
    )
