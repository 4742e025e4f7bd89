"""Buttons of studies: one of the nearest names; [Show here], which posts what one person was told."""

from bot.blocks import notices
from bot.blocks.study import stands_here
from bot.desk import Desk, channel_of, user_of
from bot.listeners.show import PATIENCE_S
from bot.listeners.study import tell_study
from engine.models.delivery import Delivery
from engine.models.study import STUDY_KINDS, StudyKind


def ask_study(delivery: Delivery, desk: Desk) -> None:
    """One of the nearest names was pressed."""
    kind, asked = _chosen(delivery)
    tell_study(kind, asked.split(), delivery, desk)


def show_study(delivery: Delivery, desk: Desk) -> None:
    """Post it with its picture, once a day; where that fails, or it stands there, tell whoever pressed."""
    kind, asked = _chosen(delivery)
    channel = channel_of(delivery.payload) or user_of(delivery.payload)
    key, is_new = desk.engine.show_study(kind, asked, channel=channel, by=user_of(delivery.payload))
    if not is_new:
        desk.tell(delivery, stands_here(kind))
        return
    outcome = desk.publisher.outcome(key, PATIENCE_S)
    if outcome.state == "parked":
        desk.tell(delivery, notices.not_posted(outcome.error, f"/marko {kind}"))


def _chosen(delivery: Delivery) -> tuple[StudyKind, str]:
    verb, _, asked = str(delivery.payload["actions"][0]["value"]).partition(" ")
    return next(each for each in STUDY_KINDS if each == verb), asked
