"""Somebody opened the bot: its Home tab, or the conversation with it."""

from typing import Any

from bot.desk import Desk, user_of
from bot.listeners.events.prompts import suggest
from engine.models.delivery import Delivery


def worth_home(event: dict[str, Any]) -> str | None:
    """Each opening is taken anew; Slack has no other tabs yet."""
    return "" if event.get("tab") in {"home", "messages"} else None


def home_opened(delivery: Delivery, desk: Desk) -> None:
    """Draw Home, now and whenever something changes; in the conversation, offer questions."""
    if delivery.payload["event"].get("tab") == "messages":
        suggest(delivery, desk)
        return
    desk.homes.opened(user_of(delivery.payload))
