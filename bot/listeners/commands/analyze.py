"""``/analyze spring-sale``: what happened, what is real, and what to do."""

from bot.blocks import notices
from bot.desk import Desk, channel_of, typed, user_of
from bot.headway import Headway
from bot.listeners.actions.ask import open_analyze
from bot.listeners.show import show_card
from engine.models.answer import Answer
from engine.models.delivery import Delivery

FORCE = "--force"


def analyze(delivery: Delivery, desk: Desk) -> None:
    words = typed(delivery.payload)
    named = [word for word in words if word != FORCE]
    if not words:
        open_analyze(delivery, desk)
        return
    if not named or named == ["help"]:
        desk.tell(delivery, notices.said(notices.ANALYZE_HELP))
        return

    def work(headway: Headway) -> Answer:
        return desk.engine.analyze(
            " ".join(named),
            asked_by=user_of(delivery.payload),
            channel=channel_of(delivery.payload),
            anew=delivery.key if len(named) < len(words) else None,
            steps=headway.step,
            over=headway.record,
        )

    show_card(work, delivery, desk)


def opens_dialog(delivery: Delivery) -> bool:
    """Whether this is the command alone; with a name, the analysis may take its time."""
    return not typed(delivery.payload)
