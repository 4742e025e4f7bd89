"""Backups: one moment of the memory in one file of its own, checked before it gets its name.

Also a PostgreSQL database is backed up into a marko.db, so a backup moves a team between the two. What
is in no backup: the ledger's key, which is what makes the ledger believable, and the index of vectors,
which is made again.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, delete, insert, select

from engine.errors import StoreTrouble
from store import copies, copying, ledger_check, replacing, schema
from store.database import Database, Place, open_database
from store.ledger_key import LedgerKey
from store.moments import to_text
from store.sqlite import SqliteDatabase, examine
from store.verify import faults_of_file, plain_chain_faults

BATCH = 500
NOT_COPIED = frozenset({"leases", "schema_version"})


class Backup(NamedTuple):
    """A backup that was made. ``at`` is its moment as ISO text, ``seq`` and ``digest`` its ledger's end."""

    file: str
    at: str
    rows: int
    bytes: int
    schema: int
    seq: int
    digest: str


def back_up(
    place: Place,
    target: Path,
    *,
    now: datetime,
    key: LedgerKey | None,
    listed_beside: Path,
    force: bool = False,
) -> Backup:
    """Copy the memory into ``target``, beside a bot that may be running.

    ``listed_beside`` is the database file whose list of backups this one is noted in. Raises
    :class:`StoreTrouble` where there is a file of that name already, unless ``force``, where the copy does
    not pass the check, and where a disk does not let itself be written.
    """
    _refuse_name(place, target, force=force)
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with copying.partial(target) as copy:
            _copy(place, copy)
            _check(place, copy, key, listed_beside)
            rows, seq, digest = copying.contents(copy)
            size, version = copy.stat().st_size, _version(copy)
            _name(copy, target, force=force)
        made = Backup(str(target.absolute()), to_text(now), rows, size, version, seq, digest)
        copies.note(listed_beside, copies.Copy(made.at, made.file, size, version, rows, seq, digest))
    except sqlite3.DatabaseError as error:
        raise StoreTrouble(f"No backup was made: {error}.") from error
    except OSError as error:
        raise StoreTrouble(f"No backup was made: {target}: {error.strerror}.") from error
    return made


def copy_rows(source: Connection, target: Connection) -> None:
    """Copy every row but leases, parents before children, into tables that hold nothing else then."""
    for table in schema.metadata.sorted_tables:
        if table.name not in NOT_COPIED:
            if table is not schema.ledger:  # it is new and append-only
                target.execute(delete(table))
            for batch in _batches(source, table):
                target.execute(insert(table), batch)


def _batches(source: Connection, table: Table) -> Iterable[list[dict[str, Any]]]:
    reading = {"stream_results": True, "yield_per": BATCH}
    # A plain row's checksum is made where it is written: on a server there is none.
    columns = [each for each in table.c if each.name != "crc" or "doc_id" in table.c]
    wanted = select(*columns).order_by(*table.primary_key)
    found = source.execute(wanted, execution_options=reading)
    rows = (dict(row) for row in found.mappings())
    while batch := list(islice(rows, BATCH)):
        yield batch


def _refuse_name(place: Place, target: Path, *, force: bool) -> None:
    if isinstance(place, Path) and target.absolute() in {
        place.absolute().with_name(place.name + ending) for ending in (*replacing.BESIDE, replacing.READY)
    }:
        raise StoreTrouble(f"{target} is the database itself; a backup needs another name.")
    if target.is_dir():
        raise StoreTrouble(f"{target} is a folder; name a file in it.")
    if target.exists() and not force:
        raise StoreTrouble(f"{target} exists already. Name another file, or add --force to replace it.")


def _copy(place: Place, copy: Path) -> None:
    if isinstance(place, Path):
        if not place.exists():
            raise StoreTrouble(f"{place} does not exist, so there is nothing to back up.")
        examine(place)
        copying.copy_to(place, copy)
        return
    with closing(open_database(place)) as source, closing(SqliteDatabase(copy)) as here:
        _between(source, here)
    with closing(sqlite3.connect(copy, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")  # one file, without a -wal


def _between(source: Database, target: Database) -> None:
    with source.reading() as there, target.writing() as here:
        copy_rows(there, here)


def _check(place: Place, copy: Path, key: LedgerKey | None, listed_beside: Path) -> None:
    faults = faults_of_file(copy, lambda connection: chain_faults(connection, key))
    if faults:
        name = place if isinstance(place, Path) else "The database"
        raise StoreTrouble(
            f"{name} is damaged, so no backup was made of it: {faults[0]}. `marko verify` says more. "
            f"{copies.advice(listed_beside)}"
        )


def chain_faults(connection: Connection, key: LedgerKey | None) -> list[str]:
    """Walk the ledger's chain with its key; of one that has a key which is not here nothing can be said."""
    mac = connection.execute(select(schema.ledger_head.c.mac)).scalar()
    if mac is None:  # no bot has opened this one since there are keys
        return plain_chain_faults(connection)
    if key is None:
        return []
    return ledger_check.faults(connection, key, None)


def _version(copy: Path) -> int:
    with closing(copying.opened(copy, still=True)) as connection:
        return int(connection.execute("SELECT max(version) FROM schema_version").fetchone()[0])


def _name(copy: Path, target: Path, *, force: bool) -> None:
    """Give the copy its name, durably; a file that somebody put there meanwhile is not replaced."""
    if not force and target.exists():
        raise StoreTrouble(f"{target} exists already. Name another file, or add --force to replace it.")
    copying.settle(copy, target)
