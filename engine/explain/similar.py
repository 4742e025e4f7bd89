"""Similar campaigns: what is remembered that shares most tags with this one, and why."""

from collections.abc import Sequence

from engine.explain.standing import Standing
from engine.explain.tags import tags
from engine.models.pattern import SimilarCampaign

LEAST = 0.25
MOST_SHOWN = 3


def similar_campaigns(focus: Standing, standings: Sequence[Standing]) -> tuple[SimilarCampaign, ...]:
    """Rank the other campaigns by the share of tags in common (Jaccard 1912), at most three.

    The band is left out: how a campaign ended does not make it similar.
    """
    own = _kind(focus)
    scored = [
        (len(own & _kind(each)) / len(own | _kind(each)), each)
        for each in standings
        if each.retrospective.campaign_key != focus.retrospective.campaign_key
    ]
    best = sorted(
        (pair for pair in scored if pair[0] >= LEAST),
        key=lambda pair: (-pair[0], pair[1].retrospective.campaign_key),
    )
    return tuple(_similar(score, each, own) for score, each in best[:MOST_SHOWN])


def _kind(each: Standing) -> set[str]:
    return {tag for tag in tags(each) if not tag.startswith("band:")}


def _similar(score: float, each: Standing, own: set[str]) -> SimilarCampaign:
    return SimilarCampaign(
        campaign_id=each.retrospective.campaign.campaign_id,
        name=each.retrospective.name,
        score=score,
        why=tuple(sorted(own & _kind(each))),
        delta_pct=each.cpa.delta_pct,
        verdict=each.cpa.verdict,
    )
