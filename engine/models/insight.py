"""Sentences with evidence: what the narrator says about one analysis."""

from typing import Any, Literal

from pydantic import Field

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


def _absent(value: Any) -> bool:
    return not value


class Insights(Value):
    """The three lists of seed S0. ``source`` names the narrator: "rules", or "openai:" and a model.

    Where a model worded them, ``alternative`` is what the rules said, ``disagreement`` where the two
    differ beyond their wording, and ``prompt`` the version of the prompt; else they are not written.
    """

    key_learnings: tuple[Insight, ...]
    recommendations: tuple[Insight, ...]
    anomalies: tuple[Insight, ...]
    source: str
    prompt: str | None = Field(default=None, exclude_if=_absent)
    alternative: "Insights | None" = Field(default=None, exclude_if=_absent)
    disagreement: tuple[str, ...] = Field(default=(), exclude_if=_absent)
