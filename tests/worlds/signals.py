"""Worlds of signals whose probability of success is known: steady, drifting, stepping, popular and rare."""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from engine.learn.belief import Trial

START = date(2024, 1, 1)


class SignalWorld(NamedTuple):
    """``truth`` is each signal's probability on the day ``now``."""

    trials: dict[str, list[Trial]]
    truth: dict[str, float]
    now: date


def signal_world(seed: int) -> SignalWorld:
    rng = np.random.default_rng(seed)
    count, days = int(rng.integers(8, 60)), int(rng.choice([90, 180, 365, 365, 540]))
    level, spread = rng.normal(0, 0.7), rng.uniform(0.3, 1.0)
    start = rng.normal(level, spread, count)
    walk = _walk(rng, count, days, spread)
    logits = level + (start - level)[:, None] + walk
    chance = 1 / (1 + np.exp(-logits))
    popular = rng.dirichlet(np.full(count, rng.uniform(0.5, 3)))
    many = int(count * rng.uniform(5, 40))
    trials: dict[str, list[Trial]] = {f"sig_{each:02d}": [] for each in range(count)}
    for thing, day in zip(rng.choice(count, many, p=popular), rng.integers(0, days, many), strict=True):
        success = bool(rng.random() < chance[thing, day])
        trials[f"sig_{thing:02d}"].append(Trial(START + timedelta(days=int(day)), success))
    truth = {name: float(chance[place, -1]) for place, name in enumerate(trials)}
    return SignalWorld(trials, truth, START + timedelta(days=days - 1))


def _walk(rng: np.random.Generator, count: int, days: int, spread: float) -> np.ndarray:
    """How each signal's log-odds move: not at all, as a random walk, by one step, or along a line."""
    kind = rng.choice(["steady", "walk", "step", "line"])
    size = spread * rng.uniform(0.3, 1.5)
    if kind == "walk":
        return rng.normal(0, size / np.sqrt(days), (count, days)).cumsum(axis=1)
    if kind == "step":
        at = rng.integers(0, days, count)
        return np.where(np.arange(days)[None, :] >= at[:, None], rng.normal(0, size, count)[:, None], 0)
    if kind == "line":
        return rng.normal(0, size, count)[:, None] * np.linspace(0, 1, days)[None, :]
    return np.zeros((count, days))
