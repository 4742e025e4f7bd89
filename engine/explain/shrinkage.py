"""Shrinkage of many noisy effects towards what their like are, so that winners are not overstated."""

from typing import NamedTuple

import numpy as np

Array = np.ndarray
ROUNDS = 60
SCALES = np.array([0.0, 0.05, 0.1, 0.2, 0.35, 0.7])
# As if so many effects of each scale had been seen before: most levels differ little, hardly one by half.
# Chosen by simulation (tests/worlds/patterns.py) so that winners are neither over- nor understated.
SEEN_BEFORE = np.array([15.0, 0.5, 1.0, 3.0, 1.0, 0.0])
LEAST_SHARE = 1e-12


class Shrunk(NamedTuple):
    """Of each effect, shape (effects,): its shrunk ``mean`` and ``error``, and how likely it is ``wrong``."""

    mean: Array
    error: Array
    wrong: Array


def shrink(effects: Array, errors: Array) -> Shrunk:
    """Shrink effects in logs by a scale mixture of normals fitted to all of them (Stephens 2017).

    ``effects`` and ``errors`` have shape (effects,). ``wrong`` is the local false sign rate: how likely
    it is that there is nothing, or the opposite.
    """
    from scipy.special import ndtr  # noqa: PLC0415  an idle bot shrinks nothing

    total = SCALES[None, :] ** 2 + errors[:, None] ** 2
    likelihood = -0.5 * (np.log(total) + effects[:, None] ** 2 / total)
    likelihood = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    share = _shares(likelihood) * likelihood
    share /= share.sum(axis=1, keepdims=True)
    centre = effects[:, None] * SCALES[None, :] ** 2 / total
    variance = SCALES[None, :] ** 2 * errors[:, None] ** 2 / total
    mean = (share * centre).sum(axis=1)
    error = np.sqrt(np.maximum((share * (variance + centre**2)).sum(axis=1) - mean**2, 0.0))
    away = ndtr(-np.sign(effects)[:, None] * centre[:, 1:] / np.sqrt(variance[:, 1:]))
    return Shrunk(mean, error, share[:, 0] + (share[:, 1:] * away).sum(axis=1))


def believed(wrong: Array, rate: float) -> Array:
    """Mark as many effects as can be told so that at most ``rate`` of their signs are wrong on average."""
    order = np.argsort(wrong, kind="stable")
    average = np.cumsum(wrong[order]) / np.arange(1, len(wrong) + 1)
    told = np.zeros(len(wrong), dtype=bool)
    told[order[: int((average <= rate).sum())]] = True
    return told


def _shares(likelihood: Array) -> Array:
    """Fit how many effects have which scale, by expectation and maximisation with prior counts."""
    shares = np.full(len(SCALES), 1 / len(SCALES))
    for _ in range(ROUNDS):
        own = likelihood * shares
        own /= own.sum(axis=1, keepdims=True)
        shares = own.sum(axis=0) + SEEN_BEFORE
        shares /= shares.sum()
    return np.asarray(np.maximum(shares, LEAST_SHARE))
