"""The two scores: the seed's, which grows with size, and the one that does not."""

import pytest
from engine_values import RULES, compared, counted
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.measure.comparison import compare
from engine.measure.score import performance_score, size_free_score
from engine.models.comparison import KpiComparison

quick = settings(max_examples=200, deadline=None)


def _against(ratio: float, n: float) -> KpiComparison:
    return KpiComparison(
        expected=40.0, actual=40 * ratio, delta_pct=None, favourable=None, verdict="noise", interval=None, n=n
    )


def _score(ratio: float, n: float) -> float:
    found = size_free_score(_against(ratio, n), "cpa")
    assert found is not None
    return found


@given(st.floats(0.001, 1000), st.floats(0.01, 10**7))
@quick
def test_doubling_the_volume_at_equal_rates_moves_the_size_free_score_by_less_than_five(
    ratio: float, n: float
) -> None:
    assert abs(_score(ratio, 2 * n) - _score(ratio, n)) < 5


@given(st.floats(0.001, 1000), st.floats(0.01, 10**7))
@quick
def test_the_size_free_score_lies_within_0_and_100_and_above_50_where_it_was_better(
    ratio: float, n: float
) -> None:
    score = _score(ratio, n)
    assert 0 <= score <= 100
    assert (score > 50) == (ratio < 1) or score == pytest.approx(50)


@given(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(1, 10**6))
@quick
def test_a_better_ratio_never_has_the_worse_score(one: float, other: float, n: float) -> None:
    better, worse = sorted((one, other))
    assert _score(better, n) >= _score(worse, n)


@given(st.floats(1.01, 10), st.floats(1, 10**6))
@quick
def test_half_and_double_stand_equally_far_from_50(ratio: float, n: float) -> None:
    assert _score(ratio, n) - 50 == pytest.approx(50 - _score(1 / ratio, n))


def test_few_conversions_keep_the_score_near_50() -> None:
    assert abs(_score(0.5, 1) - 50) < abs(_score(0.5, 1000) - 50)


def test_a_return_counts_the_other_way_round() -> None:
    twice = KpiComparison(
        expected=2.0, actual=4.0, delta_pct=100, favourable=True, verdict="real", interval=None, n=100
    )
    found = size_free_score(twice, "roas")
    assert found is not None
    assert found > 50


def test_the_whole_campaign_doubled_moves_by_less_than_five() -> None:
    expected = counted(10_000, 200, 10, 400)
    once = compare(compared(expected, counted(12_000, 400, 30, 500)), RULES)
    twice = compare(compared(expected, counted(24_000, 800, 60, 1_000)), RULES)
    assert once.size_free_score is not None
    assert twice.size_free_score is not None
    assert abs(once.size_free_score - twice.size_free_score) < 5
    assert (twice.performance_score.actual or 0) - (once.performance_score.actual or 0) == pytest.approx(30)


def test_the_seed_s_score_is_conversions_plus_a_thousand_rates_minus_the_cost() -> None:
    score = performance_score(counted(10_000, 200, 10, 400), counted(10_000, 500, 20, 500))
    assert score.expected == pytest.approx(10 + 20 - 40)
    assert score.actual == pytest.approx(20 + 50 - 25)


def test_without_a_cost_there_is_no_score() -> None:
    score = performance_score(counted(10_000, 200, 10, 400), counted(10_000, 500, 0, 500))
    assert score.actual is None
    undefined = KpiComparison(
        expected=40.0, actual=None, delta_pct=None, favourable=None, verdict="not defined", interval=None, n=0
    )
    assert size_free_score(undefined, "cpa") is None
