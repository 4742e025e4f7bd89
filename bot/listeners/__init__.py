"""What Marko listens to: one folder a kind, each opening with a table from id to callback.

Callbacks run on the crew, after the payload was acknowledged: ``callback(delivery, desk)``. Only
``CHECKS`` run before, since Slack shows a dialog's errors in the answer to its submission. Those in
``QUICK``, and commands as ``OPENS`` says, open a dialog, for which Slack gives three seconds: they never
queue behind the others.
``WORTH`` says which events are taken at all, and ``OPTIONS`` what a search select offers: both are asked
before the acknowledgement.
"""

from bot import ids
from bot.listeners.actions import ACTIONS, SILENT
from bot.listeners.commands import COMMANDS, OPENS
from bot.listeners.events import EVENTS, WORTH
from bot.listeners.options import OPTIONS
from bot.listeners.views import CHECKS, VIEWS
from engine.models.delivery import Delivery

HANDLERS = {
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
    ids.ANALYZE_HOW,
    ids.LEARNING_DOUBT,
    ids.OPEN_DIGEST,
    ids.OPEN_SETTINGS,
    # A dialog that follows what is chosen in it has no time either: somebody looks at it.
    ids.ORDER_CHANNEL,
    ids.ORDER_DAY,
    ids.ORDER_TIME,
    ids.ORDER_ZONE,
    ids.APPROVERS,
)
QUICK = frozenset(f"action:{name}" for name in OPENERS)


def is_quick(delivery: Delivery) -> bool:
    """Whether this opens a dialog; of a command that depends on what was typed."""
    if delivery.kind == "command" and delivery.name in OPENS:
        return OPENS[delivery.name](delivery)
    return f"{delivery.kind}:{delivery.name}" in QUICK


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
    "is_quick",
]
