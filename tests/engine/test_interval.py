"""Intervals and probabilities, each checked a second way by another function of scipy."""

import math
from decimal import Decimal

import pytest
from engine_values import counted
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from strategies import totals

from engine.measure import interval, kpi
from engine.measure.evidence import gather
from engine.models.campaign import Metrics
from engine.models.comparison import Interval, Kpi

KPIS: tuple[Kpi, ...] = ("ctr", "cvr", "cpa", "roas", "cpc", "cpm")
levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])
quick = settings(max_examples=60, deadline=None)


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    trials = draw(st.integers(1, 10**9))
    return draw(st.integers(0, trials)), trials


def _ends(found: Interval) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


def _grown(metrics: Metrics, times: int) -> Metrics:
    return Metrics(
        impressions=metrics.impressions * times,
        clicks=metrics.clicks * times,
        conversions=metrics.conversions * times,
        spend=metrics.spend * times,
        revenue=None if metrics.revenue is None else metrics.revenue * times,
    )


@given(shares(), levels)
@quick
def test_wilson_holds_the_rate_and_stays_within_zero_and_one(share: tuple[int, int], level: float) -> None:
    successes, trials = share
    low, high = _ends(interval.wilson(successes, trials, level))
    assert 0 <= low <= high <= 1
    assert low <= successes / trials + 1e-12
    assert high >= successes / trials - 1e-12


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), levels)
@quick
def test_wilson_agrees_with_scipy_s_own(share: tuple[int, int], level: float) -> None:
    successes, trials = share
    wanted = stats.binomtest(successes, trials).proportion_ci(level, method="wilson")
    assert _ends(interval.wilson(successes, trials, level)) == pytest.approx(
        (wanted.low, wanted.high), abs=1e-9
    )


@given(shares(), st.integers(2, 50))
@quick
def test_wilson_shrinks_with_the_sample(share: tuple[int, int], times: int) -> None:
    successes, trials = share
    few = _ends(interval.wilson(successes, trials, 0.95))
    many = _ends(interval.wilson(successes * times, trials * times, 0.95))
    assert many[1] - many[0] < few[1] - few[0]


@given(st.integers(0, 10**6), levels)
@quick
def test_the_interval_of_a_count_agrees_with_the_chi_square_form(n: int, level: float) -> None:
    tail = (1 - level) / 2
    low = stats.chi2.ppf(tail, 2 * n) / 2 if n else 0.0
    high = stats.chi2.ppf(1 - tail, 2 * n + 2) / 2
    assert interval.poisson(n, level) == pytest.approx((low, high), rel=1e-6)


@given(shares(), st.floats(0, 1))
@quick
def test_the_chance_of_a_rate_agrees_with_the_beta_distribution(share: tuple[int, int], limit: float) -> None:
    successes, trials = share
    wanted = stats.beta.sf(limit, successes + 0.5, trials - successes + 0.5)
    assert interval.rate_above(limit, successes, trials) == pytest.approx(wanted, abs=1e-9)


@given(st.floats(0, 10**6), st.floats(0, 10**6))
@quick
def test_the_chance_of_a_count_agrees_with_the_gamma_distribution(count: float, limit: float) -> None:
    wanted = stats.gamma.sf(limit, count + 0.5)
    assert interval.mean_above(limit, count) == pytest.approx(wanted, abs=1e-9)


def test_a_rate_is_never_above_one() -> None:
    assert interval.rate_above(1.0, 10, 10) == 0
    assert interval.rate_above(1.5, 10, 10) == 0
    assert interval.rate_above(-0.5, 10, 10) == 1


@given(totals(), st.sampled_from(KPIS))
@quick
def test_every_kpi_s_interval_holds_its_value(metrics: Metrics, name: Kpi) -> None:
    found = gather(name, metrics)
    assert found is not None
    low, high = _ends(found.interval(0.95))
    assert 0 <= low <= found.value * (1 + 1e-12)
    assert high >= found.value * (1 - 1e-12)


@given(totals(least=2, most=10**5), st.sampled_from(KPIS), st.integers(2, 20))
@quick
def test_every_kpi_s_interval_shrinks_when_the_same_happens_more_often(
    metrics: Metrics, name: Kpi, times: int
) -> None:
    few, many = gather(name, metrics), gather(name, _grown(metrics, times))
    assert few is not None
    assert many is not None
    assert many.value == pytest.approx(few.value)
    narrow, wide = _ends(many.interval(0.95)), _ends(few.interval(0.95))
    assert narrow[1] - narrow[0] < wide[1] - wide[0]


@given(totals(most=10**5), st.sampled_from(KPIS), st.floats(0.2, 5))
@quick
def test_the_chance_of_going_beyond_a_limit_falls_with_the_limit(
    metrics: Metrics, name: Kpi, factor: float
) -> None:
    found = gather(name, metrics)
    assert found is not None
    assert found.above(found.value * factor) >= found.above(found.value * factor * 1.1) - 1e-12
    assert found.above(0) == 1


@given(totals(most=10**5), st.floats(0.2, 5))
@quick
def test_the_chance_of_a_cost_agrees_with_the_gamma_of_its_conversions(
    metrics: Metrics, factor: float
) -> None:
    """CPA > limit is the same as: fewer conversions than spend / limit would pay for."""
    found = gather("cpa", metrics)
    assert found is not None
    limit = found.value * factor
    wanted = stats.gamma.cdf(float(metrics.spend) / limit, float(metrics.conversions) + 0.5)
    assert found.above(limit) == pytest.approx(wanted, abs=1e-6)


@given(totals())
@quick
def test_the_kpis_fit_each_other(metrics: Metrics) -> None:
    values = {name: kpi.value(name, metrics) or 0.0 for name in KPIS}
    assert values["cpa"] == pytest.approx(values["cpm"] / (1000 * values["ctr"] * values["cvr"]))
    assert values["cpc"] == pytest.approx(values["cpa"] * values["cvr"])
    assert values["roas"] == pytest.approx(float(metrics.revenue or 0) / float(metrics.spend))


@given(totals(revenue=True))
@quick
def test_doubling_the_spend_doubles_the_cost_and_halves_the_return(metrics: Metrics) -> None:
    dear = metrics.model_copy(update={"spend": metrics.spend * 2})
    for name in ("cpa", "cpc", "cpm"):
        assert kpi.value(name, dear) == pytest.approx(2 * (kpi.value(name, metrics) or math.nan))
    assert kpi.roas(dear) == pytest.approx((kpi.roas(metrics) or math.nan) / 2)
    assert (kpi.ctr(dear), kpi.cvr(dear)) == (kpi.ctr(metrics), kpi.cvr(metrics))


def test_a_ratio_without_a_denominator_is_nothing_never_zero_or_infinity() -> None:
    empty = counted(0, 0, 0, 0, 0)
    assert [kpi.value(name, empty) for name in KPIS] == [None] * 6


def test_money_that_bought_nothing_has_no_cost_per_piece() -> None:
    wasted = counted(1000, 0, 0, 50, 0)
    assert [kpi.value(name, wasted) for name in KPIS] == [0.0, None, None, 0.0, None, 50.0]


def test_more_conversions_than_clicks_are_a_count_and_no_share() -> None:
    viewed = gather("cvr", counted(1000, 10, 30, 50))
    assert viewed is not None
    assert viewed.trials is None
    low, high = _ends(viewed.interval(0.95))
    assert low < 3.0 < high
    assert high > 1


def test_without_revenue_or_conversions_nothing_is_known_of_the_return() -> None:
    assert gather("roas", counted(1000, 10, 3, 50)) is None
    assert gather("roas", counted(1000, 10, 0, 50, 100)) is None


def test_an_average_order_value_scales_the_return_only() -> None:
    small, large = counted(1000, 100, 30, 50, 100), counted(1000, 100, 30, 50, Decimal(200))
    assert kpi.roas(large) == pytest.approx(2 * (kpi.roas(small) or 0))
    assert gather("cpa", small) == gather("cpa", large)


@given(totals())
@quick
def test_scaling_what_was_counted_scales_events_and_trials_alike(metrics: Metrics) -> None:
    assume(metrics.clicks < 10**6)
    found = gather("ctr", metrics)
    assert found is not None
    grown = found.scaled(3)
    assert (grown.value, grown.events, grown.trials) == (
        found.value,
        found.events * 3,
        (found.trials or 0) * 3,
    )
