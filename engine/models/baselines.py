"""What a window can be held against, side by side: its forecast, its own past, and the other campaigns."""

from typing import Literal

from engine.models.campaign import Day
from engine.models.comparison import Interval, Kpi, Verdict
from engine.models.value import Value

BaselineName = Literal["forecast", "own history", "portfolio"]


class Baseline(Value):
    """The driver KPI against one baseline. ``interval`` is the range of the change, in percent.

    ``first_day`` and ``last_day`` are the earlier window's; ``campaigns`` counts the others of a portfolio,
    also where they are too few to be one: then there is no ``value``.
    """

    name: BaselineName
    value: float | None
    delta_pct: float | None = None
    interval: Interval | None = None
    verdict: Verdict = "no forecast"
    favourable: bool | None = None
    certainty: float | None = None
    first_day: Day | None = None
    last_day: Day | None = None
    campaigns: int = 0


class Baselines(Value):
    """All three for ``kpi``, which is ``actual`` now; ``drives`` names the one that makes the verdict."""

    kpi: Kpi
    actual: float | None
    every: tuple[Baseline, ...]
    drives: BaselineName | None

    def named(self, name: BaselineName) -> Baseline | None:
        return next((each for each in self.every if each.name == name), None)
