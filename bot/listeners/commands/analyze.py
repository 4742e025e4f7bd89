"""``/analyze spring-sale``: what happened, what is real, and what to do."""

from bot.blocks import notices
from bot.channels import trouble_with
from bot.desk import Desk, channel_of, typed, user_of
from bot.headway import Headway
from bot.listeners.actions.ask import open_analyze
from bot.listeners.show import tell_where_it_is
from engine.models.delivery import Delivery

FORCE = "--force"


def analyze(delivery: Delivery, desk: Desk) -> None:
    words = typed(delivery.payload)
    named = [word for word in words if word != FORCE]
    if not words:
        _ask(delivery, desk)
        return
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


def _ask(delivery: Delivery, desk: Desk) -> None:
    """Open the dialog; where no card could be posted, say so before anybody has typed."""
    channel = channel_of(delivery.payload) or ""
    if trouble_with(desk.client, channel) == "not_in_channel":
        desk.tell(delivery, notices.not_in_channel("/analyze"))
        return
    open_analyze(delivery, desk)


def opens_dialog(delivery: Delivery) -> bool:
    """Whether this is the command alone; with a name, the analysis may take its time."""
    return not typed(delivery.payload)
