"""How far forecasts run: what is planted is found with its size, and nobody who is fair is accused."""

import math
from datetime import date, timedelta

import numpy as np
import pytest
from engine_values import RULES, counted, stood
from hypothesis import given
from hypothesis import strategies as st

from engine.explain.standing import Standing
from engine.measure.planner_bias import GRADED, Bias, Grade, Graded, Planned, biases, graded
from engine.models.campaign import Metrics
from engine.studying.forecast_accuracy import graded_windows, planned, told_biases

PLATFORMS, OBJECTIVES = ("Meta", "TikTok", "Google"), ("Sales", "Leads")
EVENTS: dict[Graded, int] = {"ctr": 400, "cvr": 60, "cpa": 60, "roas": 60}


def world(
    rng: np.random.Generator, campaigns: int, bias: dict[tuple[str, Graded], float], spread: float = 0.25
) -> list[Planned]:
    """Campaigns whose log ratio is their planner's bias, a spread of their own, and counting noise."""
    made = []
    for _ in range(campaigns):
        platform = PLATFORMS[rng.integers(3)]
        grades = {}
        for kpi in GRADED:
            expected = EVENTS[kpi] * math.exp(rng.normal(0, 0.7))
            came = rng.poisson(expected * math.exp(rng.normal(bias.get((platform, kpi), 0.0), spread)))
            miss = abs(came - expected) / came if came else None
            grades[kpi] = Grade(math.log((came + 0.5) / expected), 1 / (came + 0.5), miss)
        made.append(Planned(platform, OBJECTIVES[rng.integers(2)], grades))
    return made


def judged(campaigns: list[Planned]) -> list[Bias]:
    return biases(campaigns, margin=0.05, noise=0.20, rate=0.10)


@pytest.mark.parametrize(("campaigns", "spread"), [(8, 0.5), (20, 0.25), (60, 0.4)])
def test_of_teams_without_any_bias_at_most_one_in_ten_is_accused_of_one(
    campaigns: int, spread: float
) -> None:
    rng = np.random.default_rng(campaigns)
    accused = [
        any(each.verdict == "real" for each in judged(world(rng, campaigns, {}, spread))) for _ in range(150)
    ]
    assert sum(accused) / 150 <= 0.10


def test_a_planted_bias_is_found_with_its_size_and_its_range_holds_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    planted: dict[tuple[str, Graded], float] = {("Meta", "ctr"): -math.log(0.69), ("TikTok", "cpa"): -0.25}
    found, false, said, held, sizes = 0, 0, 0, [], []
    for _ in range(80):
        every = judged(world(rng, 60, planted))
        for each in every:
            mean = sum(planted.get((name, each.kpi), 0.0) for name in PLATFORMS) / 3
            truth = planted.get((each.name, each.kpi), 0.0) if each.scope == "platform" else mean
            held += [each.low <= truth <= each.high] if each.scope == "platform" else []
            said += each.verdict == "real"
            false += each.verdict == "real" and truth * each.log_ratio <= 0
            if (each.scope, each.name, each.kpi) == ("platform", "Meta", "ctr"):
                found += each.verdict == "real"
                sizes.append(math.expm1(-each.log_ratio))
    assert found / 80 >= 0.95
    assert false / said <= 0.10
    assert 0.72 <= np.mean(held) <= 0.88
    assert np.mean(sizes) == pytest.approx(-0.31, abs=0.04)


@given(st.sampled_from(GRADED), st.floats(0.2, 5), st.integers(1, 40))
def test_a_forecast_that_came_true_has_no_bias_whatever_its_scale(
    kpi: Graded, times: float, scale: int
) -> None:
    expected = counted(100_000 * scale, 2_000 * scale, 400 * scale, 8_000 * scale, 30_000 * scale)
    exact = graded(expected, expected, kpi)
    assert exact is not None
    assert exact.log_ratio == pytest.approx(0, abs=2e-3)
    assert exact.miss == 0
    dearer = expected.model_copy(
        update={"spend": expected.spend and expected.spend * round(times * 100) / 100}
    )
    if kpi == "cpa" and round(times * 100):
        moved = graded(expected, dearer, kpi)
        assert moved is not None
        assert moved.log_ratio - exact.log_ratio == pytest.approx(math.log(round(times * 100) / 100))


def test_what_counts_is_chosen_by_the_forecast_never_by_what_came() -> None:
    few = counted(100_000, 2_000, 4, 400, 900)
    many = counted(100_000, 2_000, 40, 400, 900)
    nothing = counted(100_000, 2_000, 0, 400, 0)
    assert graded(few, many, "cvr") is None
    assert graded(many, nothing, "cvr") is not None
    assert graded(many, nothing, "roas") is None, "of nothing there is no logarithm, and nothing is made up"
    unknown = many.model_copy(update={"conversions": None})
    assert graded(many, Metrics.model_validate(unknown), "cpa") is None


def weekly(week: int, days: int = 7) -> Standing:
    last = date(2026, 1, 7) + timedelta(days=7 * week)
    return stood(day=last, window_start=last - timedelta(days=days - 1), window_end=last)


def test_a_campaign_counts_once_however_many_windows_it_has_and_no_day_twice() -> None:
    weeks = [weekly(week) for week in range(4)]
    assert len(graded_windows(weeks)) == 4
    (campaign,) = planned(graded_windows(weeks))
    told = weeks[0].retrospective.campaign
    one = graded(told.expected_metrics, told.actual_metrics, "cpa")
    assert one is not None
    assert campaign.grades["cpa"].log_ratio == pytest.approx(one.log_ratio)
    assert campaign.grades["cpa"].variance == pytest.approx(one.variance / 4)
    month = weekly(3, days=28)
    assert len(graded_windows([*weeks[:3], month])) == 1
    assert told_biases([campaign], RULES) == []


def test_the_study_says_what_is_real_and_takes_it_out_again() -> None:
    low = counted(100_000, 1_000, 100, 4_000)
    every = [
        stood(f"reels-{number}", platform="Reels", expected_metrics=low,
              actual_metrics=counted(100_000, 1_380 + 20 * number, 140, 5_600))
        for number in range(9)
    ] + [
        stood(f"meta-{number}", platform="Meta", expected_metrics=low,
              actual_metrics=counted(100_000, 960 + 20 * number, 100, 4_000))
        for number in range(9)
    ]  # fmt: skip
    found = told_biases(planned(graded_windows(every)), RULES)
    real = [each for each in found if each.verdict == "real"]
    reels = next(each for each in real if (each.name, each.kpi) == ("Reels", "ctr"))
    assert -33 < reels.forecast_pct < -29
    assert reels.low < reels.forecast_pct < reels.high < 0
    assert reels.factor == pytest.approx(1 / (1 + reels.forecast_pct / 100))
    assert not [each for each in real if each.name == "Meta"]
