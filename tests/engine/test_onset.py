"""Whether a KPI changed and since when: quiet on noise and walks, right about what is planted."""

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.trends import FIRST, decline, pure_walk, world

from engine.measure.calendar_effects import event_effect, weekday_effects
from engine.measure.onset import Series, change_at, find_change
from engine.measure.slope import theil_sen
from engine.models.rules import Rules
from engine.studying.trend_line import is_real

RULES = Rules()
RUNS = 100


def share_real(make: object, runs: int = RUNS) -> float:
    rng = np.random.default_rng(4)
    found = [find_change(make(rng).series, seed=seed) for seed in range(runs)]  # type: ignore[operator]
    return sum(each is not None and is_real(each, RULES) for each in found) / runs


def binomial_reach(rate: float, runs: int = RUNS) -> float:
    """Two standard errors above a rate: what a test of so many runs may show."""
    return rate + 2 * math.sqrt(rate * (1 - rate) / runs)


def test_a_random_walk_is_no_trend() -> None:
    assert share_real(pure_walk) <= binomial_reach(0.05)


def test_noise_beyond_counting_is_no_trend() -> None:
    assert share_real(lambda rng: world(rng, "noise")) <= binomial_reach(0.05)


def test_a_planted_step_is_found_on_its_day() -> None:
    rng, off, real = np.random.default_rng(9), [], 0
    for seed in range(60):
        made = world(rng, "step", a_day=300, scatter=0.05)
        found = find_change(made.series, seed=seed)
        assert found is not None
        if is_real(found, RULES):
            real += 1
            off.append(abs(found.onset - (made.onset or 0)))
    assert real >= 51  # of 60
    assert np.mean(np.array(off) <= 2) >= 0.9


def test_the_bounds_of_the_onset_hold_it_nine_times_in_ten() -> None:
    rng, held = np.random.default_rng(2), []
    for seed in range(80):
        made = world(rng, "step", a_day=100, scatter=0.1, effect=0.5)
        found = find_change(made.series, seed=seed)
        if found is not None and is_real(found, RULES):
            held.append(found.first <= (made.onset or 0) <= found.last)
    assert len(held) > 50
    assert np.mean(held) >= 0.85


def test_one_flat_day_does_not_break_a_decline_of_nine_days() -> None:
    rng, lengths = np.random.default_rng(3), []
    for seed in range(40):
        made = decline(rng)
        found = find_change(made.series, seed=seed)
        assert found is not None
        if is_real(found, RULES):
            lengths.append(len(made.series.days) - found.onset)
    assert len(lengths) >= 26
    assert 8 <= np.median(lengths) <= 10


def test_the_levels_are_ratios_of_sums_where_weekdays_do_nothing() -> None:
    days = (FIRST + np.arange(40)).astype(np.int64)
    exposure = np.linspace(900, 1_100, 40)
    events = np.where(np.arange(40) < 25, 0.05, 0.08) * exposure
    found = find_change(Series(days, events, exposure))
    assert found is not None
    assert (found.shape, found.onset) == ("step", 25)
    assert found.before == pytest.approx(0.05, rel=1e-6)
    assert found.after == pytest.approx(0.08, rel=1e-6)
    assert found.log_ratio == pytest.approx(math.log(1.6), rel=1e-6)


def test_too_few_days_or_events_give_no_answer() -> None:
    days = (FIRST + np.arange(20)).astype(np.int64)
    ones = np.ones(20)
    assert find_change(Series(days[:13], ones[:13] * 9, ones[:13])) is None
    assert find_change(Series(days, ones * 0.9, ones)) is None
    assert change_at(Series(days, ones * 9, ones), FIRST + 1, "step") is None


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 1_000), st.sampled_from(["noise", "step", "ramp"]))
def test_the_unit_of_exposure_changes_nothing(seed: int, unit: float, kind: str) -> None:
    made = world(np.random.default_rng(seed), kind, days=30, a_day=80).series  # type: ignore[arg-type]
    other = made._replace(exposure=made.exposure * unit)
    one, two = find_change(made, seed=1), find_change(other, seed=1)
    assert one is not None
    assert two is not None
    assert (one.onset, one.shape, one.first, one.last) == (two.onset, two.shape, two.first, two.last)
    assert one.p_value == pytest.approx(two.p_value, abs=0.006)
    assert one.log_ratio == pytest.approx(two.log_ratio, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_a_series_without_days_in_between_is_judged_on_its_dates(seed: int) -> None:
    made = world(np.random.default_rng(seed), "step", days=60, a_day=400, scatter=0.02, effect=0.6)
    onset = made.onset or 0
    gone = np.ones(60, dtype=bool)
    gone[[2, 3, 4]] = False
    found = find_change(Series(*(each[gone] for each in made.series)))
    assert found is not None
    there = made.series.days[gone]
    assert abs(int(there[found.onset]) - int(made.series.days[onset])) <= 2


def test_the_slope_is_the_median_of_all_slopes() -> None:
    rng = np.random.default_rng(1)
    days = np.sort(rng.choice(np.arange(100), 25, replace=False)).astype(np.int64)
    values = 0.3 * days + rng.normal(0, 2, 25)
    every = [(values[b] - values[a]) / (days[b] - days[a]) for a in range(25) for b in range(a + 1, 25)]
    found = theil_sen(days, values)
    assert found.slope == pytest.approx(float(np.median(every)))
    assert found.low < 0.3 < found.high
    assert found.p_value < 0.01


def test_memory_makes_the_ranks_less_sure() -> None:
    rng, days = np.random.default_rng(5), np.arange(60, dtype=np.int64)
    plain, remembering = [], []
    for _ in range(120):
        noise = rng.normal(size=60)
        kept = np.zeros(60)
        for place in range(1, 60):
            kept[place] = 0.6 * kept[place - 1] + noise[place]
        plain.append(theil_sen(days, noise).p_value <= 0.05)
        remembering.append(theil_sen(days, kept).p_value <= 0.05)
    assert np.mean(plain) <= 0.10
    assert np.mean(remembering) <= 0.20  # uncorrected about one in three


def test_weekdays_are_learned_and_a_step_is_none() -> None:
    days = (date(2026, 1, 5).toordinal() + np.arange(56)).astype(np.int64)
    weekend = np.where(np.arange(56) % 7 >= 5, 0.4, 0.0)
    step = np.where(np.arange(56) >= 30, 1.0, 0.0)
    noise = np.random.default_rng(8).normal(0, 0.05, 56)
    found = weekday_effects(days, weekend + step + noise, np.full(56, 0.0025))
    assert found[5:].mean() - found[:5].mean() == pytest.approx(0.4, abs=0.06)
    nothing = weekday_effects(days, step + noise, np.full(56, 0.0025))
    assert np.abs(nothing).max() < 0.06


def test_an_event_is_measured_against_the_days_beside_it() -> None:
    rng, held = np.random.default_rng(6), []
    days = (FIRST + np.arange(60)).astype(np.int64)
    during = (np.arange(60) >= 30) & (np.arange(60) < 34)
    for _ in range(200):
        logs = rng.normal(0, 0.15, 60) + np.where(during, math.log(1.5), 0)
        found = event_effect(days, 1_000 * np.exp(logs), np.full(60, 1_000.0), during, np.zeros(60, bool))
        assert found is not None
        held.append(abs(found.log_ratio - math.log(1.5)) <= 1.2816 * found.error)
    assert 0.70 <= np.mean(held) <= 0.90


def test_an_event_without_days_beside_it_tells_nothing() -> None:
    days = (FIRST + np.arange(10)).astype(np.int64)
    during = np.arange(10) < 6
    ones = np.ones(10)
    assert event_effect(days, ones, ones, during, np.zeros(10, bool)) is None


def test_where_a_ramp_is_seen_its_first_day_lies_in_the_range_nine_times_in_ten() -> None:
    rng, inside, seen = np.random.default_rng(17), 0, 0
    for seed in range(120):
        made = decline(rng) if seed % 2 else world(rng, "ramp", a_day=400, scatter=0.05)
        found = find_change(made.series, seed=seed)
        if found is None or found.shape != "ramp" or not is_real(found, RULES):
            continue
        assert made.onset is not None
        seen += 1
        inside += found.first <= made.onset <= found.last
    assert seen >= 20
    assert inside >= 0.9 * seen - 1
