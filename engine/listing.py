"""What is known, in the order in which people want it: priority, impact, newest first."""

from collections.abc import Iterable, Sequence

from engine.explain.levels import Levels
from engine.explain.patterns import find_patterns
from engine.explain.standing import Standing, newest_by_campaign
from engine.models.insight import Insight, Priority
from engine.models.listing import InsightKind, KnownInsight, KnownPattern, Pattern
from engine.models.recommendation import Recommendation
from engine.models.rules import Rules

RANK: dict[Priority, int] = {"high": 0, "medium": 1, "low": 2}


def current(recommendations: Iterable[Recommendation]) -> list[Recommendation]:
    """Keep each campaign's newest recommendation that was not replaced; newest come first."""
    newest: dict[str, Recommendation] = {}
    for each in recommendations:
        if each.status != "superseded":
            newest.setdefault(each.campaign_key, each)
    return list(newest.values())


def list_insights(recommendations: Iterable[Recommendation]) -> tuple[KnownInsight, ...]:
    """List what the current recommendations say, each sentence once: by priority, then by id."""
    said: dict[tuple[str, str], KnownInsight] = {}
    for recommendation in current(recommendations):
        for each in _insights_of(recommendation):
            said.setdefault((each.kind, each.text), each)
    return tuple(sorted(said.values(), key=lambda each: (RANK[each.priority], each.id)))


def list_patterns(
    standings: Sequence[Standing], rules: Rules, levels: Levels | None = None
) -> tuple[KnownPattern, ...]:
    """List what repeats over everything remembered: the largest impact first, then by id.

    Impact is money, saved or wasted, and its size counts. Patterns without an amount come last.
    ``levels`` are the effects of levels with their status, where lives are kept.
    """
    campaigns = newest_by_campaign(standings)
    if not campaigns:
        return ()
    found = find_patterns(campaigns[-1], standings, rules, levels)
    every: list[Pattern] = [*found.winners, *found.inefficiencies, *found.platform_trends]
    known = [KnownPattern(id=_pattern_id(each), pattern=each) for each in every]
    return tuple(sorted(known, key=_by_impact))


def _insights_of(recommendation: Recommendation) -> Iterable[KnownInsight]:
    insights = recommendation.analysis.insights
    lists: dict[InsightKind, tuple[Insight, ...]] = {
        "key_learning": insights.key_learnings,
        "recommendation": insights.recommendations,
        "anomaly": insights.anomalies,
    }
    for kind, found in lists.items():
        for place, each in enumerate(found):
            yield KnownInsight(
                id=f"{recommendation.id}:{kind}:{place:02}",
                kind=kind,
                campaign_id=recommendation.analysis.retrospective.campaign.campaign_id,
                recommendation_id=recommendation.id,
                priority=each.priority,
                text=each.text,
                evidence=each.evidence,
            )


def _pattern_id(pattern: Pattern) -> str:
    about = pattern.campaign_id if pattern.kind == "inefficiency" else pattern.signal
    return f"{pattern.kind}:{about}"


def _by_impact(known: KnownPattern) -> tuple[bool, float, str]:
    impact = known.pattern.impact
    return impact is None, -abs(impact or 0.0), known.id
