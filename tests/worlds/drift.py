"""Worlds of two tables of which it is known which columns drifted, and by how much."""

from typing import NamedTuple

import numpy as np

Columns = dict[str, list[str | float | None]]


class DriftWorld(NamedTuple):
    """``drifted`` says of each column whether it moved by an amount that matters; tiny moves do not."""

    reference: Columns
    current: Columns
    drifted: dict[str, bool]


def drift_world(seed: int, *, often: float = 0.3, tiny: float = 0.2) -> DriftWorld:
    """Each column moves with probability ``often``, or by next to nothing with ``tiny``."""
    rng = np.random.default_rng(seed)
    rows = int(10 ** rng.uniform(2.5, 4.5)), int(10 ** rng.uniform(2, 3.6))
    reference: Columns = {}
    current: Columns = {}
    drifted = {}
    for place in range(int(rng.integers(4, 12))):
        what = rng.choice(["real", "tiny", "none"], p=[often, tiny, 1 - often - tiny])
        make = _category if rng.random() < 0.45 else _number
        name = f"column_{place}"
        reference[name], current[name] = make(rng, rows, what)
        drifted[name] = what == "real"
    return DriftWorld(reference, current, drifted)


Pair = tuple[list[str | float | None], list[str | float | None]]


def _category(rng: np.random.Generator, rows: tuple[int, int], what: str) -> Pair:
    shares = rng.dirichlet(np.full(int(rng.integers(2, 9)), 3.0))
    other = shares.copy()
    moved = {"real": rng.uniform(0.12, 0.3), "tiny": rng.uniform(0.0, 0.015), "none": 0.0}[what]
    place = int(shares.argmin() if rng.random() < 0.5 else rng.integers(len(shares)))
    while shares[place] + moved > 1:
        place = int(shares.argmin())
    other = shares * (1 - moved / max(1 - shares[place], 1e-9))
    other[place] = shares[place] + moved
    names = [f"level_{each}" for each in range(len(shares))]
    before, after = (
        [str(each) for each in rng.choice(names, size, p=p)]
        for size, p in zip(rows, (shares, other / other.sum()), strict=True)
    )
    return list(before), list(after)


def _number(rng: np.random.Generator, rows: tuple[int, int], what: str) -> Pair:
    level, width = rng.normal(1, 2), rng.uniform(0.2, 1.0)
    place = {"real": rng.uniform(0.25, 0.8), "tiny": rng.uniform(0, 0.03), "none": 0.0}[what]
    spread = 1.0
    if what == "real" and rng.random() < 0.4:
        place, spread = 0.0, float(rng.choice([0.6, 1.5, 1.8]))
    sign = rng.choice([-1, 1])
    before = np.exp(level + width * rng.standard_normal(rows[0]))
    after = np.exp(level + width * (sign * place + spread * rng.standard_normal(rows[1])))
    digits = int(rng.choice([0, 2, 3]))
    return [*map(float, before.round(digits))], [*map(float, after.round(digits))]
