"""The calendar that people keep in Slack: what is set on it, who set it, and what its events did to KPIs."""

import hashlib
import math
from datetime import date, timedelta
from typing import NamedTuple, NoReturn

from engine.core import Core
from engine.errors import Fault, Refused, UnknownEvent
from engine.lookup import Known, find_known, known_campaigns
from engine.measure.calendar_effects import event_effect
from engine.measure.daily_ratio import COSTS, daily_ratio
from engine.models.calendar import (
    LONGEST_EVENT,
    LONGEST_EVENT_NAME,
    MOST_EVENTS,
    Calendar,
    CalendarEvent,
    CalendarTold,
    DatedEvent,
    EventKind,
    Occasion,
    SeenEffect,
)
from engine.models.comparison import Kpi
from engine.models.daily import DaySum
from engine.models.retrospective import slug
from engine.models.visible import is_visible
from engine.occasions import KEPT, country_named, days_of, kept_calendar, laid_out, public_holidays
from engine.ports import Reading, Unit

DAY = timedelta(days=1)
YEAR = timedelta(days=366)
BESIDE = timedelta(days=28)
SHOWN_HOLIDAYS = 3
MOST_CAMPAIGNS = 200  # whose days are read for one event, those with the most rows first
KPIS: tuple[Kpi, ...] = ("cpa", "ctr", "cvr")
QUANTILE = 1.2815515655446004  # of the normal distribution: 80 % lie between it and its opposite
SUBJECT = "calendar"


class EventDraft(NamedTuple):
    """An event as somebody wants it: ``platform`` is a name, ``campaign`` a key, "" for all of them.

    ``about`` is how the scope is called; "" for all.
    """

    name: str
    kind: EventKind
    first: date
    last: date
    every_year: bool = False
    platform: str = ""
    campaign: str = ""
    about: str = ""


def draft_faults(draft: EventDraft) -> list[Fault]:
    """Name every rule that a draft breaks; ``field`` is one of its own."""
    length = (draft.last - draft.first).days + 1
    found = []
    if not 0 < len(draft.name) <= LONGEST_EVENT_NAME or not is_visible(draft.name):
        found.append(Fault("name", draft.name, f"1 to {LONGEST_EVENT_NAME} characters"))
    if length < 1:
        found.append(Fault("last", draft.last.isoformat(), "not before the first day"))
    if length > LONGEST_EVENT:
        found.append(Fault("last", draft.last.isoformat(), f"at most {LONGEST_EVENT} days after the first"))
    if draft.platform and draft.campaign:
        found.append(Fault("campaign", draft.about, "a platform or a campaign, not both"))
    return found


class Calendars(Core):
    """Whoever takes part may change it: every change is in the ledger with what was there before."""

    def calendar(self) -> CalendarTold:
        """Give the calendar as of today, with what past events did to KPIs."""
        today = self._today()
        with self._memory.reading() as reading:
            kept = kept_calendar(reading)
            dated = [_dated(reading, kept, each, today) for each in kept.events]
        coming = [each for each in dated if each.coming]
        over = [each for each in dated if not each.coming and each.past]
        return CalendarTold(
            day=today,
            country=kept.country,
            coming=tuple(sorted(coming, key=_begins)),
            over=tuple(sorted(over, key=_ended, reverse=True)),
            holidays=tuple(public_holidays(kept.country, today, today + YEAR)[:SHOWN_HOLIDAYS]),
        )

    def calendar_country(self) -> str:
        """Whose public holidays count; "" for none."""
        with self._memory.reading() as reading:
            return kept_calendar(reading).country

    def calendar_event(self, identifier: str) -> CalendarEvent:
        """Find one event by its id; raises ``UnknownEvent``."""
        with self._memory.reading() as reading:
            return _found(kept_calendar(reading), identifier)

    def event_named(self, name: str) -> CalendarEvent:
        """Find one event by its id or its name; raises ``UnknownEvent`` also where several have the name."""
        with self._memory.reading() as reading:
            kept = kept_calendar(reading)
        found = [each for each in kept.events if name == each.id or slug(name) == slug(each.name)]
        if len(found) != 1:
            raise UnknownEvent(name, [f"{each.name} ({each.id})" for each in found or kept.events])
        return found[0]

    def event_campaign(self, asked: str) -> Known:
        """Find the campaign that an event is to be limited to; raises as ``find_known``."""
        with self._memory.reading() as reading:
            known = known_campaigns(reading.retrospectives(), reading.row_campaigns(), reading.links())
        return find_known(asked, known)

    def add_event(self, draft: EventDraft, *, by: str) -> CalendarEvent:
        """Put an event on the calendar; the same one again changes nothing. Raises ``Refused``."""
        _check(draft)
        identifier = _id_of(draft)
        with self._memory.unit() as unit:
            kept = kept_calendar(unit)
            same = next((each for each in kept.events if _draft_of(each) == _cleaned(draft)), None)
            if same is not None:
                return same
            if len(kept.events) >= MOST_EVENTS:
                raise Refused([Fault("calendar", str(MOST_EVENTS), f"at most {MOST_EVENTS} events")])
            taken = {each.id for each in kept.events}
            identifier = identifier if identifier not in taken else f"{identifier}{len(taken)}"
            event = self._event(identifier, draft, by)
            _keep(unit, kept.model_copy(update={"events": (*kept.events, event)}))
            unit.note(actor=by, deed="calendar_added", subject=SUBJECT, detail=_detail(event))
        return event

    def change_event(self, identifier: str, draft: EventDraft, *, by: str) -> CalendarEvent:
        """Make an event what the draft says. Raises ``UnknownEvent`` where it is gone, or ``Refused``."""
        _check(draft)
        with self._memory.unit() as unit:
            kept = kept_calendar(unit)
            old = _found(kept, identifier)
            if _draft_of(old) == _cleaned(draft):
                return old
            event = self._event(identifier, draft, by)
            events = tuple(event if each.id == identifier else each for each in kept.events)
            _keep(unit, kept.model_copy(update={"events": events}))
            detail = _detail(event) | {"before": _detail(old)}
            unit.note(actor=by, deed="calendar_changed", subject=SUBJECT, detail=detail)
        return event

    def remove_event(self, identifier: str, *, by: str) -> CalendarEvent:
        """Take an event off the calendar. Raises ``UnknownEvent`` where it is gone already."""
        with self._memory.unit() as unit:
            kept = kept_calendar(unit)
            old = _found(kept, identifier)
            events = tuple(each for each in kept.events if each.id != identifier)
            _keep(unit, kept.model_copy(update={"events": events}))
            unit.note(actor=by, deed="calendar_removed", subject=SUBJECT, detail=_detail(old))
        return old

    def set_country(self, text: str, *, by: str) -> str:
        """Set whose public holidays count, as "ES" or "ES-MD"; "" for none. Raises ``Refused``."""
        country = country_named(text)
        if country is None:
            raise Refused([Fault("country", text, "a country whose holidays I know, such as ES or DE-BY")])
        with self._memory.unit() as unit:
            kept = kept_calendar(unit)
            if kept.country != country:
                _keep(unit, kept.model_copy(update={"country": country}))
                detail = {"old": kept.country or "none", "new": country or "none"}
                unit.note(actor=by, deed="calendar_country", subject=SUBJECT, detail=detail)
        return country

    def _event(self, identifier: str, draft: EventDraft, by: str) -> CalendarEvent:
        values = _cleaned(draft)._asdict()
        return CalendarEvent(id=identifier, by=by, at=self._clock.now(), **values)


def _check(draft: EventDraft) -> None:
    if found := draft_faults(_cleaned(draft)):
        raise Refused(found)


def _cleaned(draft: EventDraft) -> EventDraft:
    about = draft.about if draft.platform or draft.campaign else ""
    platform = slug(draft.platform) if draft.platform else ""
    return draft._replace(name=" ".join(draft.name.split()), platform=platform, about=about)


def _draft_of(event: CalendarEvent) -> EventDraft:
    return EventDraft(**{name: getattr(event, name) for name in EventDraft._fields})


def _id_of(draft: EventDraft) -> str:
    told = "|".join(map(str, _cleaned(draft)))
    return f"ev_{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def _detail(event: CalendarEvent) -> dict[str, object]:
    told = event.model_dump(mode="json", exclude={"by", "at"})
    return {name: value for name, value in told.items() if value not in {"", False}}


def _keep(unit: Unit, calendar: Calendar) -> None:
    unit.set_setting(KEPT, calendar.model_dump(mode="json"))


def _found(calendar: Calendar, identifier: str) -> CalendarEvent:
    found = next((each for each in calendar.events if each.id == identifier), None)
    return found or _gone(identifier)


def _gone(identifier: str) -> NoReturn:
    raise UnknownEvent(identifier, [])


def _begins(each: DatedEvent) -> date:
    return each.coming.first if each.coming else date.max


def _ended(each: DatedEvent) -> date:
    return each.past.last if each.past else date.min


def _dated(reading: Reading, calendar: Calendar, event: CalendarEvent, today: date) -> DatedEvent:
    """An event's newest days that are over, and those that are to come or go on."""
    far = max(today + YEAR, event.last)
    found = laid_out(event, date.min, far)
    past = max((each for each in found if each.last < today), key=lambda each: each.last, default=None)
    coming = min((each for each in found if each.last >= today), key=lambda each: each.first, default=None)
    effects = _effects(reading, calendar, event, past) if past else ()
    return DatedEvent(event=event, past=past, coming=coming, effects=effects)


def _effects(
    reading: Reading, calendar: Calendar, event: CalendarEvent, past: Occasion
) -> tuple[SeenEffect, ...]:
    """What the event's newest days did, where rows tell; empty where too few stand beside them."""
    first, last = past.first - BESIDE, past.last + BESIDE
    days = _days_in_scope(reading, event, first, last)
    others = [
        each for other in calendar.events if other.id != event.id for each in laid_out(other, first, last)
    ]
    aside = days_of([*others, *public_holidays(calendar.country, first, last)])
    found = []
    for kpi in KPIS:
        ratio = daily_ratio(kpi, days)
        told = event_effect(*ratio.held_against(past.first, past.last, aside)) if ratio.days else None
        if told is not None:
            sign = -1 if kpi in COSTS else 1
            ends = [sign * told.log_ratio + side * QUANTILE * told.error for side in (-1, 0, 1)]
            low, middle, high = (math.expm1(min(each, 20.0)) * 100 for each in ends)
            found.append(
                SeenEffect(
                    kpi=kpi, change_pct=middle, low_pct=low, high_pct=high, days=told.days, beside=told.beside
                )
            )
    return tuple(found)


def _days_in_scope(reading: Reading, event: CalendarEvent, first: date, last: date) -> list[DaySum]:
    """The days of the campaigns that an event is about, added up, in the currency that most of them have."""
    links = reading.links()
    main = links.get(event.campaign, event.campaign)
    mine = [
        each
        for each in reading.row_campaigns()
        if each.first_day <= last
        and each.last_day >= first
        and (not event.platform or slug(each.platform) == event.platform)
        and (not main or links.get(each.campaign_key, each.campaign_key) == main)
    ]
    mine.sort(key=lambda each: (-each.rows, each.campaign_key))
    keys = dict.fromkeys(links.get(each.campaign_key, each.campaign_key) for each in mine)
    by_currency: dict[str, list[DaySum]] = {}
    for key in list(keys)[:MOST_CAMPAIGNS]:
        for each in reading.days(key, first, last):
            by_currency.setdefault(each.currency, []).append(each)
    return max(by_currency.values(), key=len, default=[])
