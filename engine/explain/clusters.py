"""Campaigns that behaved alike. Too few campaigns are not clustered: three clusters of one say nothing."""

from collections.abc import Sequence
from statistics import median

from engine.explain.standing import Standing
from engine.models.pattern import Cluster
from engine.models.rules import Rules


def clusters(standings: Sequence[Standing], rules: Rules) -> tuple[list[Cluster], list[str]]:
    """Group campaigns whose CPA is real: winners above and below the median size, and those at risk.

    What is noise or too early belongs to no group. Returns the groups that have members, and a note
    where there are too few campaigns.
    """
    if len(standings) < rules.campaigns_to_cluster:
        return [], [f"Too few to cluster: {len(standings)} of {rules.campaigns_to_cluster} campaigns."]
    size = median(each.conversions for each in standings)
    winners = [each for each in standings if each.succeeded]
    groups = {
        "scale_winners": [each for each in winners if each.conversions >= size],
        "efficient_converters": [each for each in winners if each.conversions < size],
        "at_risk": [each for each in standings if each.succeeded is False],
    }
    found = [
        Cluster.model_validate({"name": name, "campaign_ids": tuple(_ids(members))})
        for name, members in groups.items()
        if members
    ]
    return found, []


def _ids(members: Sequence[Standing]) -> list[str]:
    return sorted(each.retrospective.campaign.campaign_id for each in members)
