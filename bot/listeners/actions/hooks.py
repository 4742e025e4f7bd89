"""The buttons of `/marko inbox`: read a delivery again, or throw it away."""

from bot.blocks import hooks, notices
from bot.desk import Desk, user_of
from engine.models.delivery import Delivery


def retry(delivery: Delivery, desk: Desk) -> None:
    pressed = desk.engine.retry_hook(_letter(delivery), by=user_of(delivery.payload))
    _tell(delivery, desk, hooks.RETRYING if pressed else hooks.SETTLED)


def drop(delivery: Delivery, desk: Desk) -> None:
    pressed = desk.engine.drop_hook(_letter(delivery), by=user_of(delivery.payload))
    _tell(delivery, desk, hooks.DROPPED if pressed else hooks.SETTLED)


def _tell(delivery: Delivery, desk: Desk, text: str) -> None:
    desk.publisher.wake()
    desk.tell(delivery, notices.said(text))


def _letter(delivery: Delivery) -> str:
    return str(delivery.payload["actions"][0]["value"])
