"""Wear of a creative: found where it is, hardly ever where it is not, and never where the CTR rises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.creatives import days

from engine.explain.fatigue import Days, fatigue

RUNS = 150


def _share(verdict: str, **parts: float) -> float:
    return sum(fatigue(*days(seed=seed, **parts)).wear == verdict for seed in range(RUNS)) / RUNS  # type: ignore[arg-type]


@pytest.mark.parametrize("many", [14, 30, 90])
@pytest.mark.parametrize("noise", [0.0, 0.08, 0.3])
def test_a_creative_that_does_not_wear_is_called_fatigued_in_at_most_one_of_twenty(
    many: int, noise: float
) -> None:
    assert _share("fatigued", many=many, noise=noise) <= 0.05


def test_a_creative_that_wears_as_clicks_do_is_found_after_two_months() -> None:
    """Half of what Meta saw, (N + 1)^−0.43."""
    assert _share("fatigued", wear=0.22) >= 0.8


@given(st.integers(0, 10_000), st.floats(0.1, 1.0), st.integers(10, 120))
@settings(max_examples=150, deadline=None)
def test_a_creative_whose_ctr_rises_is_never_fatigued(seed: int, rise: float, many: int) -> None:
    ours, theirs = days(seed=seed, rise=rise, many=many)
    half = many // 2
    rates = [
        sum(ours.clicks[part]) / sum(ours.impressions[part]) for part in (slice(half), slice(half, None))
    ]
    if rates[1] > rates[0] * 1.02:
        assert fatigue(ours, theirs).wear != "fatigued"


def test_the_old_creative_of_the_trap_is_fresh() -> None:
    """90 days old, shown often, and its CTR rises: trap T2."""
    assert fatigue(*days(seed=2, many=90, rise=0.5, noise=0.03)).wear == "fresh"


def test_a_creative_that_falls_with_its_siblings_is_not_fatigued() -> None:
    assert _share("fatigued", wear=0.2, together=0.2) <= 0.02


def test_who_buys_less_after_the_click_too_has_another_cause() -> None:
    assert _share("buys less too", wear=0.3, buying=1.5, shown=20_000) >= 0.8


def test_a_creative_without_siblings_is_alone_and_few_clicks_are_too_early() -> None:
    ours, _ = days(seed=1)
    nobody = Days([0] * 60, [0] * 60, [0] * 60)
    assert fatigue(ours, nobody).wear == "alone"
    assert fatigue(*days(seed=1, many=3)).wear == "too early"
    assert fatigue(*days(seed=1, shown=100, many=14)).wear == "too early"
    assert fatigue(Days([], [], []), Days([], [], [])).wear in {"alone", "too early"}


def test_the_range_holds_the_true_change() -> None:
    """The change between the middles of the first and the last stretch, computed from the law itself."""
    held = 0
    for seed in range(RUNS):
        ours, theirs = days(seed=seed, wear=0.2, many=64, noise=0.02, shown=20_000)
        shown = [sum(ours.impressions[each : each + 8]) for each in range(0, 64, 8)]
        first, last = shown[0] / 2, sum(shown[:-1]) + shown[-1] / 2
        true = ((last + 20_000) / (first + 20_000)) ** -0.2 - 1
        found = fatigue(ours, theirs)
        held += (found.low or 0) - 0.02 <= true <= (found.high or 0) + 0.02
    assert held / RUNS >= 0.9


def test_the_more_creatives_are_looked_at_the_wider_the_range() -> None:
    some = days(seed=4, wear=0.2)
    alone, many = fatigue(*some), fatigue(*some, among=50)
    assert (many.low or 0.0) < (alone.low or 0.0) < 0
