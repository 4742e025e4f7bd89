"""Which group does best: rarely said where none does, found where one does, and never on four against one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.creatives import cells

from engine.explain.league import LEAST_CELLS, Cell, league

RUNS = 120


@pytest.mark.parametrize("groups", [2, 4])
@pytest.mark.parametrize("own", [0.0, 0.2])
def test_where_all_groups_are_alike_a_best_one_is_named_in_at_most_one_of_ten(
    groups: int, own: float
) -> None:
    named = [league(cells([0.0] * groups, seed=seed, own=own), groups).leader for seed in range(RUNS)]
    assert sum(each is not None for each in named) <= 0.1 * RUNS


def test_a_group_that_is_better_by_a_third_is_found_and_no_other() -> None:
    named = [league(cells([0.3, 0.0, 0.0], seed=seed, events=120), 3).leader for seed in range(RUNS)]
    assert sum(each == 0 for each in named) >= 0.7 * RUNS
    assert sum(each in {1, 2} for each in named) <= 0.01 * RUNS


def test_ranges_hold_the_truth_about_as_often_as_they_say_where_groups_differ_by_chance() -> None:
    held = []
    for seed in range(RUNS):
        effects = np.random.default_rng(seed).normal(0, 0.2, 4)
        for place in league(cells(effects.tolist(), seed=seed + 1_000, events=60), 4).places:
            others = np.delete(effects, place.group).mean()
            held.append(place.low <= np.expm1(effects[place.group] - others) <= place.high)
    assert 0.7 <= np.mean(held) <= 0.9


def test_four_purchases_against_one_name_nobody() -> None:
    found = league([Cell(0, "", 4, 2.5), Cell(1, "", 1, 2.5)], 2)
    assert found.leader is None
    assert found.need is None
    assert not any(each.enough for each in found.places)
    assert max(each.best for each in found.places) < 0.9


def test_probabilities_of_being_best_add_up_and_the_likeliest_best_regrets_least() -> None:
    found = league(cells([0.2, 0.1, 0.0], seed=3), 3)
    assert sum(each.best for each in found.places) == pytest.approx(1.0)
    assert min(found.places, key=lambda each: each.regret).group == found.places[0].group
    assert all(each.regret >= 0 for each in found.places)


@given(st.permutations(range(36)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_cells_changes_nothing(order: list[int]) -> None:
    some = cells([0.1, 0.0], seed=1)
    assert league([some[place] for place in order], 2) == league(some, 2)


def test_campaigns_of_different_levels_make_no_winner() -> None:
    """Group 0 runs where everybody clicks more; within each campaign both do alike (Simpson's trap)."""
    some = [
        Cell(group, campaign, 100.0, 100.0)
        for campaign, groups in {"warm": (0, 0, 0, 1), "cold": (0, 1, 1, 1)}.items()
        for group in groups
    ]
    assert all(abs(each.lift) < 0.02 for each in league(some, 2).places)


def test_more_events_of_the_same_kind_are_told_as_the_need_where_counting_is_the_doubt() -> None:
    promising = next(
        found
        for seed in range(60)
        if (found := league(cells([0.2, 0.0], seed=seed, events=12, own=0.0), 2)).need
        and found.need.events is not None
    )
    assert promising.leader is None
    assert promising.need is not None
    assert promising.need.events is not None
    assert promising.need.events > 0


def test_a_group_of_few_creatives_is_not_judged() -> None:
    some = [Cell(0, "", 500, 300)] * (LEAST_CELLS - 1) + [Cell(1, "", 300, 300)] * 8
    assert league(some, 2).leader is None
