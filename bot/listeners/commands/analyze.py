"""``/analyze spring-sale``: what happened, what is real, and what to do."""

from bot.blocks import notices
from bot.desk import Desk, channel_of, typed, user_of
from bot.headway import Headway
from bot.listeners.show import tell_where_it_is
from engine.models.delivery import Delivery

FORCE = "--force"


def analyze(delivery: Delivery, desk: Desk) -> None:
    words = typed(delivery.payload)
    named = [word for word in words if word != FORCE]
    if not named or named == ["help"]:
        desk.tell(delivery, notices.said(notices.ANALYZE_HELP))
        return
    with Headway(delivery, desk) as headway:
        answer = desk.engine.analyze(
            " ".join(named),
            asked_by=user_of(delivery.payload),
            channel=channel_of(delivery.payload),
            anew=delivery.key if len(named) < len(words) else None,
            steps=headway.step,
            over=headway.record,
        )
    tell_where_it_is(answer, delivery, desk)
