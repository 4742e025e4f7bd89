"""Winners: an audience, creative type or platform against the campaigns without it."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from engine_values import LAST_DAY, RULES, stood
from hypothesis import given, settings
from hypothesis import strategies as st
from portfolios import noise, portfolio
from scipy import stats

from engine.explain.levels import difference, level_effects
from engine.explain.patterns import find_patterns
from engine.explain.standing import Standing, newest_by_campaign
from engine.measure.discovery import discoveries
from engine.models.pattern import LevelEffect, Patterns

GOOD, USUAL, BAD = 0.6, 1.0, 1.6


def _group(ratio: float, how_many: int, audience: str, **parts: object) -> list[Standing]:
    """Campaigns of one audience that all stand about alike: a little below, at and above ``ratio``."""
    wobble = (0.97, 1.0, 1.03)
    return [
        stood(
            f"{audience}-{number}",
            ratio=ratio * wobble[number % 3],
            conversions=200,
            audiences=[audience],
            **{"creative_types": ["video"], "day": LAST_DAY - timedelta(days=number), **parts},
        )
        for number in range(how_many)
    ]


def _effects(standings: Sequence[Standing]) -> dict[str, LevelEffect]:
    return {each.signal: each for each in level_effects(standings, RULES)[0]}


def _seen(standings: Sequence[Standing], focus: int = 0) -> Patterns:
    return find_patterns(standings[focus], standings, RULES)


# Who wins


def test_an_audience_that_really_did_better_is_a_winner() -> None:
    effects = _effects([*_group(GOOD, 4, "new-parents"), *_group(USUAL, 4, "students")])
    winner = effects["audience:new-parents"]
    assert winner.lift_pct == pytest.approx(-40, abs=1)
    assert winner.direction == "better"
    assert winner.certainty >= 0.9
    assert winner.campaigns == 4
    assert winner.interval.low is not None
    assert winner.interval.high is not None
    assert winner.interval.low < winner.lift_pct < winner.interval.high < 0


def test_a_worse_audience_is_never_listed() -> None:
    effects = _effects(
        [*_group(BAD, 4, "new-parents"), *_group(USUAL, 4, "students"), *_group(USUAL, 4, "gardeners")]
    )
    assert "audience:new-parents" not in effects
    assert all(each.lift_pct < 0 for each in effects.values())


def test_a_worse_platform_is_listed_as_worse() -> None:
    effects = _effects(
        [*_group(BAD, 4, "new-parents", platform="TikTok"), *_group(USUAL, 6, "students", platform="Meta")]
    )
    assert effects["platform:tiktok"].direction == "worse"
    assert effects["platform:tiktok"].lift_pct > 0


@pytest.mark.parametrize("how_many", [1, 2])
def test_fewer_than_three_campaigns_are_never_a_winner_and_are_counted_in_a_note(how_many: int) -> None:
    standings = [*_group(0.2, how_many, "new-parents"), *_group(USUAL, 8, "students")]
    effects, notes = level_effects(standings, RULES)
    assert "audience:new-parents" not in {each.signal for each in effects}
    assert notes["audience:new-parents"] == f"new-parents: {how_many} of 3 campaigns."


def test_without_three_campaigns_to_compare_with_there_is_no_winner() -> None:
    effects, notes = level_effects([*_group(0.2, 8, "new-parents"), *_group(USUAL, 2, "students")], RULES)
    assert not effects
    assert notes["audience:new-parents"] == "new-parents: 2 of 3 campaigns without it."


def test_what_every_campaign_has_is_nobody_s_merit() -> None:
    standings = [*_group(GOOD, 4, "new-parents"), *_group(USUAL, 4, "students")]
    effects, notes = level_effects(standings, RULES)
    assert "creative_type:video" not in {each.signal for each in effects}
    assert notes["creative_type:video"] == "video: 0 of 3 campaigns without it."


def test_a_first_campaign_is_not_its_own_winner() -> None:
    alone = _seen(_group(0.2, 1, "new-parents"))
    assert not alone.winners
    assert not alone.platform_trends
    assert "new-parents: 1 of 3 campaigns." in alone.notes


def test_identical_campaigns_have_no_winner() -> None:
    same = [stood(f"same-{n}", ratio=GOOD, audiences=["a" if n < 4 else "b"]) for n in range(8)]
    assert not level_effects(same, RULES)[0]


def test_four_purchases_against_one_are_no_winner() -> None:
    one, other = [
        stood(kind, ratio=5 / conversions, conversions=conversions, creative_types=[kind])
        for kind, conversions in (("video", 4), ("image", 1))
    ]
    assert one.spend == other.spend == 200
    assert not _effects([one, other])


def test_a_campaign_without_forecast_or_conversions_takes_no_part() -> None:
    standings = [*_group(GOOD, 4, "new-parents"), *_group(USUAL, 4, "students")]
    silent = stood("silent", conversions=0, audiences=["new-parents"])
    assert silent.log_ratio is None
    assert _effects([*standings, silent]) == _effects(standings)


def test_a_campaign_counts_once_in_its_newest_window() -> None:
    old = stood("spring-sale", ratio=5.0, day=date(2026, 1, 4))
    new = stood("spring-sale", ratio=1.0, day=date(2026, 3, 29))
    assert newest_by_campaign([new, old]) == [new]
    assert newest_by_campaign([old, new]) == [new]


def test_an_audience_named_twice_in_a_campaign_counts_once() -> None:
    twice = stood("spring-sale", audiences=["New parents", "new-parents"])
    assert [level.signal for level in twice.levels if level.dimension == "audience"] == [
        "audience:new-parents"
    ]
    assert twice.levels[0].name == "New parents"


# What it is worth


def test_the_money_is_what_the_same_conversions_would_have_cost_in_the_rest() -> None:
    winners = _group(GOOD, 3, "new-parents")
    effect = _effects([*winners, *_group(USUAL, 3, "students")])["audience:new-parents"]
    spent = sum(each.spend for each in winners)
    assert effect.impact == pytest.approx(spent / (1 + effect.lift_pct / 100) - spent)
    assert effect.impact is not None
    assert effect.impact > 0
    assert effect.currency == "EUR"


@pytest.mark.parametrize("currencies", [("EUR", "USD"), (None, None)], ids=["different", "not given"])
def test_where_currencies_differ_or_are_not_given_no_money_is_claimed(currencies: tuple[str, str]) -> None:
    winners = [*_group(GOOD, 3, "new-parents", currency=currencies[0])]
    winners.append(stood("new-parents-9", ratio=GOOD, audiences=["new-parents"], currency=currencies[1]))
    effect = _effects([*winners, *_group(USUAL, 4, "students")])["audience:new-parents"]
    assert effect.impact is None


def test_the_attribution_windows_behind_a_figure_are_named() -> None:
    winners = [
        *_group(GOOD, 3, "new-parents", attribution_window="7d_click"),
        stood("new-parents-9", ratio=GOOD, audiences=["new-parents"], attribution_window=None),
    ]
    effect = _effects([*winners, *_group(USUAL, 4, "students")])["audience:new-parents"]
    assert effect.attribution_windows == ("7d_click", "not given")


# Chance


def test_pure_noise_is_claimed_to_mean_something_in_one_portfolio_of_ten_at_most() -> None:
    claims = [bool(level_effects(each, RULES)[0]) for each in noise(seed=20260329, how_many=300)]
    assert sum(claims) / len(claims) <= 0.12


def test_an_audience_planted_35_percent_better_is_found() -> None:
    rng = np.random.default_rng(7)
    found = []
    for _ in range(60):
        effects = _effects(portfolio(rng, 20, spread=0.15, planted={"new-parents": 0.65}))
        found.append("audience:new-parents" in effects)
    assert np.mean(found) >= 0.9


def test_the_shown_range_holds_the_planted_truth_about_four_times_in_five() -> None:
    rng = np.random.default_rng(11)
    held = []
    for _ in range(200):
        each = portfolio(rng, 20, spread=0.15, planted={"new-parents": 0.65})
        inside = [one for one in each if "audience:new-parents" in {level.signal for level in one.levels}]
        rest = [one for one in each if one not in inside]
        if len(inside) < 3 or len(rest) < 3:
            continue
        span = difference(inside, rest).interval(0.80)
        held.append((span.low or 0) <= -35 <= (span.high or 0))
    assert 0.7 <= np.mean(held) <= 0.92


@given(st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_campaigns_changes_nothing(random: object) -> None:
    standings = portfolio(np.random.default_rng(5), 14, planted={"new-parents": 0.5})
    shuffled = list(standings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    focus = standings[0]
    assert find_patterns(focus, shuffled, RULES) == find_patterns(focus, standings, RULES)


def test_two_groups_of_equal_weight_are_compared_as_the_t_test_does() -> None:
    rng = np.random.default_rng(3)
    ratios = np.exp(rng.normal(0, 0.4, size=9))
    standings = [stood(f"c-{n}", ratio=float(ratio), conversions=10**6) for n, ratio in enumerate(ratios)]
    inside, rest = standings[:4], standings[4:]
    logs = [np.array([each.log_ratio for each in group], dtype=float) for group in (inside, rest)]
    wanted = stats.ttest_ind(logs[0], logs[1])
    found = difference(inside, rest)
    assert found.p_value == pytest.approx(wanted.pvalue, rel=1e-3)
    span = wanted.confidence_interval(0.8)
    interval = found.interval(0.8)
    assert interval.low == pytest.approx(100 * np.expm1(span.low), rel=1e-3)
    assert interval.high == pytest.approx(100 * np.expm1(span.high), rel=1e-3)


@given(st.lists(st.floats(0, 1), max_size=40), st.sampled_from([0.01, 0.05, 0.1, 0.5]))
@settings(max_examples=100, deadline=None)
def test_discoveries_agree_with_scipy_s_own_correction(p_values: list[float], rate: float) -> None:
    found = discoveries(p_values, rate)
    corrected: list[float] = list(stats.false_discovery_control(p_values)) if p_values else []
    for p_value, each in zip(corrected, found, strict=True):
        if abs(p_value - rate) > 1e-9:
            assert each == (p_value < rate)
