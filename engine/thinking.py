"""One analysis, from standings to insights: the stages in their order, pure."""

from collections.abc import Sequence
from datetime import date

from engine.decide.proposal import propose
from engine.explain.baselines import baselines
from engine.explain.changes import prior_of
from engine.explain.clusters import Kept
from engine.explain.levels import Levels
from engine.explain.patterns import find_patterns
from engine.explain.standing import Standing
from engine.measure.comparison import compare
from engine.measure.history import own_history
from engine.measure.quality import quality_of
from engine.models.insight import Insights
from engine.models.pattern import SimilarCampaign
from engine.models.recommendation import Analysis
from engine.models.rules import Rules
from engine.narrate.rules_narrator import narrate
from engine.narrate.words import Words

UNSAID = Insights(key_learnings=(), recommendations=(), anomalies=(), source="")


def think(
    focus: Standing,
    standings: Sequence[Standing],
    *,
    today: date,
    rules: Rules,
    words: Words,
    order_value: float | None,
    similar: tuple[SimilarCampaign, ...] = (),
    levels: Levels | None = None,
    groups: Kept | None = None,
) -> Analysis:
    """Analyse ``focus``, which is one of ``standings``, in the light of all that is remembered.

    ``levels`` are the effects of levels with their status, where lives are kept; ``groups`` the clusters
    as they were kept.
    """
    retrospective = focus.retrospective
    rules = rules.model_copy(update={"prior": prior_of(standings, rules, but=focus)})
    comparison = compare(retrospective.campaign, rules, retrospective.rows)
    history = None
    if comparison.lead.expected is None:
        history = own_history(retrospective, [each.retrospective for each in standings], rules)
    days = [each.day for each in standings if each.retrospective.campaign_key == retrospective.campaign_key]
    newest = max(days, default=focus.day)
    outdated = newest > focus.day
    quality = quality_of(retrospective, today)
    withheld = quality is not None and quality.score < rules.quality_floor
    analysis = Analysis(
        retrospective=retrospective,
        comparison=comparison,
        own_history=history,
        patterns=find_patterns(focus, standings, rules, levels, groups),
        insights=UNSAID,
        proposal=propose(
            retrospective.campaign, comparison, history, today, rules, outdated=outdated, withheld=withheld
        ),
        similar=similar,
        order_value=order_value,
        newer_until=newest if outdated else None,
        quality=quality,
        floor=None if quality is None else rules.quality_floor,
        baselines=baselines(focus, standings, comparison, rules) if retrospective.rows else None,
    )
    return analysis.model_copy(update={"insights": narrate(analysis, words)})
