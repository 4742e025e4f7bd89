"""A PostgreSQL database by its address: the same tables, for several bots at once.

A unit is one transaction that first takes one lock of the server, so that all writers of all bots queue
up, as they do for a SQLite file. A reading is a snapshot (REPEATABLE READ) that may not write. A line
that the server dropped is replaced before a transaction begins, and never inside one: what a unit did
is not done again by itself.
"""

import re
import select as system
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import DDL, URL, Connection, Engine, NullPool, QueuePool, create_engine, event, inspect
from sqlalchemy import exc as sql
from sqlalchemy.engine import make_url

from engine.errors import StoreTrouble
from store import schema
from store.database import PATIENCE_S, Database

CONNECT_S = 10
GONE_AFTER_MS = 20_000
"""How long what was sent may stay unacknowledged before the line counts as cut."""
ASLEEP_AFTER = "60s"
"""How long a unit may ask nothing before the server takes its bot for gone, and lets the next one write."""

LOOKS = "it looks like postgres://USER:PASSWORD@HOST/NAME"
QUEUE_UP = "SELECT pg_advisory_xact_lock(hashtextextended('marko:' || current_schema(), 0))"
KEEPALIVE = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}


class PostgresDatabase(Database):
    """One open database on a server, shared with other bots and shells."""

    is_shared = True

    def __init__(self, address: str, *, patience_s: float = PATIENCE_S) -> None:
        """Reach the server and bring the tables up to date; :class:`StoreTrouble` when that cannot be."""
        url = _url(address)
        super().__init__(name_of(address), _writer(url, patience_s), _readers(url), patience_s)
        with self._troubles_told():
            self._writing = self._writer.connect()
        try:
            with self.writing() as connection:
                _examine(connection, self.name)
                schema.bring_up_to_date(connection)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _begun(self) -> Iterator[None]:
        """Queue up; a line that was dropped since the last unit is replaced here, where nothing is lost."""
        try:
            self._queue_up()
        except sql.DBAPIError as error:
            if not error.connection_invalidated:
                raise
            self._queue_up()
        try:
            yield
        except BaseException:
            self._writing.rollback()
            raise
        self._commit()

    def _queue_up(self) -> None:
        try:
            self._writing.exec_driver_sql(QUEUE_UP)
        except BaseException:
            self._writing.rollback()
            raise

    def _commit(self) -> None:
        try:
            self._writing.commit()
        except sql.DBAPIError as error:
            self._writing.rollback()
            if error.connection_invalidated:
                raise StoreTrouble(
                    f"{self.name}: the line was lost while a change was being kept, so nobody knows whether "
                    "it was. Look before you do it again."
                ) from error
            raise

    def _lent(self) -> Connection:
        """Lend a reader whose line still stands."""
        connection = super()._lent()
        if _has_news(connection):  # nobody asked anything: most often the server says farewell
            try:
                connection.exec_driver_sql("SELECT 1")
            except sql.DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            finally:
                connection.rollback()
        return connection

    @contextmanager
    def _troubles_told(self) -> Iterator[None]:
        """Turn what the server says about locks, disks, rights and lines into words for a person."""
        try:
            yield
        except sql.IntegrityError:
            raise  # a broken constraint is a fault of the program, not of the server
        except sql.DBAPIError as error:
            if isinstance(error.orig, psycopg.Error):
                self._tell(error.orig)
            raise

    def _tell(self, error: psycopg.Error) -> None:
        if isinstance(error, psycopg.errors.LockNotAvailable):
            raise self._busy() from None
        if isinstance(error, _GONE):
            raise StoreTrouble(
                f"{self.name} has lost what Marko made in it ({_said(error)}). Restore a backup."
            ) from None
        if isinstance(error, _UNUSABLE):
            raise StoreTrouble(f"{self.name} cannot be used: {_said(error)}.") from None
        if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
            raise StoreTrouble(f"{self.name} may only be read, so Marko cannot use it.") from None


_GONE = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.InvalidSchemaName)
_UNUSABLE = (
    psycopg.OperationalError,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.IdleInTransactionSessionTimeout,
)


def name_of(address: str) -> str:
    """Say which database it is: its name and host, never who logs in or how."""
    url = _url(address)
    host = url.host or url.query.get("host") or "this machine"
    at = f"{host}:{url.port}" if url.port else host
    return f"database {url.database or url.username or 'postgres'} at {at}"


def _url(address: str) -> URL:
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
    except (sql.ArgumentError, ValueError):
        raise StoreTrouble(f"DATABASE_URL cannot be read; {LOOKS}.") from None
    if "@" in (url.host or ""):  # a part of the password, which must not be shown as a host
        raise StoreTrouble(f"DATABASE_URL cannot be read; {LOOKS}. An @ in the password is written as %40.")
    return url


def _said(error: psycopg.Error) -> str:
    """Give the server's own reason in one line; libpq repeats it for each address that it tried."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reasons = [line for line in lines if re.search(r"FATAL:|ERROR:|failed: ", line)] or lines[:1]
    reason = re.split(r"FATAL: +|ERROR: +|.*failed: ", reasons[0])[-1] if reasons else "no reason was given"
    return reason.rstrip(".")


def _examine(connection: Connection, name: str) -> None:
    """Refuse what is not ours, or newer than we are; nothing was changed by then."""
    if connection.exec_driver_sql("SHOW server_encoding").scalar_one() != "UTF8":
        raise StoreTrouble(f"{name} is not in UTF8; make one with ENCODING 'UTF8'.")
    tables = set(inspect(connection).get_table_names())
    if schema.schema_version.name not in tables:
        taken = sorted(tables & set(schema.metadata.tables))
        if taken:
            raise StoreTrouble(
                f"{name} holds tables of another program ({taken[0]}). It was left untouched: "
                "give Marko a database of its own."
            )
        return
    known = connection.exec_driver_sql("SELECT coalesce(max(version), 0) FROM schema_version").scalar_one()
    if known > schema.VERSION:
        raise StoreTrouble(
            f"{name} was written by a newer Marko (schema {known}; this one knows {schema.VERSION}). "
            "It was left untouched: start the newer Marko."
        )


def _has_news(connection: Connection) -> bool:
    """Say whether there is something to read on an idle line, which costs no question to the server."""
    line: Any = connection.connection.driver_connection
    if line is None or line.closed:
        return True
    waiting = system.poll()
    waiting.register(line.fileno(), system.POLLIN | system.POLLHUP | system.POLLERR)
    return bool(waiting.poll(0))


def _writer(url: URL, patience_s: float) -> Engine:
    # Whatever the server's default is: who waited for the lock has to see what those before it wrote.
    engine = _engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, isolation_level="READ COMMITTED")

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: Any) -> None:
        _set(
            connection,
            f"SET lock_timeout = {max(int(patience_s * 1000), 1)}",
            f"SET idle_in_transaction_session_timeout = '{ASLEEP_AFTER}'",
        )

    return engine


def _readers(url: URL) -> Engine:
    engine = _engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    return engine.execution_options(postgresql_readonly=True)


def _engine(url: URL, **more: Any) -> Engine:
    asked = {"connect_timeout": CONNECT_S, "tcp_user_timeout": GONE_AFTER_MS, "application_name": "marko"}
    told = {**KEEPALIVE, **asked, "client_encoding": "utf8"}
    return create_engine(url, connect_args=told, hide_parameters=True, **more)


def _set(connection: Any, *statements: str) -> None:
    """Settle a fresh line, outside any transaction."""
    connection.autocommit = True
    for each in statements:
        connection.execute(each)
    connection.autocommit = False


def _append_only(verb: str) -> DDL:
    level = "STATEMENT" if verb == "TRUNCATE" else "ROW"
    return DDL(  # type: ignore[no-untyped-call]
        f"CREATE TRIGGER ledger_refuses_{verb.lower()} BEFORE {verb} ON ledger "
        f"FOR EACH {level} EXECUTE FUNCTION ledger_is_append_only()"
    ).execute_if(dialect="postgresql")


_refusal = DDL(  # type: ignore[no-untyped-call]
    "CREATE OR REPLACE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; "
    "END $$"
).execute_if(dialect="postgresql")

event.listen(schema.ledger, "after_create", _refusal)
for _verb in ("UPDATE", "DELETE", "TRUNCATE"):
    event.listen(schema.ledger, "after_create", _append_only(_verb))
