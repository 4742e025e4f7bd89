"""Buttons that only ask: why a signal weighs what it weighs, what was learned about something."""

from bot.blocks.search import search_view
from bot.desk import Desk
from bot.listeners.ask import tell_why
from engine.models.delivery import Delivery


def why_signal(delivery: Delivery, desk: Desk) -> None:
    tell_why(delivery.payload["actions"][0]["value"], delivery, desk)


def search_learnings(delivery: Delivery, desk: Desk) -> None:
    desk.open_view(delivery, search_view())
