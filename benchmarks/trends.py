"""How often trends are claimed that are none, and found that are there: ``python -m benchmarks.trends``."""

import sys
import time
from collections.abc import Callable

import numpy as np

from engine.measure.onset import find_change
from engine.models.rules import Rules
from engine.studying.trend_line import is_real
from tests.worlds.trends import World, decline, pure_walk, world

RULES = Rules()
WORLDS: dict[str, Callable[[np.random.Generator], World]] = {
    "overdispersed noise, 56 days": lambda rng: world(rng, "noise"),
    "overdispersed noise, 28 days": lambda rng: world(rng, "noise", days=28),
    "random walk": pure_walk,
    "random walk, counted": lambda rng: world(rng, "walk"),
    "step of 30 %, 30 events a day": lambda rng: world(rng, "step", a_day=30, scatter=0.1),
    "step of 30 %, 100 events a day": lambda rng: world(rng, "step", a_day=100, scatter=0.1),
    "step of 30 %, 300 events, 5 % noise": lambda rng: world(rng, "step", a_day=300, scatter=0.05),
    "step of 30 %, 100 events, 28 days": lambda rng: world(rng, "step", days=28, a_day=100, scatter=0.1),
    "ramp to 30 %, 400 events, 5 % noise": lambda rng: world(rng, "ramp", a_day=400, scatter=0.05),
    "decline of 9 days with a flat one": decline,
}


def main(runs: int) -> None:
    for name, make in WORLDS.items():
        sys.stdout.write(f"{name}: {_measured(make, runs)}\n")


def _measured(make: Callable[[np.random.Generator], World], runs: int) -> str:
    rng, began = np.random.default_rng(6), time.perf_counter()
    real, near, covered, planted = 0, 0, 0, False
    for seed in range(runs):
        made = make(rng)
        planted = made.onset is not None
        found = find_change(made.series, seed=seed)
        if found is None or not is_real(found, RULES):
            continue
        real += 1
        if made.onset is not None:
            near += abs(found.onset - made.onset) <= 2
            covered += found.first <= made.onset <= found.last
    took = 1_000 * (time.perf_counter() - began) / runs
    onset = f"; onset within 2 days {near / max(real, 1):.0%}, in its range {covered / max(real, 1):.0%}"
    return f"real {real / runs:.1%}{onset if planted else ''}; {took:.1f} ms a series"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
