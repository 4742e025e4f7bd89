"""Sentences with evidence: what the narrator says about one analysis."""

from typing import Literal

from engine.models.value import Value

Priority = Literal["high", "medium", "low"]


class Evidence(Value):
    """One figure a sentence rests on: what, its value as shown, the window and the sample."""

    what: str
    value: str
    window: str
    n: str


class Insight(Value):
    text: str
    priority: Priority
    evidence: tuple[Evidence, ...]


class Insights(Value):
    """The three lists of seed S0. ``source`` names the narrator: "rules", or a model."""

    key_learnings: tuple[Insight, ...]
    recommendations: tuple[Insight, ...]
    anomalies: tuple[Insight, ...]
    source: str
