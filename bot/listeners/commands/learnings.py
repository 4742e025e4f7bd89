"""``/learnings students``: what was learned about something, for the eyes of whoever asks."""

from bot.blocks import notices
from bot.blocks.learnings import LEARNINGS_HELP, Reader
from bot.blocks.learnings import learnings as drawn
from bot.desk import Desk, typed
from engine.models.delivery import Delivery


def learnings(delivery: Delivery, desk: Desk) -> None:
    words = typed(delivery.payload)
    if words == ["help"]:
        desk.tell(delivery, notices.said(LEARNINGS_HELP))
        return
    person = desk.person(delivery)
    reader = Reader(person.id, is_approver=desk.engine.is_approver(person))
    desk.tell(delivery, drawn(desk.engine.learned_about(" ".join(words)), desk.voice, reader))
