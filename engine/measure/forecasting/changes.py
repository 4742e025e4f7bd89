"""The level since a change of late, and the line since its onset, over all days on which it may have come.

A change of unknown size against none: each possible day counts by its Bayes factor, with a normal prior on
the size (Barry & Hartigan 1993, with a single change of late). Where nothing changed the slow level stands.
"""

import numpy as np

from engine.measure.forecasting.moments import Sums, summed
from engine.measure.forecasting.series import Floats, Places

CHANGED = (4, 6, 9, 13, 18, 25, 35)  # days since a change, each tried
ONSETS = (7, 10, 14, 20, 28, 40)  # days since something began
BEFORE = 28  # days that a change is held against
USUAL_CHANGE, USUAL_SLOPE = 0.3, 0.02  # of the logarithm, and of it a day
ODDS = 0.02  # of each, before anything is seen
FEWEST_BEFORE = 5.0
SUREST = 50.0  # log odds


def since_a_change(found: Floats, start: Places, effects: Floats, slow: Floats, spread: float) -> Floats:
    """Give the level at each origin; ``found`` are the days' moments, ``slow`` the level without a change."""
    late, before = _parted(found, start, effects, CHANGED)
    chance = spread / np.maximum(late.often, 1e-9) + spread / np.maximum(before.often, 1e-9)
    odds = _odds(late.mean - before.mean, chance, USUAL_CHANGE)
    odds = np.where((late.often > 1) & (before.often > FEWEST_BEFORE), odds, 0.0)
    return np.asarray((slow + (odds * late.mean).sum(axis=0)) / (1 + odds.sum(axis=0)))


def since_an_onset(
    found: Floats, start: Places, effects: Floats, slow: Floats, spread: float
) -> tuple[Floats, Floats]:
    """Give the level and the slope a day at each origin: level before the onset, a line from it on."""
    late, before = _parted(found, start, effects, ONSETS)
    days = np.array(ONSETS, dtype=float)[:, None]
    often = np.maximum(late.often + before.often, 1e-9)
    mean = (late.total + before.total) / often
    zero = start - days  # the last day before the onset
    gone = late.places - zero * late.often
    cross = late.crossed - zero * late.total - gone * mean
    squares = late.squares - 2 * zero * late.places + zero**2 * late.often
    breadth = np.maximum(squares - gone**2 / often, 1e-9)
    chance = spread / breadth
    odds = _odds(cross / breadth, chance, USUAL_SLOPE)
    odds = np.where((late.often > 3) & (before.often > FEWEST_BEFORE), odds, 0.0)
    slope = cross / breadth * USUAL_SLOPE**2 / (USUAL_SLOPE**2 + chance)
    level = mean + slope * (days - gone / often)
    weight = 1 + odds.sum(axis=0)
    return (slow + (odds * level).sum(axis=0)) / weight, (odds * slope).sum(axis=0) / weight


def _odds(size: Floats, chance: Floats, usual: float) -> Floats:
    """How much likelier a change of this size makes one than none; ``chance`` is its variance by noise."""
    both = chance + usual**2
    told = np.minimum(size**2 / chance * usual**2 / both / 2, SUREST)
    return np.asarray(ODDS * np.sqrt(chance / both) * np.exp(told))


def _parted(found: Floats, start: Places, effects: Floats, tried: tuple[int, ...]) -> tuple[Sums, Sums]:
    """The newest days of each origin, so many as are tried, and those before them."""
    sums = np.concatenate([np.zeros((1, found.shape[1])), np.cumsum(found, axis=0)])
    since = np.maximum(start + 1 - np.array(tried)[:, None], 0)
    parted = sums[since]
    late, before = sums[start + 1] - parted, parted - sums[np.maximum(since - BEFORE, 0)]
    return summed(late, effects), summed(before, effects)
