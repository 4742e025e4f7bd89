"""Dialogs that are redrawn while somebody fills them in: the newest choice is what they show.

Slack's ``hash`` would refuse the newer of two quick choices, since both were made on the same drawing.
So redraws of one dialog go one after another, and one that comes too late is left out.
"""

import logging
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Lock

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks.kit import Block

log = logging.getLogger(__name__)

MOST_KEPT = 200
OPENING, FOR_GOOD = "0", "Infinity"  # before every choice, and after: what is drawn then stays
CLOSED = frozenset({"not_found", "view_not_found"})


@dataclass
class _Turn:
    """One dialog: who draws now, and as of which choice it was drawn."""

    lock: Lock = field(default_factory=Lock)
    drawn_at: Decimal = Decimal(-1)


class Dialogs:
    """Safe to call from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turns: dict[str, _Turn] = {}

    def redraw(self, client: WebClient, view_id: str, drawn: Block, *, at: str = OPENING) -> bool:
        """Draw an open dialog anew as of ``at``, Slack's moment of the choice.

        False where a newer choice was drawn already, or the dialog was closed meanwhile.
        """
        turn, moment = self._turn(view_id), Decimal(at)
        with turn.lock:
            if moment < turn.drawn_at:
                return False
            turn.drawn_at = moment
            try:
                client.views_update(view_id=view_id, view=drawn)
            except SlackApiError as refused:
                if refused.response.get("error") not in CLOSED:
                    raise
                log.info("a dialog was closed before it was redrawn")
                return False
        return True

    def _turn(self, view_id: str) -> _Turn:
        with self._lock:
            turn = self._turns.setdefault(view_id, _Turn())
            while len(self._turns) > MOST_KEPT:
                self._turns.pop(next(iter(self._turns)))
            return turn
