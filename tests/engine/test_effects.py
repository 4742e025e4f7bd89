"""Levels against the rest, all dimensions held fixed: how often it is right where the truth is known."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_data import shared_file
from worlds.patterns import PatternWorld, pattern_world

from engine.evaluating.pattern_scores import pattern_scores
from engine.evaluating.patterns import answer
from engine.evaluating.tables import columns
from engine.explain.campaign_history import History
from engine.explain.count_regression import fit_counts
from engine.explain.effects import Effects, LevelResult, effects_of
from engine.explain.shrinkage import believed, shrink

WORLDS = 150


def history(world: PatternWorld, **changed: Any) -> History:
    parts: dict[str, Any] = {
        "spend": world.spend,
        "conversions": world.conversions,
        "days": world.days.astype(float),
        "levels": {name: [{each: 1.0} for each in own] for name, own in world.levels.items()},
        "beside": {},
        "impressions": world.impressions,
    }
    return History(**parts | changed)


def plain_history(
    conversions: Sequence[float] | np.ndarray, spend: float = 1_000.0, **levels: Sequence[str]
) -> History:
    size = len(conversions)
    return History(
        spend=np.broadcast_to(np.asarray(spend, dtype=float), (size,)).copy(),
        conversions=np.asarray(conversions, dtype=float),
        days=np.arange(size, dtype=float),
        levels={name: [{each: 1.0} for each in own] for name, own in levels.items()},
        beside={},
        over_time=None,
    )


def found(effects: Effects | None) -> Effects:
    assert effects is not None
    return effects


def told(effects: Effects | None) -> dict[tuple[str, str], LevelResult]:
    return {
        (each.dimension, each.level): each
        for each in found(effects).results
        if each.found in {"winner", "loser"}
    }


@pytest.fixture(scope="module")
def scores() -> dict[str, Any]:
    worlds = [pattern_world(20_000 + number) for number in range(WORLDS)]
    said = {str(each.truth["case_id"]): answer(found(effects_of(history(each)))) for each in worlds}
    return pattern_scores([each.truth for each in worlds], said)


def test_of_what_is_told_one_in_ten_is_wrong_at_most(scores: dict[str, Any]) -> None:
    assert scores["fdr_mean_fdp"] <= 0.10
    assert scores["fdr_by_kind"]["confounded"] <= 0.12


def test_portfolios_of_pure_noise_stay_quiet(scores: dict[str, Any]) -> None:
    assert scores["noise_portfolios_with_any_discovery"]["value"] <= 0.12


def test_planted_differences_are_found(scores: dict[str, Any]) -> None:
    assert scores["power_all"]["value"] >= 0.78
    assert scores["power_strong"]["value"] >= 0.95


def test_winners_are_neither_over_nor_understated(scores: dict[str, Any]) -> None:
    assert -4 <= scores["winners_curse_bias_pp"] <= 3


def test_ninety_percent_ranges_hold_the_truth_nine_times_in_ten(scores: dict[str, Any]) -> None:
    assert 0.84 <= scores["effect_interval_coverage"]["value"] <= 0.96


def test_trends_of_platforms_are_found_and_hardly_invented(scores: dict[str, Any]) -> None:
    assert scores["trend_fdr"] <= 0.11
    assert scores["trend_power"]["value"] >= 0.5  # down to 150 campaigns; with 200 and more it is above 0.6


def test_a_planted_level_is_found_through_a_confounding_platform() -> None:
    """Half the campaigns for students ran on the dear platform: alone they look dear and are cheap."""
    rng = np.random.default_rng(4)
    platform = ["Meta"] * 150 + ["LinkedIn"] * 150
    audience = ["students"] * 20 + ["others"] * 130 + ["students"] * 110 + ["others"] * 40
    log = np.where(np.array(platform) == "Meta", 0.0, 0.6) - np.where(
        np.array(audience) == "students", 0.3, 0
    )
    conversions = rng.poisson(2_000 / (20 * np.exp(log + rng.normal(0, 0.2, 300))))
    raw = {name: np.log(2_000 * 1 / conversions[np.array(audience) == name]).mean() for name in set(audience)}
    assert raw["students"] > raw["others"] - 0.1
    result = told(effects_of(plain_history(conversions, 2_000.0, platform=platform, audience=audience)))
    assert result["audience", "students"].found == "winner"
    assert result["audience", "students"].raw == pytest.approx(-0.3, abs=0.1)


def test_what_always_comes_together_is_not_compared() -> None:
    rng = np.random.default_rng(5)
    pairs = ["a"] * 40 + ["b"] * 40
    conversions = rng.poisson(np.where(np.array(pairs) == "a", 100, 30))
    effects = found(
        effects_of(plain_history(conversions, platform=pairs, audience=[f"for-{each}" for each in pairs]))
    )
    assert told(effects) == {}
    assert {name for _, name, _ in effects.inseparable} == {"a", "b", "for-a", "for-b"}


def test_platforms_with_other_attribution_windows_are_never_compared() -> None:
    rng = np.random.default_rng(6)
    platform = ["Meta"] * 60 + ["Google Ads"] * 60
    audience = ["students", "gardeners"] * 60
    mean = np.where(np.array(platform) == "Meta", 90, 30) * np.where(np.array(audience) == "students", 1.5, 1)
    mixed = plain_history(rng.poisson(mean), platform=platform, audience=audience)
    windows = ["7-day click"] * 60 + ["30-day click"] * 60
    apart = History(**{**mixed.__dict__, "beside": {"attribution": windows}})
    assert ("platform", "Meta") in told(effects_of(mixed))
    result = found(effects_of(apart))
    assert ("platform", "Meta", 60) in result.inseparable
    assert set(told(result)) == {("audience", "students"), ("audience", "gardeners")}


def test_currencies_that_are_held_fixed_move_nothing() -> None:
    """Half the campaigns cost yen, 160 to the euro: differences within each currency are the same."""
    world = pattern_world(31, "planted", campaigns=400)
    yen = np.arange(400) % 2 == 0
    spend = np.where(yen, world.spend * 160, world.spend)
    beside = {"currency": ["JPY" if each else "EUR" for each in yen]}
    euro = found(effects_of(history(world, beside=beside, impressions=None)))
    mixed = found(effects_of(history(world, beside=beside, spend=spend, impressions=None)))
    for ours, theirs in zip(euro.results, mixed.results, strict=True):
        assert (ours.level, ours.found) == (theirs.level, theirs.found)
        assert ours.log == pytest.approx(theirs.log, abs=1e-3)


def test_a_level_without_a_single_conversion_is_a_loser_with_finite_figures() -> None:
    audience = ["broken"] * 10 + ["students"] * 40 + ["gardeners"] * 40
    rng = np.random.default_rng(8)
    conversions = np.concatenate([np.zeros(10), rng.poisson(25, 80)])
    broken = told(effects_of(plain_history(conversions, audience=audience)))["audience", "broken"]
    assert broken.found == "loser"
    assert all(math.isfinite(each) for each in (broken.raw, broken.log, broken.low, broken.high))


def test_identical_campaigns_accuse_nobody() -> None:
    effects = effects_of(plain_history([50.0] * 60, audience=["students", "gardeners", "night-owls"] * 20))
    assert told(effects) == {}


@pytest.mark.parametrize("count", [0, 1, 5, 20])
def test_few_campaigns_are_not_judged(count: int) -> None:
    assert effects_of(plain_history([50.0] * count, audience=["students"] * count)) is None


def test_campaigns_without_any_conversion_are_not_judged() -> None:
    assert effects_of(plain_history([0.0] * 60, audience=["students", "gardeners"] * 30)) is None


def test_levels_with_few_campaigns_are_named_and_not_judged() -> None:
    audience = ["rare"] * 4 + ["students"] * 40 + ["gardeners"] * 40
    effects = found(effects_of(plain_history([5.0] * 4 + [50.0] * 80, audience=audience)))
    assert effects.too_few == (("audience", "rare", 4),)
    assert "rare" not in {each.level for each in effects.results}


def test_what_is_promising_is_mostly_settled_by_what_it_asks_for() -> None:
    """Students really are a quarter cheaper; new campaigns bring as many more conversions as were asked."""
    rng = np.random.default_rng(1)

    def drawn(times: float) -> History:
        names = ["students"] * round(12 * times) + ["gardeners"] * round(60 * times)
        means = np.where(np.array(names) == "students", 33, 25)
        return plain_history(rng.poisson(means * np.exp(rng.normal(0, 0.3, len(names)))), audience=names)

    settled = []
    for _ in range(150):
        for each in found(effects_of(drawn(1))).results:
            if each.found == "promising":
                assert each.more is not None
                assert each.days == pytest.approx(12 * each.more / each.conversions)
                settled.append(bool(told(effects_of(drawn(1 + each.more / each.conversions)))))
    assert len(settled) > 20
    assert sum(settled) > 0.4 * len(settled)


def test_two_levels_alone_are_a_difference_of_logarithms() -> None:
    """Equal spend and large, equal counts: the regression is the plain difference of mean ln(CPA)."""
    audience = ["students"] * 30 + ["gardeners"] * 30
    conversions = [40_000.0] * 30 + [50_000.0] * 30
    effects = found(effects_of(plain_history(conversions, audience=audience)))
    students = next(each for each in effects.results if each.level == "students")
    assert students.raw == pytest.approx(math.log(50_000 / 40_000), abs=1e-6)


def test_the_spread_between_campaigns_is_found_beside_the_counting() -> None:
    rng = np.random.default_rng(3)
    means = 20 * np.exp(rng.normal(0, 0.4, 4_000))
    fit = fit_counts(rng.poisson(means).astype(float), np.ones(4_000), np.ones((4_000, 1)))
    assert fit is not None
    assert math.sqrt(fit.spread) == pytest.approx(0.4, abs=0.03)
    assert fit.coefficients[0] == pytest.approx(math.log(20), abs=0.03)


def test_pure_counting_has_no_spread() -> None:
    rng = np.random.default_rng(3)
    fit = fit_counts(rng.poisson(20, 2_000).astype(float), np.ones(2_000), np.ones((2_000, 1)))
    assert fit is not None
    assert fit.spread < 0.005


def test_shrinking_is_posterior_means_under_the_fitted_mixture() -> None:
    """Of effects drawn from N(0, 0.3²) with errors of 0.1, the square error falls to the best there is."""
    rng = np.random.default_rng(2)
    truth = rng.normal(0, 0.3, 4_000)
    seen = truth + rng.normal(0, 0.1, 4_000)
    best = 0.3**2 * 0.1**2 / (0.3**2 + 0.1**2)
    assert ((shrink(seen, np.full(4_000, 0.1)).mean - truth) ** 2).mean() == pytest.approx(best, rel=0.05)


def test_signs_that_are_believed_are_wrong_as_rarely_as_promised() -> None:
    rng = np.random.default_rng(2)
    truth = rng.normal(0, 1, 5_000) * np.where(rng.random(5_000) < 0.2, 0.3, 0.03)
    errors = rng.uniform(0.05, 0.2, 5_000)
    seen = truth + rng.normal(0, 1, 5_000) * errors
    kept = believed(shrink(seen, errors).wrong, 0.10)
    assert 0.02 < (np.sign(seen[kept]) != np.sign(truth[kept])).mean() < 0.12


def test_a_platform_that_wanders_widely_is_seldom_called_a_trend() -> None:
    """Each platform's ln(CPA) is a random walk over the weeks of a year: no line, but a slope by chance.

    Without a look at its slow waves, half of these slopes would be called trends.
    """
    called = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        days = np.sort(rng.integers(0, 365, 240)).astype(float)
        platform = rng.integers(0, 3, 240)
        walks = rng.normal(0, 0.12, (3, 53)).cumsum(axis=1)
        log = walks[platform, days.astype(int) // 7] + rng.normal(0, 0.1, 240)
        made = plain_history(rng.poisson(60 * np.exp(log)), platform=[f"p{each}" for each in platform])
        effects = found(effects_of(History(**{**made.__dict__, "days": days, "over_time": "platform"})))
        called += sum(each.found != "unclear" for each in effects.trends)
    assert called <= 0.17 * 300


def test_a_campaign_may_have_several_audiences() -> None:
    """Mixed campaigns lie between pure ones; what half of the money went to explains half."""
    rng = np.random.default_rng(9)
    share = rng.choice([0.0, 0.5, 1.0], 300)
    levels = [
        {name: part for name, part in (("students", each), ("gardeners", 1 - each)) if part} for each in share
    ]
    made = plain_history(rng.poisson(60 * np.exp(0.4 * share)), audience=["x"] * 300)
    effects = found(effects_of(History(**{**made.__dict__, "levels": {"audience": levels}})))
    students = next(each for each in effects.results if each.level == "students")
    assert students.raw == pytest.approx(-0.4, abs=0.08)
    assert students.campaigns == int((share > 0).sum())


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6))
def test_the_order_of_campaigns_changes_nothing(seed: int) -> None:
    world = pattern_world(seed, campaigns=160)
    order = np.random.default_rng(seed).permutation(160)
    shuffled = world._replace(
        levels={name: [own[each] for each in order] for name, own in world.levels.items()},
        days=world.days[order],
        spend=world.spend[order],
        impressions=world.impressions[order],
        conversions=world.conversions[order],
    )
    assert_same(effects_of(history(world)), effects_of(history(shuffled)))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.01, 100))
def test_other_money_moves_no_comparison(seed: int, times: float) -> None:
    world = pattern_world(seed, campaigns=160)
    dearer = world._replace(spend=world.spend * times)
    assert_same(effects_of(history(world)), effects_of(history(dearer)))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6))
def test_names_mean_nothing(seed: int) -> None:
    world = pattern_world(seed, campaigns=160)
    named = world._replace(levels={name: [each[::-1] for each in own] for name, own in world.levels.items()})
    ours, theirs = found(effects_of(history(world))), found(effects_of(history(named)))
    assert sorted((each.level[::-1], each.found) for each in ours.results) == sorted(
        (each.level, each.found) for each in theirs.results
    )


def assert_same(ours: Effects | None, theirs: Effects | None) -> None:
    one, two = found(ours), found(theirs)
    by_level = {(each.dimension, each.level): each for each in two.results}
    assert len(by_level) == len(one.results)
    for each in one.results:
        other = by_level[each.dimension, each.level]
        assert (each.found, each.campaigns) == (other.found, other.campaigns)
        assert each.log == pytest.approx(other.log, abs=2e-3)
    assert [each.found for each in one.trends] == [each.found for each in two.trends]


def test_shuffled_attributes_of_real_ads_find_no_audience() -> None:
    table = columns(shared_file("data/kag_conversion_data.csv"))
    spend = np.array(table["Spent"], dtype=float)
    paid = np.flatnonzero(spend > 0)
    bought = np.array(table["Approved_Conversion"], dtype=float)[paid]
    beside = {"campaign": [table["xyz_campaign_id"][each] for each in paid]}
    for seed in range(20):
        rng = np.random.default_rng(seed)
        levels = {
            name: [{table[name][each]: 1.0} for each in rng.permutation(paid)]
            for name in ("age", "gender", "interest")
        }
        made = History(spend[paid], bought, np.zeros(len(paid)), levels, beside, over_time=None)
        assert told(effects_of(made)) == {}


def test_thousands_of_campaigns_with_a_level_each_are_no_trouble() -> None:
    rng = np.random.default_rng(1)
    audience = [f"aud-{each}" for each in rng.integers(0, 900, 4_000)]
    platform = [str(each) for each in rng.choice(["Meta", "TikTok"], 4_000)]
    effects = found(effects_of(plain_history(rng.poisson(30, 4_000), audience=audience, platform=platform)))
    assert effects.campaigns == 4_000
    assert len(effects.results) <= 402
