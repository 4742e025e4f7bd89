"""Somebody joined a channel; when it is us, we say hello there, once."""

from typing import Any

from bot.desk import Desk, channel_of, user_of
from engine.models.delivery import Delivery


def worth_joining(event: dict[str, Any]) -> str | None:
    """Who we are stands beside the event, not in it, so every joining is taken."""
    return "" if event.get("user") and event.get("channel") else None


def joined_channel(delivery: Delivery, desk: Desk) -> None:
    if user_of(delivery.payload) == _own_id(delivery, desk):
        desk.engine.welcome(channel_of(delivery.payload) or "")
        desk.publisher.wake()


def _own_id(delivery: Delivery, desk: Desk) -> str:
    """The bot's user id: Slack writes for whom it delivers; else it is asked."""
    for each in delivery.payload.get("authorizations") or ():
        if each.get("is_bot"):
            return str(each["user_id"])
    return str(desk.client.auth_test()["user_id"])
