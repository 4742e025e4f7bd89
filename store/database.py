"""The database as everything else in the store sees it: transactions, and the SQL that has two dialects.

``open_database`` gives a SQLite file (``store/sqlite.py``) or a PostgreSQL server (``store/postgres.py``). On
both, writers queue up before they read what they are going to change, and each reading is one snapshot.
"""

import secrets
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Table, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement

from engine.errors import StoreTrouble
from store import copies
from store.checksums import DamagedRow

PATIENCE_S = 10.0
"""How long one writer waits for another before it gives up."""

MOST_HELD = 8
"""How many readers are held open while nobody reads."""

SCHEMES = ("postgres://", "postgresql://")
"""How the address of a PostgreSQL database begins."""

Place = Path | str
"""A file, or the address of a PostgreSQL database; that one may hold a password and is never shown."""


class Database(ABC):
    """One open database. Threads share it; each transaction has its own connection."""

    is_shared = False
    """Whether other bots may work on it at the same time."""
    path: Path | None = None
    """The file, where it is one."""

    def __init__(self, name: str, writer: Engine, readers: Engine, patience_s: float) -> None:
        """``name`` is how people are told which database it is."""
        self.name = name
        self.worker = secrets.token_hex(8)  # whose leases are ours; nobody before or beside us is called so
        self._patience_s = patience_s
        self._mine = threading.local()
        self._turn = threading.Lock()
        self._idle: deque[Connection] = deque()
        self._closed = False
        self._writer = writer
        self._readers = readers
        self._writing: Connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open the one write transaction: committed at the end, rolled back when the block raises."""
        with self._turn_taken():
            try:
                with self._troubles_told(), self._begun():
                    yield self._writing
            except DamagedRow as damaged:
                raise StoreTrouble(copies.told(self.name, self.path, damaged)) from damaged

    def insert_alone(self, table: Table, row: Callable[[Connection], Mapping[str, Any]]) -> bool:
        """Insert a row in a transaction of its own; False when a unique key is taken already.

        ``row`` makes the values. This is done before each acknowledgement, so a database may do it in less
        than ``writing`` takes.
        """
        with self.writing() as connection:
            return insert_once(connection, table, row(connection))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a held reader; everything read from it inside the block is of one moment."""
        with self._troubles_told():
            connection = self._lent()
            try:
                yield connection
            except DamagedRow as damaged:
                raise StoreTrouble(copies.told(self.name, self.path, damaged)) from damaged
            finally:
                connection.rollback()
                self._give_back(connection)

    def close(self) -> None:
        """Close every connection; one that is lent ends with its reading, and who comes later is told so."""
        with self._turn:
            self._closed = True
            self._writing.close()
        while self._idle:
            self._idle.pop().close()
        self._readers.dispose()
        self._writer.dispose()

    @contextmanager
    def _turn_taken(self) -> Iterator[None]:
        """Be the one thread of this process that writes."""
        if getattr(self._mine, "writing", False):
            raise RuntimeError("This thread is writing already: units do not nest. Finish the first one.")
        if not self._turn.acquire(timeout=self._patience_s):
            raise self._busy()
        self._mine.writing = True
        try:
            self._check_open()
            yield
        finally:
            self._mine.writing = False
            self._turn.release()

    @abstractmethod
    def _troubles_told(self) -> AbstractContextManager[None]:
        """Turn what the database says about locks, disks and lines into words for a person."""

    def _begun(self) -> AbstractContextManager[Any]:
        """Begin the write transaction."""
        return self._writing.begin()

    def _lent(self) -> Connection:
        self._check_open()
        try:
            return self._idle.pop()
        except IndexError:
            return self._readers.connect()

    def _give_back(self, connection: Connection) -> None:
        """Hold a reader for the next one, but no more than some: a server lets so many in, from all bots."""
        if self._closed or len(self._idle) >= MOST_HELD:
            connection.close()
        else:
            self._idle.append(connection)

    def _check_open(self) -> None:
        if self._closed:
            raise StoreTrouble(f"{self.name} is closed. Nothing was changed.")

    def _busy(self) -> StoreTrouble:
        return StoreTrouble(
            f"{self.name} is busy: somebody else has been writing for more than "
            f"{self._patience_s:g} s. Nothing was changed; try again in a moment."
        )


def open_database(place: Place, *, patience_s: float = PATIENCE_S) -> Database:
    """Open a file, or what an address of PostgreSQL names; :class:`StoreTrouble` says why it cannot be."""
    if isinstance(place, str) and place.startswith(SCHEMES):
        from store.postgres import PostgresDatabase  # noqa: PLC0415  the driver is read only where it is used

        return PostgresDatabase(place, patience_s=patience_s)
    from store.sqlite import SqliteDatabase  # noqa: PLC0415  it knows this module

    return SqliteDatabase(Path(place), patience_s=patience_s)


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
        return dict(given) if self._order is None else tuple(map(given.__getitem__, self._order))


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row; False when a unique key is taken already, and then nothing changes."""
    statement = inserting_once(table, connection.dialect, tuple(values))
    return connection.exec_driver_sql(statement.text, statement.values(values)).rowcount == 1


@lru_cache(maxsize=64)
def inserting_once(table: Table, dialect: Dialect, fields: tuple[str, ...]) -> Prepared:
    """Compile the insertion of these fields that leaves a row alone whose unique key is taken."""
    return Prepared(_insert(table, dialect), dialect, list(fields))


def _insert(table: Table, dialect: Dialect) -> ClauseElement:
    if dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  two megabytes, where a file is used

        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def restart_ids(connection: Connection, table: Table) -> None:
    """Let the ids of an emptied table begin at 1 again."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f'ALTER SEQUENCE "{table.name}_doc_id_seq" RESTART WITH 1')
        return
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})


def ids_from(connection: Connection, table: Table, given: int) -> None:
    """Let the next id of a table be beyond one that was ``given`` to it; SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        sequence = f'"{table.name}_doc_id_seq"'
        last = f"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {sequence}"  # noqa: S608
        further = f"SELECT setval('{sequence}', %(given)s) WHERE %(given)s > ({last})"
        connection.exec_driver_sql(further, {"given": given})
