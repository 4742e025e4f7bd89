"""How conversions answer to spend: one campaign's curve through its present point, with what is not known.

Each campaign's conversions a day are counts around a Hill curve of the day's spend, times a weekday factor
shared by all campaigns and a trend of its own; they scatter more than Poisson counts where the data say so.
The elasticity (percent more conversions for a percent more spend) of each campaign is shrunk towards the
others by a prior learned over all of them (empirical Bayes). After Robyn (Hill saturation, Runge et al. 2024)
and Meridian (Jin et al. 2017: Bayesian curves, hierarchical over media).

What is seen are days on which spend differed, no experiment: where spend followed demand, elasticity is
overstated.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

ELASTICITIES = np.linspace(0.02, 1.7, 43)
SHAPES = np.array([0.8, 1.0, 1.4, 2.0])  # Hill's exponent: 1 saturates at once, above 1 it starts slowly
SHAPE_PRIOR = np.array([0.25, 0.35, 0.25, 0.15])
USUAL_MEAN, WIDTH_OF_MEAN = 0.65, 0.25  # of elasticities over campaigns, before any of them is seen
MEANS = np.linspace(0.15, 1.25, 12)
SPREADS = np.array([0.08, 0.15, 0.25, 0.4])
SPREAD_PRIOR = np.array([0.2, 0.3, 0.35, 0.15])
TREND_WIDTH = 0.3  # standard deviation of a trend's logarithm over the whole window
DISPERSION_DAYS = 30.0  # a campaign's own dispersion weighs as the pooled one after so many days
DRAWS = 600
NEWTON_STEPS = 6


class SpendDays(NamedTuple):
    """One campaign's days: ``days`` are ordinals (``date.toordinal``), all three of one length.

    ``now`` is what it spends a day at present, in the same money as ``spend``; above 0.
    """

    name: str
    now: float
    days: np.ndarray
    spend: np.ndarray
    conversions: np.ndarray


class Response(NamedTuple):
    """A campaign's curve, as equally likely draws of (conversions a day now, elasticity, Hill's exponent).

    The three arrays have shape (draws,). ``days`` and ``seen`` count the days and conversions behind it.
    """

    name: str
    now: float
    level: np.ndarray
    elasticity: np.ndarray
    shape: np.ndarray
    days: int
    seen: float

    @property
    def marginal(self) -> np.ndarray:
        """Conversions that a little more money brings, for each unit of it, by draw."""
        found: np.ndarray = self.level * self.elasticity / self.now
        return found

    def at(self, ratio: np.ndarray) -> np.ndarray:
        """Conversions a day at ``ratio`` (shape n) of the present spend; shape (draws, n)."""
        risen = hill(ratio[None, :], self.elasticity[:, None], self.shape[:, None])
        found: np.ndarray = self.level[:, None] * risen
        return found


def hill(ratio: np.ndarray, elasticity: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Hill's curve through the present point: results at ``ratio`` of the spend, as a ratio of results.

    With exponent ``shape`` and present saturation ``s = 1 − elasticity / shape`` the curve
    ``r^shape / (1 + s (r^shape − 1))`` is 1 at the present spend and has that elasticity there. Where the
    elasticity is above ``shape`` the curve is the power law of that elasticity.
    """
    power = np.maximum(shape, elasticity)
    risen = np.maximum(ratio, 1e-9) ** power
    found: np.ndarray = risen / (1 + (1 - elasticity / power) * (risen - 1))
    return found


def responses(campaigns: Sequence[SpendDays], rng: np.random.Generator) -> list[Response]:
    """Learn every campaign's curve; those without days with spend have the curve that others suggest.

    ``rng`` draws from what is known; the same one gives the same draws.
    """
    used = [_with_spend(each) for each in campaigns]
    guess = np.full(len(used), USUAL_MEAN)
    weekdays = np.ones(7)
    for _ in range(2):
        weekdays, dispersions = _surroundings(used, guess, weekdays)
        fits = [_profile(each, weekdays, d) for each, d in zip(used, dispersions, strict=True)]
        posteriors = _shrunk([each[0] for each in fits])
        guess = np.array([float((each.sum(axis=1) * ELASTICITIES).sum()) for each in posteriors])
    return [
        _drawn(each, posterior, fit[1], dispersion, rng)
        for each, posterior, fit, dispersion in zip(used, posteriors, fits, dispersions, strict=True)
    ]


def _with_spend(each: SpendDays) -> SpendDays:
    kept = (each.spend > 0) & (each.conversions >= 0)
    return each._replace(days=each.days[kept], spend=each.spend[kept], conversions=each.conversions[kept])


def _times(each: SpendDays) -> np.ndarray:
    """Days as −0.5 to 0.5 of the window."""
    span = max(float(np.ptp(each.days)), 1.0) if len(each.days) else 1.0
    found: np.ndarray = (each.days - each.days.mean()) / span if len(each.days) else each.days.astype(float)
    return found


def _surroundings(
    used: Sequence[SpendDays], guess: np.ndarray, weekdays: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weekday factors (shape 7) over all campaigns, and each campaign's dispersion, at these elasticities."""
    seen, meant = np.zeros(7), np.zeros(7)
    means = []
    for each, elasticity in zip(used, guess, strict=True):
        shape = np.log(hill(each.spend / each.now, np.array(elasticity), np.array(1.0)))
        base = shape + np.log(weekdays[each.days % 7])
        level, trend = _fitted(each, base[None, :], 1.0)
        mean = np.exp(level[:, None] + trend[:, None] * _times(each) + base)[0]
        means.append(mean)
        seen += np.bincount(each.days % 7, weights=each.conversions, minlength=7)
        meant += np.bincount(each.days % 7, weights=mean / weekdays[each.days % 7], minlength=7)
    pooled, own = _dispersions(used, means)
    return _weekdays(seen, meant, pooled), own


def _weekdays(seen: np.ndarray, meant: np.ndarray, dispersion: float) -> np.ndarray:
    """Shrink seen over meant towards 1 by how far weekdays differ at all."""
    if (meant <= 0).any():
        return np.ones(7)
    rates = seen / meant
    chance = dispersion / meant
    between = max(0.0, float(((rates - rates.mean()) ** 2).sum() / 6 - chance.mean()))
    found: np.ndarray = np.maximum(1 + (rates - 1) * between / (between + chance), 0.05)
    return found


def _dispersions(used: Sequence[SpendDays], means: Sequence[np.ndarray]) -> tuple[float, np.ndarray]:
    """How much conversions scatter beside Poisson counts: over all campaigns, and each one's, at least 1.

    Over all, weeks are looked at as well as days: what goes up and down slowly shows in weeks.
    """
    squares = [float((gap**2 / mean).sum()) for gap, mean in _gaps(used, means)]
    freedom = np.array([max(len(each.days) - 3.0, 0.0) for each in used])
    weeks = [_by_week(each, gap, mean) for each, (gap, mean) in zip(used, _gaps(used, means), strict=True)]
    weekly = sum(each[0] for each in weeks) / max(sum(each[1] for each in weeks), 1.0)
    daily = sum(squares) / max(freedom.sum(), 1.0)
    pooled = max(1.0, daily, weekly if sum(each[1] for each in weeks) >= 8 else 0.0)
    own = (DISPERSION_DAYS * pooled + np.array(squares)) / (DISPERSION_DAYS + freedom)
    return pooled, np.maximum(own, 1.0)


def _gaps(used: Sequence[SpendDays], means: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(each.conversions - mean, mean) for each, mean in zip(used, means, strict=True)]


def _by_week(each: SpendDays, gap: np.ndarray, mean: np.ndarray) -> tuple[float, float]:
    """Pearson's sum over weeks and its degrees of freedom, beside level, trend and elasticity."""
    if len(gap) == 0:
        return 0.0, 0.0
    week = (each.days - each.days.min()) // 7
    gaps, means = np.bincount(week, weights=gap), np.bincount(week, weights=mean)
    full = means > 0
    return float((gaps[full] ** 2 / means[full]).sum()), max(float(full.sum()) - 3.0, 0.0)


def _profile(each: SpendDays, weekdays: np.ndarray, dispersion: float) -> tuple[np.ndarray, np.ndarray]:
    """Log likelihood of each (elasticity, shape), and the level now with it; both (elasticities, shapes)."""
    size = (len(ELASTICITIES), len(SHAPES))
    elasticity, shape = (grid.reshape(-1, 1) for grid in np.meshgrid(ELASTICITIES, SHAPES, indexing="ij"))
    base = np.log(hill((each.spend / each.now)[None, :], elasticity, shape))
    base = base + np.log(weekdays[each.days % 7])
    level, trend = _fitted(each, base, dispersion)
    line = level[:, None] + trend[:, None] * _times(each) + base
    likelihood = (each.conversions * line - np.exp(line)).sum(axis=1) / dispersion
    likelihood -= 0.5 * (trend / TREND_WIDTH) ** 2
    return likelihood.reshape(size), np.exp(level).reshape(size)


def _fitted(each: SpendDays, base: np.ndarray, dispersion: float) -> tuple[np.ndarray, np.ndarray]:
    """Level (logarithm) and trend that fit best beside ``base``, shape (curves, days), by Newton's steps.

    Half a conversion more keeps a campaign without any off minus infinity.
    """
    times, total = _times(each), each.conversions.sum() + 0.5
    trend = np.zeros(len(base))
    level = np.log(total / (np.exp(base).sum(axis=1) + 1e-9)) if len(times) else np.full(len(base), -50.0)
    for _ in range(NEWTON_STEPS if len(times) else 0):
        mean = np.exp(level[:, None] + trend[:, None] * times + base)
        slope = ((each.conversions - mean) * times).sum(axis=1) / dispersion - trend / TREND_WIDTH**2
        bend = (mean * times**2).sum(axis=1) / dispersion + 1 / TREND_WIDTH**2
        trend = trend + np.clip(slope / bend, -0.5, 0.5)
        level = np.log(total) - np.log(np.exp(trend[:, None] * times + base).sum(axis=1))
    return level, trend


def _shrunk(likelihoods: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Posterior over (elasticity, shape) of each campaign, averaged over the prior's mean and spread."""
    scaled = [np.exp(each - each.max()) * SHAPE_PRIOR for each in likelihoods]
    gaps = (ELASTICITIES[None, None, :] - MEANS[:, None, None]) / SPREADS[None, :, None]
    priors = np.exp(-0.5 * gaps**2)
    priors /= priors.sum(axis=2, keepdims=True)
    told = np.log(SPREAD_PRIOR)[None, :] - 0.5 * ((MEANS[:, None] - USUAL_MEAN) / WIDTH_OF_MEAN) ** 2
    evidence = [priors @ each.sum(axis=1) for each in scaled]
    for each in evidence:
        told = told + np.log(each)
    hyper = np.exp(told - told.max())
    hyper /= hyper.sum()
    found = []
    for each, seen in zip(scaled, evidence, strict=True):
        prior = np.tensordot(hyper / seen, priors, 2)
        posterior = prior[:, None] * each
        found.append(posterior / posterior.sum())
    return found


def _drawn(
    each: SpendDays, posterior: np.ndarray, levels: np.ndarray, dispersion: float, rng: np.random.Generator
) -> Response:
    cells = rng.choice(posterior.size, DRAWS, p=posterior.ravel())
    rows, columns = np.unravel_index(cells, posterior.shape)
    seen = float(each.conversions.sum())
    shape = (seen + 0.5) / dispersion
    level = levels[rows, columns] * rng.gamma(shape, 1 / shape, DRAWS)
    step = ELASTICITIES[1] - ELASTICITIES[0]
    elasticity = np.maximum(ELASTICITIES[rows] + rng.uniform(-step / 2, step / 2, DRAWS), 0.005)
    return Response(each.name, each.now, level, elasticity, SHAPES[columns], len(each.days), seen)
