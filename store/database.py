"""The one database file: opening, pragmas, transactions, and everything that only SQLite knows.

There are two engines. The *writer* has a pool of one connection, held open and lent to one thread at
a time; every transaction on it begins with BEGIN IMMEDIATE, so writers queue up before they read what
they are going to change. The
*readers* are held connections that may not write; each reading is one snapshot.
"""

import fcntl
import os
import sqlite3
import stat
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    DDL,
    URL,
    Connection,
    Dialect,
    Engine,
    NullPool,
    QueuePool,
    Table,
    create_engine,
    event,
    text,
)
from sqlalchemy import exc as sql
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql import ClauseElement

from engine.errors import StoreTrouble
from store import schema

PATIENCE_S = 10.0
"""How long one writer waits for another before it gives up."""

SMALLEST = 512
"""The bytes of the smallest page, and so of the smallest database."""

BESIDE = ("", "-wal", "-shm")
"""The endings of the files that belong to one SQLite database."""


class Database:
    """One open ``marko.db``. Threads share it; each transaction has its own connection."""

    def __init__(self, path: Path, *, patience_s: float = PATIENCE_S) -> None:
        """Create or open the file at ``path``; :class:`StoreTrouble` when it cannot be used."""
        self.path = path
        self._patience_s = patience_s
        self._mine = threading.local()
        self._turn = threading.Lock()
        self._idle: deque[Connection] = deque()
        self._readers = _readers(path, patience_s)
        self._writer = _writer(path, patience_s)
        with self._troubles_told(), _one_opens_at_a_time(path):
            _make_file(path)
            known = _examine(path, patience_s)
            _keep_private(path)
            self._writing = self._writer.connect()
        if known < schema.VERSION:
            with self.writing() as connection:
                schema.bring_up_to_date(connection)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open the one write transaction: committed at the end, rolled back when the block raises."""
        if getattr(self._mine, "writing", False):
            raise RuntimeError("This thread is writing already: units do not nest. Finish the first one.")
        if not self._turn.acquire(timeout=self._patience_s):
            raise self._busy()
        self._mine.writing = True
        try:
            with self._troubles_told(), self._writing.begin():
                yield self._writing
        finally:
            self._mine.writing = False
            self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a held reader; everything read from it inside the block is of one moment."""
        with self._troubles_told():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._readers.connect()
            try:
                yield connection
            finally:
                connection.rollback()
                self._idle.append(connection)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
        with self._turn:
            self._writing.close()
        self._readers.dispose()
        self._writer.dispose()

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
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise self._busy() from error
        if code in _FILE_TROUBLES:
            raise StoreTrouble(f"{self.path}: {_FILE_TROUBLES[code]} ({error}).") from error

    def _busy(self) -> StoreTrouble:
        return StoreTrouble(
            f"{self.path} is busy: somebody else has been writing for more than "
            f"{self._patience_s:g} s. Nothing was changed; try again in a moment."
        )


_FILE_TROUBLES = {
    sqlite3.SQLITE_FULL: "the disk is full. Nothing was changed; make room and try again",
    sqlite3.SQLITE_IOERR: "the disk reports an error. The change was not kept",
    sqlite3.SQLITE_READONLY: "the file may not be written. Nothing was changed",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_CORRUPT: "the file is damaged. Stop the bot and restore a backup",
    sqlite3.SQLITE_NOTADB: "the file is damaged. Stop the bot and restore a backup",
}


class Prepared:
    """One statement in the driver's own words, compiled once, for the reads and writes that are hot."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, fields: list[str] | None = None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=fields)
        self.text = str(compiled)
        self._order: list[str] | None = getattr(compiled, "positiontup", None)
        self._only = next(iter(compiled.params), "")

    def value(self, given: Any) -> Any:
        """Arrange the only value of a statement that has one."""
        return {self._only: given} if self._order is None else (given,)

    def values(self, given: Mapping[str, Any]) -> Any:
        """Arrange the values as the driver wants them: by position, or by name."""
        return dict(given) if self._order is None else tuple(given[name] for name in self._order)


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row; False when a unique key is taken already, and then nothing changes."""
    statement = _insert_once(table, connection.dialect, tuple(values))
    return connection.exec_driver_sql(statement.text, statement.values(values)).rowcount == 1


@lru_cache(maxsize=64)
def _insert_once(table: Table, dialect: Dialect, fields: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).on_conflict_do_nothing(), dialect, list(fields))


def restart_ids(connection: Connection, table: Table) -> None:
    """Let the ids of an emptied table begin at 1 again."""
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})


def _append_only(verb: str) -> DDL:
    return DDL(  # type: ignore[no-untyped-call]
        f"CREATE TRIGGER ledger_refuses_{verb.lower()} BEFORE {verb} ON ledger "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    ).execute_if(dialect="sqlite")


for _verb in ("UPDATE", "DELETE"):
    event.listen(schema.ledger, "after_create", _append_only(_verb))


@contextmanager
def _one_opens_at_a_time(path: Path) -> Iterator[None]:
    """Lock the folder while the file is made and turned to WAL, for which SQLite does not queue."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise StoreTrouble(f"{path.parent} cannot be used: {error.strerror}.") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


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
    for ending in BESIDE:
        file = path.with_name(path.name + ending)
        with suppress(FileNotFoundError):
            if stat.S_IMODE(file.stat().st_mode) != 0o600:
                file.chmod(0o600)


def _examine(path: Path, patience_s: float) -> int:
    """Look at the file without touching it and return its schema version, 0 when it is new."""
    if 0 < path.stat().st_size < SMALLEST:  # SQLite takes such a file for an empty one
        raise _damaged(path, "it is too short")
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=patience_s)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA quick_check")]
            if found != ["ok"]:
                raise _damaged(path, found[0])
            return _known_version(connection, path)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise _damaged(path, str(error)) from error
        raise


def _damaged(path: Path, finding: str) -> StoreTrouble:
    return StoreTrouble(
        f"{path} is damaged or not a database ({finding}). It was left untouched: "
        "move it away and restore a backup, or start with another file."
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
    return known


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
        **pool,
    )

    @event.listens_for(engine, "connect")
    def _settle(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; our events do
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    return engine
