"""What is known, in the order in which people want it: priority, impact, newest first."""

from collections.abc import Iterable, Sequence

from engine.explain.levels import Levels
from engine.explain.patterns import find_patterns
from engine.explain.standing import Standing, newest_by_campaign
from engine.models.brief import Brief, Said
from engine.models.insight import Insight, Priority
from engine.models.listing import InsightKind, KnownInsight, KnownPattern, Pattern
from engine.models.rules import Rules

RANK: dict[Priority, int] = {"high": 0, "medium": 1, "low": 2}


def current(briefs: Iterable[Brief]) -> list[Brief]:
    """Keep each campaign's newest recommendation that was not replaced; newest come first."""
    newest: dict[str, Brief] = {}
    for each in briefs:
        if each.status != "superseded":
            newest.setdefault(each.campaign_key, each)
    return list(newest.values())


def list_insights(current: Iterable[Said]) -> tuple[KnownInsight, ...]:
    """List what the current recommendations say, each sentence once: by priority, then by id."""
    found: dict[tuple[str, str], KnownInsight] = {}
    for recommendation in current:
        for each in _insights_of(recommendation):
            found.setdefault((each.kind, each.text), each)
    return tuple(sorted(found.values(), key=lambda each: (RANK[each.priority], each.id)))


def without_advice(said: Said) -> Said:
    """What somebody decided against is told as advice no more."""
    return said.model_copy(update={"insights": said.insights.model_copy(update={"recommendations": ()})})


def with_waste(said: Said, waste: Insight | None) -> Said:
    """Put a campaign's waste, as it is now, beside what its recommendation said when it was made."""
    if waste is None:
        return said
    anomalies = (*said.insights.anomalies, waste)
    return said.model_copy(update={"insights": said.insights.model_copy(update={"anomalies": anomalies})})


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


def _insights_of(said: Said) -> Iterable[KnownInsight]:
    insights = said.insights
    lists: dict[InsightKind, tuple[Insight, ...]] = {
        "key_learning": insights.key_learnings,
        "recommendation": insights.recommendations,
        "anomaly": insights.anomalies,
    }
    for kind, found in lists.items():
        for place, each in enumerate(found):
            yield KnownInsight(
                id=f"{said.recommendation}:{kind}:{place:02}",
                kind=kind,
                campaign_id=said.campaign_id,
                recommendation_id=said.recommendation,
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
