"""The calendar: what is kept, who did it, what falls on days, and what was seen on them."""

from datetime import date, timedelta

import numpy as np
import pytest
from engine_values import WORDS
from exported import dropped, row, scanned
from factories import HandClock
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import EventDraft
from engine.engine import Engine
from engine.errors import Refused, UnknownEvent
from engine.models.calendar import CalendarEvent
from engine.narrate.calendar import dated_told
from engine.occasions import country_named, laid_out, public_holidays

BLACK_FRIDAY = EventDraft("Black Friday", "sale", date(2026, 11, 27), date(2026, 11, 30))
M = 1_000_000


def deeds(engine: Engine) -> list[tuple[str, str]]:
    with engine._memory.reading() as reading:
        return [(each.actor, each.deed) for each in reading.ledger() if each.deed.startswith("calendar")]


def test_an_event_is_added_changed_and_removed_and_the_ledger_has_each(engine: Engine) -> None:
    event = engine.add_event(BLACK_FRIDAY, by="U0MEMBER")
    assert engine.add_event(BLACK_FRIDAY, by="U0OTHER") == event
    longer = BLACK_FRIDAY._replace(last=date(2026, 12, 1), every_year=True)
    assert engine.change_event(event.id, longer, by="U0OTHER").last == date(2026, 12, 1)
    assert [each.event.id for each in engine.calendar().coming] == [event.id]
    engine.remove_event(event.id, by="U0MEMBER")
    with pytest.raises(UnknownEvent):
        engine.remove_event(event.id, by="U0MEMBER")
    assert deeds(engine) == [
        ("U0MEMBER", "calendar_added"),
        ("U0OTHER", "calendar_changed"),
        ("U0MEMBER", "calendar_removed"),
    ]
    assert engine.calendar().coming == ()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"last": date(2026, 11, 26)}, "last"),
        ({"last": date(2027, 11, 26)}, "last"),
        ({"platform": "Meta", "campaign": "meta/default/x"}, "campaign"),
    ],
)
def test_what_cannot_be_is_refused(engine: Engine, changed: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refused:
        engine.add_event(BLACK_FRIDAY._replace(**changed), by="U0MEMBER")  # type: ignore[arg-type]
    assert [each.field for each in refused.value.faults] == [field]
    assert deeds(engine) == []


def test_an_event_of_every_year_comes_again_and_was_before(engine: Engine, clock: HandClock) -> None:
    engine.add_event(
        BLACK_FRIDAY._replace(first=date(2024, 11, 29), last=date(2024, 12, 2), every_year=True), by="x"
    )
    (dated,) = engine.calendar().coming
    assert dated.coming is not None
    assert dated.past is not None
    assert (dated.coming.first, dated.past.last) == (date(2026, 11, 29), date(2025, 12, 2))


@given(st.dates(date(2000, 1, 1), date(2040, 12, 31)), st.integers(0, 91), st.booleans())
def test_each_year_has_an_event_once_with_its_length(first: date, length: int, yearly: bool) -> None:
    event = CalendarEvent(
        id="ev", name="Sale", kind="sale", first=first, last=first + timedelta(days=length),
        every_year=yearly, by="x", at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    found = laid_out(event, date(1990, 1, 1), date(2045, 12, 31))
    assert len(found) == (2045 - first.year + 1 if yearly else 1)
    assert all((each.last - each.first).days == length for each in found)
    assert all(each.first.month == first.month for each in found)


def test_public_holidays_are_those_of_the_country_or_region() -> None:
    spring = date(2026, 4, 1), date(2026, 4, 30)
    assert {each.name: each.first for each in public_holidays("DE", *spring)} == {
        "Good Friday": date(2026, 4, 3),
        "Easter Monday": date(2026, 4, 6),
    }
    assert public_holidays("", *spring) == []
    january = date(2026, 1, 6), date(2026, 1, 6)
    assert public_holidays("DE", *january) == []
    assert [each.name for each in public_holidays("DE-BY", *january)] == ["Epiphany"]


@pytest.mark.parametrize(
    ("text", "read"),
    [("es", "ES"), (" de-by ", "DE-BY"), ("", ""), ("XX", None), ("DE-QQ", None), ("Germany", None)],
)
def test_a_country_is_two_letters_and_perhaps_a_region(text: str, read: str | None) -> None:
    assert country_named(text) == read


def test_the_country_is_set_and_its_next_holidays_are_told(engine: Engine) -> None:
    assert engine.set_country("de", by="U0MEMBER") == "DE"
    assert engine.calendar().holidays[0].name == "Good Friday"
    with pytest.raises(Refused):
        engine.set_country("Neverland", by="U0MEMBER")
    assert deeds(engine) == [("U0MEMBER", "calendar_country")]


def test_what_an_event_did_is_told_with_its_range(engine: Engine) -> None:
    rng, rows = np.random.default_rng(5), []
    for place in range(60):
        day = date(2026, 3, 29) - timedelta(days=place)
        sale = date(2026, 3, 6) <= day <= date(2026, 3, 9)
        conversions = int(rng.poisson(60 if sale else 40)) * M
        clicks = int(rng.poisson(400))
        rows.append(row("Spring Sale", day, 400, conversions=conversions, clicks=clicks, impressions=20_000))
    begun = engine.begin_export(dropped())
    engine.take_export(begun.id, scanned(rows))
    engine.add_event(EventDraft("Spring weekend", "sale", date(2026, 3, 6), date(2026, 3, 9)), by="x")
    (dated,) = engine.calendar().over
    effects = {each.kpi: each for each in dated.effects}
    assert effects["cpa"].low_pct < (40 / 60 - 1) * 100 < effects["cpa"].high_pct < 0
    assert effects["ctr"].low_pct < 0 < effects["ctr"].high_pct
    assert (effects["cpa"].days, effects["cpa"].beside) == (4, 48)
    said = dated_told(dated, WORDS)
    assert said.startswith("Spring weekend · sale · 6–9\u00a0Mar\n6–9\u00a0Mar: CPA −")
    assert "CTR" not in said


def test_an_event_without_figures_says_so(engine: Engine) -> None:
    engine.add_event(BLACK_FRIDAY._replace(first=date(2025, 11, 28), last=date(2025, 12, 1)), by="x")
    (dated,) = engine.calendar().over
    assert "no figures of these days" in dated_told(dated, WORDS)
