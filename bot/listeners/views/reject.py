"""A proposal was rejected, with a reason."""

from typing import cast

from bot import ids
from bot.blocks.modals import Origin, answers
from bot.desk import Desk
from engine.models.delivery import Delivery
from engine.models.recommendation import RejectReason


def reject(delivery: Delivery, desk: Desk) -> None:
    view = delivery.payload["view"]
    given, origin = answers(view), Origin.unpacked(view)
    desk.engine.decide(
        origin.recommendation,
        "reject",
        by=desk.person(delivery),
        channel=origin.channel or None,
        reason=cast("RejectReason", given[ids.REASON]),
        note=given.get(ids.NOTE, ""),
    )
    desk.publisher.wake()
