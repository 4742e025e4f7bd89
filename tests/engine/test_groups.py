"""Clusters and tags: what belongs together, and when that cannot be said."""

import json
from datetime import date

import numpy as np
import pytest
from engine_values import RULES, counted, stood
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.explain.clusters import ONE_CLOUD, Kept, campaign_groups, clusters
from engine.explain.grouping import best_division
from engine.explain.standing import Standing
from engine.explain.tags import tags
from engine.models.campaign import Metrics


def _mixed() -> list[Standing]:
    """Five that won large, five that won small, five that lost, all of them certainly."""
    return [
        *(stood(f"big-winner-{n}", ratio=0.48 + n / 100, conversions=880 + 10 * n) for n in range(5)),
        *(stood(f"small-winner-{n}", ratio=0.48 + n / 100, conversions=60 + n) for n in range(5)),
        *(stood(f"loser-{n}", ratio=1.9 + n / 100, conversions=290 + 5 * n) for n in range(5)),
        stood("silent", conversions=0, actual_metrics=_nothing_bought()),
    ]


def _nothing_bought() -> Metrics:
    return counted(100_000, 2_000, 0, 4_000)


@pytest.mark.parametrize("how_many", [1, 3, 7])
def test_too_few_campaigns_are_not_clustered_and_it_is_said(how_many: int) -> None:
    groups, notes = clusters(_mixed()[:how_many], RULES)
    assert groups == []
    assert notes == [f"Too few to cluster: {how_many} of 8 campaigns."]


def test_campaigns_fall_into_the_groups_in_which_they_were_made() -> None:
    groups, notes = clusters(_mixed(), RULES)
    assert {each.name: each.campaign_ids for each in groups} == {
        "scale_winners": tuple(f"big-winner-{n}" for n in range(5)),
        "efficient_converters": tuple(f"small-winner-{n}" for n in range(5)),
        "at_risk": tuple(f"loser-{n}" for n in range(5)),
    }
    assert notes == []


def test_a_portfolio_of_noise_has_no_groups() -> None:
    some = [stood(f"usual-{n}", conversions=200 + n) for n in range(12)]
    assert clusters(some, RULES) == ([], ["12 campaigns do not fall into groups by outcome."])


def test_every_member_of_a_named_group_is_certain_of_its_name() -> None:
    """Campaigns that miss by a hair lie near the losers, and are not called at risk."""
    some = [*_mixed(), stood("hair", ratio=1.5, conversions=6), stood("thread", ratio=1.4, conversions=5)]
    for group in clusters(some, RULES)[0]:
        members = {each.retrospective.campaign.campaign_id: each.succeeded for each in some}
        assert {members[each] for each in group.campaign_ids} == {group.name != "at_risk"}


@given(st.permutations(range(16)))
@settings(max_examples=15, deadline=None)
def test_the_order_of_campaigns_changes_no_group(order: list[int]) -> None:
    some = _mixed()
    assert clusters([some[place] for place in order], RULES) == clusters(some, RULES)


def test_ids_stay_and_who_moved_is_told_with_its_cpa() -> None:
    some = _mixed()
    first = campaign_groups(some, RULES, Kept(None, date(2026, 3, 20)))
    assert first.ids is not None
    ids = {each.name: each.id for each in first.clusters}
    fallen = [stood("big-winner-0", ratio=2.0, conversions=300), *some[1:]]
    later = campaign_groups(fallen, RULES, Kept(first.ids.body, date(2026, 3, 30)))
    assert {each.name: each.id for each in later.clusters} == ids
    moved = [each for group in later.clusters for each in group.moved]
    assert [(each.campaign_id, each.before) for each in moved] == [("big-winner-0", ids["scale_winners"])]
    assert moved[0].delta_pct == pytest.approx(100)


def test_a_move_is_told_all_week_and_not_the_week_after() -> None:
    some = _mixed()
    fallen = [stood("big-winner-0", ratio=2.0, conversions=300), *some[1:]]
    body = None
    told = []
    for campaigns, day in ((some, 20), (fallen, 23), (fallen, 26), (fallen, 30)):
        found = campaign_groups(campaigns, RULES, Kept(body, date(2026, 3, day)))
        assert found.ids is not None
        body = json.loads(json.dumps(found.ids.body))
        told.append(sum(len(group.moved) for group in found.clusters))
    assert told == [0, 1, 1, 0]


def test_one_cloud_of_campaigns_reaches_the_limit_about_once_in_twenty() -> None:
    """The constant below which nothing is grouped, simulated again: at most one in ten for any size."""
    for many in (12, 24, 40):
        chance = np.random.default_rng(many)
        reached = 0
        for _ in range(60):
            left, _, _ = np.linalg.svd(chance.normal(size=(many, 2)), full_matrices=False)
            best = best_division(left * many**0.5, 3, 4, 2)
            reached += best is not None and best.silhouette > ONE_CLOUD
        assert reached <= 6


def test_tags_name_platform_objective_band_audience_and_creative_type() -> None:
    assert tags(stood("spring-sale", ratio=0.5, platform="Meta Ads", objective="Lead Generation")) == (
        "audience:new-parents",
        "band:beat",
        "creative_type:video",
        "objective:lead-generation",
        "platform:meta-ads",
    )


@pytest.mark.parametrize(
    ("ratio", "conversions", "band"),
    [(0.5, 200, "beat"), (2.0, 200, "missed"), (1.0, 200, "in-line"), (1.0, 3, "too-early")],
)
def test_the_band_follows_the_verdict(ratio: float, conversions: int, band: str) -> None:
    assert f"band:{band}" in tags(stood("spring-sale", ratio=ratio, conversions=conversions))


def test_without_a_conversion_no_band_is_claimed() -> None:
    assert "band:too-early" in tags(stood("spring-sale", actual_metrics=_nothing_bought()))
    assert "band:too-early" in tags(stood("spring-sale", actual_metrics=counted(100, 5, 0, 10)))
    assert "band:no-forecast" in tags(stood("spring-sale", expected_metrics=counted(0, 0, 0, 0)))
