"""Where a notice is told: in the thread of a card, since an edit of the card itself tells nobody."""

from engine.models.recommendation import MessageView
from engine.ports import Reading


def newest_card(reading: Reading, identifier: str) -> MessageView | None:
    cards = [each for each in reading.views(identifier) if each.kind == "card"]
    return max(cards, key=lambda each: float(each.ts), default=None)
