"""Looking closer, which anyone may: More, a reminder, another analysis."""

from bot.blocks import notices
from bot.desk import Desk, channel_of, user_of
from bot.headway import Headway
from bot.listeners.show import show_card
from engine.models.answer import Answer
from engine.models.delivery import Delivery


def more(delivery: Delivery, desk: Desk) -> None:
    """Put figures and reasoning into the card's thread, once; after that, say where they are."""
    message = delivery.payload["message"]
    identifier = delivery.payload["actions"][0]["value"]
    ts = str(message.get("thread_ts") or message["ts"])
    posted = desk.engine.show_thread(identifier, channel=channel_of(delivery.payload) or "", ts=ts)
    desk.publisher.wake()
    if not posted:
        desk.tell(delivery, notices.in_the_thread(desk.link_of(identifier)))


def tell_then(delivery: Delivery, desk: Desk) -> None:
    """Come back to this person in the thread when a waiting card's next look is due."""
    message = delivery.payload["message"]
    reminder = desk.engine.tell_then(
        delivery.payload["actions"][0]["value"],
        person=user_of(delivery.payload),
        channel=channel_of(delivery.payload) or "",
        ts=str(message.get("thread_ts") or message["ts"]),
    )
    desk.tell(delivery, notices.told_then(reminder, desk.voice.marked))


def analyze_again(delivery: Delivery, desk: Desk) -> None:
    current = desk.engine.recommendation(delivery.payload["actions"][0]["value"])
    _analyze(current.campaign_key, delivery, desk, anew=delivery.key)


def analyze_named(delivery: Delivery, desk: Desk) -> None:
    """One of the nearest names was pressed, or a campaign of an import."""
    _analyze(delivery.payload["actions"][0]["value"], delivery, desk)


def _analyze(asked: str, delivery: Delivery, desk: Desk, *, anew: str | None = None) -> None:
    def work(headway: Headway) -> Answer:
        return desk.engine.analyze(
            asked,
            asked_by=user_of(delivery.payload),
            channel=channel_of(delivery.payload),
            anew=anew,
            steps=headway.step,
            over=headway.record,
        )

    show_card(work, delivery, desk)
