"""The durable inbox and outbox: what came in from Slack, and what is on its way to it.

Each call is a transaction of its own. Inbox: waiting → working → done | failed. Outbox: pending →
sending → sent | parked, and from sending back to pending for another attempt. ``attempts`` counts the
sends that began, the present one included; what was put back before its send is not counted. A
finished payload is emptied; its key stays, so that the same event never acts again.

What is working or sending is leased to one bot (``store/leases.py``). Only the bot whose turn it is
publishes; what an earlier publisher left "sending" is doubtful, and what came of it is no longer its to say.
"""

import json
import logging
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, bindparam, or_, select, update

from engine.models.delivery import Delivery, Intent, OutboxItem
from engine.models.recommendation import MessageView
from engine.ports import Clock
from store import leases, restored
from store.checksums import whole
from store.database import Database, insert_once
from store.documents import Documents
from store.hands import Hands
from store.kept import keep_view
from store.moments import from_text, to_text
from store.schema import inbox, outbox

log = logging.getLogger(__name__)

PUBLISHER = "publisher"


class Inbox:
    """Accepted payloads (``engine.ports.Inbox``)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hands = Hands()

    def accept(self, delivery: Delivery) -> bool:
        row = {
            "key": delivery.key,
            "kind": delivery.kind,
            "name": delivery.name,
            "payload": json.dumps(delivery.payload),
            "received_at": to_text(delivery.received_at),
            "status": "working",
        }
        worker = self._database.worker
        with self._hands.taking([delivery.key]) as taken:
            # One that was there already is in nobody's new hands.
            taken.sure = self._database.insert_alone(inbox, lambda now: row | leases.lease(now, worker))
        return taken.sure

    def claim(self, limit: int) -> list[Delivery]:
        with self._database.reading() as connection:  # every few seconds, and mostly there is nothing
            if not _read(connection, inbox, self._is_free(connection), 1):
                return []
        with ExitStack() as until_kept, self._database.writing() as connection:
            rows = whole(inbox, _read(connection, inbox, self._is_free(connection), limit))
            mine = leases.lease(connection, self._database.worker)
            _set_each(connection, inbox, rows, {"status": "working", **mine})
            until_kept.enter_context(self._hands.taking([row["key"] for row in rows])).sure = True
            return [_delivery(row) for row in rows]

    def _is_free(self, connection: Connection) -> ColumnElement[bool]:
        """What waits, or what another bot took up and does not hold any more."""
        left = leases.run_out(connection, inbox, but=self._database.worker)
        return or_(inbox.c.status == "waiting", (inbox.c.status == "working") & left)

    def finish(self, key: str, *, error: str | None = None) -> None:
        """Close a delivery; one that failed keeps its payload, to be looked into."""
        values = {"status": "failed", "error": error} if error else {"status": "done", "payload": "{}"}
        with self._database.writing() as connection:
            _set_one(connection, inbox, key, {**values, **leases.FREE})
        self._hands.drop(key)

    def recover(self) -> int:
        with self._database.writing() as connection:
            over = leases.run_out(connection, inbox, but=self._database.worker)
            if not self._database.is_shared:  # the guard says that nobody else lives
                over = or_(over, inbox.c.worker != self._database.worker)
            return _set_all(connection, inbox, over & (inbox.c.status == "working"), _WAITING)

    def renew(self) -> None:
        mine = (inbox.c.status == "working") & (inbox.c.worker == self._database.worker)
        with self._database.reading() as connection:
            kept = connection.scalars(select(inbox.c.key).where(mine)).all()
        if not kept:
            return
        stray = [key for key in kept if not self._hands.hold(key)]
        with self._database.writing() as connection:
            # What was finished since we looked is not "working" any more, and stays as it is.
            if stray and (freed := _set_all(connection, inbox, mine & inbox.c.key.in_(stray), _WAITING)):
                log.warning("%d delivery(s) were kept without our knowing, and wait", freed)
            leases.renew(connection, inbox, self._database.worker, "working")

    def hand_over(self) -> int:
        with self._database.writing() as connection:
            mine = (inbox.c.status == "working") & (inbox.c.worker == self._database.worker)
            handed = _set_all(connection, inbox, mine, _WAITING)
        self._hands.empty()
        return handed


_WAITING = {"status": "waiting", **leases.FREE}


class Outbox:
    """Intents on their way (``engine.ports.Outbox``); ``Unit.post`` puts them here."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._turn_until = float("-inf")  # by our own monotonic clock, and never too late

    def claim(self, *, now: datetime, limit: int) -> list[OutboxItem]:
        due = (
            outbox.c.status == "pending",
            or_(outbox.c.not_before.is_(None), outbox.c.not_before <= to_text(now)),
        )
        if not self._is_worth_a_look(and_(*due)):
            return []
        with self._database.writing() as connection:
            if not self._have_turn(connection):
                return []
            rows = whole(outbox, _read(connection, outbox, and_(*due), limit))
            began = {"status": "sending", "attempts": outbox.c.attempts + 1, "changed_at": to_text(now)}
            _set_each(connection, outbox, rows, began | leases.lease(connection, self._database.worker))
            return [_doubted(connection, row, now) for row in rows]

    def holds(self, seconds: float) -> bool:
        if not self._database.is_shared:
            return True
        if time.monotonic() + seconds < self._turn_until:
            return True
        with self._database.writing() as connection:
            return self._have_turn(connection) and seconds < leases.LEASE_S

    def renew(self) -> None:
        if self._turn_until > time.monotonic():
            self.holds(leases.LEASE_S * 2 / 3)

    def hand_over(self) -> None:
        with self._database.writing() as connection:
            leases.hand_over(connection, PUBLISHER, self._database.worker)
        self._turn_until = float("-inf")

    def state(self, key: str) -> tuple[str, str] | None:
        wanted = select(outbox.c.status, outbox.c.error).where(outbox.c.key == key)
        with self._database.reading() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else (row.status, row.error or "")

    def _is_worth_a_look(self, due: ColumnElement[bool]) -> bool:
        """Say whether to queue up with the writers: not where nothing is due, or another bot publishes."""
        if not self._database.is_shared:
            return True
        with self._database.reading() as connection:
            left = leases.left_of_turn(connection, PUBLISHER, self._database.worker)
            if left is not None:
                return left <= 0
            return bool(_read(connection, outbox, due, 1))

    def _have_turn(self, connection: Connection) -> bool:
        """Take or keep the publisher's turn; what an earlier one was sending is put in doubt then."""
        if not self._database.is_shared:
            return True
        before = time.monotonic()
        if not leases.take_turn(connection, PUBLISHER, self._database.worker):
            self._turn_until = float("-inf")
            return False
        self._turn_until = before + leases.LEASE_S
        others = or_(outbox.c.worker.is_(None), outbox.c.worker != self._database.worker)
        _set_all(connection, outbox, others & (outbox.c.status == "sending"), _IN_DOUBT)
        return True

    def sent(self, key: str, view: MessageView | None = None) -> None:
        values: dict[str, Any] = {"status": "sent", "doubtful": False, "error": None}
        if view is not None:
            values |= {"view_channel": view.channel, "view_ts": view.ts}
        with self._database.writing() as connection:
            if self._change(connection, key, values) and view is not None:
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

    def park(
        self, key: str, *, error: str, tell: Intent | None = None, told_at: datetime | None = None
    ) -> None:
        with self._database.writing() as connection:
            if self._change(connection, key, {"status": "parked", "error": error}) and tell is not None:
                put_out(connection, tell, self._clock.now(), not_before=told_at)

    def parked(self) -> Sequence[tuple[OutboxItem, str]]:
        wanted = select(outbox).where(outbox.c.status == "parked").order_by(outbox.c.seq)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [(_item(row, attempts=row["attempts"]), row["error"]) for row in rows]

    def recover(self) -> int:
        with self._database.writing() as connection:
            if not self._have_turn(connection):
                return 0
            return _set_all(connection, outbox, outbox.c.status == "sending", _IN_DOUBT)

    def _change(self, connection: Connection, key: str, values: dict[str, Any]) -> bool:
        """Say what came of an intent; False where another bot has it by now, which will find out itself."""
        nobodys = outbox.c.worker.is_(None) & (outbox.c.status == "pending")
        mine = or_(outbox.c.worker == self._database.worker, nobodys)
        told = {**values, **leases.FREE, "changed_at": to_text(self._clock.now())}
        if connection.execute(update(outbox).where(outbox.c.key == key, mine).values(**told)).rowcount == 1:
            return True
        if connection.scalar(select(outbox.c.key).where(outbox.c.key == key)) is None:
            raise LookupError(f"The outbox holds nothing with the key {key}.")
        log.warning("%s was taken over by another bot", key)
        return False


_IN_DOUBT = {"status": "pending", "doubtful": True, **leases.FREE}


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


def _set_all(connection: Connection, table: Table, which: ColumnElement[bool], values: dict[str, Any]) -> int:
    return connection.execute(update(table).where(which).values(**values)).rowcount


def _read(
    connection: Connection, table: Table, which: ColumnElement[bool], limit: int
) -> Sequence[RowMapping]:
    """Read rows, the oldest first."""
    return connection.execute(select(table).where(which).order_by(table.c.seq).limit(limit)).mappings().all()


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(
        key=row["key"],
        kind=row["kind"],
        name=row["name"],
        payload=json.loads(row["payload"]),
        received_at=from_text(row["received_at"]),
    )


def _doubted(connection: Connection, row: RowMapping, now: datetime) -> OutboxItem:
    """What begins to be sent; after a restore it may have been sent before (``store/restored.py``)."""
    item = _item(row, attempts=row["attempts"] + 1)
    if item.intent.kind in restored.ALWAYS_NEW:
        return item
    since = restored.doubts_since(connection, now, row["seq"])
    return item if since is None else item.model_copy(update={"doubtful": True, "since": since})


def _item(row: RowMapping, *, attempts: int) -> OutboxItem:
    intent = Intent(**{name: row[name] for name in Intent.model_fields})
    return OutboxItem(intent=intent, attempts=attempts, doubtful=row["doubtful"])
