"""Studies over everything that is remembered: one question, one value of numbers. Nothing is kept."""

from importlib import import_module
from typing import cast

from engine.core import Core
from engine.models.campaign import CampaignPerformanceInput
from engine.models.delivery import Intent
from engine.models.forecast_accuracy_study import ForecastAccuracyStudy, ForecastBias
from engine.models.retrospective import slug
from engine.models.study import STUDY_KINDS, Study, StudyKind
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

    def show_study(self, kind: StudyKind, asked: str, *, channel: str, by: str) -> tuple[str, bool]:
        """Put a study on its way into a channel, once a day and channel; what is posted is found out then.

        Returns the key of its message, and False where that is on its way or stands there.
        """
        record = f"study:{kind}:{self._today()}:{asked}"
        key = f"{record}:{channel}"
        with self._memory.unit() as unit:
            return key, unit.post(Intent(key=key, kind="study", record=record, channel=channel, person=by))

    def study_shown(self, record: str) -> Study:
        """Find out what a message shows, by its record, as it is now; raises as ``study`` does."""
        _, verb, _, asked = record.split(":", 3)
        kind = next((each for each in STUDY_KINDS if each == verb), None)
        if kind is None:
            raise LookupError(record)
        return self.study(kind, asked)

    def forecast_biases(self, campaign: CampaignPerformanceInput) -> tuple[ForecastBias, ...]:
        """How the team's forecasts for campaigns like this one really run, at most one for each KPI.

        Of each KPI the platform's own tells, else the objective's, else that of all campaigns: where the
        nearest that can be judged shows no bias, none is offered.
        """
        found = cast(ForecastAccuracyStudy, self.study("forecast-accuracy"))
        named = {"platform": slug(campaign.platform), "objective": slug(campaign.objective)}
        settled = [each for each in found.biases if each.verdict != "too early"]
        fitting = [each for each in settled if each.scope == "all" or slug(each.name) == named[each.scope]]
        scopes = ("platform", "objective", "all")
        nearest: dict[str, ForecastBias] = {}
        for each in sorted(fitting, key=lambda each: scopes.index(each.scope)):
            nearest.setdefault(each.kpi, each)
        return tuple(each for each in nearest.values() if each.verdict == "real")
