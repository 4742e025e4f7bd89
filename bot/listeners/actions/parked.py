"""A message that got stuck: somebody says that it arrived, or lets it be sent again."""

from bot.blocks import notices
from bot.blocks.kit import Message
from bot.desk import Desk
from bot.sending import or_plainer
from engine.models.delivery import Delivery

PATIENCE_S = 10.0
TOLD = {
    "sent": "✅ It is out now.",
    "waiting": "⏳ It is on its way again.",
}


def post_arrived(delivery: Delivery, desk: Desk) -> None:
    _settle(delivery, desk, arrived=True)
    _redraw(delivery, desk, notices.said("✅ Noted: it arrived."))


def post_again(delivery: Delivery, desk: Desk) -> None:
    """Send it again now, and say what came of it; refused again, it can be pressed again."""
    key = _settle(delivery, desk, arrived=False)
    outcome = desk.publisher.outcome(key, PATIENCE_S)
    if outcome.state in TOLD:
        _redraw(delivery, desk, notices.said(TOLD[outcome.state]))
    else:
        desk.tell(delivery, notices.not_posted(outcome.error, delivery.name))


def _settle(delivery: Delivery, desk: Desk, *, arrived: bool) -> str:
    key = str(delivery.payload["actions"][0]["value"])
    desk.engine.settle_posting(key, by=desk.person(delivery), arrived=arrived)
    return key


def _redraw(delivery: Delivery, desk: Desk, message: Message) -> None:
    place = delivery.payload["container"]
    or_plainer(
        desk.client.chat_update,
        delivery.key,
        message,
        channel=place["channel_id"],
        ts=place["message_ts"],
        text=message.text,
    )
