"""What a measurement is held against, and how two things are measured side by side."""

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import NamedTuple

RUNS = 5
UNITS = {"µs": 1e-6, "ms": 1e-3, "s": 1.0, "MB": 1.0, "%": 1.0}


class Goal(NamedTuple):
    """A limit on the ratio to the peer, or on the measured value itself when there is no peer."""

    limit: float
    at_least: bool = False

    def met_by(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


class Row(NamedTuple):
    """One line of the table. ``ours`` and ``theirs`` are seconds, megabytes or percent, shown in ``unit``.

    ``ours`` is ``None`` for what cannot be measured here; the note says why.
    """

    work: str
    peer: str
    ours: float | None
    theirs: float | None
    unit: str
    goal: Goal | None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the peer's value ours is; for "at least" goals, how many times less."""
        if self.theirs is None or self.ours is None:
            return None
        fewer = self.goal is not None and self.goal.at_least
        return self.theirs / self.ours if fewer else self.ours / self.theirs

    @property
    def met(self) -> bool | None:
        if self.goal is None or self.ours is None:
            return None
        return self.goal.met_by(self.ours / UNITS[self.unit] if self.ratio is None else self.ratio)


def interleaved(works: Mapping[str, Callable[[], object]], times: int = RUNS) -> dict[str, float]:
    """Do each work once a round, one after the other; gives the median seconds of each."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            found[name].append(seconds_of(work))
    return {name: median(values) for name, values in found.items()}


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]
