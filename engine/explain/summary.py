"""A campaign in words: what its vector is made of, and what a search by words can meet."""

from engine.explain.standing import Standing
from engine.explain.tags import band
from engine.models.campaign import NO_OBJECTIVE, Audience, CampaignPerformanceInput
from engine.models.retrospective import Retrospective

OUTCOMES = {
    "beat": "Beat the forecast.",
    "missed": "Missed the forecast.",
    "in-line": "In line with the forecast.",
    "too-early": "Too early to say.",
    "no-forecast": "No forecast.",
}


def summary(each: Standing) -> str:
    """Say what a campaign was and how it ended."""
    return f"{kind_of(each.retrospective)} {OUTCOMES[band(each.cpa)]}"


def kind_of(retrospective: Retrospective) -> str:
    """Say what a campaign was, without how it ended: a win does not make it like other wins."""
    campaign = retrospective.campaign
    audiences = "; ".join(_audience(each) for each in campaign.audiences)
    said = [campaign.platform, *([campaign.objective] if campaign.objective != NO_OBJECTIVE else [])]
    kind = ", ".join(said)
    return f"{retrospective.name}. {kind}. {audiences}. {creatives_text(campaign)}"


def creatives_text(campaign: CampaignPerformanceInput) -> str:
    parts = [f"{each.type} {each.id}: {each.headline} {each.primary_text}" for each in campaign.creatives]
    return " ".join(part.strip() for part in parts)


def _audience(audience: Audience) -> str:
    """Name it with its attributes; a bare yes or no says nothing without its field."""
    values = [
        name if value is True else str(value)
        for name, value in audience.attributes.items()
        if value not in {None, False, ""}
    ]
    return ", ".join([audience.name, *values])
