"""Drift between two tables: right about error rates and power, silent about what does not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from worlds.drift import drift_world
from worlds.golden import golden_score

from engine.evaluating.drift import predict
from engine.measure.shift import Shift, largest_gap, moved, normal_scores, shifts

numbers = st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=20, max_size=60)
texts = st.lists(st.sampled_from(["feed", "stories", "reels", None]), min_size=25, max_size=60)


def one(before: list[float | None], after: list[float | None]) -> Shift:
    (found,) = shifts({"cpc": before}, {"cpc": after})
    return found


@given(numbers)
@settings(max_examples=50, deadline=None)
def test_a_table_against_itself_has_no_effect_and_no_drift(cells: list[float]) -> None:
    found = one([*cells], [*cells])
    assert found.effect == pytest.approx(0, abs=1e-6)
    assert not found.drifted
    assert found.p_value > 0.5


@given(numbers, numbers, st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_order_and_scale_of_numbers_change_nothing(
    before: list[float], after: list[float], random: object
) -> None:
    found = one([*before], [*after])
    turned = one([*reversed(before)], [*reversed(after)])
    doubled = one([each * 2 for each in before], [each * 2 for each in after])
    for other in (turned, doubled):
        assert other.p_value == pytest.approx(found.p_value)
        assert other.effect == pytest.approx(found.effect)
        assert other.drifted == found.drifted


@given(texts, texts)
@settings(max_examples=50, deadline=None)
def test_every_comparison_is_a_probability_and_an_effect_of_at_most_one(
    before: list[str | None], after: list[str | None]
) -> None:
    for each in shifts({"placement": before}, {"placement": after}):
        assert 0 <= each.p_value <= 1
        assert 0 <= each.effect <= 1


def test_gap_and_category_agree_with_another_way_to_compute_them() -> None:
    rng = np.random.default_rng(1)
    before, after = np.sort(rng.normal(0, 1, 300)), np.sort(rng.normal(0.3, 1, 200))
    assert largest_gap(before, after) == pytest.approx(stats.ks_2samp(before, after).statistic)
    old, new = [rng.choice(["a", "b", "c"], size, p=[0.5, 0.3, 0.2]).tolist() for size in (400, 300)]
    (found,) = shifts({"device": old}, {"device": new})
    table = [[side.count(name) for side in (old, new)] for name in "abc"]
    assert found.p_value == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)


def test_scores_that_are_moved_by_chance_are_called_as_often_as_promised() -> None:
    rng = np.random.default_rng(2)
    called = [
        moved(*normal_scores(np.sort(rng.lognormal(0, 1, 60)), np.sort(rng.lognormal(0, 1, 25)))) < 0.05
        for _ in range(600)
    ]
    assert 0.03 <= np.mean(called) <= 0.07


def test_categories_that_are_new_or_gone_are_named() -> None:
    before = ["feed"] * 60 + ["stories"] * 40
    after = ["feed"] * 60 + ["reels"] * 40
    (found,) = shifts({"placement": before}, {"placement": after})
    assert (found.new, found.vanished, found.drifted) == (("reels",), ("stories",), True)
    assert found.value in {"reels", "stories"}


def test_cells_that_go_missing_are_a_drift_of_their_own() -> None:
    rng = np.random.default_rng(3)
    before = [*map(float, rng.normal(size=400))]
    after: list[float | None] = [*map(float, rng.normal(size=280)), *[None] * 120]
    found = shifts({"revenue": [*before]}, {"revenue": after})
    assert [(each.kind, each.drifted) for each in found] == [("missing", True), ("number", False)]
    assert (found[0].before, found[0].after) == (0.0, 0.3)


def test_a_spread_that_grows_is_found_where_the_middle_stays() -> None:
    rng = np.random.default_rng(4)
    assert one([*map(float, rng.normal(0, 1, 500))], [*map(float, rng.normal(0, 1.6, 200))]).drifted


def test_a_tiny_shift_in_a_million_cells_is_certain_and_not_called() -> None:
    rng = np.random.default_rng(5)
    found = one(rng.normal(0, 1, 500_000).tolist(), rng.normal(0.03, 1, 500_000).tolist())
    assert found.p_value < 1e-9
    assert (found.effect < 0.03, found.drifted) == (True, False)


def test_one_value_for_all_or_too_few_cells_say_nothing() -> None:
    assert not one([1.0] * 50, [1.0] * 50).drifted
    assert shifts({"cpc": [1.0] * 5}, {"cpc": [9.0] * 50}) == []
    assert shifts({"cpc": [1.0] * 50}, {"ctr": [1.0] * 50}) == []


@pytest.mark.parametrize(("often", "tiny"), [(0.3, 0.2), (0.0, 1.0), (0.0, 0.0)])
def test_in_worlds_of_every_size_drift_is_found_and_nothing_else(often: float, tiny: float) -> None:
    hits: list[bool] = []
    calls: list[bool] = []
    for seed in range(9_000, 9_060):
        world = drift_world(seed, often=often, tiny=tiny)
        called = {each.column for each in shifts(world.reference, world.current) if each.drifted}
        for column, drifted in world.drifted.items():
            (hits if drifted else calls).append(column in called)
    assert np.mean(calls) <= 0.04
    assert not hits or np.mean(hits) >= 0.92


def test_the_golden_sample_is_within_its_bars() -> None:
    score = golden_score("drift", predict)
    assert score["power"] >= 0.85
    assert score["false_positive_rate"] <= 0.05
