"""Slash commands: from what is typed to what answers."""

from collections.abc import Callable, Mapping

from bot.listeners.commands.analyze import analyze, opens_dialog
from bot.listeners.commands.digest import digest
from bot.listeners.commands.digest import opens_dialog as opens_order
from bot.listeners.commands.learnings import learnings
from bot.listeners.commands.marko import marko
from engine.models.delivery import Delivery

COMMANDS = {"/analyze": analyze, "/digest": digest, "/learnings": learnings, "/marko": marko}

# Commands that, typed in some ways, open a dialog: whether this one does.
OPENS: Mapping[str, Callable[[Delivery], bool]] = {"/analyze": opens_dialog, "/digest": opens_order}
