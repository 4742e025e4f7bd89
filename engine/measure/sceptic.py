"""From what was counted to how sure a change is: a sceptical prior over true changes. Pure.

Most campaigns did not change, so a change that merely could be one is no news. The prior of true log
changes is a mixture of normals around 0, one of them a spike at 0 (Stephens 2017, "False discovery rates: a
new deal"); it is learned from remembered windows where there are enough. The likelihood of a log change is
taken as normal, with the spread at which "no change" is exactly as unlikely as the counts make it (the signed
root of the likelihood ratio; Barndorff-Nielsen & Cox 1994), which holds down to a handful of events.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from engine.measure import distributions
from engine.models.change_prior import ChangePrior

ENOUGH_WINDOWS = 20  # fewer teach less than what is assumed
ROUNDS = 50
ASSUMED_WINDOWS = 20.0  # how many windows the assumed weights count for when others are learned


class Shift(NamedTuple):
    """A log change and its standard error, as far as the counts tell it."""

    change: float
    error: float


def shift(change: float, likelihood_ratio: float, least_error: float, freedom: float | None = None) -> Shift:
    """Give the log change its error, so that 0 is as unlikely as ``likelihood_ratio`` (of logs) says.

    ``least_error`` stands in where nothing changed. With ``freedom`` the dispersion was itself estimated on
    so many degrees: then Student's t takes the normal's place (Smyth 2004).
    """
    if abs(change) < 1e-9 or likelihood_ratio <= 0:
        return Shift(change, least_error)
    root = math.sqrt(2 * likelihood_ratio)
    if freedom is not None:
        tail = max(distributions.t_cdf(freedom, -root), 1e-300)
        root = max(-distributions.normal_quantile(tail), 1e-9)
    return Shift(change, abs(change) / root)


def beyond(found: Shift, limit: float, prior: ChangePrior) -> float:
    """P(the true log change goes beyond ``limit`` in the direction seen), ``limit`` ≥ 0, after the data."""
    weights = responsibilities(found, prior)
    seen = abs(found.change)
    sure = sum(
        weight * _tail(seen, found.error, width, limit)
        for weight, width in zip(weights, prior.widths, strict=True)
        if width
    )
    return min(sure, 1.0)


def responsibilities(found: Shift, prior: ChangePrior) -> list[float]:
    """How likely each part of the prior made what was seen; adds up to 1."""
    logs = []
    for weight, width in zip(prior.weights, prior.widths, strict=True):
        variance = found.error**2 + width**2
        log = -(found.change**2) / (2 * variance) - math.log(variance) / 2
        logs.append(log + math.log(weight) if weight > 0 else -math.inf)
    largest = max(logs)
    parts = [math.exp(each - largest) for each in logs]
    return [each / sum(parts) for each in parts]


def learned(seen: Sequence[Shift], assumed: ChangePrior) -> ChangePrior:
    """Learn the weights from windows by expectation maximisation; with too few, what is assumed.

    What is assumed counts as ``ASSUMED_WINDOWS`` windows beside those seen, so no single lucky portfolio
    makes everything believable.
    """
    if len(seen) < ENOUGH_WINDOWS:
        return assumed
    weights = _maximised(seen, assumed)
    return assumed.model_copy(update={"weights": tuple(weights), "windows": len(seen)})


def _tail(seen: float, error: float, width: float, limit: float) -> float:
    """P(true > limit) for one normal part, which draws what was seen towards 0."""
    trust = width**2 / (width**2 + error**2)
    return distributions.normal_cdf((seen * trust - limit) / (error * math.sqrt(trust)))


def _maximised(seen: Sequence[Shift], assumed: ChangePrior) -> list[float]:
    import numpy as np  # noqa: PLC0415  an idle bot learns nothing

    changes, errors = np.array(seen, dtype=float).T
    variances = errors[:, None] ** 2 + np.square(assumed.widths)[None, :]
    logs = -(changes[:, None] ** 2) / (2 * variances) - np.log(variances) / 2
    likely = np.exp(logs - logs.max(axis=1, keepdims=True))
    start = np.array(assumed.weights)
    weights = start
    for _ in range(ROUNDS):
        shares = likely * weights
        shares /= shares.sum(axis=1, keepdims=True)
        weights = (shares.sum(axis=0) + ASSUMED_WINDOWS * start) / (len(seen) + ASSUMED_WINDOWS)
    return [float(each) for each in weights]
