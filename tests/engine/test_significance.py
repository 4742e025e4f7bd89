"""Many segments at once, checked against scipy one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, false_discovery_control

from engine.measure.significance import significance

counts = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 2_000)), min_size=2, max_size=12).map(
    lambda pairs: np.array([(float(won), float(won + lost)) for won, lost in pairs])
)


def drawn(seed: int, spread: float, size: int = 500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    trials = np.round(rng.lognormal(6, 1, size)) + 1
    truth = np.clip(0.05 * np.exp(rng.normal(0, spread, size)), 0, 1)
    return rng.binomial(trials.astype(int), truth).astype(float), trials, truth


@settings(max_examples=60, deadline=None)
@given(counts)
def test_each_p_value_is_that_of_pearsons_chi_square(pairs: np.ndarray) -> None:
    successes, trials = pairs[:, 0], pairs[:, 1]
    found = significance(successes, trials)
    for place in np.flatnonzero(found.judged):
        won, tried = successes[place], trials[place]
        rest = successes.sum() - won, trials.sum() - tried
        table = [[won, tried - won], [rest[0], rest[1] - rest[0]]]
        assert found.p_value[place] == pytest.approx(
            chi2_contingency(table, correction=False).pvalue, abs=1e-9
        )


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.3])
def test_discoveries_are_those_of_benjamini_and_hochberg(spread: float) -> None:
    successes, trials, _ = drawn(1, spread)
    found = significance(successes, trials)
    assert (found.is_real == (false_discovery_control(found.p_value) <= 0.10)).all()


def test_segments_alike_are_called_different_as_rarely_as_promised() -> None:
    called = sum(significance(*drawn(seed, 0.0, 60)[:2]).is_real.any() for seed in range(300))
    assert called <= 300 * 0.14


def test_shrunk_rates_are_nearer_the_truth_than_what_was_counted() -> None:
    successes, trials, truth = drawn(2, 0.3)
    shrunk = significance(successes, trials).shrunk
    assert ((shrunk - truth) ** 2).mean() < 0.6 * ((successes / trials - truth) ** 2).mean()


def test_shrunk_rates_lie_between_what_was_counted_and_the_whole() -> None:
    successes, trials, _ = drawn(3, 0.3)
    own, whole = successes / trials, successes.sum() / trials.sum()
    shrunk = significance(successes, trials).shrunk
    assert ((shrunk - own) * (shrunk - whole) <= 1e-12).all()


def test_few_expected_events_are_not_judged() -> None:
    found = significance(np.array([4.0, 0.0, 500.0]), np.array([20.0, 20.0, 10_000.0]))
    assert not found.judged[:2].any()
    assert not found.is_real.any()


@pytest.mark.parametrize("size", [0, 1, 3])
def test_nothing_counted_is_nothing_found(size: int) -> None:
    found = significance(np.zeros(size), np.zeros(size))
    assert not found.is_real.any()
    assert np.isfinite(found.shrunk).all()


def test_the_order_of_segments_changes_nothing() -> None:
    successes, trials, _ = drawn(4, 0.3)
    order = np.random.default_rng(0).permutation(len(trials))
    ours, theirs = significance(successes, trials), significance(successes[order], trials[order])
    assert (ours.is_real[order] == theirs.is_real).all()
    assert ours.shrunk[order] == pytest.approx(theirs.shrunk)
