"""A weekly digest was ordered by dialog: what is known to be wrong is said at its input, the rest after."""

from typing import Any

from bot import ids
from bot.blocks import notices
from bot.blocks.order_view import TROUBLES, Ground, ordered, read_draft, refused
from bot.channels import trouble_with
from bot.desk import Desk, user_of
from bot.zones import is_zone
from engine.engine import Engine
from engine.models.delivery import Delivery
from engine.narrate.formats import Separators


def check_order(view: dict[str, Any], _: Separators, __: Engine) -> dict[str, str]:
    """Say what was found out while the dialog was open; the channel is looked at again before it counts."""
    draft, ground = read_draft(view), Ground.unpacked(view)
    errors = {}
    if draft.channel is None:
        errors[ids.ORDER_CHANNEL] = TROUBLES["no_channel"]
    elif draft.channel == ground.looked_at and ground.trouble in TROUBLES:
        errors[ids.ORDER_CHANNEL] = TROUBLES[ground.trouble]
    if not is_zone(draft.zone):
        errors[_block_of(view, ids.ORDER_ZONE)] = "This is no time zone. Search for a city."
    return errors


def order(delivery: Delivery, desk: Desk) -> None:
    """Order it, where the bot can post; in doubt nothing is ordered."""
    draft = read_draft(delivery.payload["view"])
    channel = draft.channel or ""
    trouble = trouble_with(desk.client, channel)
    if trouble:
        desk.tell(delivery, notices.said(refused(trouble, channel)))
        return
    by = user_of(delivery.payload)
    slot = desk.engine.subscribe(channel, weekday=draft.weekday, at=draft.at, by=by, zone=draft.zone)
    desk.tell(delivery, notices.said(ordered(draft, slot, desk.voice.marked)))


def _block_of(view: dict[str, Any], action: str) -> str:
    """The block in which an input stands: those of a channel with an order have names of their own."""
    values: dict[str, Any] = view["state"]["values"]
    return next(block for block, elements in values.items() if action in elements)
