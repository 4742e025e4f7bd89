"""Notices: what is told in the thread of a card, since an edit of the card itself tells nobody."""

from datetime import datetime, time, timedelta
from typing import Literal

from engine.models.delivery import Intent
from engine.models.recommendation import MessageView, Recommendation
from engine.ports import Reading, Unit

Notice = Literal["failed", "unknown", "expiring", "second", "woken", "undo_refused"]
MORNING, EVENING = time(8), time(19)


def notify(
    unit: Unit,
    recommendation: Recommendation,
    what: Notice,
    *,
    of: str = "",
    not_before: datetime | None = None,
) -> bool:
    """Tell it in the thread of the newest card, once for each ``of``; False where no card is shown."""
    card = newest_card(unit, recommendation.id)
    if card is None:
        return False
    record = f"notice:{what}:{recommendation.id}"
    key = f"{record}:{of}" if of else record
    intent = Intent(key=key, kind="notice", record=record, channel=card.channel, ts=card.ts)
    return unit.post(intent, not_before=not_before)


def newest_card(reading: Reading, identifier: str) -> MessageView | None:
    cards = [each for each in reading.views(identifier) if each.kind == "card"]
    return max(cards, key=lambda each: float(each.ts), default=None)


def awake(moment: datetime) -> datetime:
    """Give the moment, or the morning after where people sleep; in the zone of ``moment``."""
    if MORNING <= moment.timetz().replace(tzinfo=None) < EVENING:
        return moment
    day = moment.date() if moment.time() < MORNING else moment.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, tzinfo=moment.tzinfo)
