"""Drift: the data told apart from the market, each once, and silence where nothing changed."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from engine_values import WORDS
from exported import dropped, row, scanned

from engine.engine import Engine
from engine.measure.drift import drifts, news, together
from engine.models.daily import DailyRow, DaySum
from engine.models.quality import Drift
from engine.narrate.basis import drift_notice

FIRST = date(2026, 1, 1)
M = 1_000_000


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  a test has to scatter the same every time


def a_day(place: int, rng: random.Random, **changed: Any) -> DaySum:
    """A day of about 40,000 impressions; prices and rates scatter, weekends are dearer."""
    is_like = {"cpm": 8.0, "ctr": 0.012, "cvr": 0.03, "money": 1.0, "converts": True} | changed
    day = FIRST + timedelta(days=place)
    weekend = day.weekday() >= 5
    impressions = int(40_000 * rng.uniform(0.8, 1.2))
    clicks = max(1, int(impressions * is_like["ctr"] * rng.gauss(1, 0.06)))
    spend = (
        impressions
        / 1000
        * is_like["cpm"]
        * rng.gauss(1, 0.08)
        * (1.1 if weekend else 1.0)
        * is_like["money"]
    )
    conversions = sum(rng.random() < is_like["cvr"] for _ in range(clicks)) if is_like["converts"] else 0
    revenue = conversions * 60 * rng.gauss(1, 0.1) * is_like["money"]
    return DaySum(
        day, "EUR", impressions, clicks, int(spend * M), conversions * M, int(revenue * M), None,
        frozenset(), 1, (1, 1, 1, 1, 1, 0),
    )  # fmt: skip


def ran(first: int, count: int, rng: random.Random, **changed: Any) -> list[DaySum]:
    return [a_day(place, rng, **changed) for place in range(first, first + count)]


def told(found: tuple[Drift, ...]) -> list[tuple[str, str, str]]:
    return [(each.kind, each.sign, each.column) for each in found]


def test_days_that_only_scatter_drift_at_most_once_in_a_hundred() -> None:
    rng = seeded(11)
    assert sum(bool(drifts(ran(0, 56, rng))) for _ in range(100)) <= 1


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"cpm": 16.0}, [("market", "moved", "cpm")]),
        ({"ctr": 0.006}, [("market", "moved", "ctr")]),
        ({"money": 100.0}, [("data", "factor", "revenue"), ("data", "factor", "spend")]),
        ({"money": 0.01}, [("data", "factor", "revenue"), ("data", "factor", "spend")]),
        ({"money": 1.6}, [("data", "money", "spend")]),
        ({"converts": False}, [("data", "stopped", "conversions")]),
    ],
)
def test_each_kind_is_told_with_its_column_and_its_first_day(
    changed: dict[str, Any], expected: list[tuple[str, str, str]], seed: int
) -> None:
    rng = seeded(seed)
    before, after = ran(0, 28, rng), ran(28, 14, rng, **changed)
    found = news(before, after)
    assert told(found) == expected
    assert all(abs(each.since - after[0].day) <= timedelta(days=1) for each in found)


@pytest.mark.parametrize("changed", [{"cpm": 16.0}, {"money": 100.0}, {"converts": False}])
def test_what_was_told_with_one_import_is_not_told_with_the_next(changed: dict[str, Any]) -> None:
    rng = seeded(5)
    days = [*ran(0, 28, rng), *ran(28, 42, rng, **changed)]
    heard = [news(days[:last], days[last : last + 7]) for last in range(28, 70, 7)]
    assert [bool(each) for each in heard] == [True, False, False, False, False, False]


def test_a_shift_is_told_as_soon_as_enough_days_show_it_where_every_day_is_an_import() -> None:
    rng = seeded(6)
    days = [*ran(0, 28, rng), *ran(28, 14, rng, cpm=16.0)]
    heard = [place for place in range(28, 42) if news(days[:place], days[place : place + 1])]
    assert len(heard) == 1
    assert 31 <= heard[0] <= 33


def test_a_column_that_vanishes_is_data_and_so_is_one_that_appears() -> None:
    rng = seeded(7)
    days = ran(0, 30, rng)
    lost = [each._replace(revenue=None) if place >= 25 else each for place, each in enumerate(days)]
    assert told(drifts(lost)) == [("data", "vanished", "revenue")]
    won = [each._replace(revenue=None) if place < 25 else each for place, each in enumerate(days)]
    assert told(drifts(won)) == [("data", "appeared", "revenue")]
    assert drifts(won)[0].since == days[25].day


def test_cells_that_go_missing_are_data() -> None:
    rng = seeded(8)
    days = [
        each._replace(rows=50, filled=(50, 50 if place < 20 else 20, 50, 50, 50, 0))
        for place, each in enumerate(ran(0, 28, rng))
    ]
    assert told(drifts(days)) == [("data", "blank", "clicks")]


def test_campaigns_are_added_up_before_they_are_compared() -> None:
    rng = seeded(9)
    one, other = ran(0, 28, rng), ran(0, 28, rng)
    found = together([one, other])
    assert len(found) == 28
    assert found[3].clicks == (one[3].clicks or 0) + (other[3].clicks or 0)
    assert found[3].rows == 2


def test_a_day_that_gives_money_back_has_no_price() -> None:
    """Corrections book negative spend; what the other days say stays what it is."""
    rng = seeded(7)
    days = ran(0, 40, rng)
    assert drifts([each._replace(spend=-M) if place == 20 else each for place, each in enumerate(days)]) == ()


def test_few_days_are_not_judged() -> None:
    rng = seeded(10)
    assert drifts([]) == drifts(ran(0, 1, rng)) == ()
    assert drifts([*ran(0, 6, rng), *ran(6, 3, rng, cpm=40.0)]) == ()


# ------------------------------------------------------------------------------- with an import's reply


def _rows(days: list[DaySum]) -> list[DailyRow]:
    return [
        row(
            "Spring Sale", each.day, None, impressions=each.impressions, clicks=each.clicks,
            conversions=each.conversions, revenue=each.revenue,
        )._replace(spend=each.spend)
        for each in days
    ]  # fmt: skip


def _import(engine: Engine, name: str, days: list[DaySum]) -> list[tuple[str, str]]:
    begun = engine.begin_export(dropped(name))
    done = engine.take_export(begun.id, scanned(_rows(days)))
    assert done.scan is not None
    return [(each.code, each.text.replace("\u00a0", " ")) for each in done.scan.warnings]


def test_a_doubled_cpm_is_told_once_naming_column_value_and_since_when(engine: Engine) -> None:
    rng = seeded(12)
    assert _import(engine, "january", ran(0, 28, rng)) == []
    ((code, text),) = _import(engine, "february", ran(28, 14, rng, cpm=16.0))
    assert code == "market_drift"
    assert text.startswith("The market moved: CPM moved since 29 Jan: 8.")
    assert "→ 1" in text
    assert _import(engine, "late-february", ran(42, 7, rng, cpm=16.0)) == []


def test_data_drift_holds_back_every_proposal_and_market_drift_none(engine: Engine) -> None:
    rng = seeded(13)
    _import(engine, "winter", ran(0, 60, rng))
    ((code, _),) = _import(engine, "spring", ran(60, 28, rng, cpm=16.0))
    assert code == "market_drift"
    found = engine.analyze("spring-sale", asked_by=None).recommendation
    assert (found.analysis.is_unjudged, found.status) == (False, "proposed")
    begun = engine.begin_export(dropped("broken"))
    engine.take_export(begun.id, scanned(_rows(ran(60, 28, rng, money=100.0))))
    after = engine.analyze("spring-sale", asked_by=None).recommendation
    assert (after.analysis.is_unjudged, after.status) == (True, "noted")
    assert engine.recommendation(found.id).status == "superseded"


def test_drift_in_words_says_what_follows() -> None:
    rng = seeded(14)
    found = news(ran(0, 28, rng), ran(28, 7, rng, converts=False))
    (line,) = drift_notice(found, WORDS)
    assert line.replace("\u00a0", " ").startswith("⚠️ No conversions at all since 29 Jan (before: ")
    assert line.endswith("while clicks go on. I propose nothing on it.")
