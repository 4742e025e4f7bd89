"""Why the CPA moved, in money: the parts add up to the coin, and the words say both ends."""

from decimal import Decimal
from itertools import accumulate

import pytest
from engine_values import NEW_PARENTS, SPRING_SALE, WORDS, analysed, counted, told
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import campaigns, totals

from engine.models.campaign import CampaignPerformanceInput, Metrics
from engine.models.currency import smallest_unit
from engine.narrate import sentences
from engine.narrate.waterfall import Waterfall, in_words, waterfall


def moved(before: Metrics, after: Metrics, currency: str | None = "EUR") -> CampaignPerformanceInput:
    update = {"expected_metrics": before, "actual_metrics": after, "currency": currency}
    return NEW_PARENTS.model_copy(update=update)


CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", None])
MOVED = st.builds(moved, totals(least=50, most=10**6), totals(least=50, most=10**6), CURRENCIES)
EXTREME = st.builds(moved, totals(least=1, most=10**12), totals(least=400, most=10**12), CURRENCIES)
# Eight times the clicks of each impression, a fifth of the conversions of each click.
CHEAP_CLICKS = moved(counted(10**6, 5_000, 250, 10_000), counted(10**6, 40_000, 400, 10_000))


def levels(drawn: Waterfall) -> list[Decimal]:
    """Where the CPA stands at the start and after each part."""
    return list(accumulate((each.amount for each in drawn.steps), initial=drawn.before))


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


def test_what_made_it_dearer_comes_before_what_made_it_cheaper() -> None:
    dearer = counted(1_500_000, 24_000, 720, 42_120)  # fewer clicks, dearer, but far better conversion
    drawn = waterfall(analysed(NEW_PARENTS.model_copy(update={"actual_metrics": dearer})))
    assert drawn
    assert [(each.label, each.amount > 0) for each in drawn.steps] == [
        ("impressions dearer", True),
        ("clicks harder", True),
        ("conversion", False),
    ]


def test_parts_that_oppose_each_other_never_lead_below_nothing() -> None:
    drawn = waterfall(analysed(CHEAP_CLICKS))
    assert drawn
    assert told(in_words(drawn, WORDS)) == "CPA 40.00 to 25.00 EUR: conversion +51.36, clicks easier −66.36"
    assert [str(each) for each in levels(drawn)] == ["40.00", "91.36", "25.00"]
    assert sentences.why(analysed(CHEAP_CLICKS), WORDS) == (
        "Why the CPA fell: clicks came easier; against it, undoing most of that: conversion."
    )


@given(MOVED | EXTREME)
@example(CHEAP_CLICKS)
def test_on_the_way_the_cpa_is_never_below_its_lower_end(campaign: CampaignPerformanceInput) -> None:
    drawn = waterfall(analysed(campaign))
    if drawn is not None:
        assert min(levels(drawn)) == min(drawn.before, drawn.after) >= 0
        assert levels(drawn)[-1] == drawn.after


@given(MOVED | EXTREME)
@example(CHEAP_CLICKS)
def test_the_sentence_and_the_picture_name_the_same_sides(campaign: CampaignPerformanceInput) -> None:
    """Every part that S14 names is drawn, on the side that S14 puts it."""
    analysis = analysed(campaign)
    drawn, said = waterfall(analysis), sentences.why(analysis, WORDS)
    if drawn is None or said is None:
        return
    rose = drawn.after > drawn.before
    assert said.startswith("Why the CPA rose: " if rose else "Why the CPA fell: ")
    with_it, _, against = said.removesuffix(".").partition("against it")
    for each in drawn.steps:
        dearer, cheaper = sentences.PARTS[each.part]
        name = dearer if each.amount > 0 else cheaper
        side, other = (with_it, against) if (each.amount > 0) == rose else (against, with_it)
        assert name in side or name not in other


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
