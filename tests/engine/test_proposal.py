"""One typed action for one comparison: within the limits, with what to expect and the worst case."""

import math
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from engine_values import NEW_PARENTS, RULES, SPRING_SALE, TODAY, analysed, compared, counted, ran
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import totals

from engine.decide.expectation import expect
from engine.decide.proposal import propose
from engine.measure.comparison import compare
from engine.models.action import KeepAsIs, SetSpend, Wait
from engine.models.campaign import CampaignPerformanceInput, Metrics
from engine.models.recommendation import Proposal
from engine.models.rules import Rules

quick = settings(max_examples=80, deadline=None)
WEEK = TODAY + timedelta(days=7)
FORECAST = counted(100_000, 2_000, 100, 4_000, 10_000)


def _proposed(campaign: CampaignPerformanceInput, rules: Rules = RULES) -> Proposal:
    return propose(campaign, compare(campaign, rules), None, TODAY, rules)


def _spent(conversions: int, spend: Any, **changed: Any) -> Proposal:
    return _proposed(compared(FORECAST, counted(100_000, 2_000, conversions, spend), **changed))


def _set(proposal: Proposal) -> SetSpend:
    assert isinstance(proposal.action, SetSpend)
    return proposal.action


# Which way


def test_a_real_win_proposes_to_spend_15_percent_more_a_day() -> None:
    """12,090 EUR over 30 days are 403 EUR a day."""
    proposal = _proposed(SPRING_SALE)
    action = _set(proposal)
    assert (action.field, action.currency) == ("daily spend", "EUR")
    assert (action.previous, action.to) == (Decimal(403), Decimal("463.45"))
    assert proposal.workflow == "Budget Reallocation"
    assert proposal.needs_approval


def test_a_real_loss_proposes_to_spend_15_percent_less_a_day() -> None:
    action = _set(_proposed(NEW_PARENTS))
    assert (action.previous, action.to) == (Decimal(936), Decimal("795.60"))


def test_noise_keeps_everything_as_it_is() -> None:
    proposal = _spent(400, 16_000, window_start=None)
    assert proposal.action == KeepAsIs(next_look=WEEK)
    assert not proposal.needs_approval
    assert proposal.confidence is None
    assert proposal.alternatives == ()


def test_too_early_waits_as_long_as_is_needed_and_no_longer_than_two_weeks() -> None:
    campaign = compared(FORECAST, counted(100_000, 2_000, 100, 4_300), window_start=date(2026, 3, 26))
    need = compare(campaign, RULES).need
    assert need is not None
    assert need.days is not None
    assert 0 < need.days < 14
    assert _proposed(campaign).action == Wait(next_look=TODAY + timedelta(days=need.days))
    slow = compared(FORECAST, counted(100_000, 2_000, 8, 300), window_start=date(2025, 3, 26))
    assert _proposed(slow).action == Wait(next_look=TODAY + timedelta(days=14))


def test_without_a_single_conversion_nothing_is_changed_since_the_counting_may_be_broken() -> None:
    assert _spent(0, 3_950).action == Wait(next_look=WEEK)


def test_without_a_forecast_the_campaign_s_own_earlier_window_stands_in() -> None:
    nothing = counted(0, 0, 0, 0)
    before = ran(
        "spring-sale", expected_metrics=nothing, ratio=2.0, conversions=400,
        day=date(2026, 2, 28), window_start=date(2026, 2, 1), window_end=date(2026, 2, 28),
    )  # fmt: skip
    now = ran(
        "spring-sale", expected_metrics=nothing, ratio=1.0, conversions=400,
        window_start=date(2026, 3, 1), window_end=date(2026, 3, 29),
    )  # fmt: skip
    assert _set(analysed(now.campaign, before).proposal).change > 0
    assert analysed(now.campaign).proposal.action == Wait(next_look=WEEK)


# How much


@given(
    totals(most=10**6),
    totals(most=10**6),
    st.floats(0.01, 0.9),
    st.floats(0.01, 0.9),
    st.sampled_from(["EUR", "JPY", "KWD", None]),
)
@example(FORECAST, counted(10_000, 5_000, 4_000, 112), 0.15, 0.20, "JPY")
@example(FORECAST, counted(10_000, 5_000, 4_000, "280.84"), 0.20, 0.20, "EUR")
@settings(max_examples=120, deadline=None)
def test_no_action_ever_goes_above_the_change_limit(
    expected: Metrics, actual: Metrics, step: float, limit: float, currency: str | None
) -> None:
    rules = Rules(spend_step=step, change_limit=limit)
    start = date(2026, 3, 2) if currency else None
    proposal = _proposed(compared(expected, actual, currency=currency, window_start=start), rules)
    offered = [proposal.action, *(each.action for each in proposal.alternatives)]
    for each in offered:
        if isinstance(each, SetSpend):
            assert abs(each.to / each.previous - 1) <= Decimal(repr(limit))
            assert each.to != each.previous
    assert proposal.risk != "high"


@pytest.mark.parametrize(("currency", "places"), [("EUR", 2), ("JPY", 0), ("KWD", 3), (None, 2)])
@given(st.integers(1, 10**9))
@settings(max_examples=25, deadline=None)
def test_amounts_are_exact_in_the_decimals_of_their_currency(
    currency: str | None, places: int, spend: int
) -> None:
    actual = counted(100_000, 50_000, 40_000, Decimal(spend) / 1000)
    forecast = counted(100_000, 50_000, 40_000, Decimal(spend) / 100)
    action = _proposed(compared(forecast, actual, currency=currency, window_start=date(2026, 3, 2))).action
    if isinstance(action, SetSpend):
        unit = Decimal(1).scaleb(-places)
        assert action.previous == action.previous.quantize(unit)
        assert action.to == action.to.quantize(unit)


def test_without_a_window_the_whole_spend_is_moved() -> None:
    action = _set(_spent(100, 2_000, window_start=None))
    assert (action.field, action.previous, action.to) == ("spend", Decimal(2000), Decimal(2300))


def test_where_15_percent_is_less_than_the_smallest_coin_nothing_is_proposed() -> None:
    assert isinstance(_spent(100, "0.28", window_start=date(2026, 3, 2)).action, Wait)


@pytest.mark.parametrize("conversions", [200_000, 800_000], ids=["win", "loss"])
def test_the_largest_spend_that_is_taken_can_be_judged(conversions: int) -> None:
    most = 10**12
    forecast = counted(10**6, 10**6, conversions, most)
    assert _proposed(compared(forecast, counted(10**6, 10**6, 400_000, most), window_start=date(2026, 3, 29)))


# What it may cost, and what to expect


def test_the_worst_case_of_more_is_the_added_money_for_nothing() -> None:
    proposal = _proposed(SPRING_SALE)
    worst = proposal.worst_case
    assert worst is not None
    action = _set(proposal)
    assert worst.kind == "spent_for_nothing"
    assert worst.amount == (action.to - action.previous) * 7 == Decimal("423.15")
    assert (worst.currency, worst.by) == ("EUR", WEEK)


def test_the_worst_case_of_less_is_the_conversions_not_made_at_their_forecast_price() -> None:
    proposal = _proposed(NEW_PARENTS)
    worst = proposal.worst_case
    assert worst is not None
    assert worst.kind == "conversions_not_made"
    assert worst.conversions == round(float(Decimal("140.40") * 7) / 58.5) == 17
    assert worst.unit_price == Decimal("45.00")
    assert worst.amount == 17 * Decimal("45.00")


def test_a_whole_spend_is_moved_once_and_not_for_seven_days() -> None:
    worst = _spent(100, 2_000, window_start=None).worst_case
    assert worst is not None
    assert worst.amount == Decimal(300)


@given(totals(most=10**6), totals(most=10**6), st.sampled_from(["EUR", "JPY", "KWD", None]))
@quick
def test_whoever_is_asked_to_decide_is_told_the_worst_case_and_the_way_out(
    expected: Metrics, actual: Metrics, currency: str | None
) -> None:
    proposal = _proposed(compared(expected, actual, currency=currency))
    if not proposal.needs_approval:
        assert proposal.worst_case is None
        return
    action, worst = _set(proposal), proposal.worst_case
    assert worst is not None
    assert worst.amount >= 0
    if worst.kind == "spent_for_nothing":
        assert worst.amount == abs(action.to - action.previous) * 7
    else:
        assert worst.unit_price is not None
        assert worst.amount == worst.unit_price * int(worst.conversions or 0)
    assert proposal.alternatives[-1].action == KeepAsIs(next_look=WEEK)
    assert proposal.expectation is not None
    assert 0 < (proposal.confidence or 0) <= 0.99
    assert Proposal.model_validate_json(proposal.model_dump_json()) == proposal


def test_the_other_ways_are_half_the_step_and_doing_nothing_each_with_its_reason() -> None:
    smaller, nothing = _proposed(SPRING_SALE).alternatives
    assert isinstance(smaller.action, SetSpend)
    assert smaller.action.change == pytest.approx(0.075, abs=1e-4)
    assert (smaller.why_not, nothing.why_not) == ("smaller_step", "win_unused")
    assert nothing.action == KeepAsIs(next_look=WEEK)
    assert _proposed(NEW_PARENTS).alternatives[-1].why_not == "loss_goes_on"


def test_doing_nothing_is_expected_to_go_on_as_it_was() -> None:
    nothing = _proposed(SPRING_SALE).alternatives[-1].expectation
    assert nothing is not None
    assert math.sqrt(nothing.low * nothing.high) == pytest.approx(31.0)
    assert (nothing.kpi, nothing.level, nothing.by) == ("cpa", 0.8, WEEK)


def test_more_spend_is_expected_to_buy_a_little_dearer() -> None:
    """With an elasticity of 0.8 in the middle, 15 % more spend costs 1.15 ** 0.2 per conversion."""
    more = expect("cpa", SPRING_SALE, 1.15, TODAY, RULES)
    assert more is not None
    assert math.sqrt(more.low * more.high) == pytest.approx(31.0 * 1.15**0.2)


def test_a_campaign_with_more_conversions_has_the_narrower_expectation() -> None:
    few = expect("cpa", compared(FORECAST, counted(10**6, 10**5, 50, 2_000)), 1.0, TODAY, RULES)
    many = expect("cpa", compared(FORECAST, counted(10**6, 10**5, 5_000, 200_000)), 1.0, TODAY, RULES)
    assert few is not None
    assert many is not None
    assert many.high / many.low < few.high / few.low


def test_without_an_event_nothing_is_expected() -> None:
    assert expect("cpa", compared(FORECAST, counted(1_000, 10, 0, 50)), 1.0, TODAY, RULES) is None


def test_the_risk_is_medium_where_another_kpi_really_went_the_other_way() -> None:
    actual = counted(100_000, 2_000, 400, 4_000, 4_000)
    assert _proposed(compared(FORECAST, actual)).risk == "medium"
    assert _proposed(SPRING_SALE).risk == "low"
