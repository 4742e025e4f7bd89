"""What is kept of an analysis: what concerns its own campaign.

An analysis sees everything that repeats over all campaigns, and its artifacts tell it. Kept with every
recommendation, that would grow with the square of the campaigns, and each copy but the newest would be
out of date: what repeats is computed anew whenever somebody asks.
"""

from typing import TypeVar

from engine.models.insight import Insight, Insights
from engine.models.pattern import Cluster, Inefficiency, LevelEffect, Patterns, PlatformTrend
from engine.models.recommendation import Analysis
from engine.models.retrospective import Retrospective

Effect = TypeVar("Effect", LevelEffect, LevelEffect | PlatformTrend)


def own_part(analysis: Analysis) -> Analysis:
    """Keep the effects of its own levels, its own waste, its platform's trend, and its own groups."""
    patterns = _own_patterns(analysis.patterns, analysis.retrospective)
    insights = own_insights(analysis.insights, analysis.retrospective)
    return analysis.model_copy(update={"patterns": patterns, "insights": insights})


def own_insights(insights: Insights, own: Retrospective) -> Insights:
    """Leave out what the rules say of other campaigns' waste; a model's words stay as they are."""
    if insights.alternative is not None:
        return insights.model_copy(update={"alternative": own_insights(insights.alternative, own)})
    anomalies = tuple(each for each in insights.anomalies if not _is_others_waste(each, own))
    return insights.model_copy(update={"anomalies": anomalies})


def _own_patterns(patterns: Patterns, own: Retrospective) -> Patterns:
    tags = set(patterns.tags)
    return patterns.model_copy(
        update={
            "winning_audiences": _own_effects(patterns.winning_audiences, tags, own),
            "winning_creatives": _own_effects(patterns.winning_creatives, tags, own),
            "platform_trends": _own_effects(patterns.platform_trends, tags, own),
            "inefficiencies": tuple(each for each in patterns.inefficiencies if _is_own_waste(each, own)),
            "clusters": _own_clusters(patterns.clusters, own),
        }
    )


def _own_effects(effects: tuple[Effect, ...], tags: set[str], own: Retrospective) -> tuple[Effect, ...]:
    """Each keeps its figures; of the campaigns that it names, there may be hundreds, it keeps its own."""
    return tuple(_with_own_name(each, own) for each in effects if each.signal in tags)


def _with_own_name(effect: Effect, own: Retrospective) -> Effect:
    if not isinstance(effect, LevelEffect):
        return effect
    ids = tuple(each for each in effect.campaign_ids if each == own.campaign.campaign_id)
    keys = tuple(each for each in effect.campaign_keys if each == own.campaign_key)
    return effect.model_copy(update={"campaign_ids": ids, "campaign_keys": keys})


def _own_clusters(clusters: tuple[Cluster, ...], own: Retrospective) -> tuple[Cluster, ...]:
    campaign_id = own.campaign.campaign_id
    mine = (each for each in clusters if campaign_id in each.campaign_ids)
    return tuple(each.model_copy(update={"campaign_ids": (campaign_id,)}) for each in mine)


def _is_own_waste(found: Inefficiency, own: Retrospective) -> bool:
    """What was kept before there were keys is told apart by its id alone."""
    if found.campaign_key:
        return found.campaign_key == own.campaign_key
    return found.campaign_id == own.campaign.campaign_id


def _is_others_waste(insight: Insight, own: Retrospective) -> bool:
    accused = [each.what for each in insight.evidence if each.what.startswith("inefficiency:")]
    return bool(accused) and f"inefficiency:{own.campaign.campaign_id}" not in accused
