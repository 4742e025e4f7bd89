"""How often each of many alike things succeeds now, from dated trials: a Beta belief that forgets.

Every thing starts from one prior, learned over all of them (empirical Bayes, Casella 1985), and an older
trial counts for less by exponential forgetting, as in the discounted Beta of West & Harrison 1997. How
strong the prior is and how fast is forgotten is chosen by what would have told each trial best from those
before it (prequential likelihood; Dawid 1984), so no trial is used to foretell itself.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from engine.measure.distributions import log_beta

HALF_LIVES = (15.0, 30.0, 60.0, 120.0, 180.0, 360.0, 720.0, 2880.0)
STRENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
USUAL_STRENGTH = 8.0
WIDTH_OF_HALF_LIFE, WIDTH_OF_STRENGTH = 1.2, 0.8  # standard deviations of their logarithms, before any trial
KNOWN_MEAN = 0.5  # before any trial at all; it stands for one trial, which keeps the prior off 0 and 1


class Trial(NamedTuple):
    """One result on a day. ``share`` in (0, 1] is how much of a whole trial it is."""

    day: date
    success: bool
    share: float = 1.0


class Belief(NamedTuple):
    """``mean`` is the probability of success now; ``prior`` is the mean before any trial of its own.

    ``successes`` of ``trials`` are what is left of the trials after forgetting.
    """

    mean: float
    prior: float
    successes: float
    trials: float


class Beliefs(NamedTuple):
    """``half_life`` in days is the likeliest one, by which ``successes`` and ``trials`` have faded."""

    half_life: float
    of: dict[str, Belief]


class _Counted(NamedTuple):
    """Trials of one thing on one day added up, oldest day first: columns of equal length."""

    things: np.ndarray
    ages: np.ndarray  # days before now
    won: np.ndarray
    tried: np.ndarray


def believe(trials: Mapping[str, Sequence[Trial]], now: date, usual_half_life: float = 180.0) -> Beliefs:
    """Tell for each thing how likely its next trial succeeds, on the day ``now``.

    Half-life and strength of the prior are averaged over a grid, each weighed by its prequential likelihood
    and by a prior around ``usual_half_life`` days and 8 trials, which decides while trials are few. Trials
    of one day are beta-binomial together, so their order changes nothing. Raises ``ValueError`` where
    a trial lies behind ``now``.
    """
    names = sorted(trials)
    if not any(trials.values()):
        return Beliefs(usual_half_life, {name: Belief(KNOWN_MEAN, KNOWN_MEAN, 0.0, 0.0) for name in names})
    counted = _counted(trials, names, now)
    half_lives = np.array(sorted({*HALF_LIVES, usual_half_life}))
    strengths = np.array(STRENGTHS)
    won, tried, means, scores = _foretold(counted, half_lives, strengths, len(names))
    scores -= 0.5 * (np.log(half_lives / usual_half_life)[:, None] / WIDTH_OF_HALF_LIFE) ** 2
    scores -= 0.5 * (np.log(strengths / USUAL_STRENGTH)[None, :] / WIDTH_OF_STRENGTH) ** 2
    weights = np.exp(scores - scores.max())
    weights /= weights.sum()
    after = (strengths * means + won[:, :, None]) / (strengths + tried[:, :, None])
    mean, prior = (after * weights).sum(axis=(1, 2)), float((weights * means).sum())
    best = int(weights.sum(axis=1).argmax())
    return Beliefs(
        float(half_lives[best]),
        {
            name: Belief(float(mean[place]), prior, float(won[place, best]), float(tried[place, best]))
            for place, name in enumerate(names)
        },
    )


def _counted(trials: Mapping[str, Sequence[Trial]], names: Sequence[str], now: date) -> _Counted:
    days: dict[tuple[int, int], list[float]] = {}
    for place, name in enumerate(names):
        for each in sorted(trials[name]):
            held = days.setdefault(((each.day - now).days, place), [0.0, 0.0])
            held[0] += each.share if each.success else 0.0
            held[1] += each.share
    ordered = sorted(days)
    if ordered[-1][0] > 0:
        raise ValueError(f"a trial is dated after {now}")
    sums = np.array([days[each] for each in ordered])
    at, things = np.array(ordered).T
    return _Counted(things, -at.astype(float), sums[:, 0], sums[:, 1])


def _foretold(
    counted: _Counted, half_lives: np.ndarray, strengths: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Go through the days once, for all half-lives and strengths together.

    Gives what is left now of successes and of trials, shape (things, half-lives), the prior's means and
    the log likelihood of each day's trials given the days before, both of shape (half-lives, strengths).
    """
    means = _means(counted, strengths, count)[None, :].repeat(len(half_lives), axis=0)
    won, tried = np.zeros((count, len(half_lives))), np.zeros((count, len(half_lives)))
    seen = np.full(count, counted.ages[0])
    scores = np.zeros_like(means)
    starts = np.flatnonzero(np.diff(counted.ages, prepend=np.inf))
    for first, last in zip(starts, [*starts[1:], len(counted.ages)], strict=True):
        own, age = counted.things[first:last], counted.ages[first]
        faded = 0.5 ** ((seen[own] - age)[:, None] / half_lives)
        won[own] *= faded
        tried[own] *= faded
        good, every = counted.won[first:last], counted.tried[first:last]
        a = strengths * means + won[own][:, :, None]
        b = strengths + tried[own][:, :, None] - a
        lost = (every - good)[:, None, None]
        scores += (log_beta(a + good[:, None, None], b + lost) - log_beta(a, b)).sum(axis=0)
        won[own] += good[:, None]
        tried[own] += every[:, None]
        seen[own] = age
    faded = 0.5 ** (seen[:, None] / half_lives)
    return won * faded, tried * faded, means, scores


def _means(counted: _Counted, strengths: np.ndarray, count: int) -> np.ndarray:
    """The prior's mean: things weigh by how much their trials tell beside a prior of that strength."""
    tried = np.bincount(counted.things, weights=counted.tried, minlength=count)[:, None]
    good = np.bincount(counted.things, weights=counted.won, minlength=count)[:, None]
    told = strengths / (strengths + tried)
    above, below = (good * told).sum(axis=0), (tried * told).sum(axis=0)
    found: np.ndarray = (above + KNOWN_MEAN) / (below + 1)
    return found
