"""Forecast, own history and the other campaigns side by side, from rows; what is said of late conversions."""

from datetime import date, timedelta

import pytest
from engine_values import WORDS
from exported import dropped, row, scanned
from factories import HandClock

from engine.engine import Engine
from engine.models.baselines import Baseline
from engine.models.daily import DailyRow
from engine.models.recommendation import Recommendation
from engine.narrate import baselines

MARCH_29 = date(2026, 3, 29)
M = 1_000_000


def _rows(name: str, before: int, after: int) -> list[DailyRow]:
    """Eight weeks: so many conversions a day, then, over the last four weeks, so many."""
    first = MARCH_29 - timedelta(days=55)
    return [
        row(name, first + timedelta(days=day), conversions=(before if day < 28 else after) * M)
        for day in range(56)
    ]


def _analysed(engine: Engine, rows: list[DailyRow], clock: HandClock) -> Recommendation:
    begun = engine.begin_export(dropped("march"))
    assert engine.take_export(begun.id, scanned(rows, file="march.csv")).state == "done"
    for name in dict.fromkeys(each.campaign for each in rows):
        found = engine.analyze(name, asked_by="U0MEMBER").recommendation
    return found


def _named(found: Recommendation, name: str) -> Baseline:
    assert found.analysis.baselines is not None
    return next(each for each in found.analysis.baselines.every if each.name == name)


def test_where_all_moved_alike_the_others_say_that_it_was_not_the_campaign(
    engine: Engine, clock: HandClock
) -> None:
    """Every campaign converts half as dear as before: against its past it moved, beside the others not."""
    names = ("Gift Cards", "Store Opening", "Campus Tour", "Rainy Days", "Spring Sale")
    found = _analysed(engine, [each for name in names for each in _rows(name, 10, 20)], clock)
    own, others = _named(found, "own history"), _named(found, "portfolio")
    assert own.delta_pct == pytest.approx(-50)
    assert (own.verdict, own.favourable) == ("real", True)
    assert others.campaigns == 4
    assert others.delta_pct == pytest.approx(0, abs=0.5)
    assert others.value == pytest.approx(5, rel=0.01)
    assert others.verdict != "real"


def test_two_other_campaigns_are_no_portfolio(engine: Engine, clock: HandClock) -> None:
    names = ("Gift Cards", "Store Opening", "Spring Sale")
    others = _named(
        _analysed(engine, [each for name in names for each in _rows(name, 10, 10)], clock), "portfolio"
    )
    assert (others.value, others.campaigns) == (None, 2)


def test_without_a_forecast_its_own_history_drives_and_the_table_says_so(
    engine: Engine, clock: HandClock
) -> None:
    found = _analysed(engine, _rows("Spring Sale", 10, 20), clock)
    assert found.analysis.baselines is not None
    assert found.analysis.baselines.drives == "own history"
    head, forecast, own, others = baselines.table(found.analysis, WORDS)
    assert head == ["Against", "Then", "Change", "95 % range", "Says"]
    assert forecast == ["forecast", "–", "–", "–", "none"]
    assert own[0] == "own history"
    assert own[-1] == "real, better"
    assert others[-1] == "0 of 3"
    assert baselines.drives(found.analysis, WORDS) == "The verdict is against its own history."


def test_days_read_the_day_after_are_told_as_not_mature_and_as_assumed(
    engine: Engine, clock: HandClock
) -> None:
    found = _analysed(engine, _rows("Spring Sale", 10, 10), clock)
    said = (baselines.maturity(found.analysis, WORDS) or "").replace("\u00a0", " ")
    assert said.endswith("% mature (assumed)")
    assert 50 < int(said.split(" ")[0]) < 100
    assert "Nothing is called worse" in (baselines.still_to_come(found.analysis, WORDS) or "")


def test_a_lag_is_learned_where_the_same_days_were_read_again(engine: Engine, clock: HandClock) -> None:
    """Every few days the file is read again: a day after 4 of 10 are known, then 8, then all."""
    for round_ in range(8):
        last = clock.moment.date() - timedelta(days=1)
        days = [
            date(2026, 3, 1) + timedelta(days=place) for place in range((last - date(2026, 3, 1)).days + 1)
        ]
        known = [{0: 4, 1: 6, 2: 8, 3: 9}.get((last - day).days, 10) for day in days]
        rows = [row("Spring Sale", day, conversions=n * M) for day, n in zip(days, known, strict=True)]
        begun = engine.begin_export(dropped(f"march-{round_}"))
        assert engine.take_export(begun.id, scanned(rows, file=f"{round_}.csv")).state == "done"
        clock.forward(days=3)
    clock.forward(days=-3)
    found = engine.analyze("spring-sale", asked_by="U0MEMBER").recommendation
    rows_of = found.analysis.retrospective.rows
    assert rows_of is not None
    assert rows_of.maturity is not None
    assert rows_of.maturity.learned
    cpa = found.analysis.comparison.metrics["cpa"]
    assert cpa.actual == pytest.approx(10, rel=0.02)
    assert (cpa.counted or 0) > 10.2
    assert "assumed" not in (baselines.maturity(found.analysis, WORDS) or "")
