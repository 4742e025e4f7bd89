"""Studies over everything that is remembered: one question, one value of numbers. Nothing is kept."""

from importlib import import_module
from typing import cast

from engine.core import Core
from engine.models.study import Study, StudyKind
from engine.studying.ground import Ground

MODULES: dict[StudyKind, str] = {
    "patterns": "engine.studying.patterns",
    "trend": "engine.studying.trend",
    "segments": "engine.studying.segments",
    "forecast": "engine.studying.forecast",
    "budget": "engine.studying.budget",
    "creatives": "engine.studying.creatives",
    "forecast-accuracy": "engine.studying.forecast_accuracy",
}
"""Where each kind's ``study(ground, asked)`` is; imported when somebody asks, since most load scipy."""


class Studies(Core):
    """What repeats, moves, differs, comes next and pays, asked by a verb."""

    def study(self, kind: StudyKind, asked: str = "") -> Study:
        """Find out; ``asked`` are the words behind the verb, such as "spring-sale 30d".

        Raises ``UnknownCampaign`` with the nearest names, ``AmbiguousCampaign``, or ``Refused``.
        """
        module = import_module(MODULES[kind])
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
            ground = Ground(reading, standings, self._clock.now(), self._zone, self._rules)
            return cast(Study, module.study(ground, asked))
