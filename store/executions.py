"""Changes of accounts on their way out: claimed under a lease, and kept as one row each.

ready → sending → ready | done | refused | unknown | dropped. Only ``Executions`` makes a row "sending",
and only ``Executions.recover`` takes that back; everything else is written by the engine's units, beside
the recommendation that it belongs to.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, or_, select, update

from engine.models.execution import Execution
from engine.ports import Clock
from store import leases, restored
from store.audit import Audit
from store.checksums import DamagedRow, is_whole, whole
from store.database import Database, insert_once
from store.moments import to_text
from store.schema import executions as rows


class Executions:
    """What is ready to be sent, and who is sending it (``engine.ports.Executions``)."""

    def __init__(self, database: Database, clock: Clock, audit: Audit) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit

    def claim(self, *, now: datetime, limit: int) -> list[Execution]:
        due = or_(rows.c.not_before.is_(None), rows.c.not_before <= to_text(now))
        with self._database.writing() as connection:
            found = _read(connection, rows.c.status == "ready", due)
            return [self._begin(connection, each, now) for each in found[:limit]]

    def renew(self) -> None:
        with self._database.reading() as connection:
            mine = rows.c.status == "sending", rows.c.worker == self._database.worker
            if not _read(connection, *mine):
                return
        with self._database.writing() as connection:
            leases.renew(connection, rows, self._database.worker, "sending")

    def recover(self) -> int:
        """See the port; where no second bot can be, what somebody else was sending is free at once."""
        # Every few seconds: where there is nothing to write, there is nothing to wait for.
        with self._database.reading() as connection:
            if not self._left_behind(connection):
                return 0
        with self._database.writing() as connection:
            found = self._left_behind(connection)
            for each in found:
                put(connection, each.model_copy(update={"status": "ready", "doubtful": True}))
        return len(found)

    def _begin(self, connection: Connection, execution: Execution, now: datetime) -> Execution:
        doubtful = execution.doubtful or (
            execution.attempts == 0 and restored.may_be_ordered(connection, execution, now)
        )
        update_ = {
            "status": "sending",
            "attempts": execution.attempts + 1,
            "sent_at": now,
            "doubtful": doubtful,
        }
        begun = execution.model_copy(update=update_)
        put(connection, begun, held=leases.lease(connection, self._database.worker))
        # Before anything is sent: whatever happens then, that it was begun is known.
        detail = {"key": begun.key, "attempts": begun.attempts, "doubtful": begun.doubtful}
        self._audit.note(
            connection, actor="marko", deed="sending", subject=begun.recommendation, detail=detail
        )
        return begun

    def _left_behind(self, connection: Connection) -> list[Execution]:
        over = leases.run_out(connection, rows)
        free = over if self._database.is_shared else or_(over, rows.c.worker != self._database.worker)
        return _read(connection, rows.c.status == "sending", free)


def one(connection: Connection, key: str) -> Execution | None:
    """Read one by its key; raises ``DamagedRow`` when it is not as it was written."""
    row = connection.execute(select(rows).where(rows.c.key == key)).mappings().first()
    if row is None:
        return None
    if not is_whole(row):
        raise DamagedRow(rows.name, key)
    return _execution(row)


def put(
    connection: Connection,
    execution: Execution,
    *,
    not_before: datetime | None = None,
    held: dict[str, Any] | None = None,
) -> None:
    """Insert, or replace the same key; ``held`` are the columns of a lease, else nobody holds it."""
    values = {
        "key": execution.key,
        "recommendation": execution.recommendation,
        "status": execution.status,
        "body": execution.model_dump_json(),
        "not_before": to_text(not_before) if not_before else None,
        **(held or leases.FREE),
    }
    if not insert_once(connection, rows, values):
        connection.execute(update(rows).where(rows.c.key == execution.key).values(values))


def _read(connection: Connection, *conditions: Any) -> list[Execution]:
    """Oldest first; a damaged row is left alone, so that it holds up no other and is never sent."""
    found: Sequence[RowMapping] = connection.execute(select(rows).where(*conditions)).mappings().all()
    read = [_execution(row) for row in whole(rows, found)]
    return sorted(read, key=lambda each: (each.created_at, each.key))


def _execution(row: RowMapping) -> Execution:
    return Execution.model_validate_json(row["body"])
