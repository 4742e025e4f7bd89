"""Thousands of segments against the rest, all at once: which rates really differ, and by how much."""

from typing import NamedTuple

import numpy as np

Array = np.ndarray
LEAST_EXPECTED = 5.0


class Segments(NamedTuple):
    """One entry a segment, each of shape (segments,).

    ``p_value`` is two-sided against the rest together, 1 where ``judged`` is false; ``is_real`` marks the
    discoveries. ``shrunk`` is the rate drawn to what the segments have in common, more with fewer trials.
    """

    p_value: Array
    judged: Array
    is_real: Array
    shrunk: Array


def significance(successes: Array, trials: Array, rate: float = 0.10) -> Segments:
    """Compare each segment's success rate with that of all others.

    ``successes`` ≤ ``trials``, both of shape (segments,). The test is Pearson's chi-square of the 2 × 2 table
    without correction, judged where at least five of each cell are expected (Cochran 1954). Discoveries hold
    the false discovery rate (Benjamini & Hochberg 1995); rates are shrunk by a beta prior fitted by moments
    (Kleinman 1973).
    """
    whole, tries = float(successes.sum()), float(trials.sum())
    if tries == 0 or len(trials) < 2:
        nothing = np.zeros(len(trials), dtype=bool)
        return Segments(np.ones(len(trials)), nothing, nothing, np.zeros(len(trials)))
    usual = whole / tries
    rest = tries - trials
    judged = np.minimum(trials, rest) * min(usual, 1 - usual) >= LEAST_EXPECTED
    p_value = np.where(judged, _two_sided(successes - trials * usual, trials, rest, usual), 1.0)
    return Segments(p_value, judged, _discovered(p_value, rate), _shrunk(successes, trials, usual))


def _two_sided(surplus: Array, trials: Array, rest: Array, usual: float) -> Array:
    """Pearson's chi-square of one degree of freedom, by the normal it is the square of."""
    from scipy.special import erfc  # noqa: PLC0415  an idle bot compares nothing

    spread = np.maximum(2 * usual * (1 - usual) * trials * rest / (trials + rest), np.finfo(float).tiny)
    return np.asarray(erfc(np.abs(surplus) / np.sqrt(spread)))


def _discovered(p_value: Array, rate: float) -> Array:
    """Benjamini and Hochberg's step-up; only p-values up to ``rate`` can pass, so only these are sorted."""
    small = np.sort(p_value[p_value <= rate])
    passed = np.flatnonzero(small <= rate * np.arange(1, len(small) + 1) / len(p_value))
    return p_value <= small[passed[-1]] if len(passed) else np.zeros(len(p_value), dtype=bool)


def _shrunk(successes: Array, trials: Array, usual: float) -> Array:
    """Posterior means under a beta prior whose spread is what the rates scatter beyond chance."""
    size = float(trials.sum())
    # Σ n(r − p)² = Σ s²/n − 2pΣs + p²Σn, so nothing of a segment without trials is divided.
    scatter = float((successes * successes / np.maximum(trials, 1.0)).sum()) - usual * usual * size
    chance = usual * (1 - usual)
    reach = size - float((trials * trials).sum()) / size
    between = (scatter - chance * (np.count_nonzero(trials) - 1)) / reach if reach > 0 else 0.0
    if between <= 0 or chance == 0:
        return np.full(len(trials), usual)
    strength = max(chance / between - 1, 0.0)
    return np.asarray((successes + strength * usual) / np.maximum(trials + strength, np.finfo(float).tiny))
