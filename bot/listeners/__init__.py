"""What Marko listens to: one folder a kind, each opening with a table from id to callback.

Callbacks run on the crew, after the payload was acknowledged: ``callback(delivery, desk)``, and only for
people who may (``door.py``). Only ``CHECKS`` run before, since Slack shows a dialog's errors in the answer
to its submission; they only look: ``check(view, separators, engine)``. Those in ``QUICK``, and commands as
``OPENS`` says, open a dialog, for which Slack gives three seconds: they open it first, put off the rest with
``desk.later``, and never queue behind the others. Those in ``FOLLOWING`` draw an open dialog anew.
Those in ``READING`` fetch and read a file, and nothing else waits for them.
``NEXT`` says which dialogs lead to another one, and ``LAST`` with which all of them close.
``WORTH`` says which events are taken at all, and ``OPTIONS`` what a search select offers: both are asked
before the acknowledgement.
"""

from bot import ids
from bot.listeners.actions import ACTIONS, SILENT
from bot.listeners.actions.menu import opens
from bot.listeners.commands import COMMANDS, OPENS
from bot.listeners.door import guarded
from bot.listeners.events import EVENTS, WORTH
from bot.listeners.options import OPTIONS
from bot.listeners.views import CHECKS, LAST, NEXT, VIEWS
from engine.models.delivery import Delivery

_EVERY = {
    **{f"command:{name}": handler for name, handler in COMMANDS.items()},
    **{f"action:{name}": handler for name, handler in ACTIONS.items()},
    **{f"view:{name}": handler for name, handler in VIEWS.items()},
    **{f"event:{name}": handler for name, handler in EVENTS.items()},
}

OPENERS = (
    ids.REJECT,
    ids.ENTER_FORECAST,
    ids.ENTER_ORDER_VALUE,
    ids.SEARCH_LEARNINGS,
    ids.OPEN_ANALYZE,
    ids.LEARNING_DOUBT,
    ids.OPEN_DIGEST,
    ids.OPEN_SETTINGS,
    ids.EDIT,
    ids.CHOOSE,
    ids.IMPORT_MAP,
    ids.EVENT_ADD,
    ids.EVENT_CHANGE,
    ids.EVENT_REMOVE,
    ids.EVENT_COUNTRY,
)
QUICK = frozenset(f"action:{name}" for name in OPENERS)
# What is chosen in an open dialog, and the dialog follows: somebody looks at it.
CHOSEN = (ids.ANALYZE_HOW, ids.ORDER_CHANNEL, ids.ORDER_DAY, ids.ORDER_TIME, ids.ORDER_ZONE, ids.APPROVERS)
FOLLOWING = frozenset(f"action:{name}" for name in CHOSEN)
ANSWERED = (ids.IMPORT_WITH, ids.IMPORT_DATES, ids.IMPORT_DECIMAL, ids.IMPORT_ROWS)
READING = frozenset({"event:file_shared", f"view:{ids.MAP_VIEW}", *(f"action:{name}" for name in ANSWERED)})


def is_quick(delivery: Delivery) -> bool:
    """Whether this opens a dialog; of a command that depends on what was typed, of a menu on the choice."""
    if delivery.kind == "action" and delivery.name == ids.MENU:
        return opens(delivery)
    if delivery.kind == "command" and delivery.name in OPENS:
        return OPENS[delivery.name](delivery)
    return f"{delivery.kind}:{delivery.name}" in QUICK


HANDLERS = {name: guarded(name, handler, opens=is_quick) for name, handler in _EVERY.items()}


def is_following(delivery: Delivery) -> bool:
    """Whether this is a choice that an open dialog follows."""
    return f"{delivery.kind}:{delivery.name}" in FOLLOWING


def is_reading(delivery: Delivery) -> bool:
    """Whether this may take as long as a file does."""
    return f"{delivery.kind}:{delivery.name}" in READING


__all__ = [
    "ACTIONS",
    "CHECKS",
    "CHOSEN",
    "COMMANDS",
    "EVENTS",
    "FOLLOWING",
    "HANDLERS",
    "LAST",
    "NEXT",
    "OPTIONS",
    "QUICK",
    "READING",
    "SILENT",
    "VIEWS",
    "WORTH",
    "is_following",
    "is_quick",
    "is_reading",
]
