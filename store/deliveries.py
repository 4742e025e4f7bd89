"""The durable inbox and outbox: what came in from Slack, and what is on its way to it.

Each call is a transaction of its own. Inbox: waiting → working → done | failed. Outbox: pending →
sending → sent | parked, and from sending back to pending for another attempt. ``attempts`` counts the
sends that began, the present one included; what was put back before its send is not counted. A
finished payload is emptied; its key stays, so that the same event never acts again.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, bindparam, or_, select, update

from engine.models.delivery import Delivery, Intent, OutboxItem
from engine.models.recommendation import MessageView
from engine.ports import Clock
from store.database import Database, insert_once
from store.documents import Documents
from store.kept import keep_view
from store.moments import from_text, to_text
from store.schema import inbox, outbox


class Inbox:
    """Accepted payloads (``engine.ports.Inbox``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(self, delivery: Delivery) -> bool:
        row = {
            "key": delivery.key,
            "kind": delivery.kind,
            "name": delivery.name,
            "payload": json.dumps(delivery.payload),
            "received_at": to_text(delivery.received_at),
            "status": "waiting",
        }
        with self._database.writing() as connection:
            return insert_once(connection, inbox, row)

    def claim(self, limit: int) -> list[Delivery]:
        waiting = select(inbox).where(inbox.c.status == "waiting").order_by(inbox.c.seq).limit(limit)
        with self._database.writing() as connection:
            rows = connection.execute(waiting).mappings().all()
            _set_each(connection, inbox, rows, {"status": "working"})
            return [_delivery(row) for row in rows]

    def finish(self, key: str, *, error: str | None = None) -> None:
        """Close a delivery; one that failed keeps its payload, to be looked into."""
        values = {"status": "failed", "error": error} if error else {"status": "done", "payload": "{}"}
        with self._database.writing() as connection:
            _set_one(connection, inbox, key, values)

    def recover(self) -> int:
        with self._database.writing() as connection:
            return _set_all(connection, inbox, "working", {"status": "waiting"})


class Outbox:
    """Intents on their way (``engine.ports.Outbox``); ``Unit.post`` puts them here."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def claim(self, *, now: datetime, limit: int) -> list[OutboxItem]:
        due = or_(outbox.c.not_before.is_(None), outbox.c.not_before <= to_text(now))
        pending = select(outbox).where(outbox.c.status == "pending", due).order_by(outbox.c.seq).limit(limit)
        began = {"status": "sending", "attempts": outbox.c.attempts + 1, "changed_at": to_text(now)}
        with self._database.writing() as connection:
            rows = connection.execute(pending).mappings().all()
            _set_each(connection, outbox, rows, began)
            return [_item(row, attempts=row["attempts"] + 1) for row in rows]

    def sent(self, key: str, view: MessageView | None = None) -> None:
        values: dict[str, Any] = {"status": "sent", "doubtful": False, "error": None}
        if view is not None:
            values |= {"view_channel": view.channel, "view_ts": view.ts}
        with self._database.writing() as connection:
            self._change(connection, key, values)
            if view is not None:
                keep_view(Documents(connection), view)

    def retry(self, key: str, *, not_before: datetime, error: str, doubtful: bool) -> None:
        values = {
            "status": "pending",
            "not_before": to_text(not_before),
            "error": error,
            "doubtful": doubtful,
        }
        with self._database.writing() as connection:
            self._change(connection, key, values)

    def put_back(self, key: str, *, not_before: datetime, reason: str) -> None:
        values = {
            "status": "pending",
            "not_before": to_text(not_before),
            "error": reason,
            "attempts": outbox.c.attempts - 1,
        }
        with self._database.writing() as connection:
            self._change(connection, key, values)

    def park(self, key: str, *, error: str) -> None:
        with self._database.writing() as connection:
            self._change(connection, key, {"status": "parked", "error": error})

    def parked(self) -> Sequence[tuple[OutboxItem, str]]:
        wanted = select(outbox).where(outbox.c.status == "parked").order_by(outbox.c.seq)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [(_item(row, attempts=row["attempts"]), row["error"]) for row in rows]

    def recover(self) -> int:
        with self._database.writing() as connection:
            return _set_all(connection, outbox, "sending", {"status": "pending", "doubtful": True})

    def _change(self, connection: Connection, key: str, values: dict[str, Any]) -> None:
        _set_one(connection, outbox, key, {**values, "changed_at": to_text(self._clock.now())})


def put_out(connection: Connection, intent: Intent, at: datetime, *, not_before: datetime | None) -> bool:
    """Insert an intent as pending, not to be sent before a moment; False when its key is there already.

    One that was given up is taken up again: somebody asked anew. It keeps its doubt, so that what may
    have arrived is looked for before it is sent.
    """
    start = to_text(not_before) if not_before else None
    again = {"status": "pending", "attempts": 0, "not_before": start, "changed_at": to_text(at)}
    if insert_once(connection, outbox, intent.model_dump() | again | {"doubtful": False}):
        return True
    parked = update(outbox).where(outbox.c.key == intent.key, outbox.c.status == "parked")
    return connection.execute(parked.values(**again)).rowcount == 1


def _set_each(
    connection: Connection, table: Table, rows: Sequence[RowMapping], values: dict[str, Any]
) -> None:
    if rows:
        change = update(table).where(table.c.seq == bindparam("row")).values(**values)
        connection.execute(change, [{"row": row["seq"]} for row in rows])


def _set_one(connection: Connection, table: Table, key: str, values: dict[str, Any]) -> None:
    if connection.execute(update(table).where(table.c.key == key).values(**values)).rowcount != 1:
        raise LookupError(f"The {table.name} holds nothing with the key {key}.")


def _set_all(connection: Connection, table: Table, status: str, values: dict[str, Any]) -> int:
    return connection.execute(update(table).where(table.c.status == status).values(**values)).rowcount


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(
        key=row["key"],
        kind=row["kind"],
        name=row["name"],
        payload=json.loads(row["payload"]),
        received_at=from_text(row["received_at"]),
    )


def _item(row: RowMapping, *, attempts: int) -> OutboxItem:
    intent = Intent(**{name: row[name] for name in Intent.model_fields})
    return OutboxItem(intent=intent, attempts=attempts, doubtful=row["doubtful"])
