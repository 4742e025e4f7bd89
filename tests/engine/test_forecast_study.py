"""``/marko forecast``: out of the rows in force, for whom and what is asked, told as it is."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from conftest import Submit
from engine_values import FORMATS, MADRID, RULES, WORDS
from exported import kept, row
from factories import MONDAY, HandClock

from engine.engine import Engine
from engine.errors import Refused, UnknownCampaign
from engine.measure.forecasting.forecast import forecast
from engine.measure.forecasting.series import Daily
from engine.models.calendar import Calendar, CalendarEvent
from engine.models.daily import DailyRow
from engine.models.forecast_study import ForecastStudy
from engine.narrate.formats import SPACE
from engine.narrate.picture import FanPicture
from engine.narrate.studies import tell
from engine.narrate.studies.told import Told
from engine.occasions import KEPT
from engine.studying.forecast import study
from engine.studying.ground import Ground
from store import Store

LAST = date(2026, 3, 29)
M = 1_000_000
Ask = Callable[..., ForecastStudy]


def ran(count: int, campaign: str = "Spring Sale", *, last: date = LAST, **changed: Any) -> list[DailyRow]:
    """So many days up to ``last``: 10,000 impressions or so, CTR 2 %, CVR 4 %, an order of 60.00."""
    chance = np.random.default_rng(7)
    found = []
    for back in range(count - 1, -1, -1):
        impressions = int(chance.integers(9_000, 12_000))
        clicks = int(chance.binomial(impressions, 0.02))
        orders = int(chance.binomial(clicks, 0.04))
        parts = {
            "impressions": impressions,
            "clicks": clicks,
            "conversions": orders * M,
            "revenue": orders * 60 * M,
        }
        spend = int(chance.integers(90, 120))
        found.append(row(campaign, last - timedelta(days=back), spend, **parts | changed))
    return found


@pytest.fixture
def ask(store: Store, clock: HandClock) -> Ask:
    def asked(words: str = "", **options: Any) -> ForecastStudy:
        with store.memory.reading() as reading:
            return study(Ground(reading, {}, clock.now(), MADRID, RULES), words, **options)

    return asked


def told(found: ForecastStudy) -> Told:
    said = tell(found, WORDS)
    assert len(said.verdict) <= 200
    assert all(len(each) <= 300 for each in said.lines)
    assert len(said.table) <= 15
    assert all(len(each) <= 5 for each in said.table)
    return said


def plain(text: str) -> str:
    return text.replace(SPACE, " ")


def test_it_is_what_the_mathematics_say_of_the_days_in_force(store: Store, ask: Ask) -> None:
    rows = ran(80)
    kept(store.memory, "march", rows)
    found = ask("spring-sale ctr 14d")
    assert (found.state, found.figure, found.basis) == ("forecast", "ctr", "models")
    assert (found.first_day, found.last_day, found.known_days) == (date(2026, 1, 9), LAST, 80)
    assert [each.day for each in found.coming] == [LAST + timedelta(days=1 + place) for place in range(14)]
    clicks, seen = (
        np.array([getattr(each, name) for each in rows], dtype=float) for name in ("clicks", "impressions")
    )
    planned = np.array([np.mean(seen[80 - 28 + place : 80 : 7]) for place in (*range(7), *range(7))])
    assert [each.planned for each in found.coming] == pytest.approx(planned.tolist())
    same = forecast(Daily([each.first_day for each in rows], clicks, seen, clicks, is_share=True), planned)
    assert same is not None
    assert [each.value for each in found.coming] == pytest.approx(same.median.tolist())
    assert [each.high95 for each in found.coming] == pytest.approx(same.high95.tolist())


def test_the_verdict_the_skill_and_the_table_are_said(store: Store, ask: Ask) -> None:
    kept(store.memory, "march", ran(80))
    found = ask("spring-sale")
    said = told(found)
    first, last = found.coming[0], found.coming[-1]
    assert first.low80 is not None
    assert first.high80 is not None
    middle = FORMATS.percent(100 * float(np.mean([each.value for each in found.coming])), 2)
    assert said.verdict.startswith(f"Spring Sale: CTR about {middle} a day, ")
    assert "a day, 30 Mar–12 Apr; " in plain(said.verdict)
    near = f"{FORMATS.number(first.low80 * 100, 2)} to {FORMATS.percent(first.high80 * 100, 2)} on the first"
    assert near in said.verdict
    assert found.skill is not None
    less = FORMATS.percent(found.skill.better_pct)
    assert said.lines[0] == (
        f"Misses by {less} less than “same weekday last week”, "
        f"tried from {found.skill.tried}{SPACE}past days."
    )
    assert len(said.table) == 15
    assert plain(said.table[1][0]) == "Mon 30 Mar"
    assert plain(said.table[-1][0]) == "Sun 12 Apr"
    assert plain(said.basis) == (
        "9 Jan–29 Mar, 80 complete days · EUR · impressions taken as on the same weekdays of the last 4 weeks"
    )
    assert isinstance(said.picture, FanPicture)
    assert len(said.picture.days) == 28 + 14
    assert said.picture.mean[-1] == last.value
    assert "on the last day" in said.picture.alt


def test_costs_are_turned_so_that_the_worst_stands_last(store: Store, ask: Ask) -> None:
    kept(store.memory, "march", ran(80))
    found = ask("spring-sale cpa 7d")
    assert len(found.coming) == 7
    for each in found.coming:
        low95, low80, value, high80 = each.low95, each.low80, each.value, each.high80
        assert low95 is not None
        assert low80 is not None
        assert value is not None
        assert high80 is not None
        assert low95 <= low80 <= value <= high80
    spend, orders = 105.0, 8.4  # a day, as they were drawn
    assert np.mean([each.value or 0 for each in found.coming]) == pytest.approx(spend / orders, rel=0.2)
    assert "Conversions of the newest days may still come in" in "\n".join(told(found).lines)


def test_a_cost_that_nothing_bounds_has_no_upper_end(store: Store, ask: Ask) -> None:
    """One conversion in three days: a day without any has no CPA."""
    rows = [each._replace(conversions=M if place % 3 == 0 else 0) for place, each in enumerate(ran(60))]
    kept(store.memory, "march", rows)
    found = ask("spring-sale cpa 3d")
    assert found.coming[0].high95 is None
    said = told(found)
    assert plain(said.table[1][3]).startswith("from ")
    assert isinstance(said.picture, FanPicture)
    assert np.isfinite(said.picture.high95).all()


@pytest.mark.parametrize(
    ("words", "figure", "ahead"),
    [
        ("", "ctr", 14),
        ("cpm", "cpm", 14),
        ("spring-sale 3d", "ctr", 3),
        ("Spring Sale ROAS", "roas", 14),
        ("clicks spring 5d", "clicks", 5),
        ("7d spend meta", "spend", 7),
        ("CVR", "cvr", 14),
        ("conversions", "conversions", 14),
    ],
)
def test_campaign_figure_and_days_can_be_said_in_any_order(
    store: Store, ask: Ask, words: str, figure: str, ahead: int
) -> None:
    kept(store.memory, "march", ran(40))
    found = ask(words)
    assert (found.state, found.figure, len(found.coming)) == ("forecast", figure, ahead)
    assert told(found).table


def test_a_campaign_that_is_called_like_a_figure_is_meant_by_its_whole_name(store: Store, ask: Ask) -> None:
    kept(store.memory, "march", [*ran(40), *ran(30, "Sale Clicks")])
    found = ask("sale clicks")
    assert (found.name, found.figure, found.known_days) == ("Sale Clicks", "ctr", 30)


def test_without_a_name_it_is_all_of_the_largest_platform_and_currency(store: Store, ask: Ask) -> None:
    kept(store.memory, "march", [*ran(40), *ran(20, "New Parents"), *ran(30, "Search", platform="Google")])
    found = ask("impressions 1d")
    assert (found.name, found.platform, found.currency, found.campaigns) == (None, "Meta", "EUR", 2)
    assert found.others == ("Google EUR",)
    assert found.past[-1].value == ran(40)[-1].impressions + ran(20)[-1].impressions  # type: ignore[operator]
    assert "Not in it: Google EUR." in told(found).lines
    assert ask("google").known_days == 30


def test_days_that_were_not_over_when_they_were_read_are_left_out(store: Store, ask: Ask) -> None:
    kept(store.memory, "march", ran(40), read_on=LAST)
    found = ask("spring-sale 2d")
    assert found.last_day == LAST - timedelta(days=1)
    assert found.coming[0].day == LAST + timedelta(days=1)  # today; yesterday is over


def on_calendar(store: Store, name: str, first: date, last: date) -> None:
    event = CalendarEvent(id="evt_1", name=name, kind="sale", first=first, last=last, by="U0A", at=MONDAY)
    with store.memory.unit() as unit:
        unit.set_setting(KEPT, Calendar(events=(event,)).model_dump(mode="json"))


def test_nothing_is_learned_from_days_of_the_calendar(store: Store, ask: Ask) -> None:
    """Two campaigns that differ in the days of a sale alone are forecast alike once it is on the calendar."""
    sale = [LAST - timedelta(days=back) for back in range(10, 3, -1)]
    usual = ran(80)
    doubled = [
        each._replace(
            campaign="Sold", campaign_id="sold", clicks=(each.clicks or 0) * (1 + (each.first_day in sale))
        )
        for each in usual
    ]
    kept(store.memory, "march", [*usual, *doubled])
    assert ask("sold ctr").left_out == ()
    on_calendar(store, "Sale", sale[0], sale[-1])
    found, other = ask("sold ctr"), ask("spring-sale ctr")
    assert [each.name for each in found.left_out] == ["Sale"]
    assert [each.value for each in found.coming] == [each.value for each in other.coming]
    assert found.odd_days == other.odd_days
    assert set(found.odd_days).isdisjoint(sale)
    said = [plain(each) for each in told(found).lines]
    assert "Left out of learning: Sale, 19–25 Mar: on your calendar." in said


def test_a_calendar_that_leaves_nothing_to_learn_from_is_not_heeded(store: Store, ask: Ask) -> None:
    kept(store.memory, "march", ran(20))
    on_calendar(store, "Season", LAST - timedelta(days=60), LAST)
    found = ask("spring-sale ctr")
    assert (found.state, found.left_out) == ("forecast", ())


def test_under_two_weeks_it_says_so(store: Store, ask: Ask) -> None:
    kept(store.memory, "march", ran(9))
    found = ask("spring-sale")
    assert (found.state, found.basis, found.skill) == ("forecast", "few days", None)
    assert plain(told(found).lines[0]) == (
        "Only 9 days known: it is the same weekday last week, with a wide range. "
        "After 5 more days I can try myself on the past."
    )


@pytest.mark.parametrize(
    ("rows", "state", "verdict"),
    [
        (
            ran(4),
            "too few days",
            "Spring Sale: too early to forecast CTR: 4 complete days of 7, from 1 Apr on.",
        ),
        (
            ran(30, last=date(2026, 3, 1)),
            "too old",
            "Spring Sale: the newest complete day is 1 Mar, too old to forecast from; import newer rows.",
        ),
        (
            ran(30, clicks=None),
            "no figures",
            "Spring Sale: nothing that makes a CTR in the rows, so nothing can be forecast.",
        ),
        (
            ran(30, clicks=0),
            "no figures",
            "Spring Sale: CTR is not defined on any of its days, so nothing can be forecast.",
        ),
    ],
)
def test_too_little_is_an_answer(
    store: Store, ask: Ask, rows: Sequence[DailyRow], state: str, verdict: str
) -> None:
    kept(store.memory, "march", rows)
    found = ask("spring-sale")
    assert found.state == state
    assert plain(told(found).verdict) == verdict


def test_it_says_when_its_own_forecast_is_missed(
    store: Store, engine: Engine, submit: Submit, ask: Ask, clock: HandClock
) -> None:
    """The CPA climbs by 4 % a day from 10 EUR on and was forecast at 40."""
    submit("spring-sale")
    rows = []
    for place, each in enumerate(ran(40, last=LAST)):
        cpa = 10 * 1.04**place
        rows.append(each._replace(spend=round(cpa * 20 * M), conversions=20 * M))
    kept(store.memory, "march", rows)
    with store.memory.reading() as reading:
        _, standings = engine._portfolio.read(reading)
        found = study(Ground(reading, standings, clock.now(), MADRID, RULES), "spring-sale cpa")
    assert found.limit is not None
    assert found.limit.value == 40
    assert found.limit.day is not None
    assert (found.limit.day - found.coming[0].day).days == found.limit.days
    assert found.limit.last_pct > 50
    assert any("a day's CPA is above its forecast of 40.00" in plain(each) for each in told(found).lines)


def test_an_empty_memory_is_an_answer(ask: Ask) -> None:
    found = ask("")
    assert found.state == "no days"
    assert told(found).verdict == "All campaigns: no complete days in the rows, so nothing can be forecast."


def test_unknown_names_and_days_nobody_forecasts_are_refused(store: Store, ask: Ask) -> None:
    kept(store.memory, "march", ran(30))
    with pytest.raises(UnknownCampaign):
        ask("autumn-brand ctr")
    for words in ("0d", "spring-sale 15d", "365d"):
        with pytest.raises(Refused) as refused:
            ask(words)
        assert refused.value.faults[0].rule == "1 to 14 days, such as 14d"


def test_two_currencies_of_one_campaign_are_refused(store: Store, ask: Ask) -> None:
    kept(store.memory, "march", [*ran(20), *ran(30, last=date(2026, 3, 9), currency="USD")])
    with pytest.raises(Refused) as refused:
        ask("spring-sale")
    assert refused.value.faults[0].value == "EUR and USD"


def test_a_long_name_is_cut_and_the_verdict_still_fits(store: Store, ask: Ask) -> None:
    kept(store.memory, "march", ran(30, "Spring " * 25))
    told(ask("cpa"))
    assert "…" in told(ask("spring cpa")).verdict
