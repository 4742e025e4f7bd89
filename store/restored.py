"""What a memory that was put back cannot know, and how long that is minded.

Between the moment of the backup and the restore, Marko sent messages and orders of which the memory that
was put back knows nothing: whose card was posted, which digest went out, which change an approver had
carried out. Their keys are made of what they are about, so the same deed has the same key again. So, for
``MINDED`` after a restore, nothing is taken for new: before a message is sent the channel is looked
through for its key, back to the backup, and before an order is sent its receiver is asked for it.

What cannot be known: decisions, imports and settings made after the backup are gone; people make them
again. A message of that time that was deleted in Slack is sent again. An order whose receiver has no
look-up is "unknown", and a person says whether it arrived.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select
from tinydb.queries import where

from engine.models.execution import Execution
from store.documents import Documents
from store.kept import KeptRecommendation, load_one
from store.moments import from_text, to_text
from store.schema import DOCUMENT_TABLES, inbox, ledger, outbox

MINDED = timedelta(days=30)
MARGIN = timedelta(days=1)
"""Clocks differ, and what was sent may be a little older than the last that was written."""

NAME = "restored"
ALWAYS_NEW = frozenset({"redraw", "wording"})
"""Kinds of intents that do no harm twice, or whose moment is gone anyway."""


def newest_moment(connection: Connection) -> datetime | None:
    """Give the newest moment that anything in this memory tells of."""
    asked = (ledger.c.at, outbox.c.changed_at, inbox.c.received_at)
    found = (connection.execute(select(func.max(column))).scalar() for column in asked)
    return max((from_text(each) for each in found if each), default=None)


def mark(connection: Connection, now: datetime, until: datetime) -> None:
    """Keep when this memory was put back, and until when it tells of anything."""
    last = connection.execute(select(func.max(outbox.c.seq))).scalar() or 0
    value = {"at": to_text(now), "until": to_text(until), "outbox": last}
    _documents(connection).table("settings").upsert({"name": NAME, "value": value}, where("name") == NAME)


def doubts_since(connection: Connection, now: datetime, seq: int | None = None) -> datetime | None:
    """Say since when something may have been done of which this memory knows nothing.

    ``None`` where it was not put back, or long ago. With the ``seq`` of an intent that stood in the backup
    already it is ``None`` too: what of it is doubtful says its row, and may be older.
    """
    told = _told(connection)
    if told is None or now >= from_text(told["at"]) + MINDED or (seq is not None and seq <= told["outbox"]):
        return None
    return from_text(told["until"]) - MARGIN


def may_be_ordered(connection: Connection, execution: Execution, now: datetime) -> bool:
    """Say whether this order may have been sent already, by what was put back over.

    It cannot, where the figures behind it are of after the restore.
    """
    told = _told(connection)
    if told is None or now >= from_text(told["at"]) + MINDED:
        return False
    table = _documents(connection).table("recommendations")
    found = load_one(KeptRecommendation, table, "id", execution.recommendation)
    if found is None:
        return True
    figures = found.recommendation.analysis.retrospective.campaign.timestamp
    return figures <= from_text(told["at"])


def _told(connection: Connection) -> Any:
    found = _documents(connection).table("settings").bodies("name", NAME)
    return json.loads(found[0])["value"] if found else None


def _documents(connection: Connection) -> Documents:
    return Documents(connection, DOCUMENT_TABLES)
