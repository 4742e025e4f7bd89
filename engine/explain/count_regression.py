"""Regression of counts with spread between units: conversions for a spend, as rates on a log scale.

Each unit's count is Poisson around exposure · exp(x·b + u), with u normal of variance s²: a unit has its
own rate beside what its columns say. Units without a single count take part like any other.
"""

from typing import NamedTuple

import numpy as np

ROUNDS = 25
STEPS = 6
SETTLED = 1e-4
LEAST_SPREAD = 1e-6
MOST_SPREAD = 9.0
FARTHEST = 3.0  # how far, in logs, a unit's own rate may start from what its columns say
RANK_TOLERANCE = 1e-9
UNSEEN = 1e-6

Array = np.ndarray


class CountFit(NamedTuple):
    """``coefficients`` (columns,) of the log rate, their ``covariance``, ``spread`` = s².

    ``residuals`` (units,) are working log rates less what was fitted; ``weights`` are 1/(s² + 1/expected
    count). ``seen`` (columns, columns) projects on what the data tell apart; ``freedom`` = units − rank.
    """

    coefficients: Array
    covariance: Array
    residuals: Array
    weights: Array
    seen: Array
    spread: float
    freedom: int

    def tells(self, contrasts: Array) -> Array:
        """Say which of ``contrasts`` (contrasts, columns) the data identify."""
        lost = contrasts - contrasts @ self.seen
        return np.asarray((lost**2).sum(axis=1) < UNSEEN * (contrasts**2).sum(axis=1))

    def errors(self, contrasts: Array) -> Array:
        """Standard errors of ``contrasts``, shape (contrasts,)."""
        variance = ((contrasts @ self.covariance) * contrasts).sum(axis=1)
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))


def fit_counts(counts: Array, exposure: Array, columns: Array) -> CountFit | None:
    """Fit by penalised quasi-likelihood with a random effect per unit (Breslow & Clayton 1993).

    ``counts`` (units,) ≥ 0 need not be whole; ``exposure`` (units,) > 0; ``columns`` (units, columns) may
    be collinear: what cannot be told apart is left out of ``seen``. s² solves Σ w·r² = freedom (Paule &
    Mandel 1982); where even s² = 0 scatters less, errors are not narrowed. ``None`` where there are no
    degrees of freedom, or no counts at all.
    """
    if counts.sum() <= 0:
        return None
    offset = np.log(exposure)
    level = np.full(len(counts), np.log(counts.sum() / exposure.sum()))
    spread = 0.1
    for _ in range(ROUNDS):
        means, working = _working(counts, offset, level, spread)
        weights = 1 / (spread + 1 / means)
        solved = solve(columns, working, weights)
        freedom = len(counts) - solved.rank
        if freedom < 1:
            return None
        fitted = columns @ solved.coefficients
        before = spread
        spread = _spread((working - fitted) ** 2, 1 / means, freedom)
        moved = float(np.abs(fitted - level).max()) + abs(spread - before) / (before + SETTLED)
        level = fitted
        if moved < SETTLED:
            break
    residuals = working - level
    return CountFit(solved.coefficients, solved.covariance, residuals, weights, solved.seen, spread, freedom)


def _working(counts: Array, offset: Array, level: Array, spread: float) -> tuple[Array, Array]:
    """Give expected counts at each unit's likeliest rate, and the log rates that the counts speak for."""
    usual = np.exp(offset + level)
    own = np.clip(spread * (counts - usual) / (1 + spread * usual), -FARTHEST, np.log1p(counts) + 1)
    for _ in range(STEPS):
        means = usual * np.exp(own)
        own = own + (counts - means - own / spread) / (means + 1 / spread)
    means = usual * np.exp(own)
    return means, level + own + (counts - means) / means


class Solved(NamedTuple):
    """Least squares' solution; ``covariance`` for weights that are inverse variances."""

    coefficients: Array
    covariance: Array
    seen: Array
    rank: int


def solve(columns: Array, values: Array, weights: Array) -> Solved:
    """Solve weighted least squares with Moore and Penrose's inverse: what is collinear shares its effect."""
    weighted = columns * weights[:, None]
    roots, vectors = np.linalg.eigh(weighted.T @ columns)
    kept = roots > RANK_TOLERANCE * roots[-1]
    basis = vectors[:, kept]
    covariance = (basis / roots[kept]) @ basis.T
    return Solved(covariance @ (weighted.T @ values), covariance, basis @ basis.T, int(kept.sum()))


def _spread(squares: Array, noise: Array, freedom: int) -> float:
    """Solve Σ squares/(s² + noise) = freedom for s² by Newton's method from below; it falls as s² grows."""
    spread = LEAST_SPREAD
    for _ in range(50):
        weights = 1 / (spread + noise)
        excess = float((squares * weights).sum()) - freedom
        if excess <= 0:
            break
        step = excess / float((squares * weights**2).sum())
        spread = min(spread + step, MOST_SPREAD)
        if step < SETTLED**2 * spread:
            break
    return spread
