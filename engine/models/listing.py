"""What is known, as lists: insights, patterns, recommendations, and what follows from them together."""

from typing import Literal

from engine.models.insight import Evidence, Priority
from engine.models.pattern import Inefficiency, LevelEffect, PlatformTrend, SimilarCampaign
from engine.models.recommendation import Recommendation
from engine.models.value import Value
from engine.models.weight import SignalWeight

InsightKind = Literal["key_learning", "recommendation", "anomaly"]
Pattern = LevelEffect | Inefficiency | PlatformTrend


class KnownInsight(Value):
    """One insight of a recommendation that still holds; ``id`` names the record, the kind and the place."""

    id: str
    kind: InsightKind
    campaign_id: str
    recommendation_id: str
    priority: Priority
    text: str
    evidence: tuple[Evidence, ...]


class KnownPattern(Value):
    """One pattern with a name of its own; ``id`` stays the same while the pattern is found."""

    id: str
    pattern: Pattern


class RecommendationPage(Value):
    """A page of recommendations, newest first, and how many there are in all."""

    recommendations: tuple[Recommendation, ...]
    total: int


class Likeness(Value):
    """A campaign that waits for a decision, and a remembered one like it that is judged already."""

    campaign_id: str
    name: str
    like: SimilarCampaign


class Plan(Value):
    """What deserves a look before the next campaign is planned, each list with the weightiest first."""

    insights: tuple[KnownInsight, ...]
    patterns: tuple[KnownPattern, ...]
    signals: tuple[SignalWeight, ...]
    likenesses: tuple[Likeness, ...]


class Advice(Value):
    """One sentence of planning advice, and what it rests on."""

    kind: Literal["insight", "pattern", "weight", "similar"]
    text: str
    evidence: tuple[Evidence, ...]
