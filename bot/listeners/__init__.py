"""What Marko listens to: one folder a kind, each opening with a table from id to callback.

Callbacks run on the crew, after the payload was acknowledged: ``callback(delivery, desk)``. Only
``CHECKS`` run before, since Slack shows a dialog's errors in the answer to its submission.
"""

from bot.listeners.actions import ACTIONS, SILENT
from bot.listeners.commands import COMMANDS
from bot.listeners.views import CHECKS, VIEWS

HANDLERS = {
    **{f"command:{name}": handler for name, handler in COMMANDS.items()},
    **{f"action:{name}": handler for name, handler in ACTIONS.items()},
    **{f"view:{name}": handler for name, handler in VIEWS.items()},
}

__all__ = ["ACTIONS", "CHECKS", "COMMANDS", "HANDLERS", "SILENT", "VIEWS"]
