"""Clusters and tags: what belongs together, and when that cannot be said."""

import pytest
from engine_values import RULES, counted, stood

from engine.explain.clusters import clusters
from engine.explain.standing import Standing
from engine.explain.tags import tags
from engine.models.campaign import Metrics


def _mixed() -> list[Standing]:
    return [
        stood("big-winner", ratio=0.5, conversions=900),
        stood("small-winner", ratio=0.4, conversions=60),
        stood("loser", ratio=2.0, conversions=300),
        stood("silent", conversions=0, actual_metrics=_nothing_bought()),
        *(stood(f"usual-{number}", ratio=1.0, conversions=200) for number in range(4)),
    ]


def _nothing_bought() -> Metrics:
    return counted(100_000, 2_000, 0, 4_000)


@pytest.mark.parametrize("how_many", [1, 3, 7])
def test_too_few_campaigns_are_not_clustered_and_it_is_said(how_many: int) -> None:
    groups, notes = clusters(_mixed()[:how_many], RULES)
    assert groups == []
    assert notes == [f"Too few to cluster: {how_many} of 8 campaigns."]


def test_only_what_is_real_belongs_to_a_group() -> None:
    groups, notes = clusters(_mixed(), RULES)
    assert {each.name: each.campaign_ids for each in groups} == {
        "scale_winners": ("big-winner",),
        "efficient_converters": ("small-winner",),
        "at_risk": ("loser",),
    }
    assert notes == []


def test_a_portfolio_of_noise_has_no_groups() -> None:
    assert clusters([stood(f"usual-{n}", conversions=200) for n in range(12)], RULES) == ([], [])


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
