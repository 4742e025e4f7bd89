"""Leases: who works on a row, or may do what only one bot at a time may do, and until when.

A worker is one open store (``Database.worker``). Leases run in real time, told by the database server
where several bots share one and by this machine otherwise; no sandbox's clock moves them. Whoever works
renews. What nobody renews is somebody else's to take after ``LEASE_S``, which is longer than any step
that must not be done by two.
"""

import time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, or_, select, update

from store.database import insert_once
from store.schema import leases

LEASE_S = 45.0
"""How long a lease lasts unless it is renewed."""

FREE: dict[str, Any] = {"worker": None, "leased_until": None}
"""The columns of a row that nobody works on."""


def now_seconds(connection: Connection) -> float:
    """Give seconds since 1970 by the one clock that all bots on this database share."""
    if connection.dialect.name == "postgresql":
        clock = "SELECT extract(epoch FROM clock_timestamp())::double precision"
        return float(connection.exec_driver_sql(clock).scalar_one())
    return time.time()


def lease(connection: Connection, worker: str, seconds: float | None = None) -> dict[str, Any]:
    """Give the columns of a row that ``worker`` works on from now; ``LEASE_S`` where nothing else is said."""
    lasting = LEASE_S if seconds is None else seconds
    return {"worker": worker, "leased_until": now_seconds(connection) + lasting}


def run_out(connection: Connection, table: Table, *, but: str | None = None) -> ColumnElement[bool]:
    """Make the condition that nobody holds a row any more; those of the worker ``but`` count as held."""
    columns = table.c
    over = or_(columns.leased_until.is_(None), columns.leased_until < now_seconds(connection))
    return over if but is None else over & or_(columns.worker.is_(None), columns.worker != but)


def renew(connection: Connection, table: Table, worker: str, status: str) -> int:
    """Hold the rows of that status which ``worker`` works on for longer; gives how many."""
    mine = table.c.worker == worker, table.c.status == status
    return connection.execute(update(table).where(*mine).values(**lease(connection, worker))).rowcount


def take_turn(connection: Connection, name: str, worker: str) -> bool:
    """Take, or go on holding, what only one worker may do; False while another one holds it."""
    until = lease(connection, worker)["leased_until"]
    if insert_once(connection, leases, {"name": name, "worker": worker, "until": until}):
        return True
    free = or_(leases.c.worker == worker, leases.c.until < until - LEASE_S)
    taken = update(leases).where(leases.c.name == name, free).values(worker=worker, until=until)
    return connection.execute(taken).rowcount == 1


def left_of_turn(connection: Connection, name: str, worker: str) -> float | None:
    """Say for how many seconds another worker holds it, 0 or less when it ran out; ``None`` if it is ours."""
    row = connection.execute(select(leases.c.worker, leases.c.until).where(leases.c.name == name)).first()
    if row is None:
        return 0.0
    return None if row.worker == worker else float(row.until) - now_seconds(connection)


def hand_over(connection: Connection, name: str, worker: str) -> None:
    """Let the next one have it at once."""
    mine = leases.c.name == name, leases.c.worker == worker
    connection.execute(leases.delete().where(*mine))
