"""The dialogs of the calendar: an event to add or change, one to remove, and the country."""

import json
from datetime import date
from typing import Any, NamedTuple, get_args

from bot import ids
from bot.blocks import kit, pickers
from bot.blocks.kit import Block
from bot.blocks.modals import answers
from engine.models.calendar import LONGEST_EVENT_NAME, CalendarEvent, EventKind
from engine.narrate.calendar import event_told
from engine.narrate.words import Words

TITLE = "Calendar"
YEARLY, ONCE = "every_year", "once"
KINDS: dict[EventKind, str] = {"promo": "Promotion", "launch": "Launch", "sale": "Sale", "holiday": "Holiday"}
MOST_COUNTRY = 10


class Opened(NamedTuple):
    """What a dialog carries with it: where it was opened, and the event it is about; "" for a new one."""

    channel: str
    event: str

    def packed(self) -> str:
        return json.dumps(self._asdict())

    @classmethod
    def unpacked(cls, view: dict[str, Any]) -> "Opened":
        return cls(**json.loads(view["private_metadata"]))


class Typed(NamedTuple):
    """What stands in the dialog: texts as they were typed, and how the scope is called."""

    name: str
    kind: str
    first: str
    last: str
    every_year: bool
    platform: str
    campaign: str
    called: str


def event_view(channel: str, event: CalendarEvent | None, today: date) -> Block:
    """Draw the dialog, empty or with what stands on the calendar."""
    opened = Opened(channel, event.id if event else "")
    blocks = [
        _name(event),
        _kind(event),
        kit.field(ids.EVENT_FIRST, "First day", _day(event.first if event else today)),
        kit.field(ids.EVENT_LAST, "Last day", _day(event.last if event else today), hint="It counts too."),
        _often(event),
        _scope(
            ids.EVENT_PLATFORM,
            ids.PICK_PLATFORM,
            "Only this platform",
            event,
            event.platform if event else "",
        ),
        _scope(
            ids.EVENT_CAMPAIGN,
            ids.PICK_CAMPAIGN,
            "Only this campaign",
            event,
            event.campaign if event else "",
        ),
    ]
    submit = "Save" if event else "Add"
    return kit.modal(ids.EVENT_VIEW, TITLE, submit, blocks, private=opened.packed())


def remove_view(channel: str, event: CalendarEvent, words: Words) -> Block:
    """Ask once more: what was learned to be usual then includes its days again."""
    blocks = [
        kit.section(f"Remove this from the calendar?\n{event_told(event, None, words)}"),
        kit.context("Its days count as usual days again. The ledger keeps that you removed it."),
    ]
    private = Opened(channel, event.id).packed()
    return kit.modal(ids.EVENT_REMOVE_VIEW, TITLE, "Remove", blocks, private=private)


def country_view(channel: str, country: str) -> Block:
    """Ask whose public holidays count."""
    block = pickers.text_input(
        ids.EVENT_COUNTRY_NAME,
        "Country",
        country,
        hint="Two letters, such as ES; with a region, such as DE-BY. Empty: no public holidays.",
        placeholder="ES",
        most=MOST_COUNTRY,
    )
    return kit.modal(ids.EVENT_COUNTRY_VIEW, TITLE, "Save", [block], private=Opened(channel, "").packed())


def typed_event(view: dict[str, Any]) -> Typed:
    given = answers(view)
    return Typed(
        name=given[ids.EVENT_NAME],
        kind=given[ids.EVENT_KIND],
        first=given[ids.EVENT_FIRST],
        last=given[ids.EVENT_LAST],
        every_year=given[ids.EVENT_YEARLY] == YEARLY,
        platform=given.get(ids.EVENT_PLATFORM, ""),
        campaign=given.get(ids.EVENT_CAMPAIGN, ""),
        called=_label(view, ids.EVENT_CAMPAIGN) or _label(view, ids.EVENT_PLATFORM),
    )


def _label(view: dict[str, Any], block: str) -> str:
    """What a chosen option is called."""
    held: list[dict[str, Any]] = list(view["state"]["values"].get(block, {}).values())
    option = (held[0] if held else {}).get("selected_option") or {}
    return str((option.get("text") or {}).get("text") or "")


def _name(event: CalendarEvent | None) -> Block:
    block = kit.text_input(ids.EVENT_NAME, "Name", most=LONGEST_EVENT_NAME)
    if event:
        block["element"]["initial_value"] = event.name
    return block


def _kind(event: CalendarEvent | None) -> Block:
    choices = [kit.option(KINDS[each], each) for each in get_args(EventKind)]
    chosen = event.kind if event else "promo"
    first = next(each for each in choices if each["value"] == chosen)
    return kit.field(ids.EVENT_KIND, "Kind", kit.select(ids.VALUE, choices) | {"initial_option": first})


def _day(day: date) -> Block:
    return kit.day_picker(ids.VALUE) | {"initial_date": day.isoformat()}


def _often(event: CalendarEvent | None) -> Block:
    choices = [kit.option("Once", ONCE), kit.option("Every year", YEARLY)]
    first = choices[1 if event and event.every_year else 0]
    return kit.field(
        ids.EVENT_YEARLY, "How often", kit.select(ids.VALUE, choices) | {"initial_option": first}
    )


def _scope(name: str, search: str, label: str, event: CalendarEvent | None, value: str) -> Block:
    element = kit.search_select(search, "Empty: all")
    if event and value:
        element["initial_option"] = kit.option(event.about or value, value)
    return kit.field(name, label, element, optional=True)
