"""Rolling origins: what every model would have said on past days, and how the models share the say."""

from typing import NamedTuple

import numpy as np

from engine.measure.forecasting.series import TO_DEVIATION, Floats, Grid, Places, running_median
from engine.measure.forecasting.smoothing import NAIVE, forecasts
from engine.measure.forecasting.weekdays import fading

WARM = 10  # days before the first origin
MOST_ORIGINS = 84
FORGETS = 0.03  # a day: how models did lately counts most
SHARPNESS = 0.9  # how fast a worse model loses its say, a day of backtest
MOST_DAYS_OF_PROOF = 40.0
WORST = 6.0  # deviations that a single day can count
LEAST_SPREAD = 1e-4


class Backtest(NamedTuple):
    """What was said on each origin day for each day ahead, in logarithms; the last origin is today.

    All have the shape (origins, horizon): ``said`` and ``naive`` are forecasts, ``apart`` the variance
    between the models behind ``said``, ``came`` what was observed (NaN where nothing was), ``chance`` its
    variance by counting. ``share`` is each model's say today, ``spread`` a day's variance beyond counting.
    """

    origins: slice
    said: Floats
    naive: Floats
    apart: Floats
    came: Floats
    chance: Floats
    share: Floats
    spread: float


def backtest(grid: Grid, horizon: int) -> Backtest:
    """Forecast from every past day with what was known then, the models' shares included."""
    size = len(grid)
    origins = slice(max(min(WARM, size - 1), size - MOST_ORIGINS), size)
    spread = day_spread(grid)
    each = forecasts(grid, origins, horizon, spread)
    places = np.arange(size)[origins][:, None] + np.arange(1, horizon + 1)
    inside = np.minimum(places, size - 1)
    came = np.where(places < size, grid.log[inside], np.nan)
    chance = grid.chance[inside]
    share = _shares(grid, each, places, spread)
    said = np.einsum("ohm,om->oh", each, share)
    apart = np.einsum("ohm,om->oh", (each - said[:, :, None]) ** 2, share)
    return Backtest(origins, said, each[:, :, NAIVE], apart, came, chance, share[-1], spread)


def _shares(grid: Grid, each: Floats, places: Places, spread: float) -> Floats:
    """Give each model its say at each origin, by how it did on days that were over then.

    Exponential weights on the mean absolute miss of each day, over all distances (Cesa-Bianchi & Lugosi
    2006). Shape: (origins, models).
    """
    daily, has = _daily_misses(grid, each, places, spread)
    fades = fading(FORGETS)[: len(has), : len(has)]
    days = fades @ has
    loss = (fades @ daily) / np.maximum(days, 1e-9)[:, None]
    merit = -SHARPNESS * np.minimum(days, MOST_DAYS_OF_PROOF)[:, None] * np.log(np.maximum(loss, 1e-9))
    share = np.exp(merit - merit.max(axis=1, keepdims=True))
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def _daily_misses(grid: Grid, each: Floats, places: Places, spread: float) -> tuple[Floats, Floats]:
    """How far off each model was on each origin day, on average over the days it was forecast from.

    Shapes: (origins, models), and (origins,) that is 1 where there is something to tell.
    """
    size, (count, horizon, models) = len(grid), each.shape
    inside = np.minimum(places, size - 1)
    came, scale = grid.known[inside], np.sqrt(spread + grid.chance[inside])
    there = np.isfinite(came)
    miss = np.abs(each - np.where(there, came, 0.0)[:, :, None]) / scale[:, :, None]
    miss = np.minimum(miss, WORST) * there[:, :, None]
    total, often = np.zeros((count, models)), np.zeros(count)
    for ahead in range(1, min(horizon, count - 1) + 1):
        total[ahead:] += miss[:-ahead, ahead - 1]
        often[ahead:] += there[:-ahead, ahead - 1]
    return total / np.maximum(often, 1)[:, None], (often > 0).astype(float)


def day_spread(grid: Grid) -> float:
    """The variance of a day's logarithm around its neighbours, beyond counting."""
    apart = grid.known - running_median(grid.known)
    there = np.isfinite(apart)
    if there.sum() < 5:
        return 0.02
    seen = (TO_DEVIATION * np.median(np.abs(apart[there]))) ** 2 * 7 / 6
    return float(max(seen - np.median(grid.chance[there]), LEAST_SPREAD))
