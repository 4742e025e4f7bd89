"""Worlds of campaigns whose answer to spend is known: saturation, noise, weekdays and sizes of many kinds."""

from typing import NamedTuple

import numpy as np

from engine.measure.response import SpendDays

FIRST_DAY = 739_000


class BudgetWorld(NamedTuple):
    """Hill curves ``cap · x^alpha / (half^alpha + x^alpha)``, each array of shape (campaigns,)."""

    campaigns: list[SpendDays]
    now: np.ndarray
    cap: np.ndarray
    half: np.ndarray
    alpha: np.ndarray
    change: float

    def conversions(self, spend: np.ndarray) -> float:
        return float((self.cap * spend**self.alpha / (self.half**self.alpha + spend**self.alpha)).sum())

    def best(self) -> float:
        """The most that any split within bounds brings, by shares of the total, step by step."""
        least, most = self.now * (1 - self.change), self.now * (1 + self.change)
        steps = 400
        grid = np.linspace(least, most, steps + 1)
        curve = self.cap * grid**self.alpha / (self.half**self.alpha + grid**self.alpha)
        low, high = 0.0, float((np.diff(curve, axis=0) / np.diff(grid, axis=0)).max()) * 2
        for _ in range(60):
            price = (low + high) / 2
            chosen = grid[(curve - price * grid).argmax(axis=0), np.arange(len(self.now))]
            low, high = (price, high) if chosen.sum() > self.now.sum() else (low, price)
        chosen = grid[(curve - high * grid).argmax(axis=0), np.arange(len(self.now))]
        rest = self.now.sum() - chosen.sum()
        each = np.eye(len(self.now)) * rest
        tried = [chosen, *(np.minimum(chosen + one, most) for one in each)]
        return max(self.conversions(spend) for spend in tried)


def budget_world(
    seed: int,
    *,
    change: float = 0.5,
    plain: bool = False,
    days: int | None = None,
    varied: float | None = None,
) -> BudgetWorld:
    """``plain``: independent days without weekday or trend; else both may be there.

    ``varied`` is how much the logarithm of spend differs from day to day.
    """
    rng = np.random.default_rng(seed)
    count, drawn = int(rng.integers(2, 10)), int(rng.choice([28, 45, 60, 60, 90]))
    days = days or drawn
    now = rng.lognormal(6, 0.7, count)
    alpha = rng.uniform(0.7, 1.7, count)
    half = now * rng.lognormal(0.0, 0.7, count)
    cpa = rng.lognormal(3.4, 0.5, count)
    cap = now / cpa * (1 + (half / now) ** alpha)
    usual = rng.uniform(0.12, 0.4)
    spend = now * rng.lognormal(0, varied or usual, (days, count))
    mean = cap * spend**alpha / (half**alpha + spend**alpha)
    if not plain:
        weekdays = np.exp(rng.normal(0, rng.choice([0, 0.1, 0.25]), 7))[(FIRST_DAY + np.arange(days)) % 7]
        trends = rng.normal(0, rng.choice([0, 0.15]), count) * np.linspace(-0.5, 0.5, days)[:, None]
        mean = mean * weekdays[:, None] * np.exp(trends)
    noise = rng.uniform(0, 0.25)
    if noise > 0.02:
        mean = mean * rng.gamma(1 / noise**2, noise**2, mean.shape)
    counts = rng.poisson(mean)
    each_day = FIRST_DAY + np.arange(days)
    campaigns = [
        SpendDays(f"cmp_{k}", float(now[k]), each_day, spend[:, k].round(2), counts[:, k].astype(float))
        for k in range(count)
    ]
    return BudgetWorld(campaigns, now, cap, half, alpha, change)
