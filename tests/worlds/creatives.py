"""Creatives with a known truth: texts of four themes, ads in campaigns, and days that wear out or not."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from exported import row

from engine.explain.fatigue import Days
from engine.explain.league import Cell
from engine.models.daily import DailyRow

THINGS = ("sofa", "tent", "backpack", "mattress", "lamp", "bike", "chair", "mirror")
THEMES = {
    "saving": (
        "Save {n} % on your first {thing}",
        "Save {n} % off any {thing} today",
        "Save off: {thing}, {n} %",
    ),
    "proof": ("Rated five stars by {n} {thing} owners", "Five stars: {thing} owners rated us {n}"),
    "guide": ("Guide: choose a {thing} in {n} steps", "The {thing} guide, {n} steps to choose"),
    "new": ("Discover the summer {thing} collection {n}", "Summer collection: discover {thing} {n}"),
}


def texts(many: int, themes: Sequence[str] = tuple(THEMES), seed: int = 0) -> dict[str, str]:
    """Give different texts with their themes, every theme as often."""
    chance = random.Random(seed)  # noqa: S311  a test's world, no secret
    found: dict[str, str] = {}
    while len(found) < many:
        theme = themes[len(found) % len(themes)]
        text = chance.choice(THEMES[theme]).format(n=chance.randrange(10, 99), thing=chance.choice(THINGS))
        found.setdefault(text, theme)
    return found


def shuffled(some: Sequence[str], seed: int = 0) -> list[str]:
    """The same words and lengths, without themes."""
    chance = random.Random(seed)  # noqa: S311  a test's world, no secret
    words = [word for text in some for word in text.split()]
    chance.shuffle(words)
    return [" ".join(words.pop() for _ in text.split()) for text in some]


def cells(
    effects: Sequence[float],
    *,
    seed: int,
    campaigns: int = 6,
    ads: int = 6,
    events: float = 40,
    own: float = 0.1,
) -> list[Cell]:
    """Ads in campaigns whose groups differ by ``effects`` (in logs) and who differ by ``own`` in any case."""
    chance = np.random.default_rng(seed)
    found = []
    for campaign in range(campaigns):
        usual = chance.normal(0, 0.3)
        group = chance.integers(len(effects), size=ads)
        shown = events * chance.uniform(0.4, 1.6, ads)
        came = chance.poisson(shown * np.exp(usual + np.array(effects)[group] + chance.normal(0, own, ads)))
        rate = came.sum() / shown.sum()
        found += [
            Cell(int(group[each]), f"campaign {campaign}", float(came[each]), float(shown[each] * rate))
            for each in range(ads)
        ]
    return found


def days(
    *,
    seed: int,
    many: int = 60,
    shown: int = 5_000,
    wear: float = 0.0,
    rise: float = 0.0,
    together: float = 0.0,
    noise: float = 0.08,
    buying: float = 0.0,
) -> tuple[Days, Days]:
    """A creative beside its siblings: its CTR follows (impressions so far)^−wear and rises by ``rise`` in
    all; good and bad days are common to all, ``noise`` is each one's own. Siblings wear by ``together``;
    ``buying`` is the fall of the creative's CVR, in logs."""
    chance = np.random.default_rng(seed)
    ours = chance.integers(shown // 2, shown * 3 // 2, many)
    theirs = chance.integers(shown, shown * 3, many)
    seen = np.log((np.cumsum(ours) + shown) / shown)
    along = np.arange(many) / many
    common = np.log(0.02) + chance.normal(0, 0.15, many)
    own = np.exp(common - wear * seen + rise * along + chance.normal(0, noise, many))
    rest = np.exp(common - together * seen + chance.normal(0, noise, many))
    clicks = chance.binomial(ours, np.minimum(own, 0.9))
    others = chance.binomial(theirs, np.minimum(rest, 0.9))
    bought = chance.binomial(clicks, 0.1 * np.exp(-buying * along))
    return (
        Days(ours.tolist(), clicks.tolist(), bought.tolist()),
        Days(theirs.tolist(), others.tolist(), chance.binomial(others, 0.1).tolist()),
    )


def ad_rows(
    campaign: str, ads: dict[str, float], *, seed: int, first: date, many: int = 20, shown: int = 4_000
) -> list[DailyRow]:
    """Rows of ads by their names and CTRs; one in twenty clicks buys, a thousand impressions cost 10."""
    chance = np.random.default_rng(seed)
    found = []
    for name, ctr in ads.items():
        clicks = chance.binomial(shown, ctr, many)
        bought = chance.binomial(clicks, 0.05)
        found += [
            row(
                campaign,
                first + timedelta(days=day),
                ad=name,
                impressions=shown,
                clicks=int(clicks[day]),
                conversions=int(bought[day]) * 1_000_000,
            )._replace(spend=shown * 10_000)
            for day in range(many)
        ]
    return found
