"""When a digest is due: wall-clock time in the channel's zone, once per local date."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from factories import subscription
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.models.digest import Subscription
from engine.slots import is_late, latest_slot, next_slot

ZONES = (
    "Europe/Madrid",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)


def _order(zone: str, *, weekday: int = 0, at: str = "09:00", since: datetime = LONG_AGO) -> Subscription:
    return subscription(weekday=weekday, at=at, time_zone=zone, since=since)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_monday_at_nine_comes_once_a_week_for_ten_years(zone: str) -> None:
    """Asked every six hours, as a tick would; the years hold twenty clock changes."""
    order, now, end = _order(zone), _utc("2020-01-01T00:00"), _utc("2030-01-01T00:00")
    seen: Counter[date] = Counter()
    last = None
    while now < end:
        slot = latest_slot(order, now)
        assert slot is not None
        if slot != last:
            seen[slot.local_date] += 1
            local = slot.due_at.astimezone(ZoneInfo(zone))
            assert (local.weekday(), local.hour, local.minute, local.date()) == (0, 9, 0, slot.local_date)
            assert slot.due_at <= now < slot.due_at + timedelta(days=7, hours=2)
        last, now = slot, now + timedelta(hours=6)
    assert set(seen.values()) == {1}
    days = sorted(seen)
    assert {after - before for before, after in pairwise(days)} == {timedelta(days=7)}
    assert len(days) in {522, 523}


@given(
    st.sampled_from(ZONES),
    st.integers(0, 6),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 20 * 365 * 24 * 60).map(
        lambda minutes: _utc("2015-01-01T00:00") + timedelta(minutes=minutes)
    ),
)
@settings(max_examples=150, deadline=None)
def test_the_newest_slot_is_not_in_the_future_and_the_next_one_is(
    zone: str, weekday: int, hour: int, minute: int, now: datetime
) -> None:
    order = _order(zone, weekday=weekday, at=f"{hour:02}:{minute:02}")
    newest, following = latest_slot(order, now), next_slot(order, now)
    assert newest is not None
    assert newest.due_at <= now < following.due_at
    assert following.local_date - newest.local_date == timedelta(days=7)
    assert newest.local_date.weekday() == following.local_date.weekday() == weekday
    assert latest_slot(order, following.due_at) == following


@pytest.mark.parametrize(
    ("zone", "day", "at", "due"),
    [
        ("Europe/Madrid", date(2026, 3, 29), "02:30", "2026-03-29T01:30"),
        ("America/New_York", date(2026, 3, 8), "02:30", "2026-03-08T07:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), "02:15", "2026-10-03T15:45"),
    ],
)
def test_an_hour_that_the_clock_skips_moves_on_with_it(zone: str, day: date, at: str, due: str) -> None:
    slot = latest_slot(_order(zone, weekday=6, at=at), _utc(due) + timedelta(hours=3))
    assert slot is not None
    assert (slot.local_date, slot.due_at) == (day, _utc(due))


@pytest.mark.parametrize(
    ("zone", "day", "at", "due"),
    [
        ("Europe/Madrid", date(2026, 10, 25), "02:30", "2026-10-25T00:30"),
        ("America/New_York", date(2026, 11, 1), "01:30", "2026-11-01T05:30"),
    ],
)
def test_an_hour_that_comes_twice_is_taken_the_first_time_and_only_then(
    zone: str, day: date, at: str, due: str
) -> None:
    order = _order(zone, weekday=6, at=at)
    assert latest_slot(order, _utc(due) - timedelta(minutes=1)) != latest_slot(order, _utc(due))
    slots = {latest_slot(order, _utc(due) + timedelta(minutes=minutes)) for minutes in range(0, 180, 10)}
    (slot,) = slots
    assert slot is not None
    assert (slot.local_date, slot.due_at) == (day, _utc(due))


def test_the_hour_in_utc_moves_when_the_clock_does() -> None:
    order = _order("Europe/Madrid")
    winter, summer = (
        latest_slot(order, _utc("2026-03-23T12:00")),
        latest_slot(order, _utc("2026-03-30T12:00")),
    )
    assert winter is not None
    assert summer is not None
    assert (winter.due_at, summer.due_at) == (_utc("2026-03-23T08:00"), _utc("2026-03-30T07:00"))


def test_a_new_standing_order_waits_for_its_first_slot() -> None:
    order = _order("Europe/Madrid", since=_utc("2026-03-30T07:30"))
    assert latest_slot(order, _utc("2026-03-30T08:00")) is None
    assert next_slot(order, _utc("2026-03-30T08:00")).due_at == _utc("2026-04-06T07:00")
    first = latest_slot(order, _utc("2026-04-06T07:00"))
    assert first is not None
    assert first.local_date == date(2026, 4, 6)


def test_a_quarter_of_an_hour_is_not_late() -> None:
    due = _utc("2026-03-30T07:00")
    assert not is_late(due, due)
    assert not is_late(due, due + timedelta(minutes=15))
    assert is_late(due, due + timedelta(minutes=15, seconds=1))
