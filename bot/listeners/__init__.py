"""What Marko listens to: one folder a kind, each opening with a table from id to callback.

Callbacks run on the crew, after the payload was acknowledged: ``callback(delivery, desk)``. Only
``CHECKS`` run before, since Slack shows a dialog's errors in the answer to its submission. Those in
``QUICK`` open a dialog, for which Slack gives three seconds: they never queue behind the others.
``WORTH`` says which events are taken at all, and ``OPTIONS`` what a search select offers: both are asked
before the acknowledgement.
"""

from bot import ids
from bot.listeners.actions import ACTIONS, SILENT
from bot.listeners.commands import COMMANDS
from bot.listeners.events import EVENTS, WORTH
from bot.listeners.options import OPTIONS
from bot.listeners.views import CHECKS, VIEWS

HANDLERS = {
    **{f"command:{name}": handler for name, handler in COMMANDS.items()},
    **{f"action:{name}": handler for name, handler in ACTIONS.items()},
    **{f"view:{name}": handler for name, handler in VIEWS.items()},
    **{f"event:{name}": handler for name, handler in EVENTS.items()},
}

QUICK = frozenset(f"action:{name}" for name in (ids.REJECT, ids.ENTER_FORECAST, ids.ENTER_ORDER_VALUE))

__all__ = [
    "ACTIONS",
    "CHECKS",
    "COMMANDS",
    "EVENTS",
    "HANDLERS",
    "OPTIONS",
    "QUICK",
    "SILENT",
    "VIEWS",
    "WORTH",
]
