"""The dialogs of the calendar were submitted: what cannot be is said at its input, the rest is done after."""

from datetime import date
from typing import Any, cast

from bot import ids
from bot.blocks.calendar_list import calendar
from bot.blocks.calendar_view import Opened, Typed, typed_event
from bot.blocks.modals import answers
from bot.desk import Desk, user_of
from engine.calendars import EventDraft, draft_faults
from engine.engine import Engine
from engine.models.calendar import CalendarEvent, EventKind
from engine.models.delivery import Delivery
from engine.narrate.calendar import event_told
from engine.narrate.formats import Separators
from engine.occasions import country_named

INPUTS = {
    "name": ids.EVENT_NAME,
    "first": ids.EVENT_FIRST,
    "last": ids.EVENT_LAST,
    "campaign": ids.EVENT_CAMPAIGN,
}


def check_event(view: dict[str, Any], _: Separators, __: Engine) -> dict[str, str]:
    """Name everything that is wrong, each at its input, all at once."""
    typed = typed_event(view)
    missing = {ids.EVENT_FIRST: typed.first, ids.EVENT_LAST: typed.last}
    wrong = {name: "Choose a day." for name, day in missing.items() if not day}
    return wrong or {
        INPUTS[each.field]: f"This takes: {each.rule}."
        for each in draft_faults(_draft(typed, typed.campaign))
    }


def event(delivery: Delivery, desk: Desk) -> None:
    """Put it on the calendar, or make the one that stands there what the dialog says."""
    view = delivery.payload["view"]
    opened, typed, by = Opened.unpacked(view), typed_event(view), user_of(delivery.payload)
    before = desk.engine.calendar_event(opened.event) if opened.event else None
    draft = _draft(typed, _campaign(typed, before, desk))
    if before is None:
        _tell(delivery, desk, "On the calendar", desk.engine.add_event(draft, by=by))
    else:
        _tell(delivery, desk, "Changed", desk.engine.change_event(before.id, draft, by=by))


def remove_event(delivery: Delivery, desk: Desk) -> None:
    opened = Opened.unpacked(delivery.payload["view"])
    _tell(delivery, desk, "Removed", desk.engine.remove_event(opened.event, by=user_of(delivery.payload)))


def check_country(view: dict[str, Any], _: Separators, __: Engine) -> dict[str, str]:
    known = country_named(answers(view)[ids.EVENT_COUNTRY_NAME])
    wrong = "I know no holidays of this. Two letters, such as ES; with a region, such as DE-BY."
    return {ids.EVENT_COUNTRY_NAME: wrong} if known is None else {}


def country(delivery: Delivery, desk: Desk) -> None:
    text = answers(delivery.payload["view"])[ids.EVENT_COUNTRY_NAME]
    chosen = desk.engine.set_country(text, by=user_of(delivery.payload))
    said = f"✅ Public holidays of {chosen} count." if chosen else "✅ No public holidays count."
    desk.tell(delivery, calendar(desk.engine.calendar(), desk.voice, first=said))


def _draft(typed: Typed, campaign: str) -> EventDraft:
    return EventDraft(
        name=typed.name,
        kind=cast("EventKind", typed.kind),
        first=date.fromisoformat(typed.first),
        last=date.fromisoformat(typed.last),
        every_year=typed.every_year,
        platform=typed.platform,
        campaign=campaign,
        about=typed.called or typed.platform,
    )


def _campaign(typed: Typed, before: CalendarEvent | None, desk: Desk) -> str:
    """The key of the campaign that was chosen; one that stood there already stays."""
    if not typed.campaign or (before and typed.campaign == before.campaign):
        return typed.campaign
    return desk.engine.chosen_campaign(typed.campaign)


def _tell(delivery: Delivery, desk: Desk, what: str, done: CalendarEvent) -> None:
    said = f"✅ {what}: {event_told(done, None, desk.voice.marked)}"
    desk.tell(delivery, calendar(desk.engine.calendar(), desk.voice, first=said))
