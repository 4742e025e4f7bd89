"""Where there is no forecast: a window against the campaign's own earlier one."""

from datetime import date
from typing import Any

import pytest
from engine_values import RULES, counted, ran

from engine.measure.history import own_history
from engine.models.retrospective import Retrospective

FEBRUARY = {"window_start": date(2026, 2, 1), "window_end": date(2026, 2, 28)}
MARCH = {"window_start": date(2026, 3, 1), "window_end": date(2026, 3, 29)}


def _window(conversions: int, spend: int, days: dict[str, Any], name: str = "spring-sale") -> Retrospective:
    nothing = counted(0, 0, 0, 0)
    actual = counted(100_000, 5_000, conversions, spend)
    return ran(name, expected_metrics=nothing, actual_metrics=actual, day=days["window_end"], **days)


@pytest.mark.parametrize(
    ("conversions", "spend", "change", "verdict", "favourable"),
    [
        (400, 8_000, -50.0, "real", True),
        (400, 24_000, 50.0, "real", False),
        (4_000, 161_000, 0.625, "noise", False),
        (4, 150, -6.25, "too early", True),
        (400, 16_000, 0.0, "noise", None),
    ],
)
def test_the_driver_is_judged_against_the_window_before(
    conversions: int, spend: int, change: float, verdict: str, favourable: bool | None
) -> None:
    before = _window(conversions, conversions * 40, FEBRUARY)
    found = own_history(_window(conversions, spend, MARCH), [before], RULES)
    assert found is not None
    assert found.delta_pct == pytest.approx(change)
    assert (found.verdict, found.favourable) == (verdict, favourable)
    assert (found.before, found.first_day, found.last_day) == (40.0, date(2026, 2, 1), date(2026, 2, 28))


def test_four_purchases_against_one_are_too_early() -> None:
    found = own_history(_window(4, 160, MARCH), [_window(1, 160, FEBRUARY)], RULES)
    assert found is not None
    assert found.delta_pct == pytest.approx(-75.0)
    assert found.verdict == "too early"


def test_the_newest_of_the_earlier_windows_is_taken() -> None:
    january = _window(400, 4_000, {"window_start": date(2026, 1, 1), "window_end": date(2026, 1, 31)})
    february = _window(400, 16_000, FEBRUARY)
    found = own_history(_window(400, 16_000, MARCH), [january, february], RULES)
    assert found is not None
    assert found.before == 40.0


@pytest.mark.parametrize(
    "other",
    [
        _window(400, 16_000, MARCH),
        _window(400, 16_000, {"window_start": date(2026, 2, 20), "window_end": date(2026, 3, 5)}),
        _window(400, 16_000, {"window_start": date(2026, 4, 1), "window_end": date(2026, 4, 9)}),
        _window(400, 16_000, FEBRUARY, name="new-parents"),
        _window(0, 16_000, FEBRUARY),
    ],
    ids=["itself", "overlapping", "later", "another campaign", "without conversions"],
)
def test_what_is_no_earlier_window_of_it_is_not_compared(other: Retrospective) -> None:
    assert own_history(_window(400, 16_000, MARCH), [other], RULES) is None
