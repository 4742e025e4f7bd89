"""What impressions are made of: a shift is told once, and a steady account is left in peace."""

from datetime import date, timedelta

import numpy as np
import pytest
from exported import dropped, row, scanned

from engine.engine import Engine
from engine.measure.make_up import Day, days_of, moved
from engine.models.daily import DailyRow

FIRST = date(2026, 1, 5)
USUAL = {"feed": 0.6, "stories": 0.3, "reels": 0.1}
SHIFTED = {"feed": 0.35, "stories": 0.3, "reels": 0.35}


def rows_of(first: int, count: int, shares: dict[str, float], seed: int = 1) -> list[DailyRow]:
    """Rows by placement, whose shares and prices scatter from day to day and lean on the day before."""
    rng = np.random.default_rng([seed, first])
    leaning = np.zeros(len(shares))
    found = []
    for place in range(first, first + count):
        leaning = 0.5 * leaning + rng.normal(0, 0.08, len(shares))
        parts = np.array(list(shares.values())) * np.exp(leaning)
        whole = 40_000 * rng.lognormal(0, 0.2)
        for name, part in zip(shares, parts / parts.sum(), strict=True):
            shown = int(whole * part)
            clicks = int(rng.poisson(shown * 0.012))
            found.append(
                row(
                    "Spring Sale", FIRST + timedelta(days=place), None, placement=name, impressions=shown,
                    clicks=clicks, conversions=None,
                )._replace(spend=int(shown / 1000 * 8.0 * rng.lognormal(0, 0.1) * 1_000_000))
            )  # fmt: skip
    return found


def days(first: int, count: int, shares: dict[str, float], seed: int = 1) -> list[Day]:
    return days_of(rows_of(first, count, shares, seed))


def test_a_placement_that_takes_over_is_told_with_its_shares_before_and_after() -> None:
    found = moved([*days(0, 28, USUAL), *days(28, 7, SHIFTED)], 7)
    (told,) = found
    assert (told.kind, told.sign, told.column) == ("market", "share", "placement")
    assert told.value in {"feed", "reels"}
    assert told.before == pytest.approx(USUAL[told.value], abs=0.05)
    assert told.after == pytest.approx(SHIFTED[told.value], abs=0.05)
    assert told.since == FIRST + timedelta(days=28)


def test_what_was_told_with_one_import_is_not_told_with_the_next() -> None:
    every = [*days(0, 28, USUAL), *days(28, 28, SHIFTED)]
    assert [len(moved(every[:last], 7)) for last in (35, 42, 49, 56)] == [1, 0, 0, 0]


def test_with_a_new_day_a_day_it_is_told_once_as_well() -> None:
    every = [*days(0, 28, USUAL), *days(28, 21, SHIFTED)]
    assert sum(bool(moved(every[:last], 1)) for last in range(29, 50)) == 1


def test_a_small_move_is_not_told_however_certain_it_is() -> None:
    near = {"feed": 0.55, "stories": 0.3, "reels": 0.15}
    assert moved([*days(0, 42, USUAL), *days(42, 14, near)], 14) == ()


def test_of_two_hundred_imports_of_steady_accounts_at_most_one_tells_a_shift() -> None:
    told = 0
    for seed in range(50):
        every = days(0, 56, USUAL, seed + 100)
        told += sum(bool(moved(every[:last], 7)) for last in (35, 42, 49, 56))
    assert told <= 1


def test_few_days_and_one_placement_say_nothing() -> None:
    assert moved(days(0, 16, USUAL), 7) == ()
    assert moved([], 0) == ()
    assert moved(days(0, 42, {"feed": 1.0}), 7) == ()


def test_an_import_tells_the_shift_in_its_reply_and_the_next_one_does_not(engine: Engine) -> None:
    heard = []
    for name, rows in {
        "january": rows_of(0, 28, USUAL),
        "february": rows_of(28, 7, SHIFTED),
        "march": rows_of(35, 7, SHIFTED),
    }.items():
        begun = engine.begin_export(dropped(name))
        done = engine.take_export(begun.id, scanned(rows, breakdowns=("placement",)))
        assert done.scan is not None
        heard.append([each.text.replace("\u00a0", " ") for each in done.scan.warnings])
    assert [len(each) for each in heard] == [0, 1, 0]
    assert heard[1][0].startswith("The market moved: Placement ")
    assert "of the impressions" in heard[1][0]
