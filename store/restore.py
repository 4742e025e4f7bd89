"""Putting a backup in the place of the memory.

The backup is checked and prepared beside the database (``store/preparing.py``); then one rename makes the
copy the database (``store/replacing.py``). What stood there is kept under another name and never written
to again. A kill before that rename leaves the old memory, one after it the new; the same command finishes
either. On a server it is one transaction, and what stood there is backed up first.

What was sent between the backup and now, a restored memory does not know. So whatever it holds unsent is
doubtful, what it sends later is looked up too (``store/restored.py`` says what can and cannot be known),
and so is every order. The ledger goes on where it was at the backup: a line says that it was put back and
over which line, and the anchor is set anew.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from engine.errors import StoreTrouble
from engine.ports import Clock
from store import backup, copying, leases, ledger, replacing, schema
from store.database import Database, Place, open_database
from store.guard import Guard, InUse
from store.ledger_key import LedgerKey
from store.moments import to_text
from store.preparing import Old, Order, Ready, leave_wal, prepared
from store.sqlite import SqliteDatabase, examine
from store.verify import faults_of_file

SERVER_ANCHOR = "postgresql.anchor"


class Restored(NamedTuple):
    """What came of a restore.

    ``until`` is the newest moment that the backup tells of. ``aside`` is where what stood there is kept.
    ``lost_lines`` counts the lines of its ledger after those of the backup, as far as they can be read.
    ``doubtful`` counts what is looked up before it is sent.
    """

    file: str
    until: str | None
    aside: str | None
    was_damaged: bool
    lost_lines: int
    line: int
    digest: str
    doubtful: int


def restore(
    place: Place,
    file: Path,
    *,
    home: Path,
    clock: Clock,
    key: LedgerKey | None,
    new_key: bool = False,
    vectors: Path | None = None,
) -> Restored:
    """Put ``file`` in the place of the memory; :class:`StoreTrouble` says why not, and then nothing changed.

    ``home`` is the database file, also where the memory is on a server. With ``new_key`` a ledger whose key
    is lost is begun anew with this one. ``vectors`` is the index of vectors, which will be made again.
    """
    order = Order(file, home, clock, key, new_key)
    with _no_bot(home), _troubles_told(home):
        old = _old(place, key) if isinstance(place, Path) else Old()
        with prepared(order, old) as ready:
            _forget(vectors)
            if isinstance(place, Path):
                return _take_place(place, order, ready, old)
            return _pour(place, order, ready)


def _take_place(path: Path, order: Order, ready: Ready, old: Old) -> Restored:
    with replacing.alone(path):
        replacing.finish(path)
        replacing.nobody_else(path)
        aside = replacing.free_name(path, "damaged" if old.is_damaged else "before", order.clock.now())
        was_there = path.exists()
        replacing.prepare_beside(ready.anchor, replacing.anchor_of(path))
        replacing.replace(path, ready.copy, aside=aside)
    return _told(order, ready, aside if was_there else None, old)


def _pour(address: str, order: Order, ready: Ready) -> Restored:
    """Replace everything on a server, in one transaction; first it is backed up as it is."""
    aside = replacing.free_name(order.home, "before", order.clock.now())
    with closing(open_database(address)) as database, closing(SqliteDatabase(ready.copy)) as copy:
        with copy.reading() as there, database.writing() as here:
            _nobody_holds(here, database)
            old = Old(*ledger.newest(here))
            _keep_server(here, aside)
            schema.metadata.drop_all(here)
            schema.metadata.create_all(here)
            backup.copy_rows(there, here)
            here.execute(schema.schema_version.insert().values(version=schema.VERSION))
            _let_ids_go_on(here)
        ready.anchor.replace(order.home.with_name(SERVER_ANCHOR))
    return _told(order, ready, aside, old)


def _told(order: Order, ready: Ready, aside: Path | None, old: Old) -> Restored:
    return Restored(
        file=str(order.file),
        until=to_text(ready.until) if ready.until else None,
        aside=str(aside) if aside else None,
        was_damaged=old.is_damaged,
        lost_lines=max(old.seq - ready.then, 0),
        line=ready.seq,
        digest=ready.digest,
        doubtful=ready.doubtful,
    )


def _old(path: Path, key: LedgerKey | None) -> Old:
    """Look at what stands there; what cannot be read is damaged."""
    if not path.exists():
        return Old()
    with suppress(StoreTrouble, sqlite3.DatabaseError, OSError):
        examine(path)
        faults = faults_of_file(path, lambda connection: backup.chain_faults(connection, key), still=False)
        _, seq, digest = copying.contents(path)
        return Old(seq, digest, is_damaged=bool(faults))
    return Old(is_damaged=True)


def _keep_server(connection: Connection, aside: Path) -> None:
    with copying.partial(aside) as copy:
        with closing(SqliteDatabase(copy)) as database, database.writing() as here:
            backup.copy_rows(connection, here)
        leave_wal(copy)
        copying.settle(copy, aside)


def _nobody_holds(connection: Connection, database: Database) -> None:
    """A bot at work holds a lease; one that died lets go of it within a minute."""
    held = select(schema.leases.c.name).where(schema.leases.c.until > leases.now_seconds(connection))
    if connection.execute(held).first():
        raise StoreTrouble(
            f"A bot is at work on {database.name}. Stop all of them, wait a minute, and restore again. "
            "Nothing was changed."
        )


def _let_ids_go_on(connection: Connection) -> None:
    """Let the server's ids begin beyond those that were put there."""
    for table in schema.metadata.sorted_tables:
        numbered = [column.name for column in table.primary_key if column.autoincrement is not False]
        for name in numbered:
            if name in {"doc_id", "seq"}:
                sequence = f"pg_get_serial_sequence('{table.name}', '{name}')"
                beyond = f"(SELECT coalesce(max({name}), 0) + 1 FROM {table.name})"  # noqa: S608
                connection.exec_driver_sql(f"SELECT setval({sequence}, {beyond}, false)")


def _forget(vectors: Path | None) -> None:
    """The index of vectors is a cache, of another memory now."""
    if vectors is not None:
        for each in (vectors, vectors.with_suffix(".json")):
            with suppress(OSError):
                each.unlink()


@contextmanager
def _no_bot(home: Path) -> Iterator[None]:
    try:
        guard = Guard(home)
    except InUse as used:
        raise StoreTrouble(f"A bot is at work on {home}: stop it first. Nothing was changed.") from used
    with guard:
        yield


@contextmanager
def _troubles_told(home: Path) -> Iterator[None]:
    """Say in words for a person what disks and SQLite say."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise StoreTrouble(f"Nothing was restored: {error}.") from error
    except OSError as error:
        raise StoreTrouble(f"Nothing was restored: {error.filename or home}: {error.strerror}.") from error
