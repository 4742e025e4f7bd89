"""``marko calendar [add|change|remove|country]``: what is expected on which days, for the shell."""

import argparse
from typing import TYPE_CHECKING, Any

from engine.calendars import EventDraft
from engine.errors import Fault, Refused
from engine.models.calendar import CalendarTold
from engine.narrate.calendar import EMPTY, dated_told, event_told, holidays_told
from engine.narrate.report import plain
from engine.narrate.words import Words

if TYPE_CHECKING:
    from engine.engine import Engine


def settle(chosen: argparse.Namespace, engine: "Engine", words: Words) -> str:
    """Do what is asked and say it; "" where only the list is. Raises ``Refused`` or ``UnknownEvent``."""
    if chosen.what == "add":
        added = engine.add_event(_draft(chosen, engine), by="shell")
        return f"On the calendar: {event_told(added, None, words)}"
    if chosen.what == "remove":
        event = engine.event_named(_name(chosen))
        return f"Removed: {event_told(engine.remove_event(event.id, by='shell'), None, words)}"
    if chosen.what == "country":
        country = engine.set_country(" ".join(chosen.name), by="shell")
        return f"Public holidays of {country} count." if country else "No public holidays count."
    return ""


def calendar_text(found: CalendarTold, words: Words) -> str:
    """A line an event, with its id, those that come first."""
    lines = []
    for title, events in (("Coming", found.coming), ("Over", found.over)):
        lines += [title] if events else []
        lines += [_indented(f"{dated_told(each, words)} [{each.event.id}]") for each in events]
    return "\n".join([*(lines or [EMPTY]), holidays_told(found.country, found.holidays, words)])


def calendar_json(found: CalendarTold) -> Any:
    return plain(found)


def _draft(chosen: argparse.Namespace, engine: "Engine") -> EventDraft:
    if chosen.first is None:
        raise Refused([Fault("first", "nothing", "--first DAY, such as 2026-11-27")])
    campaign = engine.event_campaign(chosen.campaign) if chosen.campaign else None
    return EventDraft(
        name=_name(chosen),
        kind=chosen.kind,
        first=chosen.first,
        last=chosen.last or chosen.first,
        every_year=chosen.every_year,
        platform=chosen.platform or "",
        campaign=campaign.campaign_key if campaign else "",
        about=campaign.name if campaign else chosen.platform or "",
    )


def _name(chosen: argparse.Namespace) -> str:
    name = " ".join(chosen.name)
    if not name:
        raise Refused([Fault("name", "nothing", "the event's name")])
    return name


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
