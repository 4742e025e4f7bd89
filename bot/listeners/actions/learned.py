"""Behind a learning: the campaigns that show it, and doubts: the dialog to say so, and the way back."""

from bot.blocks.learnings import Doubted, doubt_taken_back, doubt_view, evidence_of
from bot.desk import Desk, channel_of
from engine.models.delivery import Delivery


def learning_evidence(delivery: Delivery, desk: Desk) -> None:
    key = delivery.payload["actions"][0]["value"]
    desk.tell(delivery, evidence_of(desk.engine.grounds(key), desk.voice))


def learning_doubt(delivery: Delivery, desk: Desk) -> None:
    """Open the dialog; a dialog has no address to answer to, so it takes along the message's."""
    key = delivery.payload["actions"][0]["value"]
    about = Doubted(
        key=key,
        channel=channel_of(delivery.payload) or "",
        response_url=str(delivery.payload.get("response_url") or ""),
    )
    learning = desk.engine.grounds(key).learning
    by_approver = desk.engine.is_approver(desk.supposed(delivery))
    desk.open_view(delivery, doubt_view(learning, about, desk.voice.marked, by_approver=by_approver))


def learning_take_back(delivery: Delivery, desk: Desk) -> None:
    key = delivery.payload["actions"][0]["value"]
    desk.engine.take_back(key, by=desk.person(delivery))
    desk.tell(delivery, doubt_taken_back(desk.engine.grounds(key).learning, desk.voice.marked))
