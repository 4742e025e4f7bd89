"""The same documents on three shelves: our TinyDB layer, raw ``sqlite3``, and TinyDB's own JSON file."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, Text
from tinydb import TinyDB, where

from benchmarks.campaigns import portfolio
from store.database import open_database
from store.documents import Documents, row_values
from store.schema import document_table

ALIKE = 20  # how many documents share a status

_CAMPAIGN = json.loads(portfolio(1))[0]
_metadata = MetaData()
OFFERS = document_table(
    "offers", Column("key", Text, index=True), Column("status", Text, index=True), into=_metadata
)
INSERT = "INSERT INTO offers (body, key, status) VALUES (:body, :key, :status)"
INSERT_SUMMED = "INSERT INTO offers (body, crc, key, status) VALUES (:body, :crc, :key, :status)"
BY_ID = "SELECT body FROM offers WHERE doc_id = ?"
BY_KEY = "SELECT body FROM offers WHERE key = ?"
BY_STATUS = "SELECT body FROM offers WHERE status = ?"


def document(number: int) -> dict[str, Any]:
    """Make a document of the size and shape of a campaign that we keep, about 800 bytes."""
    return {"key": f"spring-sale-{number}", "status": f"week-{number // ALIKE}", **_CAMPAIGN}


class OurShelf:
    """Documents through TinyDB's interface, a durable transaction for each insert."""

    def __init__(self, path: Path) -> None:
        self.database = open_database(path)
        with self.database.writing() as connection:
            _metadata.create_all(connection)

    def fill(self, first: int, last: int) -> None:
        with self.database.writing() as connection:
            rows = (row_values(OFFERS, document(number)) for number in range(first, last))
            connection.exec_driver_sql(INSERT_SUMMED, list(rows))

    def insert(self, number: int) -> None:
        with self.database.writing() as connection:
            Documents(connection, {"offers": OFFERS}).table("offers").insert(document(number))

    @contextmanager
    def held(self) -> Iterator[Any]:
        """Lend the table on one held reader."""
        with self.database.reading() as connection:
            yield Documents(connection, {"offers": OFFERS}).table("offers")

    def pooled(self, number: int) -> None:
        """Read one document by its key, with a reader taken from the pool for it."""
        with self.held() as table:
            table.search(where("key") == f"spring-sale-{number}")

    def close(self) -> None:
        self.database.close()


class RawShelf:
    """The same rows through ``sqlite3``: WAL, FULL, one commit for each insert."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")
        self.connection.executescript(
            "CREATE TABLE offers (doc_id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL,"
            " key TEXT, status TEXT);"
            "CREATE INDEX by_key ON offers (key); CREATE INDEX by_status ON offers (status);"
        )

    def fill(self, first: int, last: int) -> None:
        self.connection.execute("BEGIN")
        rows = (row_values(OFFERS, document(number)) for number in range(first, last))
        self.connection.executemany(INSERT, rows)
        self.connection.execute("COMMIT")

    def insert(self, number: int) -> None:
        self.connection.execute(INSERT, row_values(OFFERS, document(number)))

    def read(self, question: str, value: object) -> list[Any]:
        return [json.loads(row[0]) for row in self.connection.execute(question, (value,)).fetchall()]

    def close(self) -> None:
        self.connection.close()


def json_shelf(path: Path, size: int) -> TinyDB:
    """Write a file as TinyDB itself would have, and open it."""
    documents = {str(number + 1): document(number) for number in range(size)}
    path.write_text(json.dumps({"_default": documents}), encoding="utf-8")
    return TinyDB(path)
