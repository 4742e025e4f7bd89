"""Portfolios of campaigns whose winners, losers and platform trends are known, over a wide range of shapes.

The truth is written as the golden sample writes it: ``beta`` is how much better a level is in ln(CPA),
``contrast`` the same against the campaign-weighted rest of its dimension.
"""

from typing import Literal, NamedTuple, get_args

import numpy as np

Kind = Literal["noise", "planted", "confounded"]
KINDS: tuple[Kind, ...] = get_args(Kind)
DIMENSIONS = ("platform", "audience", "creative_theme", "placement")
YEAR = 365


class PatternWorld(NamedTuple):
    """``columns`` hold one entry a campaign: its level in each dimension, its day, spend, conversions."""

    kind: Kind
    levels: dict[str, list[str]]
    days: np.ndarray
    spend: np.ndarray
    impressions: np.ndarray
    conversions: np.ndarray
    truth: dict[str, object]


class Shape(NamedTuple):
    """What varies between worlds. ``spread`` is of ln(CPA) between campaigns with the same levels."""

    campaigns: int
    levels: tuple[int, ...]
    planted: float
    least: float
    most: float
    spread: float
    price_spread: float
    price_share: float
    cpa: float
    spend: float
    heavy_tails: bool
    clumped: float
    trend_chance: float


def pattern_world(seed: int, kind: Kind | None = None, **fixed: object) -> PatternWorld:
    rng = np.random.default_rng(seed)
    kind = kind or KINDS[int(rng.choice(3, p=[0.3, 0.45, 0.25]))]
    shape = _shape(rng)._replace(**fixed)
    picked = _picked(rng, shape, kind)
    betas = [_betas(rng, count, shape, kind) for count in shape.levels]
    days = np.sort(rng.integers(0, YEAR, shape.campaigns))
    trends = _trends(rng, shape, kind)
    at = (days - YEAR / 2) / YEAR
    log_cpa = np.log(shape.cpa) - sum(beta[own] for beta, own in zip(betas, picked, strict=True))
    log_cpa = log_cpa + trends[picked[0]] * at + _scatter(rng, shape)
    # Where impressions cost more is part of what makes conversions dear: all of it in some worlds, or none.
    log_price = np.log(8) + rng.normal(0, shape.price_spread, shape.campaigns)
    planted = -sum(beta[own] for beta, own in zip(betas, picked, strict=True)) + trends[picked[0]] * at
    log_cpa, log_price = log_cpa + log_price - np.log(8), log_price + shape.price_share * planted
    spend = np.round(np.maximum(np.exp(rng.normal(np.log(shape.spend), 1.0, shape.campaigns)), 5), 2)
    conversions = rng.poisson(spend / np.exp(log_cpa)).astype(float)
    names = [
        [f"{dimension[:4]}_{each:02d}" for each in range(count)]
        for dimension, count in zip(DIMENSIONS, shape.levels, strict=True)
    ]
    levels = {
        dimension: [own_names[each] for each in own]
        for dimension, own_names, own in zip(DIMENSIONS, names, picked, strict=True)
    }
    truth = _truth(seed, kind, names, betas, picked, trends)
    impressions = np.maximum(np.round(1000 * spend / np.exp(log_price)), 1)
    return PatternWorld(kind, levels, days, spend, impressions, conversions, truth)


def _shape(rng: np.random.Generator) -> Shape:
    return Shape(
        campaigns=int(np.exp(rng.uniform(np.log(150), np.log(1500)))),
        levels=(int(rng.integers(3, 6)), int(rng.integers(6, 20)), int(rng.integers(6, 26)), 5),
        planted=float(rng.uniform(0.08, 0.35)),
        least=0.15,
        most=0.6,
        spread=float(rng.uniform(0.12, 0.48)),
        price_spread=float(rng.uniform(0.1, 0.3)),
        price_share=float(rng.choice([0.0, 0.0, 0.3, 0.6, 1.0])),
        cpa=float(np.exp(rng.uniform(np.log(8), np.log(45)))),
        spend=float(np.exp(rng.uniform(np.log(350), np.log(1400)))),
        heavy_tails=bool(rng.random() < 0.2),
        clumped=float(rng.uniform(0.7, 4)),
        trend_chance=0.6,
    )


def _picked(rng: np.random.Generator, shape: Shape, kind: Kind) -> list[np.ndarray]:
    """Give each campaign's level in each dimension; confounded ones follow the platform."""
    found: list[np.ndarray] = []
    for place, count in enumerate(shape.levels):
        shares = rng.dirichlet(np.full(count, shape.clumped))
        if kind == "confounded" and place in (1, 2):
            tied = rng.dirichlet(np.full(count, 0.5), size=shape.levels[0])
            mixed = 0.65 * tied[found[0]] + 0.35 * shares
            chance = rng.random(shape.campaigns)[:, None]
            found.append(np.minimum((mixed.cumsum(axis=1) < chance).sum(axis=1), count - 1))
        else:
            found.append(rng.choice(count, shape.campaigns, p=shares))
    return found


def _betas(rng: np.random.Generator, count: int, shape: Shape, kind: Kind) -> np.ndarray:
    betas = np.zeros(count)
    if kind == "noise":
        return betas
    planted = rng.random(count) < shape.planted
    sizes = rng.uniform(shape.least, shape.most, count) * rng.choice([-1, 1], count)
    return np.where(planted, sizes, betas)


def _trends(rng: np.random.Generator, shape: Shape, kind: Kind) -> np.ndarray:
    trends = np.zeros(shape.levels[0])
    if kind != "noise" and rng.random() < shape.trend_chance:
        trends[rng.integers(shape.levels[0])] = rng.uniform(0.2, 0.6) * rng.choice([-1, 1])
    return trends


def _scatter(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    size = shape.campaigns
    normal = rng.normal(0, shape.spread, size)
    heavy = shape.spread * rng.standard_t(5, size) / np.sqrt(5 / 3)
    return heavy if shape.heavy_tails else normal


def _truth(  # noqa: PLR0917  a private helper of one caller
    seed: int,
    kind: Kind,
    names: list[list[str]],
    betas: list[np.ndarray],
    picked: list[np.ndarray],
    trends: np.ndarray,
) -> dict[str, object]:
    effects: dict[str, object] = {}
    for dimension, own, beta, chosen in zip(DIMENSIONS, names, betas, picked, strict=True):
        counts = np.bincount(chosen, minlength=len(own))
        rest = np.maximum(counts.sum() - counts, 1)
        contrast = beta - ((counts * beta).sum() - counts * beta) / rest
        effects[dimension] = {
            name: {"beta": float(b), "contrast": float(c), "n_campaigns": int(n)}
            for name, b, c, n in zip(own, beta, contrast, counts, strict=True)
            if n
        }
    used = np.bincount(picked[0], minlength=len(trends)) > 0
    return {
        "task": "patterns",
        "case_id": f"world_{seed:04d}",
        "kind": kind,
        "effects": effects,
        "platform_trend": {n: float(t) for n, t, u in zip(names[0], trends, used, strict=True) if u},
    }
