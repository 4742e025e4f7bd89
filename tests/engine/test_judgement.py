"""What the card says is real: scatter of days, sceptical prior, conversions that are late, and alarms."""

import csv
import gzip
import math
from datetime import date, timedelta

import numpy as np
import pytest
from engine_values import RULES, counted
from shared_data import shared_file

from benchmarks.false_alarms import false_alarms, power
from benchmarks.noise import START, Quiet, lived
from engine.measure import maturity, sums
from engine.measure.alarm import chance
from engine.measure.comparison import certainty_of, judge
from engine.measure.dispersion import robust_mean, scatters, spread, usual
from engine.measure.evidence import Evidence
from engine.measure.history import two_windows
from engine.measure.reliance import Reliance
from engine.measure.sceptic import Shift, beyond, learned
from engine.measure.window_noise import Reading, maturity_of
from engine.models.change_prior import ChangePrior
from engine.models.daily import DaySum
from engine.models.from_rows import FromRows
from engine.models.scatter import Aged

STEADY = Quiet(20.0, 0.05, 0.0, 0.0, (1.0,) * 7)
RESTLESS = Quiet(20.0, 0.05, 0.3, 0.4, (1.4, 1.2, 1.0, 1.0, 0.9, 0.7, 0.8))


def _basis(days: list[DaySum]) -> FromRows:
    return FromRows(imports=(), files=(), read_at=None, by_day=True, scatters=scatters(days))


# The sceptical prior


def test_the_chance_of_a_change_is_that_of_a_brute_force_over_the_prior() -> None:
    """Integrate prior times likelihood over a fine grid instead of the closed form."""
    prior, found = ChangePrior(), Shift(0.2, 0.08)
    grid = np.linspace(-4, 4, 160_001)
    step = grid[1] - grid[0]

    seen = np.exp(-((found.change - grid) ** 2) / (2 * found.error**2))
    spike = prior.weights[0] * math.exp(-(found.change**2) / (2 * found.error**2))
    mass = above = 0.0
    for weight, width in list(zip(prior.weights, prior.widths, strict=True))[1:]:
        density = weight * np.exp(-(grid**2) / (2 * width**2)) / (width * math.sqrt(2 * math.pi)) * seen
        mass += float(density.sum() * step)
        above += float(density[grid > 0.05].sum() * step)
    assert beyond(found, 0.05, prior) == pytest.approx(above / (spike + mass), abs=2e-4)


@pytest.mark.parametrize("count", [3, 10, 30, 100, 400, 2_000])
def test_unchanged_campaigns_are_hardly_ever_called_real_at_any_size(count: int) -> None:
    seen = np.random.default_rng(count).poisson(count, 1_500)
    called = [
        judge("cpa", 1.0, counted(10**7, 10**6, int(each), count), RULES).verdict for each in seen if each
    ]
    assert sum(each == "real" for each in called) / len(seen) <= 0.03


def test_of_what_is_called_real_at_least_nine_in_ten_are() -> None:
    """Six in ten campaigns are unchanged; the others changed by about 30 %, in either direction."""
    draw = np.random.default_rng(7)
    right = real = 0
    for _ in range(3_000):
        true = 0.0 if draw.random() < 0.6 else float(draw.normal(0, 0.3))
        expected = float(np.exp(draw.uniform(np.log(5), np.log(500))))
        seen = int(draw.poisson(expected * math.exp(true)))
        found = judge("cpa", 1.0, counted(10**7, 10**6, seen, round(expected, 6)), RULES)
        if found.verdict == "real" and found.actual:
            real += 1
            right += abs(true) > 0.04 and (true > 0) == (found.actual < 1.0)
    assert real > 200
    assert right / real >= 0.9


def test_fewer_than_twenty_windows_teach_nothing() -> None:
    assert learned([Shift(0.5, 0.01)] * 19, ChangePrior()) == ChangePrior()


def test_where_nothing_ever_changed_the_prior_becomes_more_sceptical() -> None:
    draw = np.random.default_rng(3)
    still = learned([Shift(float(each), 0.05) for each in draw.normal(0, 0.05, 200)], ChangePrior())
    wild = learned([Shift(float(each), 0.05) for each in draw.normal(0, 0.6, 200)], ChangePrior())
    assert still.weights[0] > ChangePrior().weights[0] > wild.weights[0]
    assert beyond(Shift(0.2, 0.08), 0.05, still) < beyond(Shift(0.2, 0.08), 0.05, wild)
    assert sum(still.weights) == pytest.approx(1)


def test_four_purchases_against_one_are_told_from_each_other_by_nobody() -> None:
    found = two_windows(Evidence(1 / 100, 1, None, grows=True), Evidence(4 / 100, 4, None, grows=True))
    assert certainty_of(found, RULES) < RULES.certainty
    # The exact conditional test of 4 against 1 is binomial with a half: p = 0.375.
    assert chance(found) == pytest.approx(2 * sum(math.comb(5, each) for each in (4, 5)) / 2**5, abs=0.25)


def test_two_equal_windows_are_compared_as_one_rate() -> None:
    """G of two Poisson counts on equal bases, written out."""
    found = two_windows(Evidence(1.0, 100, None, grows=True), Evidence(1.4, 140, None, grows=True))
    g = 2 * (100 * math.log(100 / 120) + 140 * math.log(140 / 120))
    assert (found.change / found.error) ** 2 == pytest.approx(g)


@pytest.mark.parametrize(
    ("after", "size"),
    [(240, "significant"), (250, "significant"), (300, "critical"), (60, "critical"), (205, None)],
)
def test_a_size_is_named_only_where_a_change_is_real(after: int, size: str | None) -> None:
    found = judge("cpa", 5.0, counted(10**6, 10**5, after, 1_000), RULES)
    assert found.size(RULES.significant, RULES.critical) == size


def test_three_instead_of_two_conversions_have_no_size() -> None:
    found = judge("cpa", 500.0, counted(10**6, 10**5, 3, 1_000), RULES)
    assert found.delta_pct is not None
    assert abs(found.delta_pct) > 30
    assert found.size(RULES.significant, RULES.critical) is None


# Scatter of days


def test_days_that_only_count_scatter_once() -> None:
    found = {each.kpi: each for each in scatters(lived(STEADY, 364, np.random.default_rng(1)))}
    assert found["cpa"].day == pytest.approx(1, abs=0.2)
    assert found["cvr"].day == pytest.approx(1, abs=0.2)
    assert found["cpa"].week == pytest.approx(1, abs=0.45)
    assert found["roas"].day > 1.2  # order values differ as well


def test_the_scatter_of_windows_is_the_one_that_many_windows_show() -> None:
    """Live 400 windows of a restless campaign and compare their spread with the one learned from each."""
    draw = np.random.default_rng(2)
    windows, told = [], []
    for _ in range(150):
        days = lived(RESTLESS, 112, draw)
        window = sums.window(days[-28:])
        windows.append(float(window.conversions or 0) / float(window.spend or 1))
        own = next(each for each in scatters(days) if each.kpi == "cpa")
        known = spread(own, None, float(window.conversions or 0), 28)
        assert known is not None
        told.append(known.dispersion)
    count = 20 * 28
    seen = float(np.var(windows) / np.mean(windows) ** 2) * count
    assert seen > 2
    assert float(np.mean(told)) == pytest.approx(seen, rel=0.4)


def test_a_new_level_in_the_middle_is_no_scatter() -> None:
    factor = [1.0] * 56 + [2.0] * 56
    calm = lived(STEADY, 112, np.random.default_rng(4), factor=factor)
    found = next(each for each in scatters(calm) if each.kpi == "cpa")
    assert found.day < 1.7


def test_a_robust_mean_of_chi_squares_is_their_scale_and_one_wild_pair_moves_it_little() -> None:
    squares = [float(each) for each in np.random.default_rng(5).chisquare(1, 4_000) * 3]
    assert robust_mean(squares) == pytest.approx(3, rel=0.08)
    assert robust_mean([*squares, 1e9]) == pytest.approx(robust_mean(squares), rel=0.01)
    assert robust_mean([0.0, 0.0]) == 0


def test_what_is_usual_stands_in_for_a_campaign_of_few_days() -> None:
    draw = np.random.default_rng(6)
    others = usual(scatters(lived(RESTLESS, 112, draw)) for _ in range(8))
    cpa = next(each for each in others if each.kpi == "cpa")
    assert cpa.extra == pytest.approx(math.expm1(0.3**2), rel=0.5)
    assert 1 < cpa.ratio < 4
    assert (spread(None, cpa, 100, 7) or (0,))[0] > 1
    assert spread(None, None, 100, 7) is None


def test_fewer_than_three_campaigns_are_no_usual_ones() -> None:
    days = scatters(lived(RESTLESS, 112, np.random.default_rng(8)))
    assert usual([days, days]) == ()


def test_scattered_days_widen_the_range_and_hold_back_the_verdict() -> None:
    days = lived(RESTLESS, 112, np.random.default_rng(9))
    window = sums.window(days[-28:])
    forecast = float(window.spend or 0) / float(window.conversions or 1) / 1.13
    plain = judge("cpa", forecast, window, RULES)
    known = judge("cpa", forecast, window, RULES, Reliance(_basis(days), 28))
    assert plain.interval is not None
    assert known.interval is not None
    assert (known.interval.high or 0) - (known.interval.low or 0) > (plain.interval.high or 0) - (
        plain.interval.low or 0
    )
    assert (known.certainty or 0) < (plain.certainty or 0)
    assert (known.dispersion or 0) > 1


# Conversions that are late


def test_a_maturity_curve_never_falls_and_pools_what_does() -> None:
    assert maturity.isotonic([0.5, 0.4, 0.8], [1, 1, 1]) == pytest.approx([0.45, 0.45, 0.8])
    assert maturity.isotonic([0.2, 0.6, 0.9], [5, 1, 9]) == [0.2, 0.6, 0.9]


def test_a_learned_curve_gives_back_the_lag_that_days_read_twice_had() -> None:
    read = [Aged(age=age, then=1_000 * (1 - 0.5**age), now=1_000) for age in range(1, 7)]
    curve = maturity.learned_curve(read, 7)
    assert curve is not None
    for age in range(1, 7):
        assert curve(age) == pytest.approx(1 - 0.5**age)
    assert (curve(7), curve(40)) == (1, 1)
    assert maturity.learned_curve([Aged(age=1, then=3, now=9)], 7) is None


@pytest.mark.parametrize(
    ("attribution", "days"),
    [("7-day click", 7), ("1d_view", 1), ("28 days", 28), (None, 7), ("last touch", 7)],
)
def test_the_lag_is_read_from_the_attribution_window(attribution: str | None, days: int) -> None:
    assert maturity.lag_days(attribution, 7) == days


def _judged_with_lag(delay: float, *, aged: tuple[Aged, ...] = (), runs: int = 250) -> float:
    """Judge unchanged campaigns over a fortnight against a right forecast; the share called worse."""
    draw = np.random.default_rng(11)
    worse = 0
    for _ in range(runs):
        days = lived(STEADY, 98, draw, delay=delay)
        window = days[-14:]
        read_on = {each.day: START + timedelta(days=98) for each in days}
        late = maturity_of(Reading(window, read_on, "7-day click", "meta", 7), aged, []) if delay else None
        basis = _basis(days).model_copy(update={"maturity": late})
        found = judge("cpa", STEADY.cpa, sums.window(window), RULES, Reliance(basis, 14))
        worse += found.verdict == "real" and found.favourable is False
    return worse / runs


def test_late_conversions_are_called_worse_no_more_often_than_none_that_are_late() -> None:
    aged = tuple(Aged(age=age, then=5_000 * (1 - 0.7**age), now=5_000) for age in range(1, 7))
    on_time = _judged_with_lag(0.0)
    assert _judged_with_lag(0.7) <= on_time + 0.02
    assert _judged_with_lag(0.7, aged=aged) <= on_time + 0.02


def test_without_maturity_the_same_lag_would_be_called_worse() -> None:
    draw = np.random.default_rng(12)
    days = [lived(STEADY, 14, draw, delay=0.85) for _ in range(60)]
    found = [judge("cpa", STEADY.cpa, sums.window(each), RULES) for each in days]
    assert sum(each.verdict == "real" and each.favourable is False for each in found) > 15


def test_a_learned_lag_gives_back_the_true_cost() -> None:
    aged = tuple(Aged(age=age, then=5_000 * (1 - 0.7**age), now=5_000) for age in range(1, 14))
    found = []
    for seed in range(60):
        days = lived(STEADY, 14, np.random.default_rng(seed), delay=0.7)
        read_on = {each.day: START + timedelta(days=14) for each in days}
        late = maturity_of(Reading(days, read_on, "14-day click", "meta", 7), aged, [])
        basis = FromRows(imports=(), files=(), read_at=None, by_day=True, maturity=late)
        known = judge("cpa", STEADY.cpa, sums.window(days), RULES, Reliance(basis, 14))
        assert known.counted is not None
        assert known.actual is not None
        assert known.actual < known.counted
        found.append(known.actual)
    assert float(np.mean(found)) == pytest.approx(STEADY.cpa, rel=0.03)


def test_a_window_of_which_everything_is_known_is_not_called_immature() -> None:
    days = lived(STEADY, 14, np.random.default_rng(13))
    read_on = {each.day: date(2026, 1, 1) for each in days}
    assert maturity_of(Reading(days, read_on, None, "meta", 7), (), []) is None


# What is said unasked


def test_pure_noise_rings_at_most_once_in_a_hundred_campaign_weeks() -> None:
    assert false_alarms(np.random.default_rng(14), 40, 13) <= 0.01


def test_a_cost_that_rose_by_a_third_is_told_of_most_campaigns_that_convert() -> None:
    assert power(np.random.default_rng(15), 60, 5.0) >= 0.5


# Real data


def _halves(draw: np.random.Generator) -> list[tuple[int, int, int, int]]:
    """Split each arm's impressions and clicks in two at random."""
    path = shared_file("data/upworthy_ab_tests_dev.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        arms = [(int(each["impressions"]), int(each["clicks"])) for each in csv.DictReader(file)]
    found = []
    for shown, clicked in arms:
        clicks = int(draw.binomial(clicked, 0.5))
        rest = int(draw.binomial(shown - clicked, 0.5))
        found.append((clicks, clicks + rest, clicked - clicks, shown - clicks - rest))
    return [each for each in found if min(each) > 0]


def test_halves_of_one_headline_differ_as_often_as_is_claimed() -> None:
    halves = _halves(np.random.default_rng(16))
    assert len(halves) > 1_000
    level = {0.01: 0, 0.05: 0, 0.1: 0}
    real = 0
    for a, shown_a, b, shown_b in halves:
        found = two_windows(
            Evidence(a / shown_a, a, shown_a, grows=True), Evidence(b / shown_b, b, shown_b, grows=True)
        )
        real += certainty_of(found, RULES) > RULES.certainty
        for each in level:
            level[each] += chance(found) <= each
    for claimed, times in level.items():
        seen = times / len(halves)
        assert seen == pytest.approx(claimed, abs=max(0.01, 0.2 * claimed))
    assert real / len(halves) <= 0.03
