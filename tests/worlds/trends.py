"""Daily series with a known truth: noise that counting cannot explain, walks, steps, ramps, weekdays."""

from typing import Literal, NamedTuple

import numpy as np

from engine.measure.onset import Series

Kind = Literal["noise", "walk", "step", "ramp"]
FIRST = 738_000  # a Sunday


class World(NamedTuple):
    """``onset`` is the place where the change was planted, ``None`` where nothing was."""

    series: Series
    onset: int | None


def world(
    rng: np.random.Generator,
    kind: Kind,
    *,
    days: int = 56,
    a_day: float | None = None,
    scatter: float | None = None,
    effect: float = 0.3,
) -> World:
    """Draw events over exposure. ``a_day`` is how many events a day has, ``scatter`` the noise beyond
    counting (standard deviation of a log); both are drawn widely where they are not given."""
    often = float(np.exp(rng.uniform(np.log(3), np.log(500)))) if a_day is None else a_day
    noise = float(rng.uniform(0, 0.25)) if scatter is None else scatter
    ordinals = (FIRST + int(rng.integers(7)) + np.arange(days)).astype(np.int64)
    weekday = rng.normal(0, rng.choice([0.0, 0.1, 0.25]), 7)[(ordinals - 1) % 7]
    exposure = np.exp(rng.normal(0, 0.3, days)) * 1_000
    logs, onset = _logs(rng, kind, days, noise), None
    if kind in {"step", "ramp"}:
        onset = int(rng.integers(7, days - 9))
        there = np.arange(days) >= onset
        part = there if kind == "step" else np.clip((np.arange(days) - onset + 1) / (days - onset), 0, None)
        logs = logs + np.log1p(effect) * part
    events = rng.poisson(often * exposure / 1_000 * np.exp(weekday + logs)).astype(float)
    return World(Series(ordinals, events, exposure), onset)


def _logs(rng: np.random.Generator, kind: Kind, days: int, noise: float) -> np.ndarray:
    if kind == "walk":
        return np.cumsum(rng.normal(0, rng.uniform(0.01, 0.2), days))
    return rng.normal(0, noise, days)


def pure_walk(rng: np.random.Generator, *, days: int = 56) -> World:
    """A KPI that only wanders, hardly blurred by counting."""
    logs = np.cumsum(rng.normal(0, rng.uniform(0.01, 0.1), days))
    ordinals = (FIRST + np.arange(days)).astype(np.int64)
    return World(Series(ordinals, 1e6 * np.exp(logs), np.full(days, 1_000.0)), None)


def decline(rng: np.random.Generator, *, days: int = 35, lasts: int = 9, a_day: float = 0.05) -> World:
    """Quiet days, then a decline in which the fourth and the fifth day are the same."""
    fallen = np.arange(1, lasts + 1) * a_day
    fallen[4] = fallen[3]
    logs = rng.normal(0, 0.03, days)
    logs[-lasts:] -= fallen
    ordinals = (FIRST + np.arange(days)).astype(np.int64)
    return World(Series(ordinals, 1e5 * np.exp(logs), np.full(days, 1_000.0)), days - lasts)
