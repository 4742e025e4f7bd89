"""Answers to spend: Hill's curve through the present point, and what is known of it, against known truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.budget import FIRST_DAY, budget_world

from engine.measure.response import SpendDays, hill, responses

elasticities, shapes = st.floats(0.02, 1.7), st.sampled_from([0.8, 1.0, 1.4, 2.0])


@given(elasticities, shapes)
@settings(max_examples=60, deadline=None)
def test_the_curve_goes_through_the_present_point_with_its_elasticity(
    elasticity: float, shape: float
) -> None:
    step = 1e-5
    ratio = np.array([1.0, np.exp(-step), np.exp(step)])
    middle, below, above = hill(ratio, np.array(elasticity), np.array(shape))
    assert middle == pytest.approx(1)
    assert np.log(above / below) / (2 * step) == pytest.approx(elasticity, rel=1e-4)


@given(elasticities, shapes, st.floats(0.1, 5), st.floats(0.1, 5))
@settings(max_examples=60, deadline=None)
def test_more_money_never_brings_less(elasticity: float, shape: float, one: float, other: float) -> None:
    low, high = hill(np.array(sorted([one, other])), np.array(elasticity), np.array(shape))
    assert low <= high + 1e-12


def test_the_curve_is_hills_own_where_that_is_written_out() -> None:
    alpha, half, now = 1.4, 300.0, 500.0
    spend = np.array([200.0, 500.0, 900.0])
    truth = spend**alpha / (half**alpha + spend**alpha)
    elasticity = alpha * half**alpha / (half**alpha + now**alpha)
    found = hill(spend / now, np.array(elasticity), np.array(alpha))
    assert found == pytest.approx(truth / truth[1])


def _days(name: str, elasticity: float, *, days: int = 60, per_day: float = 20.0, seed: int = 1) -> SpendDays:
    rng = np.random.default_rng(seed)
    spend = 400 * rng.lognormal(0, 0.3, days)
    made = rng.poisson(per_day * (spend / 400) ** elasticity).astype(float)
    return SpendDays(name, 400.0, FIRST_DAY + np.arange(days), spend, made)


def test_few_conversions_are_shrunk_further_towards_the_others() -> None:
    others = [_days(f"like-{seed}", 0.5, seed=seed) for seed in range(5)]
    odd = [_days("odd", 1.2, per_day=each, seed=9) for each in (60.0, 1.0)]
    much, little = (responses([*others, each], np.random.default_rng(0))[-1] for each in odd)
    assert much.elasticity.mean() > 0.95
    assert little.elasticity.mean() < much.elasticity.mean() - 0.2
    assert little.elasticity.std() > much.elasticity.std()


def test_a_campaign_without_days_has_the_curve_that_others_suggest() -> None:
    empty = np.array([])
    unseen = SpendDays("new", 400.0, empty.astype(int), empty, empty)
    found = responses([*(_days(str(k), 0.5, seed=k) for k in range(4)), unseen], np.random.default_rng(0))[-1]
    assert found.days == 0
    assert 0.35 <= found.elasticity.mean() <= 0.65


def test_weekdays_on_which_both_spend_and_demand_are_low_do_not_feign_an_elasticity() -> None:
    rng = np.random.default_rng(8)
    days = FIRST_DAY + np.arange(84)
    quiet = np.isin(days % 7, [5, 6])
    campaigns = []
    for place in range(5):
        spend = 300 * np.where(quiet, 0.6, 1.0) * rng.lognormal(0, 0.2, len(days))
        made = rng.poisson(25 * np.where(quiet, 0.6, 1.0) * (spend / 300) ** 0.2).astype(float)
        campaigns.append(SpendDays(str(place), 300.0, days, spend, made))
    found = responses(campaigns, np.random.default_rng(0))
    assert np.mean([each.elasticity.mean() for each in found]) == pytest.approx(0.2, abs=0.12)


def test_the_same_days_and_seed_give_the_same_draws_in_any_order_of_days() -> None:
    days = _days("spring-sale", 0.6)
    turn = np.random.default_rng(3).permutation(len(days.days))
    turned = days._replace(days=days.days[turn], spend=days.spend[turn], conversions=days.conversions[turn])
    one, other = (responses([each], np.random.default_rng(0))[0] for each in (days, turned))
    assert one.elasticity == pytest.approx(other.elasticity)
    assert one.level == pytest.approx(other.level)


def test_eighty_percent_ranges_hold_the_truth_about_as_often() -> None:
    held = []
    for seed in range(7_000, 7_040):
        world = budget_world(seed)
        saturated = world.now**world.alpha / (world.half**world.alpha + world.now**world.alpha)
        truth = world.alpha * (1 - saturated)
        for each, true in zip(responses(world.campaigns, np.random.default_rng(0)), truth, strict=True):
            low, high = np.quantile(each.elasticity, [0.1, 0.9])
            held.append(low <= true <= high)
    assert 0.70 <= np.mean(held) <= 0.90
