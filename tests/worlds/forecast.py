"""Series of daily clicks over impressions and what came after them, of nine kinds, two to 28 weeks long.

The true rate is known; what is forecast is the rate that is observed on the planned impressions.
"""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

KINDS = (
    "stable",
    "trend",
    "drift",
    "level shift",
    "fatigue",
    "promo days",
    "holidays",
    "few impressions",
    "short",
)
HORIZON = 14
Floats = NDArray[np.float64]


class World(NamedTuple):
    """Days seen and days to come. Impressions of a missing day are 0; ``actual`` is what was observed
    later, ``latent`` the rate behind it."""

    kind: str
    first_day: date
    impressions: Floats
    clicks: Floats
    planned: Floats
    actual: Floats
    latent: Floats

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=place) for place in range(len(self.clicks))]

    @property
    def coming(self) -> list[date]:
        return [self.days[-1] + timedelta(days=1 + place) for place in range(HORIZON)]


def worlds(count: int, seed: int = 6, kinds: tuple[str, ...] = KINDS) -> list[World]:
    """Make so many worlds, the kinds in turns; the same ones for the same seed."""
    return [world(kinds[place % len(kinds)], np.random.default_rng([seed, place])) for place in range(count)]


def world(kind: str, chance: np.random.Generator) -> World:
    seen = int(chance.integers(15, 30) if kind == "short" else chance.integers(42, 200))
    length = seen + HORIZON
    first = date(2025, 1, 1) + timedelta(days=int(chance.integers(0, 365)))
    weekday = (first.weekday() + np.arange(length)) % 7
    level = np.log(chance.uniform(0.004, 0.05))
    shape = chance.normal(0, chance.uniform(0, 0.22), 7)
    rate = np.exp(level + _course(kind, seen, length, chance) + (shape - shape.mean())[weekday])
    often = np.exp(chance.uniform(np.log(2e4), np.log(4e5)))
    if kind == "few impressions":
        often = chance.uniform(20, 700) / np.exp(level) / 20
    crowd = chance.normal(0, 0.1, 7)[weekday] + chance.normal(0, chance.uniform(0.05, 0.3), length)
    impressions = np.round(often * np.exp(crowd)) + 1
    noisy = rate * np.exp(chance.normal(0, chance.uniform(0.02, 0.16), length) + _odd(kind, length, chance))
    clicks = chance.binomial(impressions.astype(int), np.minimum(noisy, 0.9)).astype(float)
    gone = chance.random(seen) < (chance.uniform(0, 0.08) if chance.random() < 0.4 else 0)
    gone[-1] = False
    kept = np.where(gone, 0, 1)
    planned, later = impressions[seen:], clicks[seen:]
    return World(
        kind, first, impressions[:seen] * kept, clicks[:seen] * kept, planned, later / planned, rate[seen:]
    )


def _course(kind: str, seen: int, length: int, chance: np.random.Generator) -> Floats:
    """The log rate over time, without weekdays."""
    at = np.arange(length)
    if kind == "trend":
        return np.asarray(chance.choice([-1, 1]) * chance.uniform(0.001, 0.008) * at)
    if kind == "drift":
        return np.asarray(np.cumsum(chance.normal(0, chance.uniform(0.01, 0.06), length)))
    if kind == "level shift":
        onset = chance.integers(int(seen * 0.3), seen - 4)
        return np.asarray(chance.choice([-1, 1]) * chance.uniform(0.15, 0.6) * (at >= onset))
    if kind == "fatigue":
        return _worn(np.maximum(at - chance.uniform(0, 0.97) * seen, 0), chance)
    return np.zeros(length)


def _worn(days: Floats, chance: np.random.Generator) -> Floats:
    """How much less a creative is clicked after so many days: in a line, by a power, or towards a floor."""
    shape = chance.integers(3)
    if shape == 0:
        return np.asarray(-chance.uniform(0.004, 0.03) * days)
    if shape == 1:
        return np.asarray(-0.43 * np.log1p(chance.uniform(0.02, 0.3) * days))
    return np.asarray(np.log1p(chance.uniform(0.2, 0.7) * np.expm1(-chance.uniform(0.01, 0.08) * days)))


def _odd(kind: str, length: int, chance: np.random.Generator) -> Floats:
    """Single odd days, and holidays of two to four days, that go as they came."""
    found = np.zeros(length)
    odd = chance.random(length) < {"promo days": 0.035}.get(kind, 0.008)
    found[odd] = chance.choice([-1, 1, 1], odd.sum()) * chance.uniform(0.4, 1.2, odd.sum())
    if kind == "holidays":
        for start in chance.integers(0, length, max(1, length // 50)):
            found[start : start + chance.integers(2, 5)] += chance.uniform(-0.6, 0.6)
    return found
