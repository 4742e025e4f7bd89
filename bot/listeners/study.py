"""A study for one person's eyes: what ``/marko trend`` and the like answer."""

import logging
import threading

from slack_sdk.errors import SlackApiError

from bot.blocks import study as drawn
from bot.blocks.kit import Message
from bot.desk import Desk
from bot.slack import UNREACHABLE
from engine.errors import AmbiguousCampaign, UnknownCampaign
from engine.models.delivery import Delivery
from engine.models.study import StudyKind

log = logging.getLogger(__name__)

FIRST_S = 0.7  # within a second the asker sees that something happens
LONGEST = 240  # characters behind a verb: a campaign's name, days and a figure


def tell_study(kind: StudyKind, words: list[str], delivery: Delivery, desk: Desk) -> None:
    """Answer, and before that say that it is worked on where that takes longer than a moment."""
    asked = " ".join(words)[:LONGEST]
    with _Patience(kind, asked, delivery, desk):
        answer = _answer(kind, asked, desk)
    desk.tell(delivery, answer)


def _answer(kind: StudyKind, asked: str, desk: Desk) -> Message:
    try:
        return drawn.study(desk.engine.study(kind, asked), desk.voice, shows=True)
    except (UnknownCampaign, AmbiguousCampaign) as unsure:
        return drawn.which(kind, unsure, desk.voice.marked)


class _Patience:
    """Says once that a study is being worked on, unless it is over before; never after its answer."""

    def __init__(self, kind: StudyKind, asked: str, delivery: Delivery, desk: Desk) -> None:
        self._told = (delivery, drawn.working_on(kind, asked, desk.voice.marked))
        self._desk = desk
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="patience", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _tell(self) -> None:
        if self._over.wait(FIRST_S):
            return
        try:
            self._desk.tell(*self._told)
        except (SlackApiError, *UNREACHABLE) as failed:
            log.info("nobody could be told to wait: %s", type(failed).__name__)  # the answer itself comes
