"""How the days of one series hang together, and what a regression says in spite of it. Pure.

Days of a KPI resemble their neighbours: a step and a wandering level look alike. A ``Noise`` is one way of
hanging together (independent days, AR(1), noise on a random walk) with what makes such days independent.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Days = NDArray[np.int64]

# A share of noise of which so much is left the day after.
AUTOREGRESSIVE: tuple[tuple[float, float], ...] = ((1.0, 0.3), (0.5, 0.6), (1.0, 0.6), (0.5, 0.8), (1.0, 0.8))
# The variance of a walk's daily steps over that of the noise on it; at 100 there is no noise to speak of.
WALKING: tuple[float, ...] = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 4.0, 100.0)
# Most days' noise has no memory, and a walk that noise nearly hides looks like any step: so each has to be so
# much likelier (in logs) before it is believed. Chosen by simulation; benchmarks/trends.py tells the price.
AUTOREGRESSIVE_PENALTY, WALKING_PENALTY = 0.5, 1.5
LEAST_SPREAD = 0.25  # of the variance that days were given: fewer days than noise cannot prove less of it


class Noise(NamedTuple):
    """``root`` (n, n) makes such days of independent ones, ``whitener`` undoes it.

    ``penalty`` is taken from its log-likelihood: half the log-determinant, and what it has to gain first.
    ``ones`` (n,) and ``designs`` (n, k) are the constant and some candidates as independent days see them, of
    length 1, the candidates without what the constant explains.
    """

    root: Floats
    whitener: Floats
    penalty: float
    ones: Floats
    designs: Floats

    def independent(self, values: Floats) -> Floats:
        """Make values of shape (n, m) independent, without their mean."""
        white = self.whitener @ values
        rest: Floats = white - np.outer(self.ones, self.ones @ white)
        return rest


class Fit(NamedTuple):
    """A regression: ``coefficients`` and ``errors`` of the constant first, then of the designs, (k + 1,).

    ``spread`` is how much wider days scatter than their noise says; ``line`` is what is fitted, (n,).
    """

    line: Floats
    coefficients: Floats
    errors: Floats
    spread: float


def noises(days: Days, variances: Floats, candidates: Floats) -> list[Noise]:
    """Every way of hanging together; ``days`` (n,) may have gaps, ``candidates`` has shape (n, k)."""
    since = (days - days[0]).astype(float)
    apart = np.abs(since[:, None] - since[None, :])
    alone, usual = np.diag(variances), float(variances.mean())
    walked = usual * np.minimum(since[:, None], since[None, :])
    kept = [(1 - share) * alone + share * usual * left**apart for share, left in AUTOREGRESSIVE]
    return [
        _noise(alone, 0.0, candidates),
        *(_noise(each, AUTOREGRESSIVE_PENALTY, candidates) for each in kept),
        *(_noise(alone + step * walked, WALKING_PENALTY, candidates) for step in WALKING),
    ]


def _noise(covariance: Floats, believed_at: float, candidates: Floats) -> Noise:
    root: Floats = np.linalg.cholesky(covariance).astype(np.float64)
    whitener: Floats = np.linalg.inv(root).astype(np.float64)
    summed: Floats = whitener.sum(axis=1)
    ones: Floats = summed / np.sqrt(float((summed**2).sum()))
    designs = whitener @ candidates
    designs = designs - np.outer(ones, ones @ designs)
    seen: Floats = designs / np.sqrt((designs**2).sum(axis=0))
    return Noise(root, whitener, believed_at + float(np.log(np.diag(root)).sum()), ones, seen)


def fit(values: Floats, noise: Noise, designs: Floats, spread: float | None = None) -> Fit:
    """Fit a constant and ``designs`` (n, k) by generalised least squares (Aitken 1935).

    ``spread`` is learned from what is left, unless it is given.
    """
    n = len(values)
    plain = np.column_stack([np.ones(n), designs])
    white = noise.whitener @ plain
    inverse = np.linalg.pinv(white.T @ white)
    coefficients: Floats = inverse @ (white.T @ (noise.whitener @ values))
    if spread is None:
        rest = noise.whitener @ (values - plain @ coefficients)
        spread = max(float((rest**2).sum()) / max(n - plain.shape[1], 1), LEAST_SPREAD)
    errors = np.sqrt(spread * np.clip(np.diag(inverse), 0, None))
    return Fit(plain @ coefficients, coefficients, errors, spread)
