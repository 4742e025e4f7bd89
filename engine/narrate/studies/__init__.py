"""Studies in words: for each kind, its verdict, its lines, its table and its picture."""

from importlib import import_module
from typing import cast

from engine.models.study import Study, StudyKind
from engine.narrate.studies.told import Told
from engine.narrate.words import Words

MODULES: dict[StudyKind, str] = {
    "patterns": "engine.narrate.studies.patterns",
    "trend": "engine.narrate.studies.trend",
    "segments": "engine.narrate.studies.segments",
    "forecast": "engine.narrate.studies.forecast",
    "budget": "engine.narrate.studies.budget",
    "creatives": "engine.narrate.studies.creatives",
    "forecast-accuracy": "engine.narrate.studies.forecast_accuracy",
}
"""Where each kind's ``told(study, words)`` is."""


def tell(study: Study, words: Words) -> Told:
    """Say what a study found, as these words write it."""
    return cast(Told, import_module(MODULES[study.kind]).told(study, words))
