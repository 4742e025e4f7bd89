"""Checksums of rows, so that a flipped bit inside a valid text is found: the CRC-32 in each ``crc``.

A document's covers its body, of which its other columns are copies; ``store/documents.py`` writes it and
checks it at every read. A plain row's covers every column that is not empty, by name, so that a column
more changes no older row's. Triggers on the writer's own connection write it, whatever statement changes
a row; they are temporary, so that nothing in the file needs a function that only Marko has. A row without
a ``crc`` says nothing. The ledger has its chain instead.

On PostgreSQL documents have theirs, and pages are the server's business: plain rows have none there.
"""

import logging
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, MetaData, RowMapping, Table

log = logging.getLogger(__name__)

FUNCTION = "marko_row_crc"
# A chain guards the ledger, and a delivery names the SHA-256 of its body.
UNCHECKED = frozenset({"ledger", "ledger_head", "schema_version", "hook_bodies"})
BY_HAND = frozenset({"daily_rows"})  # written by the million, and never changed: who inserts sums them up


class DamagedRow(Exception):
    """A row is not as it was written. ``table`` and ``row`` name it."""

    def __init__(self, table: str, row: object) -> None:
        self.table = table
        self.row = row
        super().__init__(f"row {row} of {table} is not as it was written")


def of_body(body: str) -> int:
    return zlib.crc32(body.encode("utf-8", "surrogateescape"))


def of_row(values: Iterable[tuple[str, Any]]) -> int:
    """Sum up (column, value) in the order of their names; ``crc`` itself must not be among them."""
    told = [
        f"{name}={value if type(value) is not bool else int(value)}"
        for name, value in values
        if value is not None
    ]
    return zlib.crc32("\x1f".join(told).encode("utf-8", "surrogateescape"))


def summed(columns: Iterable[str]) -> list[str]:
    """Name the columns of a plain row that its checksum covers, in their order."""
    return sorted(name for name in columns if name != "crc")


def is_whole(row: RowMapping | Mapping[str, Any]) -> bool:
    """Say whether a plain row, read with every column, is as it was written."""
    crc = row["crc"]
    return crc is None or crc == of_row((name, row[name]) for name in summed(row.keys()))


def sound(table: Table, row: RowMapping) -> RowMapping:
    """Give a plain row, read with every column; :class:`DamagedRow` when it is not as it was written."""
    if not is_whole(row):
        raise DamagedRow(table.name, ", ".join(str(row[column.name]) for column in table.primary_key))
    return row


def whole(table: Table, rows: Iterable[RowMapping]) -> list[RowMapping]:
    """Leave out what is damaged, and say so: one bad row must not hold up the others, nor act."""
    found = []
    for row in rows:
        if is_whole(row):
            found.append(row)
        else:
            log.error("%s is damaged and is left alone; `marko verify` says more", _named(table, row))
    return found


def _named(table: Table, row: RowMapping) -> str:
    return f"{table.name} {', '.join(str(row[column.name]) for column in table.primary_key)}"


def watch(connection: sqlite3.Connection, metadata: MetaData) -> None:
    """Let every plain row that this connection writes get its checksum."""
    columns = {table.name: summed(table.c.keys()) for table in _plain(metadata)}

    def row_crc(table: str, *values: Any) -> int:
        return of_row(zip(columns[table], values, strict=True))

    connection.create_function(FUNCTION, -1, row_crc)
    connection.execute("PRAGMA temp_store = MEMORY")
    for name, covered in columns.items():
        for statement in _triggers(name, covered):
            connection.execute(statement)


def _plain(metadata: MetaData) -> Iterator[Table]:
    """Every table whose rows get their checksums from triggers."""
    return (
        each
        for each in metadata.tables.values()
        if "crc" in each.c and "doc_id" not in each.c and each.name not in BY_HAND
    )


def _triggers(table: str, covered: list[str]) -> Iterator[str]:
    quoted = [f'"{name}"' for name in covered]
    values = ", ".join(f"NEW.{name}" for name in quoted)
    for verb in ("INSERT", f"UPDATE OF {', '.join(quoted)}"):
        name = f"sum_{table}_{verb[:6].lower()}"
        summing = f"UPDATE {table} SET crc = {FUNCTION}('{table}', {values}) WHERE rowid = NEW.rowid"  # noqa: S608
        yield f"CREATE TEMP TRIGGER IF NOT EXISTS {name} AFTER {verb} ON main.{table} BEGIN {summing}; END"


def fill(connection: Connection) -> None:
    """Give every table its ``crc``, and every row that has none yet; a step of the schema's (SQLite)."""
    for table in _tables(connection):
        described = connection.exec_driver_sql(f"PRAGMA table_info({table})").all()
        columns = [row[1] for row in described]
        if "crc" not in columns:
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN crc INTEGER")
        _fill_table(connection, table, ["body"] if "doc_id" in columns else summed(columns))


def _tables(connection: Connection) -> list[str]:
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
    return [name for name in found if name not in UNCHECKED and not name.startswith("sqlite_")]


def _fill_table(connection: Connection, table: str, covered: list[str]) -> None:
    is_document = covered == ["body"]
    rowids = connection.exec_driver_sql(f"SELECT rowid FROM {table} WHERE crc IS NULL").scalars().all()  # noqa: S608
    asked = ", ".join(f'"{name}"' for name in covered)
    for rowid in rowids:  # one at a time: bodies may be large
        question = f"SELECT {asked} FROM {table} WHERE rowid = ?"  # noqa: S608
        values = connection.exec_driver_sql(question, (rowid,)).one()
        crc = of_body(values[0]) if is_document else of_row(zip(covered, values, strict=True))
        connection.exec_driver_sql(f"UPDATE {table} SET crc = ? WHERE rowid = ?", (crc, rowid))  # noqa: S608
