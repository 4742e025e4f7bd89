"""A file that an earlier version made opens, and has afterwards what a new one has."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from factories import HandClock
from sqlalchemy import create_engine

from store import open_store, schema

DATA = Path(__file__).resolve().parents[1] / "data"
Shape = dict[str, Any]


def made(version: int, path: Path) -> Path:
    """A database file as it was made by the schema's earlier version, with what was in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript((DATA / f"schema_{version}.sql").read_text("utf-8"))
        connection.execute("INSERT INTO schema_version VALUES (?)", [version])
        connection.execute("INSERT INTO counters VALUES ('generation', 7)")
        document = json.dumps({"name": "order_value:meta/default/spring-sale", "value": 95.0})
        connection.execute(
            "INSERT INTO settings (body, name) VALUES (?, 'order_value:meta/default/spring-sale')", [document]
        )
        connection.execute(
            "INSERT INTO outbox (key, kind, record, channel, status, doubtful, attempts, changed_at) VALUES"
            " ('card:rec_1:C0GROWTH:0', 'card', 'rec_1', 'C0GROWTH', 'pending', 0, 0,"
            " '2026-03-30T09:00:00.000000+00:00')"
        )
    return path


def shape(path: Path) -> Shape:
    """Every table with its columns, indexes and references; in which order columns stand is no matter."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {name: _table(connection, name, sql) for name, sql in tables}


def _table(connection: sqlite3.Connection, name: str, sql: str) -> Shape:
    columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
    indexes = connection.execute(f"PRAGMA index_list({name})").fetchall()
    references = connection.execute(f"PRAGMA foreign_key_list({name})").fetchall()
    return {
        "columns": {row[1]: row[2:] for row in columns},
        "indexes": sorted(_index(connection, row) for row in indexes),
        "references": sorted(row[2:] for row in references),
        "ids for ever": "AUTOINCREMENT" in sql,
    }


def _index(connection: sqlite3.Connection, row: tuple[Any, ...]) -> tuple[str, bool, tuple[str, ...]]:
    _, name, unique, origin, _ = row
    columns = connection.execute(f"PRAGMA index_info({name})").fetchall()
    return name if origin == "c" else "", bool(unique), tuple(column[2] for column in columns)


def stepped(path: Path, *, to: int) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        schema.bring_up_to_date(connection, to=to)
    engine.dispose()


def test_the_second_version_is_made_as_it_was_whatever_the_tables_are_today(tmp_path: Path) -> None:
    old = made(1, tmp_path / "old.db")
    stepped(old, to=2)
    assert shape(old) == shape(made(2, tmp_path / "second.db"))


@pytest.mark.parametrize("version", [1, 2])
def test_an_earlier_file_has_every_column_of_a_new_one(
    version: int, tmp_path: Path, clock: HandClock
) -> None:
    old, new = made(version, tmp_path / "old" / "marko.db"), tmp_path / "new" / "marko.db"
    for path in (old, new):
        open_store(path, clock).close()
    assert shape(old) == shape(new)


@pytest.mark.parametrize("version", [1, 2])
def test_what_was_in_an_earlier_file_is_still_there(version: int, tmp_path: Path, clock: HandClock) -> None:
    store = open_store(made(version, tmp_path / "marko.db"), clock)
    with store.memory.reading() as reading:
        assert reading.generation() == 7
        assert reading.setting("order_value:meta/default/spring-sale") == 95.0
    (item,) = store.outbox.claim(now=clock.now(), limit=9)
    assert (item.intent.key, item.intent.over) == ("card:rec_1:C0GROWTH:0", None)
    assert store.ledger_faults() == []
    store.close()


def test_a_file_is_brought_up_to_date_once(tmp_path: Path, clock: HandClock) -> None:
    path = made(1, tmp_path / "marko.db")
    for _ in range(2):
        open_store(path, clock).close()
    with closing(sqlite3.connect(path)) as connection:
        versions = connection.execute("SELECT version FROM schema_version ORDER BY version").fetchall()
    assert [version for (version,) in versions] == list(range(1, schema.VERSION + 1))


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path, clock: HandClock) -> None:
    path = made(1, tmp_path / "marko.db")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE votes (doc_id INTEGER)")  # in the way of the step
    before = shape(path)
    with pytest.raises(Exception, match="votes"):
        open_store(path, clock)
    assert shape(path) == before
