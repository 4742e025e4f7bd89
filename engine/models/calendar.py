"""The team's calendar: its own events, the country whose public holidays count, and what falls on days."""

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from engine.models.campaign import Day, Moment
from engine.models.comparison import Kpi
from engine.models.value import Value
from engine.models.visible import is_visible

EventKind = Literal["promo", "launch", "sale", "holiday"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
LONGEST_EVENT_NAME = 60
LONGEST_EVENT = 92  # days, both ends included; what lasts longer is no exception any more
MOST_EVENTS = 200


class CalendarEvent(Value):
    """Days on which figures are expected to be different, both ends included, in the team's zone.

    With ``every_year`` month and day hold in every year from the first on. ``platform`` is a slug and
    ``campaign`` a campaign's key that it is limited to; "" for all of them, at most one is set. ``about`` is
    how the scope is called.
    """

    id: str
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_EVENT_NAME)]
    kind: EventKind
    first: Day
    last: Day
    every_year: bool = False
    platform: str = ""
    campaign: str = ""
    about: str = ""
    by: str
    at: Moment

    @model_validator(mode="after")
    def _can_be(self) -> "CalendarEvent":
        if not is_visible(self.name):
            raise ValueError("a name that nobody can see")
        if not 0 <= (self.last - self.first).days < LONGEST_EVENT:
            raise ValueError("it ends before it begins, or lasts too long")
        if self.platform and self.campaign:
            raise ValueError("two scopes")
        return self


class Calendar(Value):
    """Everything that is set. ``country`` is "" or as "ES", with a region as "ES-MD"."""

    country: str = ""
    events: tuple[CalendarEvent, ...] = ()


class Occasion(Value):
    """An event or a public holiday as it falls on days of one year; ``event`` is "" for a public holiday."""

    name: str
    kind: EventKind
    first: Day
    last: Day
    event: str = ""
    platform: str = ""
    campaign: str = ""

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


class SeenEffect(Value):
    """What an event's newest past days did to a KPI, in percent, with its 80 % range; ``n`` days beside."""

    kpi: Kpi
    change_pct: float
    low_pct: float
    high_pct: float
    days: int
    beside: int


class DatedEvent(Value):
    """An event for people: its newest days that are over, those that come or go on, and what was seen."""

    event: CalendarEvent
    past: Occasion | None
    coming: Occasion | None
    effects: tuple[SeenEffect, ...] = ()


class CalendarTold(Value):
    """The calendar as of a day: events that come, soonest first, events that are over, newest first, and
    the next public holidays."""

    day: Day
    country: str
    coming: tuple[DatedEvent, ...]
    over: tuple[DatedEvent, ...]
    holidays: tuple[Occasion, ...]
