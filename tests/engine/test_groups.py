"""Clusters, tags and similar campaigns: what belongs together, and when that cannot be said."""

import pytest
from engine_values import RULES, counted, stood

from engine.explain.clusters import clusters
from engine.explain.similar import similar_campaigns
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
        "at_risk": ("loser", "silent"),
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


def test_much_money_without_a_conversion_is_a_miss_and_little_is_too_early() -> None:
    assert "band:missed" in tags(stood("spring-sale", actual_metrics=_nothing_bought()))
    assert "band:too-early" in tags(stood("spring-sale", actual_metrics=counted(100, 5, 0, 10)))
    assert "band:no-forecast" in tags(stood("spring-sale", expected_metrics=counted(0, 0, 0, 0)))


def test_a_campaign_is_not_similar_to_itself_or_its_other_windows() -> None:
    focus = stood("spring-sale")
    assert similar_campaigns(focus, [focus, stood("spring-sale", ratio=2.0)]) == ()


def test_what_shares_most_comes_first_and_at_most_three_are_named() -> None:
    focus = stood("spring-sale", audiences=["new-parents", "students"])
    others = [
        stood(
            "nothing-shared", audiences=["x"], creative_types=["image"], platform="TikTok", objective="Sales"
        ),
        stood("all-shared", audiences=["new-parents", "students"]),
        stood("half-shared", audiences=["new-parents", "gardeners"]),
        stood("also-half", audiences=["gardeners", "students"]),
        stood("little-shared", audiences=["gardeners"], creative_types=["image"]),
    ]
    found = similar_campaigns(focus, [focus, *others])
    assert [each.campaign_id for each in found] == ["all-shared", "also-half", "half-shared"]
    assert [each.score for each in found] == [1.0, pytest.approx(4 / 6), pytest.approx(4 / 6)]
    assert found[1].why == ("audience:students", "creative_type:video", "objective:leads", "platform:meta")


def test_how_a_campaign_ended_makes_it_no_more_similar() -> None:
    focus = stood("spring-sale", ratio=0.5)
    (one,) = similar_campaigns(focus, [stood("new-parents", ratio=0.5)])
    (other,) = similar_campaigns(focus, [stood("new-parents", ratio=3.0)])
    assert one.score == other.score == 1.0
    assert (one.verdict, other.verdict) == ("real", "real")


def test_the_order_of_campaigns_changes_nothing_about_who_is_similar() -> None:
    focus = stood("spring-sale")
    others = [stood(f"other-{number}") for number in range(6)]
    assert similar_campaigns(focus, others) == similar_campaigns(focus, others[::-1])
