"""Campaigns that behaved alike: groups by outcome, named only where the name is certain of their members."""

import math
from collections.abc import Sequence
from datetime import date
from statistics import fmean, median
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.explain.group_ids import Steady, steady
from engine.explain.standing import Standing
from engine.explain.steady import Seen
from engine.models.pattern import Cluster, ClusterName, MovedCampaign
from engine.models.rules import Rules

if TYPE_CHECKING:
    from engine.explain.grouping import Points

KEPT_AS = "grouping:clusters"
LEAST_MEMBERS = 3
MOST_CLUSTERS = 4
MOST_LOOKED_AT = 40  # campaigns on which the number of groups is decided
STARTS = 2  # of k-means; each campaign of a list is divided anew
ONE_CLOUD = 0.51
"""A silhouette that one cloud without groups, in two dimensions and with 8 to 40 points, reaches once in
twenty (simulated; a test does it again)."""


class Kept(NamedTuple):
    """The groups as they were kept (the setting's body, or ``None``), and the day it is."""

    body: Any
    today: date


class CampaignGroups(NamedTuple):
    """Groups with a name, what cannot be said, and how all groups are to be kept (``None`` where there are
    none)."""

    clusters: list[Cluster]
    notes: list[str]
    ids: Steady | None


def clusters(
    standings: Sequence[Standing], rules: Rules, kept: Kept | None = None
) -> tuple[list[Cluster], list[str]]:
    """Give the groups that have a name, and notes on what cannot be said; see ``campaign_groups``."""
    found = campaign_groups(standings, rules, kept)
    return found.clusters, found.notes


def campaign_groups(standings: Sequence[Standing], rules: Rules, kept: Kept | None = None) -> CampaignGroups:
    """Group campaigns by CPA against their own forecast and by size; k by silhouette (Rousseeuw 1987).

    A group is named when at least three of its members certainly beat, or missed, their forecast and none did
    certainly the opposite; those members alone carry the name. Too few campaigns, or campaigns that do not
    fall apart, are told instead of grouped.
    """
    judged = sorted((each for each in standings if each.log_ratio is not None), key=_by_key)
    if len(judged) < rules.campaigns_to_cluster:
        few = f"Too few to cluster: {len(judged)} of {rules.campaigns_to_cluster} campaigns."
        return CampaignGroups([], [few], None)
    groups = _divided(judged)
    if not groups:
        return CampaignGroups([], [f"{len(judged)} campaigns do not fall into groups by outcome."], None)
    seen = [Seen(frozenset(each.campaign_key for each in group), _middle(group)) for group in groups]
    ids = steady(seen, kept.body if kept else None, kept.today if kept else date.min)
    size = median(each.conversions for each in judged)
    named = (_named(group, name, size, ids) for group, name in zip(groups, ids.ids, strict=True))
    return CampaignGroups([each for each in named if each is not None], [], ids)


def _by_key(each: Standing) -> str:
    return each.campaign_key


def _divided(judged: Sequence[Standing]) -> list[list[Standing]]:
    """Divide campaigns into groups, the largest first; empty where they do not fall into any."""
    from engine.explain.grouping import grouped  # noqa: PLC0415  numpy waits for the first analysis

    points = _points(judged)
    if points.shape[1] < 2:  # CPAs that scatter as counting does leave nothing but size to tell them apart
        return []
    found = grouped(
        points,
        lambda: ONE_CLOUD,
        least_members=LEAST_MEMBERS,
        most_groups=MOST_CLUSTERS,
        most_measured=MOST_LOOKED_AT,
        starts=STARTS,
    )
    if found.labels is None:
        return []
    labels = found.labels.tolist()
    groups = [
        [each for each, label in zip(judged, labels, strict=True) if label == group]
        for group in sorted(set(labels))
    ]
    return sorted(groups, key=lambda group: (-len(group), group[0].campaign_key))


def _points(judged: Sequence[Standing]) -> "Points":
    """Outcomes with mean 0, variance 1 and no correlation, shape (campaigns, 2): log CPA ratio and log size.

    A ratio of few conversions is drawn towards the mean by what counting alone explains (James & Stein 1961).
    """
    import numpy as np  # noqa: PLC0415

    ratio = np.array([each.log_ratio for each in judged], dtype=np.float64)
    size = np.array([max(each.conversions, 1.0) for each in judged])
    middle = np.average(ratio, weights=size)
    between = max(0.0, float(np.average((ratio - middle) ** 2 - 1 / size, weights=size)))
    drawn = middle + (ratio - middle) * between / (between + 1 / size)
    columns = np.stack([drawn, np.log(size)], axis=1)
    columns -= columns.mean(axis=0)
    left, widths, _ = np.linalg.svd(columns, full_matrices=False)
    whitened: Points = left[:, widths > 1e-9] * math.sqrt(len(judged))
    return whitened


def _middle(group: Sequence[Standing]) -> tuple[float, ...]:
    ratios = fmean(each.log_ratio or 0.0 for each in group)
    return ratios, fmean(math.log(max(each.conversions, 1.0)) for each in group)


def _named(group: Sequence[Standing], identifier: str, size: float, ids: Steady) -> Cluster | None:
    """Name a group by those of its members of whom the name is certain; ``None`` where they are too few."""
    won = [each for each in group if each.succeeded]
    lost = [each for each in group if each.succeeded is False]
    certain = won or lost
    if len(certain) < LEAST_MEMBERS or (won and lost):
        return None
    large = median(each.conversions for each in certain) >= size
    name: ClusterName = "at_risk" if lost else "scale_winners" if large else "efficient_converters"
    before = {each.member: each.before for each in ids.moved}
    moved = [each for each in certain if each.campaign_key in before]
    return Cluster(
        name=name,
        campaign_ids=tuple(sorted(each.retrospective.campaign.campaign_id for each in certain)),
        id=identifier,
        moved=tuple(
            MovedCampaign(
                campaign_id=each.retrospective.campaign.campaign_id,
                before=before[each.campaign_key],
                delta_pct=each.cpa.delta_pct or 0.0,
                conversions=each.conversions,
            )
            for each in moved
        ),
    )
