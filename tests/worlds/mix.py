"""Two windows of one rate over segments, of which it is known what moved: mix, rates, both or nothing.

The truth is written as the golden sample writes it: effects are shares of the first window's rate, split
at the midpoint; ``driver`` names what moved by at least ``MATERIAL``.
"""

from typing import Literal, NamedTuple, get_args

import numpy as np

Kind = Literal["null", "tiny", "mix", "rate", "both", "paradox"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MATERIAL = 0.03
LEAST = 0.05  # of an effect that is planted: nothing lies between "tiny" and this


class MixWorld(NamedTuple):
    """``below`` and ``above`` are counts by window (2) and segment; ``mix`` and ``rate`` the true effects."""

    kind: Kind
    names: tuple[str, ...]
    below: np.ndarray
    above: np.ndarray
    driver: str
    paradox: bool
    mix: float
    rate: float


def mix_world(seed: int, kind: Kind | None = None) -> MixWorld:
    """Draw one world: 2 to 9 segments, 250 to 20,000 counts in the first window, uneven sizes and rates."""
    rng = np.random.default_rng(seed)
    kind = kind or KINDS[int(rng.choice(6, p=[0.15, 0.05, 0.2, 0.2, 0.2, 0.2]))]
    while True:
        found = _drawn(rng, kind)
        if found is not None:
            return found


def split(weights: np.ndarray, rates: np.ndarray) -> tuple[float, float]:
    """The midpoint split of true weights and rates (2 × segments), as shares of the first rate."""
    base = float(weights[0] @ rates[0])
    mix = float(((weights[1] - weights[0]) * rates.mean(axis=0)).sum())
    rate = float(((rates[1] - rates[0]) * weights.mean(axis=0)).sum())
    return mix / base, rate / base


def _drawn(rng: np.random.Generator, kind: Kind) -> MixWorld | None:
    count = int(rng.integers(2, 10))
    level = float(np.exp(rng.uniform(np.log(0.003), np.log(0.08))))
    first = level * np.exp(rng.normal(0, rng.uniform(0.25, 0.9), count))
    start = rng.dirichlet(np.full(count, rng.uniform(1.5, 8)))
    rates = np.array([first, _moved(rng, first, kind)])
    weights = np.array([start, _tilted(rng, start, first, kind)])
    if start.min() < 0.01 or rates.max() > 0.5:
        return None
    mix, rate = split(weights, rates)
    if not _fits(kind, mix, rate, rates):
        return None
    size = np.exp(rng.uniform(np.log(250), np.log(20_000))) / float(weights[0] @ rates[0])
    sizes = (int(size), int(size * np.exp(rng.choice([0.0, rng.normal(0, 0.4)]))))
    below = np.array([rng.multinomial(size, own) for size, own in zip(sizes, weights, strict=True)])
    above = rng.binomial(below, rates)
    names = tuple(f"segment-{place}" for place in range(count))
    moved = [name for name, effect in (("mix", mix), ("rate", rate)) if abs(effect) >= MATERIAL]
    driver = {0: "none", 1: moved[0] if moved else "none", 2: "both"}[len(moved)]
    return MixWorld(kind, names, below, above, driver, kind == "paradox", mix, rate)


def _moved(rng: np.random.Generator, first: np.ndarray, kind: Kind) -> np.ndarray:
    if kind in {"null", "mix"}:
        return first.copy()
    size = rng.uniform(0.003, 0.012) if kind == "tiny" else rng.uniform(0.06, 0.3)
    common = float(rng.choice([-1, 1])) * size
    uneven = rng.uniform(0, 0.35) if kind != "tiny" else 0.0
    return np.asarray(first * np.exp(common * (1 + uneven * rng.normal(size=len(first)))))


def _tilted(rng: np.random.Generator, start: np.ndarray, first: np.ndarray, kind: Kind) -> np.ndarray:
    if kind in {"null", "rate"}:
        return start.copy()
    strength = rng.uniform(0.005, 0.03) if kind == "tiny" else rng.uniform(0.15, 1.6)
    lean = strength * float(rng.choice([-1, 1])) * np.log(first) + rng.normal(0, 0.3 * strength, len(first))
    tilted = start * np.exp(lean - lean.max())
    return np.asarray(tilted / tilted.sum())


def _fits(kind: Kind, mix: float, rate: float, rates: np.ndarray) -> bool:
    wanted = {"null": (), "tiny": (), "mix": (mix,), "rate": (rate,), "both": (mix, rate)}
    if kind == "tiny":
        return max(abs(mix), abs(rate)) < 0.015
    if kind != "paradox":
        apart = kind != "both" or mix * rate > 0 or abs(rate) > abs(mix)
        return apart and all(abs(each) >= LEAST for each in wanted[kind])
    one_way = len(set(np.sign(rates[1] - rates[0]))) == 1
    return one_way and abs(rate) >= LEAST and mix * rate < 0 and abs(mix) >= abs(rate) + LEAST
