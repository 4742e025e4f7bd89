"""Whole portfolios of campaigns whose truth is known: pure noise, or a planted effect."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
from engine_values import LAST_DAY, stood

from engine.explain.standing import Standing

AUDIENCES = ("new-parents", "students", "city-break", "night-owls", "gardeners")
CREATIVE_TYPES = ("video", "image", "carousel", "search-text")
PLATFORMS = ("Meta", "Google Ads", "TikTok")


def portfolio(
    rng: np.random.Generator, campaigns: int, *, spread: float = 0.2, planted: dict[str, float] | None = None
) -> list[Standing]:
    """Draw campaigns whose CPA against forecast is chance, times the ``planted`` factor of an audience.

    ``spread`` is the standard deviation of the log CPA between campaigns; the conversions are Poisson.
    """
    return [_campaign(rng, number, spread, planted or {}) for number in range(campaigns)]


def noise(seed: int, how_many: int, *, spread: float = 0.2) -> Iterator[list[Standing]]:
    """Yield portfolios of 8 to 20 campaigns in which nothing is true."""
    rng = np.random.default_rng(seed)
    for _ in range(how_many):
        yield portfolio(rng, int(rng.integers(8, 21)), spread=spread)


def _campaign(rng: np.random.Generator, number: int, spread: float, planted: dict[str, float]) -> Standing:
    audiences = [str(each) for each in rng.choice(AUDIENCES, size=int(rng.integers(1, 3)), replace=False)]
    truth = float(np.prod([planted.get(name, 1.0) for name in audiences])) * float(
        np.exp(rng.normal(0, spread))
    )
    meant = float(rng.integers(30, 400))
    conversions = max(1, int(rng.poisson(meant)))
    return stood(
        f"campaign-{number:02}",
        ratio=truth * meant / conversions,
        conversions=conversions,
        audiences=audiences,
        creative_types=[str(rng.choice(CREATIVE_TYPES))],
        platform=str(rng.choice(PLATFORMS)),
        day=LAST_DAY - timedelta(days=7 * number),
    )
