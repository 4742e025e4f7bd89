"""Beliefs from dated trials: a Beta that forgets, checked by closed forms and in worlds of known truth."""

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.golden import golden_score
from worlds.signals import signal_world

from engine.evaluating.signals import predict
from engine.learn.belief import Belief, Trial, believe

NOW = date(2026, 3, 29)

trials = st.dictionaries(
    st.sampled_from(["audience:students", "audience:gardeners", "audience:new-parents", "audience:city"]),
    st.lists(
        st.builds(
            Trial,
            st.integers(0, 3_000).map(lambda age: NOW - timedelta(days=age)),
            st.booleans(),
            st.sampled_from([1.0, 0.5, 1 / 3]),
        ),
        max_size=8,
    ),
    max_size=4,
)


@given(trials)
@settings(max_examples=60, deadline=None)
def test_a_belief_is_a_probability_and_lies_between_its_prior_and_its_own_rate(
    told: dict[str, list[Trial]],
) -> None:
    found = believe(told, NOW)
    assert set(found.of) == set(told)
    for name, each in found.of.items():
        assert 0 < each.mean < 1
        rates = {float(one.success) for one in told[name]}
        if rates == {1.0}:
            assert each.mean >= each.prior - 0.1  # the prior is averaged over strengths
        if not told[name]:
            assert each.mean == pytest.approx(each.prior)
        assert 0 <= each.successes <= each.trials <= sum(one.share for one in told[name]) + 1e-9


@given(trials, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_trials_changes_nothing(told: dict[str, list[Trial]], random: Any) -> None:
    shuffled = {name: random.sample(own, len(own)) for name, own in reversed(told.items())}
    assert believe(shuffled, NOW) == believe(told, NOW)


def test_nothing_tried_is_nothing_known() -> None:
    assert believe({}, NOW).of == {}
    assert believe({"audience:students": []}, NOW).of == {"audience:students": Belief(0.5, 0.5, 0.0, 0.0)}


def test_a_trial_from_the_future_is_refused() -> None:
    with pytest.raises(ValueError, match="dated after"):
        believe({"audience:students": [Trial(NOW + timedelta(days=1), True)]}, NOW)


def test_one_trial_counts_half_after_one_half_life() -> None:
    found = believe({"a": [Trial(NOW - timedelta(days=90), True)], "b": [Trial(NOW, False)]}, NOW, 90.0)
    assert found.half_life == 90
    assert found.of["a"].trials == pytest.approx(0.5)
    assert found.of["b"].trials == pytest.approx(1)


def test_very_old_trials_leave_the_prior_alone() -> None:
    old = [Trial(NOW - timedelta(days=36_000), True)] * 5
    new = [Trial(NOW - timedelta(days=day), day % 2 == 0) for day in range(40)]
    found = believe({"old": old, "new": new}, NOW, 30.0).of
    assert found["old"].mean == pytest.approx(found["old"].prior, abs=0.05)
    assert math.isfinite(found["new"].mean)


def test_things_that_differ_widely_are_shrunk_less_than_things_that_are_alike() -> None:
    def share(rates: tuple[int, ...]) -> float:
        """How far the best thing's belief goes from the prior to its own rate, of 12 trials each."""
        told = {
            str(place): [Trial(NOW - timedelta(days=k), k < won) for k in range(12)]
            for place, won in enumerate(rates)
        }
        best = believe(told, NOW, 2_880.0).of[str(len(rates) - 1)]
        return (best.mean - best.prior) / (rates[-1] / 12 - best.prior)

    assert share((0, 1, 2, 6, 10, 11, 12)) > 0.75
    assert share((5, 6, 6, 6, 6, 7, 7)) < 0.6


def test_what_changed_is_forgotten_faster_than_what_is_steady() -> None:
    rng = np.random.default_rng(4)
    ages = rng.integers(0, 360, 400)

    def half_life(turned: bool) -> float:
        told: dict[str, list[Trial]] = {str(place): [] for place in range(10)}
        for place, age in enumerate(ages):
            likely = (place % 10) / 10 + 0.05
            chance = 1 - likely if turned and age > 60 else likely
            told[str(place % 10)].append(Trial(NOW - timedelta(days=int(age)), bool(rng.random() < chance)))
        return believe(told, NOW).half_life

    assert half_life(turned=True) <= 60 < half_life(turned=False)


def test_in_worlds_of_every_kind_the_belief_is_nearer_to_the_truth_than_a_fixed_rule() -> None:
    ours, fixed = [], []
    for seed in range(5_000, 5_080):
        world = signal_world(seed)
        found = believe(world.trials, world.now).of
        for name, truth in world.truth.items():
            left = [0.5 ** ((world.now - each.day).days / 180) for each in world.trials[name]]
            won = sum(weight for weight, each in zip(left, world.trials[name], strict=True) if each.success)
            fixed.append(((8 * found[name].prior + won) / (8 + sum(left)) - truth) ** 2)
            ours.append((found[name].mean - truth) ** 2)
    assert np.sqrt(np.mean(ours)) <= 0.13
    assert np.mean(ours) < np.mean(fixed)


def test_the_golden_sample_is_within_its_bar() -> None:
    assert golden_score("signals", predict)["rmse"] <= 0.135
