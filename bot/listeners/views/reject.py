"""A proposal was rejected, with a reason."""

from typing import cast

from bot import ids
from bot.blocks.modals import Origin, answers
from bot.desk import Desk
from engine.models.delivery import Delivery
from engine.models.recommendation import RejectReason


def reject(delivery: Delivery, desk: Desk) -> None:
    view = delivery.payload["view"]
    given = answers(view)
    desk.engine.decide(
        Origin.unpacked(view).recommendation,
        "reject",
        by=desk.person(delivery),
        reason=cast("RejectReason", given[ids.REASON]),
        note=given.get(ids.NOTE, ""),
    )
    desk.publisher.wake()
