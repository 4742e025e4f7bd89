"""The small models, each run at every past day at once: levels, damped trends, Theta, weekly means.

Exponential smoothing is a mean whose weights fade (Brown 1963), so that one product of matrices gives the
level of every day. Days count by their precision; weekdays are taken out as they were known that day.
Trends are damped (Gardner & McKenzie 1985); Theta is a level and half of a slope (Hyndman & Billah 2003).
"""

from typing import NamedTuple

import numpy as np

from engine.measure.forecasting.changes import since_a_change, since_an_onset
from engine.measure.forecasting.moments import moments, summed
from engine.measure.forecasting.series import Floats, Grid, Places
from engine.measure.forecasting.weekdays import fading, weekday_effects

LEVELS = (0.012, 0.04, 0.1, 0.22, 0.45)  # how fast each forgets, a day
TRENDS = (0.04, 0.08, 0.15)
DAMPED = 0.94
SLOW = 0.04  # the level where nothing changed
THETA_LEVEL, THETA_SLOPE = 0.22, 0.012
RATES = tuple(sorted({*LEVELS, *TRENDS, SLOW, THETA_LEVEL, THETA_SLOPE}))
SURE_SLOPE = 0.006  # a day, the usual slope: steeper ones have to be shown


class Model(NamedTuple):
    """One way to forecast; ``family`` is what people are told of it, ``rate`` how fast it forgets."""

    family: str
    rate: float


MODELS = (
    *(Model("weighted mean" if rate < 0.03 else "smoothing", rate) for rate in LEVELS),
    *(Model("damped trend", rate) for rate in TRENDS),
    Model("since a change", SLOW),
    Model("since an onset", SLOW),
    Model("theta", THETA_LEVEL),
    Model("same weekdays", 4),  # weeks
    Model("same weekday last week", 1),
)
NAIVE = len(MODELS) - 1


class _Lines(NamedTuple):
    """Means and lines through the past of each origin: level, end of the line, shrunk slope a day.

    Shapes: (rates, origins).
    """

    level: Floats
    end: Floats
    slope: Floats


def forecasts(grid: Grid, origins: slice, horizon: int, spread: float) -> Floats:
    """Forecast the logarithm from the end of each origin day, by each model.

    ``spread`` is the variance of a day beyond counting. Shape: (origins, horizon, models).
    """
    effects = weekday_effects(grid, origins)
    start, ahead = np.arange(len(grid))[origins], np.arange(1, horizon + 1)
    season = np.take_along_axis(effects, (grid.weekday[start][:, None] + ahead) % 7, axis=1)
    found = moments(grid, spread)
    weights = np.stack([fading(rate)[: len(grid), : len(grid)][origins] for rate in RATES])
    lines = _lines(weights, found, start, effects, spread)
    slow, damped = lines.level[RATES.index(SLOW)], np.cumsum(DAMPED**ahead)
    onset, slope = since_an_onset(found, start, effects, slow, spread)
    trends = [RATES.index(rate) for rate in TRENDS]
    theta = lines.slope[RATES.index(THETA_SLOPE)] / 2
    said = [
        *(lines.level[RATES.index(rate)][:, None] + season for rate in LEVELS),
        *(lines.end[at][:, None] + lines.slope[at][:, None] * damped + season for at in trends),
        since_a_change(found, start, effects, slow, spread)[:, None] + season,
        onset[:, None] + slope[:, None] * damped + season,
        lines.level[RATES.index(THETA_LEVEL)][:, None] + theta[:, None] * ahead + season,
        *(_same_weekday(grid, start, ahead, int(model.rate)) for model in MODELS[-2:]),
    ]
    return np.stack(said, axis=2)


def _lines(weights: Floats, found: Floats, start: Places, effects: Floats, spread: float) -> _Lines:
    """Fit means and lines with fading weights to what is left when weekdays are taken out."""
    sums = summed(weights @ found, effects)
    often, level = np.maximum(sums.often, 1e-9), sums.mean
    middle = sums.places / often
    cross = sums.crossed - middle * sums.total
    breadth = np.maximum(sums.squares - middle * sums.places, 1e-9)
    # a slope counts as far as it is known beyond the noise: ridge on the usual slope (Hoerl & Kennard 1970)
    slope = cross / (breadth + spread / SURE_SLOPE**2)
    return _Lines(level, level + slope * (start - middle), slope)


def _same_weekday(grid: Grid, start: Places, ahead: Places, weeks: int) -> Floats:
    """The mean of the same weekday over so many weeks; where a week misses it, the one before stands in."""
    filled = grid.log.copy()
    for place in np.flatnonzero(~np.isfinite(filled)):
        filled[place] = filled[place - 7] if place >= 7 else np.nanmedian(grid.log[:14])
    last = start[:, None] + ahead - 7 * -(-ahead // 7)
    earlier = np.maximum(last[:, :, None] - 7 * np.arange(weeks), last[:, :, None] % 7)
    earlier = np.minimum(earlier, len(grid) - 1)  # in the first week every day stands for those missing
    return np.asarray(filled[earlier].mean(axis=2))
