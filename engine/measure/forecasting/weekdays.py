"""How weekdays differ, as far as it was known on each past day: shrunk towards no difference at all."""

from functools import lru_cache

import numpy as np

from engine.measure.forecasting.series import MOST_DAYS, Floats, Grid

FADES = 0.006  # a day: weekday habits change over months
USUAL, USUAL_WEIGHT = (
    0.06,
    3.0,
)  # what weekdays differ by before anything is known, and its weight in weekdays
FEWEST_AROUND = 5  # days of seven that a day's neighbourhood needs


@lru_cache(maxsize=16)
def fading(rate: float) -> Floats:
    """Weights (to, from) of earlier days that fade by ``rate`` a day; later days weigh nothing."""
    age = np.subtract.outer(np.arange(MOST_DAYS), np.arange(MOST_DAYS))
    found = np.where(age >= 0, (1 - rate) ** np.maximum(age, 0), 0.0)
    found.flags.writeable = False
    return found


def weekday_effects(grid: Grid, origins: slice) -> Floats:
    """Estimate what each weekday adds to the logarithm, as known at the end of each origin day.

    A day's difference from the seven days around it counts once they are over; means by weekday are shrunk by
    empirical Bayes (Efron & Morris 1975), and sum to 0. Shape: (origins, 7), from Monday.
    """
    size = len(grid)
    apart = _apart(grid.known)
    there = np.isfinite(apart)
    weight = np.where(there, 1.0, 0.0)
    value = np.where(there, apart, 0.0)
    is_day = (grid.weekday[:, None] == np.arange(7)).astype(float)
    columns = np.concatenate([weight[:, None] * is_day, (weight * value)[:, None] * is_day], axis=1)
    fades = np.zeros((size, size))
    fades[3:] = fading(FADES)[: size - 3, :size] if size > 3 else 0  # three days later all seven are over
    found = fades[origins] @ np.concatenate([columns, (weight * value**2)[:, None]], axis=1)
    often, total, squares = found[:, :7], found[:, 7:14], found[:, 14]
    mean = total / np.maximum(often, 1e-9)
    days = often.sum(axis=1)
    within = np.maximum(squares - (often * mean**2).sum(axis=1), 0) / np.maximum(days - 7, 1)
    return _shrunk(mean, often, within)


def _shrunk(mean: Floats, often: Floats, within: Floats) -> Floats:
    usual = within[:, None] / np.maximum(often, 1e-9)
    seen = often > 0.5
    excess = np.where(seen, mean**2 - usual, 0).sum(axis=1)
    between = np.maximum((excess + USUAL_WEIGHT * USUAL**2) / (seen.sum(axis=1) + USUAL_WEIGHT), 1e-6)[
        :, None
    ]
    effects = np.where(seen, mean * between / (between + usual), 0.0)
    return np.asarray(effects - effects.mean(axis=1, keepdims=True))


def _apart(known: Floats) -> Floats:
    """Each day's difference from the mean of the seven days around it; NaN where too few are known."""
    there = np.isfinite(known)
    window = np.ones(7)
    total = np.convolve(np.where(there, known, 0.0), window, "same")[: len(known)]
    often = np.convolve(there.astype(float), window, "same")[: len(known)]
    around = np.where(often >= FEWEST_AROUND, total / np.maximum(often, 1), np.nan)
    around[:3], around[-3:] = np.nan, np.nan
    return known - around
