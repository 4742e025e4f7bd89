"""Slash commands: from what is typed to what answers."""

from bot.listeners.commands.analyze import analyze
from bot.listeners.commands.digest import digest

COMMANDS = {"/analyze": analyze, "/digest": digest}
