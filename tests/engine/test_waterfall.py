"""Why the CPA moved, in money: the parts add up to the coin, and the words say both ends."""

from decimal import Decimal

import pytest
from engine_values import NEW_PARENTS, SPRING_SALE, WORDS, analysed, counted, told
from hypothesis import given
from hypothesis import strategies as st
from strategies import campaigns, totals

from engine.models.campaign import CampaignPerformanceInput
from engine.models.currency import smallest_unit
from engine.narrate.waterfall import in_words, waterfall

MOVED = st.builds(
    lambda before, after, currency: NEW_PARENTS.model_copy(
        update={"expected_metrics": before, "actual_metrics": after, "currency": currency}
    ),
    totals(least=50, most=10**6),
    totals(least=50, most=10**6),
    st.sampled_from(["EUR", "JPY", "KWD", None]),
)


def test_the_miss_that_everybody_knows_is_told_with_both_ends_and_its_parts() -> None:
    drawn = waterfall(analysed(NEW_PARENTS))
    assert drawn
    assert told(in_words(drawn, WORDS)) == (
        "CPA 45.00 to 58.50 EUR: clicks harder +11.48, conversion +1.27, impressions dearer +0.75"
    )
    assert [each.noise for each in drawn.steps] == [False, True, False]


def test_the_win_that_everybody_knows_goes_down_with_minus_signs() -> None:
    drawn = waterfall(analysed(SPRING_SALE))
    assert drawn
    assert told(in_words(drawn, WORDS)) == (
        "CPA 41.00 to 31.00 EUR: clicks easier −7.98, conversion −1.97, impressions cheaper −0.05"
    )


def test_what_worked_against_the_change_comes_last() -> None:
    dearer = counted(1_500_000, 24_000, 720, 42_120)  # fewer clicks, dearer, but far better conversion
    drawn = waterfall(analysed(NEW_PARENTS.model_copy(update={"actual_metrics": dearer})))
    assert drawn
    assert [(each.label, each.amount > 0) for each in drawn.steps] == [
        ("impressions dearer", True),
        ("clicks harder", True),
        ("conversion", False),
    ]


@given(MOVED)
def test_the_parts_add_up_to_the_difference_to_the_coin(campaign: CampaignPerformanceInput) -> None:
    analysis = analysed(campaign)
    drawn = waterfall(analysis)
    if drawn is None:
        return
    assert drawn.before + sum(each.amount for each in drawn.steps) == drawn.after
    assert drawn.before != drawn.after
    coin = smallest_unit(campaign.currency)
    split = analysis.comparison.cpa_decomposition
    assert split
    for each in drawn.steps:
        assert each.amount % coin == 0
        assert each.amount != 0
        exact = (drawn.after - drawn.before) * Decimal(repr(getattr(split, each.part)))
        assert abs(each.amount - exact) <= 2 * coin
    assert in_words(drawn, WORDS).startswith("CPA ")


@given(campaigns())
def test_whatever_is_handed_in_there_is_a_picture_or_none(campaign: CampaignPerformanceInput) -> None:
    drawn = waterfall(analysed(campaign))
    assert drawn is None or drawn.steps


@pytest.mark.parametrize(
    "changed",
    [
        {"actual_metrics": NEW_PARENTS.expected_metrics},  # nothing moved
        {"actual_metrics": counted(15_000, 240, 5, 290)},  # too early to say
        {"actual_metrics": counted(1_500_000, 24_000, 0, 28_080)},  # no CPA
        {"expected_metrics": counted(0, 0, 0, 0)},  # no forecast
        {"objective": "Traffic"},  # another KPI drives
    ],
    ids=["on forecast", "too early", "not defined", "no forecast", "traffic"],
)
def test_without_a_real_change_of_a_driving_cpa_nothing_is_drawn(changed: dict[str, object]) -> None:
    analysis = analysed(NEW_PARENTS.model_copy(update=changed))
    assert waterfall(analysis) is None


def test_a_change_below_the_smallest_coin_is_not_drawn() -> None:
    tiny = counted(1_500_000, 30_000, 10_000, 10), counted(1_500_000, 30_000, 10_000, 13)
    changed = {"expected_metrics": tiny[0], "actual_metrics": tiny[1], "currency": "EUR"}
    assert waterfall(analysed(NEW_PARENTS.model_copy(update=changed))) is None
