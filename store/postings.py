"""How a message stands that is on its way, and what a person says of one that got stuck."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from engine.models.delivery import UNKNOWN, Intent, Posting
from store.moments import from_text, to_text
from store.schema import outbox


def read(connection: Connection, key: str) -> Posting | None:
    row = connection.execute(select(outbox).where(outbox.c.key == key)).mappings().first()
    if row is None:
        return None
    intent = Intent(**{name: row[name] for name in Intent.model_fields})
    changed_at = from_text(row["changed_at"])
    return Posting(intent=intent, status=row["status"], error=row["error"] or "", changed_at=changed_at)


def settle(connection: Connection, key: str, *, arrived: bool, at: datetime) -> bool:
    """Take a person's word for it, or send it again at once; False where nothing is stuck any more.

    Who wants it sent again knows that it may stand there already: it is looked for no more.
    """
    stuck = (outbox.c.key == key) & outbox.c.error.is_not(None)
    if arrived:
        which = stuck & (outbox.c.status == "parked") & (outbox.c.error == UNKNOWN)
        values: dict[str, Any] = {"status": "sent", "error": None, "doubtful": False}
    else:
        which = stuck & outbox.c.status.in_(("parked", "pending"))
        values = {"status": "pending", "error": None, "attempts": 0, "not_before": None}
        unknown = select(outbox.c.key).where(stuck & (outbox.c.error == UNKNOWN))
        if connection.scalar(unknown) is not None:
            values["doubtful"] = False
    told = values | {"changed_at": to_text(at)}
    return connection.execute(update(outbox).where(which).values(**told)).rowcount == 1
