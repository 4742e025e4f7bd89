"""When a forecast reaches a limit if nothing changes, and how likely each day lies beyond it."""

import numpy as np

from engine.measure.forecasting.forecast import Forecast
from engine.measure.forecasting.series import Floats

SCORES = np.array([-1.959964, -1.281552, 0.0, 1.281552, 1.959964])
TINY = 1e-12


def chances_below(found: Forecast, limit: float) -> Floats:
    """How likely what is observed on each coming day lies below ``limit``. Shape: (horizon,).

    Between the five known quantiles of a day normal scores are interpolated over the logarithm, beyond them
    they go on as steep.
    """
    known = np.log(np.maximum([found.low95, found.low80, found.median, found.high80, found.high95], TINY))
    at = np.log(max(limit, TINY))
    part = np.clip((known <= at).sum(axis=0), 1, len(SCORES) - 1)
    day = np.arange(known.shape[1])
    low, high = known[part - 1, day], known[part, day]
    slope = (SCORES[part] - SCORES[part - 1]) / np.maximum(high - low, 1e-6)
    return _normal(SCORES[part - 1] + slope * (at - low))


def first_likely(chances: Floats) -> int | None:
    """The place of the first day from which on every day is likelier than not; ``None`` where none is."""
    lacking = np.flatnonzero(chances < 0.5)
    first = int(lacking[-1]) + 1 if len(lacking) else 0
    return first if first < len(chances) else None


def _normal(score: Floats) -> Floats:
    """The normal distribution by its logistic approximation, off by at most 0.0002 (Bowling et al. 2009)."""
    bounded = np.clip(score, -8, 8)
    return np.asarray(1 / (1 + np.exp(-(0.07056 * bounded**3 + 1.5976 * bounded))))
