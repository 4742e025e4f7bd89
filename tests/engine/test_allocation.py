"""Splitting a budget: exact to the cent, within bounds, best where that is known, and refused where not."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.budget import budget_world
from worlds.golden import golden_score

from engine.decide.allocation import COMPARED, Bounds, allocate, bounds_of, interval
from engine.evaluating.budget import predict
from engine.measure.response import Response, responses


def sure(name: str, now: float, conversions: float, elasticity: float, spread: float = 0.0) -> Response:
    """A curve of which all is known, but for a ``spread`` of its elasticity."""
    values = elasticity + spread * np.linspace(-1, 1, 101)
    return Response(name, now, np.full(101, conversions), values, np.full(101, 1.0), 60, conversions * 60)


budgets = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(100, 5_000_000), min_size=1)


@given(budgets, st.floats(0.01, 1.0), st.floats(0.5, 1.5), st.integers(0, 99))
@settings(max_examples=120, deadline=None)
def test_whatever_is_asked_the_total_is_exact_and_every_bound_is_kept(
    now: dict[str, int], change: float, factor: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    curves = [
        sure(name, amount / 100, float(rng.uniform(1, 50)), float(rng.uniform(0.1, 1.2)))
        for name, amount in now.items()
    ]
    bounds = {name: bounds_of(amount, change) for name, amount in now.items()}
    total = round(sum(now.values()) * factor)
    found = allocate(curves, now, bounds, total)
    least, most = (sum(each[end] for each in bounds.values()) for end in (0, 1))
    if not least <= total <= most:
        assert (found.refused, found.proposed) == ("out_of_bounds", now)
        return
    assert sum(found.proposed.values()) == total
    assert all(bounds[name].least <= amount <= bounds[name].most for name, amount in found.proposed.items())


@given(st.integers(1, 10**9), st.floats(0, 1))
@settings(max_examples=80, deadline=None)
def test_bounds_hold_what_is_there_now_and_never_exceed_the_change(now: int, change: float) -> None:
    found = bounds_of(now, change)
    assert found.least <= now <= found.most
    assert now - found.least <= now * change + 1e-6
    assert found.most - now <= now * change + 1e-6


def test_a_floor_is_kept_and_who_is_under_it_is_not_cut() -> None:
    assert bounds_of(1_000, 0.5, least=800) == Bounds(800, 1_500)
    assert bounds_of(700, 0.5, least=800) == Bounds(700, 1_050)


def test_no_split_on_a_fine_grid_brings_more() -> None:
    curves = [sure("a", 100, 10, 0.9), sure("b", 100, 10, 0.5), sure("c", 100, 10, 0.2)]
    now = dict.fromkeys("abc", 10_000)
    found = allocate(curves, now, {name: bounds_of(10_000, 0.5) for name in now})

    def won(split: tuple[float, ...]) -> float:
        return sum(float(one.at(np.array([x]))[0, 0]) for one, x in zip(curves, split, strict=True))

    grid = np.linspace(0.5, 1.5, 101)
    best = max(
        won((x, y, 3 - x - y)) for x, y in product(grid, grid) if 0.5 - 1e-9 <= 3 - x - y <= 1.5 + 1e-9
    )
    ours = won(tuple(found.proposed[name] / 10_000 for name in "abc"))
    assert ours >= best - 0.01
    assert found.refused is None
    assert found.gain[1] == pytest.approx(ours - won((1.0, 1.0, 1.0)))


def test_campaigns_whose_ranges_overlap_keep_what_they_have() -> None:
    curves = [sure("a", 100, 10, 0.6, spread=0.3), sure("b", 100, 10, 0.5, spread=0.3)]
    found = allocate(curves, {"a": 10_000, "b": 10_000}, dict.fromkeys("ab", Bounds(8_000, 12_000)))
    assert found.proposed == {"a": 10_000, "b": 10_000}
    assert (found.refused, found.gain) == ("overlap", (0.0, 0.0, 0.0))


def test_a_campaign_that_nothing_tells_apart_keeps_its_money_while_others_move() -> None:
    curves = [
        sure("a", 100, 20, 0.9),
        sure("b", 100, 10, 0.2),
        sure("doubtful", 100, 10, 0.8, spread=0.79),
    ]
    now = {"a": 10_000, "b": 10_000, "doubtful": 10_000}
    found = allocate(curves, now, {name: bounds_of(10_000, 0.2) for name in now})
    assert found.proposed == {"a": 12_000, "b": 8_000, "doubtful": 10_000}


def test_one_campaign_alone_has_nobody_to_give_to() -> None:
    found = allocate([sure("a", 100, 10, 0.9)], {"a": 10_000}, {"a": Bounds(8_000, 12_000)})
    assert (found.refused, found.proposed) == ("one_campaign", {"a": 10_000})


def test_two_ranges_that_do_not_overlap_are_told_apart_with_ninety_percent_certainty() -> None:
    """Where both are equally uncertain; by simulation of two that just touch."""
    rng = np.random.default_rng(1)
    one = rng.normal(0, 1, 200_000)
    width = np.diff(interval(one, COMPARED))[0]
    assert np.mean(rng.normal(width, 1, 200_000) > one) == pytest.approx(0.90, abs=0.005)


@pytest.mark.parametrize(
    ("world_is", "least"),
    [
        ({"plain": True, "days": 60, "varied": 0.28}, 0.75),
        ({"plain": True}, 0.62),  # also four weeks of days that hardly differ, where keeping is right
        ({}, 0.62),
        ({"change": 0.2}, 0.70),
    ],
)
def test_in_worlds_of_every_kind_most_of_the_uplift_is_found_and_little_is_made_worse(
    world_is: dict[str, Any], least: float
) -> None:
    shares, worse, wins = [], [], []
    for seed in range(8_000, 8_060):
        world = budget_world(seed, **world_is)
        now = {each.name: round(each.now * 100) for each in world.campaigns}
        curves = responses(world.campaigns, np.random.default_rng(0))
        bounds = {name: bounds_of(amount, world.change) for name, amount in now.items()}
        found = allocate(curves, now, bounds)
        spend = np.array([found.proposed[each.name] / 100 for each in world.campaigns])
        before, after, best = world.conversions(world.now), world.conversions(spend), world.best()
        if best / before > 1.005:
            shares.append((after - before) / (best - before))
        worse.append(after < before * 0.995)
        if found.refused is None:
            wins.append(after > before)
    assert np.mean(shares) >= least
    assert np.mean(worse) <= 0.05
    assert np.mean(wins) >= 0.90


def test_the_golden_sample_is_within_its_bars() -> None:
    score = golden_score("budget", predict)
    assert score["share_of_attainable_uplift"] >= 0.80
    assert (score["infeasible"], score["made_it_worse_rate"] <= 0.05) == (0, True)
