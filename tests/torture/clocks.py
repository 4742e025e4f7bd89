"""Promise 11: clocks change, and Monday 09:00 stays Monday 09:00; once per local date, whatever the hour.

The slots are checked a second way: from UTC back to the wall, and date by date through the calendar.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from factories import subscription

from engine.models.digest import DigestSlot, Subscription
from engine.slots import latest_slot, next_slot
from torture.result import Result, counted

ZONES = (
    "Europe/Madrid",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Chatham",
)
START = datetime(2018, 1, 2, 12, tzinfo=UTC)  # a Tuesday everywhere
MOMENT = timedelta(microseconds=1)
TICK = timedelta(minutes=10)
MONDAY, SUNDAY = 0, 6
NIGHT = ("00:00", "01:30", "02:00", "02:30", "03:00")


def run(times: int) -> Result:
    """Walk through ``times`` years in seven zones."""
    weeks = times * 365 // 7
    faults = [fault for zone in ZONES for fault in (*_mondays(zone, weeks), *_nights(zone, times))]
    return counted(weeks * len(ZONES), faults)


def _mondays(zone: str, weeks: int) -> Iterator[str]:
    order = subscription(weekday=0, at="09:00", time_zone=zone, since=START)
    now, expected = START, _first(START.astimezone(ZoneInfo(zone)).date() + timedelta(days=1), 0)
    for _ in range(weeks):
        slot = next_slot(order, now)
        wall = slot.due_at.astimezone(ZoneInfo(zone))
        if (wall.date(), wall.hour, wall.minute) != (expected, 9, 0) or slot.local_date != expected:
            yield f"{zone}: {wall} instead of {expected} 09:00"
        if latest_slot(order, slot.due_at) != slot or latest_slot(order, slot.due_at - MOMENT) == slot:
            yield f"{zone}: {wall} is not due at its own moment"
        now, expected = slot.due_at, expected + timedelta(days=7)


def _nights(zone: str, years: int) -> Iterator[str]:
    """Tick through the nights in which the zone's clock changes, as the scheduler does."""
    for change in _changes(zone, years):
        for weekday in SUNDAY, MONDAY:
            for at in NIGHT:
                order = subscription(weekday=weekday, at=at, time_zone=zone, since=START)
                found = Counter(slot.local_date for slot in _claimed(order, change))
                day = _first(change.astimezone(ZoneInfo(zone)).date() - timedelta(days=1), weekday)
                if found[day] > 1 or (found[day] == 0 and abs(day - change.date()) < timedelta(days=2)):
                    yield f"{zone}: {found[day]} slots on {day} at {at}"


def _changes(zone: str, years: int) -> Iterator[datetime]:
    """The hours in which the zone's offset changes."""
    here, hour = ZoneInfo(zone), timedelta(hours=1)
    for number in range(24 * 365 * years):
        moment = START + number * hour
        if moment.astimezone(here).utcoffset() != (moment + hour).astimezone(here).utcoffset():
            yield moment


def _claimed(order: Subscription, change: datetime) -> Iterator[DigestSlot]:
    """What a scheduler claims that looks every ten minutes and knows the moment, not only the date."""
    seen: set[datetime] = set()
    for step in range(-24 * 6, 48 * 6):
        slot = latest_slot(order, change + step * TICK)
        if slot and slot.due_at not in seen:
            seen.add(slot.due_at)
            yield slot


def _first(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)
