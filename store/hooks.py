"""Deliveries of webhooks: one row for each id that a source gave, and its bytes until they are read.

waiting → working → done | double | dead | waiting; dead → waiting | dropped, double → done | dropped. Only
``Hooks`` makes a row "working", under a lease, and takes that back; everything else is written by the
engine's units, so that what came of a delivery and the message that says so are kept together.

The unique key is (source, id of the delivery). The path is not signed, so the same id with the same bytes at
another source is the same delivery too: somebody sent it there once more.
"""

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, or_, select, update

from engine.models.hook import LETTERS, Accepted, HookDelivery, HookLetters
from engine.ports import Clock
from store import leases
from store.audit import Audit
from store.checksums import DamagedRow, is_whole, whole
from store.database import Database
from store.moments import to_text
from store.schema import hook_bodies as bodies
from store.schema import hook_deliveries as rows

DONE_KEPT, DEAD_KEPT = timedelta(days=90), timedelta(days=30)
MOST_TOGETHER = 500  # deliveries of one burst, whose message is drawn from all of them
SOME = 50  # so that damaged ones among them hold up no other
COLUMNS = ("id", "source", "webhook_id", "checksum", "burst", "status")


class Hooks:
    """Who reads which delivery (``engine.ports.Hooks``)."""

    def __init__(self, database: Database, clock: Clock, audit: Audit) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit

    def accept(self, delivery: HookDelivery, content: bytes, *, quiet: timedelta) -> Accepted:
        packed = zlib.compress(content, 1)  # before the turn to write is taken: it may be large
        with self._database.writing() as connection:
            known = _known(connection, delivery)
            if known is not None:
                return known
            delivery = delivery.model_copy(update={"burst": _burst(connection, delivery, quiet)})
            connection.execute(rows.insert().values(**_values(delivery)))
            connection.execute(bodies.insert().values(id=delivery.id, content=packed))
            detail = {"file": delivery.file, "size": delivery.size, "checksum": delivery.checksum}
            self._audit.note(
                connection, actor=delivery.actor, deed="hook_accepted", subject=delivery.id, detail=detail
            )
        return Accepted("accepted", delivery.id)

    def claim(self, *, now: datetime) -> HookDelivery | None:
        with self._database.reading() as connection:  # every second or so, and mostly there is nothing
            if not self._free(connection, now):
                return None
        with self._database.writing() as connection:
            found = self._free(connection, now)
            if not found:
                return None
            begun = found[0].model_copy(update={"status": "working", "attempts": found[0].attempts + 1})
            put(connection, begun, held=leases.lease(connection, self._database.worker))
        return begun

    def content(self, identifier: str) -> bytes | None:
        with self._database.reading() as connection:
            packed = connection.scalar(select(bodies.c.content).where(bodies.c.id == identifier))
        try:
            return None if packed is None else zlib.decompress(packed)
        except zlib.error:
            return None

    def renew(self) -> None:
        with self._database.reading() as connection:
            mine = rows.c.status == "working", rows.c.worker == self._database.worker
            if connection.execute(select(rows.c.id).where(*mine).limit(1)).first() is None:
                return
        with self._database.writing() as connection:
            leases.renew(connection, rows, self._database.worker, "working")

    def hand_over(self) -> int:
        """What this bot took and did not read waits for the next; it was no attempt."""
        with self._database.writing() as connection:
            mine = rows.c.status == "working", rows.c.worker == self._database.worker
            found = _read(connection, *mine)
            for each in found:
                put(connection, each.model_copy(update={"status": "waiting", "attempts": each.attempts - 1}))
        return len(found)

    def _free(self, connection: Connection, now: datetime) -> list[HookDelivery]:
        """What waits and is due, or was left behind by a bot that died; the oldest.

        Whoever asks reads nothing, so what is "working" in its own name was left behind as well.
        """
        over = or_(leases.run_out(connection, rows), rows.c.worker == self._database.worker)
        left = over if self._database.is_shared else or_(over, rows.c.worker != self._database.worker)
        due = or_(rows.c.not_before.is_(None), rows.c.not_before <= to_text(now))
        free = or_((rows.c.status == "waiting") & due, (rows.c.status == "working") & left)
        return _read(connection, free, limit=SOME)[:1]


def one(connection: Connection, identifier: str) -> HookDelivery | None:
    """Read one by its id; raises ``DamagedRow`` when it is not as it was written."""
    row = connection.execute(select(rows).where(rows.c.id == identifier)).mappings().first()
    if row is None:
        return None
    if not is_whole(row):
        raise DamagedRow(rows.name, identifier)
    return _delivery(row)


def put(connection: Connection, delivery: HookDelivery, *, held: dict[str, Any] | None = None) -> None:
    """Replace a delivery; ``held`` are the columns of a lease, else nobody holds it. Raises ``LookupError``.

    The bytes go of what is in rows by now, and of what nobody wants.
    """
    values = _values(delivery) | (held or leases.FREE)
    if connection.execute(update(rows).where(rows.c.id == delivery.id).values(values)).rowcount != 1:
        raise LookupError(delivery.id)
    if delivery.status in {"done", "double", "dropped"}:
        connection.execute(delete(bodies).where(bodies.c.id == delivery.id))


def of_burst(connection: Connection, burst: str) -> list[HookDelivery]:
    """Those that came together, oldest first."""
    return _read(connection, rows.c.burst == burst)


def letters(connection: Connection, limit: int) -> HookLetters:
    """What a person may settle, newest first."""
    open_ = rows.c.status.in_(sorted(LETTERS))
    newest = select(rows).where(open_).order_by(rows.c.seq.desc()).limit(limit)
    found = whole(rows, connection.execute(newest).mappings().all())
    return HookLetters(
        letters=tuple(map(_delivery, found)),
        total=_count(connection, open_),
        waiting=_count(connection, rows.c.status.in_(("waiting", "working"))),
    )


def prune(database: Database, now: datetime, limit: int) -> int:
    """Remove some that are over for long: 90 days after they came, of dead letters 30."""
    over = rows.c.status.in_(("done", "dropped")) & (rows.c.received_at < to_text(now - DONE_KEPT))
    dead = rows.c.status.in_(sorted(LETTERS)) & (rows.c.received_at < to_text(now - DEAD_KEPT))
    old = or_(over, dead)
    with database.reading() as connection:
        found = connection.scalars(select(rows.c.id).where(old).order_by(rows.c.seq).limit(limit)).all()
    if not found:
        return 0
    with database.writing() as connection:
        gone = old & rows.c.id.in_(found)  # nobody had it read again meanwhile
        connection.execute(delete(bodies).where(bodies.c.id.in_(select(rows.c.id).where(gone))))
        return connection.execute(delete(rows).where(gone)).rowcount


def _known(connection: Connection, delivery: HookDelivery) -> Accepted | None:
    """What was accepted under this id before; the same bytes at another source are no new delivery."""
    asked = select(rows.c.id, rows.c.source, rows.c.checksum).where(
        rows.c.webhook_id == delivery.webhook_id,
        or_(rows.c.source == delivery.source, rows.c.checksum == delivery.checksum),
    )
    found = connection.execute(asked).all()
    same = next((row for row in found if row.checksum == delivery.checksum), None)
    if same is not None:
        return Accepted("duplicate", same.id)
    return Accepted("conflict", found[0].id) if found else None


def _burst(connection: Connection, delivery: HookDelivery, quiet: timedelta) -> str:
    """The burst that it belongs to: that of the one before, unless that was long ago, on another day or full.

    This is in the transaction that takes it in, and writers queue up: two bots never begin two.
    """
    before = select(rows).where(rows.c.source == delivery.source).order_by(rows.c.seq.desc()).limit(1)
    last = whole(rows, connection.execute(before).mappings().all())
    held = _delivery(last[0]) if last else None
    if held is None or held.day != delivery.day or delivery.received_at - held.received_at >= quiet:
        return delivery.id
    return held.burst if _count(connection, rows.c.burst == held.burst) < MOST_TOGETHER else delivery.id


def _values(delivery: HookDelivery) -> dict[str, Any]:
    columns = {name: getattr(delivery, name) for name in COLUMNS}
    moment = delivery.not_before
    return columns | {
        "received_at": to_text(delivery.received_at),
        "not_before": to_text(moment) if moment else None,
        "body": delivery.model_dump_json(),
    }


def _read(
    connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[HookDelivery]:
    """Oldest first; a damaged row is left alone, so that it holds up no other."""
    asked = select(rows).where(*conditions).order_by(rows.c.seq).limit(limit)
    found: Sequence[RowMapping] = connection.execute(asked).mappings().all()
    return [_delivery(row) for row in whole(rows, found)]


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(rows).where(which)).scalar_one()


def _delivery(row: RowMapping) -> HookDelivery:
    return HookDelivery.model_validate_json(row["body"])
