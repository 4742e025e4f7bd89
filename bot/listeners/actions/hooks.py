"""The buttons of `/marko inbox`: read a delivery again, or throw it away."""

from collections.abc import Mapping

from bot.blocks import hooks, notices
from bot.desk import Desk, user_of
from engine.models.delivery import Delivery
from engine.models.hook import HookStatus

TOLD: Mapping[HookStatus, str] = {"waiting": hooks.RETRYING, "done": hooks.COUNTED, "dropped": hooks.DROPPED}


def retry(delivery: Delivery, desk: Desk) -> None:
    found = desk.engine.retry_hook(_letter(delivery), by=user_of(delivery.payload))
    _tell(delivery, desk, hooks.SETTLED if found is None else TOLD[found.status])


def drop(delivery: Delivery, desk: Desk) -> None:
    found = desk.engine.drop_hook(_letter(delivery), by=user_of(delivery.payload))
    _tell(delivery, desk, hooks.SETTLED if found is None else TOLD[found.status])


def _tell(delivery: Delivery, desk: Desk, text: str) -> None:
    desk.publisher.wake()
    desk.tell(delivery, notices.said(text))


def _letter(delivery: Delivery) -> str:
    return str(delivery.payload["actions"][0]["value"])
