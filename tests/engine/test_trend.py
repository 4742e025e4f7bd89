"""Platforms over time: chance is rarely called a trend, and a planted one is found."""

from datetime import timedelta

import numpy as np
import pytest
from engine_values import LAST_DAY, RULES, stood
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engine.explain.standing import Standing
from engine.explain.trend import ALPHA, beyond_walks, platform_trends

WEEKS = (16, 24)


def _weekly(logs: np.ndarray, platform: str = "Meta") -> list[Standing]:
    """Campaigns a week apart whose log CPA against forecast is as given, oldest first."""
    return [
        stood(
            f"week-{week:02}",
            ratio=float(np.exp(log)),
            conversions=500,
            platform=platform,
            day=LAST_DAY - timedelta(days=7 * (len(logs) - 1 - week)),
        )
        for week, log in enumerate(logs)
    ]


def _called(days: np.ndarray, values: np.ndarray) -> bool:
    return beyond_walks(days, values).p_value <= ALPHA


@pytest.mark.parametrize("points", WEEKS)
def test_at_most_one_random_walk_in_twenty_is_called_a_trend(points: int) -> None:
    rng = np.random.default_rng(points)
    days = np.arange(points) * 7.0
    walks = rng.normal(0, 0.1, size=(1_000, points)).cumsum(axis=1)
    assert sum(_called(days, walk) for walk in walks) <= 50


@pytest.mark.parametrize("points", WEEKS)
def test_pure_noise_is_hardly_ever_called_a_trend(points: int) -> None:
    rng = np.random.default_rng(points + 1)
    days = np.arange(points) * 7.0
    assert sum(_called(days, row) for row in rng.normal(0, 0.15, size=(500, points))) <= 10


@pytest.mark.parametrize("points", WEEKS)
def test_three_planted_trends_in_four_are_found(points: int) -> None:
    """A CPA that rises by 6 % a week amid 15 % noise."""
    rng = np.random.default_rng(points + 2)
    days = np.arange(points) * 7.0
    rows = rng.normal(0, 0.15, size=(300, points)) + np.arange(points) * np.log(1.06)
    assert sum(_called(days, row) for row in rows) >= 225


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.floats(-3, 3)),
        min_size=16,
        max_size=30,
        unique_by=lambda each: each[0],
    )
)
@settings(max_examples=60, deadline=None)
def test_the_slope_is_the_one_that_scipy_finds(points: list[tuple[int, float]]) -> None:
    days, values = (np.array(column, dtype=float) for column in zip(*points, strict=True))
    found = beyond_walks(days, values)
    assert found.slope == pytest.approx(stats.theilslopes(values, days).slope, abs=1e-12)
    assert found.low <= found.slope <= found.high
    assert 0 <= found.p_value <= 1


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_points_changes_nothing(random: object) -> None:
    rng = np.random.default_rng(4)
    pairs = list(zip(np.arange(20) * 3.0, rng.normal(size=20), strict=True))
    straight = beyond_walks(*(np.array(column) for column in zip(*pairs, strict=True)))
    random.shuffle(pairs)  # type: ignore[attr-defined]
    assert beyond_walks(*(np.array(column) for column in zip(*pairs, strict=True))) == straight


def test_one_odd_campaign_makes_no_slope() -> None:
    days, values = np.arange(20) * 7.0, np.zeros(20)
    values[-1] = 5.0
    assert beyond_walks(days, values).slope == 0


def test_a_flat_line_is_no_trend() -> None:
    found = beyond_walks(np.arange(20) * 7.0, np.zeros(20))
    assert (found.slope, found.low, found.high) == (0, 0, 0)
    assert found.p_value > 0.9


def test_a_platform_that_gets_dearer_is_named_with_its_slope_and_dates() -> None:
    rng = np.random.default_rng(8)
    logs = np.arange(20) * np.log(1.06) + rng.normal(0, 0.05, size=20)
    (found,) = platform_trends(_weekly(logs), RULES)
    assert found.signal == "platform:meta"
    assert found.direction == "worsening"
    assert found.slope_pct_per_30_days == pytest.approx(100 * (1.06 ** (30 / 7) - 1), rel=0.15)
    assert found.interval.low is not None
    assert found.interval.high is not None
    assert found.interval.low < found.slope_pct_per_30_days < found.interval.high
    assert (found.campaigns, found.until) == (20, LAST_DAY)
    assert found.since == LAST_DAY - timedelta(days=133)


def test_a_platform_that_gets_cheaper_is_improving() -> None:
    rng = np.random.default_rng(9)
    logs = -np.arange(20) * np.log(1.06) + rng.normal(0, 0.05, size=20)
    assert platform_trends(_weekly(logs), RULES)[0].direction == "improving"


def test_fifteen_campaigns_are_too_few_for_a_trend() -> None:
    rising = np.arange(15) * 0.2
    assert not platform_trends(_weekly(rising), RULES)


def test_many_campaigns_on_one_day_are_too_few_days_for_a_trend() -> None:
    same_day = [stood(f"c-{n}", ratio=1 + n / 10, day=LAST_DAY) for n in range(30)]
    assert not platform_trends(same_day, RULES)


def test_two_platforms_are_judged_apart() -> None:
    rng = np.random.default_rng(10)
    rising = np.arange(20) * np.log(1.08) + rng.normal(0, 0.05, size=20)
    both = [*_weekly(rising, "TikTok"), *_weekly(rng.normal(0, 0.05, size=20), "Meta")]
    assert [each.signal for each in platform_trends(both, RULES)] == ["platform:tiktok"]
