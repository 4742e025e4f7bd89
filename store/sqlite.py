"""One database file, ``marko.db``: pragmas, locks, damage, and everything else that only SQLite knows.

There are two engines. The *writer* has a pool of one connection; every transaction on it begins with BEGIN
IMMEDIATE, so writers queue up before they read what they are going to change. The *readers* may not write.
"""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import DDL, URL, Connection, Engine, NullPool, QueuePool, Table, create_engine, event
from sqlalchemy import exc as sql

from engine.errors import StoreTrouble
from store import checking, checksums, copies, replacing, schema
from store.checking import DAMAGE, Checking, code
from store.copying import keep_older
from store.database import PATIENCE_S, Database, inserting_once

SMALLEST = 512
"""The bytes of the smallest page, and so of the smallest database."""


class SqliteDatabase(Database):
    """One open ``marko.db``. One bot at a time uses it (``store/guard.py``), and shells beside it."""

    def __init__(self, path: Path, *, patience_s: float = PATIENCE_S, keeps_older: bool = True) -> None:
        """Create or open the file at ``path``; :class:`StoreTrouble` when it cannot be used.

        A file of an earlier schema is copied beside before it is brought up to date, if ``keeps_older``.
        A large one is looked through for damage beside the work, which ends where that is found.
        """
        super().__init__(str(path), _writer(path, patience_s), _readers(path, patience_s), patience_s)
        self.path = path
        self.checking = Checking(path, patience_s)
        with self._troubles_told(), replacing.alone(path):
            replacing.finish(path)
            _make_file(path)
            is_large = path.stat().st_size >= checking.LARGE
            known = examine(path, patience_s, whole=not is_large)
            if is_large and known < schema.VERSION:
                examine(path, patience_s)  # before anything in it is changed
            _keep_private(path)
            if keeps_older and 0 < known < schema.VERSION:
                keep_older(path, known)
            self._writing = self._writer.connect()
            if known < schema.VERSION:
                with self.writing() as connection:
                    schema.bring_up_to_date(connection)
            _watch(self._writing)
        if is_large:
            self.checking.begin()

    def close(self) -> None:
        self.checking.stop()
        super().close()

    def insert_alone(self, table: Table, row: Callable[[Connection], Mapping[str, Any]]) -> bool:
        """One statement is a transaction: beside busy threads each further one waits for its turn again."""
        with self._turn_taken(), self._troubles_told():
            values = row(self._writing)
            statement = inserting_once(table, self._writing.dialect, tuple(values))
            return _raw(self._writing).execute(statement.text, statement.values(values)).rowcount == 1

    def _check_open(self) -> None:
        super()._check_open()
        if self.checking.finding is not None:
            raise self._damaged(self.checking.finding)

    @contextmanager
    def _troubles_told(self) -> Iterator[None]:
        """Turn what SQLite says about locks, disks and damage into words for a person."""
        try:
            yield
        except sql.IntegrityError:
            raise  # a broken constraint is a fault of the program, not of the file
        except sql.DatabaseError as error:
            if isinstance(error.orig, sqlite3.DatabaseError):
                self._tell(error.orig)
            raise
        except sqlite3.DatabaseError as error:
            self._tell(error)
            raise

    def _tell(self, error: sqlite3.DatabaseError) -> None:
        what = code(error)
        if what in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise self._busy() from error
        if what in DAMAGE:
            raise self._damaged(str(error)) from error
        if what in _FILE_TROUBLES:
            raise StoreTrouble(f"{self.path}: {_FILE_TROUBLES[what]} ({error}).") from error

    def _damaged(self, finding: str) -> StoreTrouble:
        return StoreTrouble(
            f"{self.path}: the file is damaged ({finding}). Stop the bot and restore a backup. "
            f"{copies.advice(self.path)}"
        )


_FILE_TROUBLES = {
    sqlite3.SQLITE_FULL: "the disk is full. Nothing was changed; make room and try again",
    sqlite3.SQLITE_IOERR: "the disk reports an error. The change was not kept",
    sqlite3.SQLITE_READONLY: "the file may not be written. Nothing was changed",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
}


def _watch(connection: Connection) -> None:
    checksums.watch(_raw(connection), schema.metadata)


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)  # noqa: S101  for the types: this file opens nothing else
    return raw


def _append_only(verb: str) -> DDL:
    return DDL(  # type: ignore[no-untyped-call]
        f"CREATE TRIGGER ledger_refuses_{verb.lower()} BEFORE {verb} ON ledger "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    ).execute_if(dialect="sqlite")


for _verb in ("UPDATE", "DELETE"):
    event.listen(schema.ledger, "after_create", _append_only(_verb))


def _make_file(path: Path) -> None:
    """Create the file for its owner alone; SQLite gives its side files the same mode."""
    if path.is_dir():
        raise StoreTrouble(f"{path} is a folder; the database file needs another name.")
    try:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreTrouble(f"{path} cannot be created: {error.strerror}.") from error


def _keep_private(path: Path) -> None:
    for ending in replacing.BESIDE:
        file = path.with_name(path.name + ending)
        with suppress(FileNotFoundError):
            if stat.S_IMODE(file.stat().st_mode) != 0o600:
                file.chmod(0o600)


def examine(path: Path, patience_s: float = PATIENCE_S, *, whole: bool = True) -> int:
    """Look at the file without touching it and return its schema version, 0 when it is new.

    Raises :class:`StoreTrouble` for what is damaged, another program's, or a newer Marko's. Unless it is
    looked at as a ``whole``, damage is found in its head and in how its tables are described.
    """
    if 0 < path.stat().st_size < SMALLEST:  # SQLite takes such a file for an empty one
        raise Damaged(path, "it is too short")
    _find_its_changes(path)
    try:
        _take_back_what_a_kill_left(path, patience_s)
        with closing(checking.open_to_look(path, patience_s)) as connection:
            finding = checking.looked_through(connection) if whole else None
            if finding is not None:
                raise Damaged(path, finding)
            return _known_version(connection, path)
    except sqlite3.DatabaseError as error:
        if code(error) in {*_FILE_TROUBLES, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise
        raise Damaged(path, str(error)) from error


def _take_back_what_a_kill_left(path: Path, patience_s: float) -> None:
    """A transaction that a kill cut short has to be rolled back before anybody can even read the file.

    SQLite does that at the first reading, and a reader that may not write is refused until it is done.
    """
    with closing(checking.open_to_look(path, patience_s)) as connection:
        try:
            connection.execute("SELECT count(*) FROM sqlite_master")
            return
        except sqlite3.DatabaseError as error:
            if code(error) != sqlite3.SQLITE_READONLY:
                raise
    with closing(sqlite3.connect(path, timeout=patience_s)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master")


def _find_its_changes(path: Path) -> None:
    """An empty file beside a -wal with something in it has lost what the -wal belongs to."""
    changes = path.with_name(f"{path.name}-wal")
    if path.stat().st_size == 0 and changes.exists() and changes.stat().st_size > 0:
        raise Damaged(path, f"it is empty, and {changes.name} is not")


class Damaged(StoreTrouble):
    """A file that cannot be a memory; ``finding`` says why in a few words."""

    def __init__(self, path: Path, finding: str) -> None:
        self.finding = finding
        super().__init__(
            f"{path} is damaged or not a database ({finding}). It was left untouched. {copies.advice(path)}"
        )


def _known_version(connection: sqlite3.Connection, path: Path) -> int:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return 0
    if "schema_version" not in tables:
        raise StoreTrouble(f"{path} is the database of another program. It was left untouched.")
    known = int(connection.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()[0])
    if known > schema.VERSION:
        raise StoreTrouble(
            f"{path} was written by a newer Marko (schema {known}; this one knows {schema.VERSION}). "
            "It was left untouched: start the newer Marko."
        )
    if known == schema.VERSION:
        _find_columns(connection, path)
    return known


def _find_columns(connection: sqlite3.Connection, path: Path) -> None:
    """A flipped bit in the text that describes a table renames a column, or loses a table."""
    for table in schema.metadata.tables.values():
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")}
        if missing := set(table.c.keys()) - there:
            raise Damaged(path, f"{table.name} has no {', '.join(sorted(missing))}")


def _writer(path: Path, patience_s: float) -> Engine:
    engine = _engine(path, patience_s, poolclass=QueuePool, pool_size=1, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _write_ahead(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _readers(path: Path, patience_s: float) -> Engine:
    engine = _engine(path, patience_s, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _never_write(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _engine(path: Path, patience_s: float, **pool: Any) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path.absolute())),
        connect_args={"check_same_thread": False, "timeout": patience_s},
        hide_parameters=True,
        **pool,
    )

    @event.listens_for(engine, "connect")
    def _settle(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; our events do
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    return engine
