"""Who gets through to which listener: each person is looked up anew and, in doubt, turned away in words.

``ACTS`` says of every listener what somebody takes part in by it; the engine says who may. ``None`` means
that the listener asks for itself: deciding and setting have rules of their own, and an event, or what is
chosen in a dialog that is open already, does nothing yet.

A dialog has no time to wait for the look-up: it opens, and whoever may not is told so in it a moment
later. What is submitted in it comes through this door too.
"""

from collections.abc import Callable, Mapping

from bot import ids
from bot.desk import Desk, typed
from bot.listeners.actions.menu import opens as opens_dialog
from engine.models.answer import Act
from engine.models.delivery import Delivery

Handler = Callable[[Delivery, Desk], None]
ActOf = Callable[[Delivery], Act | None]


def _help_or(act: Act, *, alone: Act) -> ActOf:
    """Help is for everybody who may look; ``alone`` is what the command does with nothing typed."""

    def act_of(delivery: Delivery) -> Act:
        words = [each.casefold() for each in typed(delivery.payload)]
        return "look" if words == ["help"] else act if words else alone

    return act_of


def _look_unless(decides: Callable[[Delivery], bool]) -> ActOf:
    """Of a menu only what decides nothing is for everybody who may look; the rest asks for itself."""

    def act_of(delivery: Delivery) -> Act | None:
        return None if decides(delivery) else "look"

    return act_of


ACTS: Mapping[str, Act | ActOf | None] = {
    "command:/analyze": "analyze",
    "command:/digest": _help_or("digest", alone="digest"),
    "command:/learnings": _help_or("read", alone="read"),
    "command:/marko": _help_or("read", alone="look"),
    f"action:{ids.APPROVE}": None,
    f"action:{ids.REJECT}": None,
    f"action:{ids.DONE}": None,
    f"action:{ids.DROP}": None,
    f"action:{ids.UNDO}": None,
    f"action:{ids.RETRY}": None,
    f"action:{ids.ARRIVED}": None,
    f"action:{ids.RESEND}": None,
    f"action:{ids.WAKE}": None,
    f"action:{ids.EDIT}": None,
    f"action:{ids.CHOOSE}": None,
    f"action:{ids.MORE}": "look",
    f"action:{ids.MENU}": _look_unless(opens_dialog),
    f"action:{ids.TELL_THEN}": "look",
    f"action:{ids.ANALYZE_AGAIN}": "analyze",
    f"action:{ids.ANALYZE_NAMED}": "analyze",
    f"action:{ids.LEARNING_EVIDENCE}": "read",
    f"action:{ids.LEARNING_DOUBT}": "doubt",
    f"action:{ids.LEARNING_TAKE_BACK}": "doubt",
    f"action:{ids.ENTER_FORECAST}": "hand_in",
    f"action:{ids.ENTER_ORDER_VALUE}": "hand_in",
    f"action:{ids.OPEN_ANALYZE}": "analyze",
    f"action:{ids.ANALYZE_HOW}": None,
    f"action:{ids.SEARCH_LEARNINGS}": "read",
    f"action:{ids.OPEN_DIGEST}": "digest",
    f"action:{ids.ORDER_CHANNEL}": None,
    f"action:{ids.ORDER_DAY}": None,
    f"action:{ids.ORDER_TIME}": None,
    f"action:{ids.ORDER_ZONE}": None,
    f"action:{ids.ORDER_PREVIEW}": "digest",
    f"action:{ids.ORDER_STOP}": "digest",
    f"action:{ids.OPEN_SETTINGS}": None,
    f"action:{ids.APPROVERS}": None,
    f"action:{ids.CHANNEL_APPROVERS}": None,
    f"action:{ids.VOTE}": "vote",
    f"action:{ids.WHY_SIGNAL}": "read",
    f"action:{ids.ASK_STUDY}": "read",
    f"action:{ids.SHOW_STUDY}": "read",
    f"action:{ids.POST_ARRIVED}": None,
    f"action:{ids.POST_AGAIN}": None,
    f"action:{ids.PING_MENU}": "look",
    f"action:{ids.UNMUTE}": "look",
    f"action:{ids.IMPORT_CANCEL}": "hand_in",
    f"action:{ids.IMPORT_WITH}": "hand_in",
    f"action:{ids.IMPORT_DATES}": "hand_in",
    f"action:{ids.IMPORT_DECIMAL}": "hand_in",
    f"action:{ids.IMPORT_ROWS}": "hand_in",
    f"action:{ids.IMPORT_MAP}": "hand_in",
    f"action:{ids.IMPORT_UNDO}": None,
    f"action:{ids.IMPORT_DIFFER}": "hand_in",
    f"action:{ids.IMPORT_ONE}": "hand_in",
    f"action:{ids.IMPORT_TWO}": "hand_in",
    f"action:{ids.IMPORT_MORE}": "look",
    f"action:{ids.IMPORT_ANALYZE}": "analyze",
    f"action:{ids.HOOK_RETRY}": "hand_in",
    f"action:{ids.HOOK_DROP}": "hand_in",
    f"action:{ids.EVENT_ADD}": "calendar",
    f"action:{ids.EVENT_CHANGE}": "calendar",
    f"action:{ids.EVENT_REMOVE}": "calendar",
    f"action:{ids.EVENT_COUNTRY}": "calendar",
    f"view:{ids.EVENT_VIEW}": "calendar",
    f"view:{ids.EVENT_REMOVE_VIEW}": "calendar",
    f"view:{ids.EVENT_COUNTRY_VIEW}": "calendar",
    f"view:{ids.MAP_VIEW}": "hand_in",
    f"view:{ids.ANALYZE_VIEW}": "hand_in",
    f"view:{ids.LEARNINGS_VIEW}": "read",
    f"view:{ids.REJECT_VIEW}": None,
    f"view:{ids.EDITED_VIEW}": None,
    f"view:{ids.CHOOSE_VIEW}": None,
    f"view:{ids.SNOOZE_VIEW}": None,
    f"view:{ids.DOUBT_VIEW}": "doubt",
    f"view:{ids.FORECAST_VIEW}": "hand_in",
    f"view:{ids.ORDER_VALUE_VIEW}": "hand_in",
    f"view:{ids.ORDER_VIEW}": "digest",
    f"view:{ids.SETTINGS_VIEW}": None,
    "event:app_home_opened": None,
    "event:app_mention": None,
    "event:file_shared": None,
    "event:member_joined_channel": None,
    "event:message": None,
}


def guarded(name: str, handler: Handler, *, opens: Callable[[Delivery], bool]) -> Handler:
    """Let a listener be reached by those who may; a listener that ``ACTS`` does not name is an error.

    ``opens`` says whether a delivery opens a dialog.
    """
    asked = ACTS[name]
    if asked is None:
        return handler

    def checked(delivery: Delivery, desk: Desk) -> None:
        act = asked(delivery) if callable(asked) else asked
        if act is None:
            handler(delivery, desk)
            return
        if opens(delivery):
            handler(delivery, desk._replace(asked=act))
            return
        person = desk.person(delivery)
        desk.engine.may_take_part(person, act)
        if desk.limiter:
            desk.limiter.check(delivery)
        if act == "read":
            desk.engine.note_read(person.id, delivery.name, " ".join(typed(delivery.payload)))
        handler(delivery, desk._replace(met=person))

    return checked
