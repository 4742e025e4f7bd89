"""``/marko trend`` over remembered rows: what it calls real, since when, what it leaves to the calendar."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from engine_values import WORDS
from exported import dropped, row, scanned

from engine.calendars import EventDraft
from engine.engine import Engine
from engine.errors import Refused, UnknownCampaign
from engine.models.daily import DailyRow
from engine.models.trend_study import TrendLine, TrendStudy
from engine.narrate.studies import tell
from engine.narrate.studies.told import Told

YESTERDAY = date(2026, 3, 29)
M = 1_000_000
Rate = Callable[[date], float]


def taken(engine: Engine, rows: list[DailyRow], name: str = "march", **changed: Any) -> None:
    begun = engine.begin_export(dropped(name))
    done = engine.take_export(begun.id, scanned(rows, file=f"{name}.csv", **changed))
    assert done.state == "done", done


def ran(campaign: str, rate: Rate, *, days: int = 56, seed: int = 1, **more: Any) -> list[DailyRow]:
    """400 EUR a day and Poisson conversions; ``rate`` is how many a day are expected."""
    rng = np.random.default_rng(seed)
    found = []
    for ago in range(days, 0, -1):
        day = YESTERDAY - timedelta(days=ago - 1)
        spend = int(400 * np.exp(rng.normal(0, 0.1)))
        conversions = int(rng.poisson(rate(day) * spend / 400)) * M
        clicks = int(rng.poisson(20_000 * 0.02))
        found.append(
            row(campaign, day, spend, conversions=conversions, impressions=20_000, clicks=clicks, **more)
        )
    return found


def stepped(day: date, before: float = 40, after: float = 26) -> Rate:
    return lambda each: after if each >= day else before


def found(engine: Engine, asked: str = "") -> TrendStudy:
    study = engine.study("trend", asked)
    assert isinstance(study, TrendStudy)
    return study


def one(engine: Engine, asked: str) -> TrendLine:
    (line,) = found(engine, asked).lines
    return line


def told(engine: Engine, asked: str = "") -> Told:
    said = tell(found(engine, asked), WORDS)
    assert len(said.verdict) <= 200
    assert all(len(each) <= 300 for each in said.lines)
    return said


def test_a_cpa_that_rose_is_real_and_dated(engine: Engine) -> None:
    taken(engine, ran("Spring Sale", stepped(date(2026, 3, 10))))
    line = one(engine, "spring-sale")
    assert (line.kpi, line.state, line.shape, line.favourable) == ("cpa", "real", "step", False)
    assert line.onset is not None
    assert abs((line.onset - date(2026, 3, 10)).days) <= 2
    assert line.onset_first is not None
    assert line.onset_last is not None
    assert line.onset_first <= date(2026, 3, 10) <= line.onset_last
    assert any(each.startswith("If it came at once, it began ") for each in told(engine, "spring-sale").lines)
    assert line.duration_days == (date(2026, 3, 23) - line.onset).days + 1
    assert line.before == pytest.approx(10, rel=0.1)
    assert line.after == pytest.approx(400 / 26, rel=0.1)
    assert line.interval is not None
    assert line.interval.low is not None
    assert line.interval.low < (40 / 26 - 1) * 100 < (line.interval.high or 0)
    said = told(engine, "spring-sale")
    assert said.verdict.startswith("Spring Sale got worse: CPA rose ")
    assert ", real, since " in said.verdict
    assert said.picture is not None
    assert "50\u00a0complete days" in said.basis


def test_noise_is_no_trend(engine: Engine) -> None:
    taken(engine, ran("Spring Sale", lambda _: 40))
    assert one(engine, "spring-sale").state == "none"
    assert told(engine, "spring-sale").verdict.startswith("No trend: CPA of Spring Sale, ")


def test_few_days_are_too_early_and_it_says_what_is_missing(engine: Engine) -> None:
    taken(engine, ran("Spring Sale", lambda _: 1, days=9, seed=3))
    line = one(engine, "spring-sale")
    assert (line.state, line.needs_days) == ("too_early", 5)
    assert line.needs_events == 20 - line.events
    assert "a trend needs 5\u00a0more days and about" in told(engine, "spring-sale").verdict


def test_what_moves_on_days_of_the_calendar_is_no_alarm(engine: Engine) -> None:
    week = date(2026, 3, 16)
    inside = lambda each: 90.0 if week <= each <= week + timedelta(days=6) else 40.0  # noqa: E731
    taken(engine, ran("Spring Sale", lambda each: inside(each) if each < date(2026, 3, 23) else 90.0))
    assert one(engine, "spring-sale").state == "real"
    draft = EventDraft("Spring week", "sale", week, date(2026, 3, 29), platform="Meta", about="Meta")
    engine.add_event(draft, by="U0MEMBER")
    line = one(engine, "spring-sale")
    assert line.state == "calendar"
    assert line.days == 42
    said = told(engine, "spring-sale").verdict
    assert "Spring week, 16–29\u00a0Mar: on your calendar" in said
    engine.remove_event(engine.event_named("Spring week").id, by="U0MEMBER")
    assert one(engine, "spring-sale").state == "real"


def test_conversions_that_still_come_in_are_no_trend(engine: Engine) -> None:
    taken(engine, ran("Spring Sale", stepped(date(2026, 3, 25), after=15)))
    line = one(engine, "spring-sale")
    assert line.state == "immature"
    assert told(engine, "spring-sale").verdict.startswith("Too early: CPA of Spring Sale looks worse")


def test_an_event_of_another_platform_or_campaign_changes_nothing(engine: Engine) -> None:
    taken(
        engine, [*ran("Spring Sale", stepped(date(2026, 3, 10))), *ran("New Parents", lambda _: 40, seed=2)]
    )
    other = engine.event_campaign("new-parents")
    first, last = date(2026, 3, 10), YESTERDAY
    engine.add_event(EventDraft("Launch", "launch", first, last, platform="TikTok", about="TikTok"), by="x")
    key, name = other.campaign_key, other.name
    engine.add_event(EventDraft("Launch", "launch", first, last, campaign=key, about=name), by="x")
    line = one(engine, "spring-sale")
    assert (line.state, line.left_out) == ("real", ())
    assert one(engine, "new-parents").left_out[0].name == "Launch"


def test_the_others_say_whether_the_market_moved(engine: Engine) -> None:
    fell = stepped(date(2026, 3, 10))
    rows = [*ran("Spring Sale", fell), *ran("New Parents", fell, seed=2), *ran("City Break", fell, seed=3)]
    taken(engine, rows)
    line = one(engine, "spring-sale")
    assert line.others is not None
    assert (line.others.says, line.others.campaigns) == ("market", 2)
    assert any("The market moves too" in each for each in told(engine, "spring-sale").lines)


def test_a_campaign_that_moves_alone_is_told_so(engine: Engine) -> None:
    quiet = [*ran("New Parents", lambda _: 40, seed=2), *ran("City Break", lambda _: 40, seed=3)]
    taken(engine, [*ran("Spring Sale", stepped(date(2026, 3, 10))), *quiet])
    assert any("This campaign alone" in each for each in told(engine, "spring-sale").lines)


def test_without_a_name_each_platform_has_a_line(engine: Engine) -> None:
    fell = stepped(date(2026, 3, 10))
    taken(engine, ran("Spring Sale", fell))
    taken(engine, ran("Search", lambda _: 40, platform="Google", seed=2), "google", platform="Google")
    study = found(engine)
    assert {each.name: each.state for each in study.lines} == {"Meta": "real", "Google": "none"}
    assert told(engine).verdict.startswith("Meta got worse: CPA rose ")
    assert one(engine, "meta ctr").kpi == "ctr"


def test_kpi_and_window_are_read_off_the_end(engine: Engine) -> None:
    taken(engine, ran("Spring Sale", lambda _: 40))
    line = one(engine, "spring-sale ctr 28d")
    assert (line.kpi, line.days) == ("ctr", 28)
    with pytest.raises(Refused, match="14 to 120 days"):
        found(engine, "spring-sale 7d")
    with pytest.raises(UnknownCampaign):
        found(engine, "sprung-sale")


def test_without_rows_it_says_so(engine: Engine) -> None:
    assert told(engine).verdict == "No campaign has daily rows yet. Drop an export, and I look for trends."
