"""A file that an earlier version made opens, and has afterwards what a new one has."""

import json
import re
import resource
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from factories import HandClock
from postgres_server import schema_or_skip
from remembered import KEY
from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.engine import make_url

from engine.errors import StoreTrouble
from store import copies, open_store, schema
from store.inspection import inspect_file
from store.ledger_key import LedgerKey, read_key
from store.restore import restore
from store.steps import FIFTH

DATA = Path(__file__).resolve().parents[1] / "data"
Shape = dict[str, Any]


def made(version: int, path: Path) -> Path:
    """A database file as it was made by the schema's earlier version, with what was in it."""
    kept_file(version, path)
    with closing(sqlite3.connect(path)) as connection, connection:
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


def kept_file(version: int, path: Path) -> Path:
    """A database file out of what was kept of that version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATA / f"schema_{version}.sql").read_text("utf-8"))
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


def test_what_a_small_team_decided_under_version_3_is_all_there(tmp_path: Path, clock: HandClock) -> None:
    path = kept_file(3, tmp_path / "marko.db")
    with closing(sqlite3.connect(path)) as connection:
        lines = connection.execute("SELECT count(*) FROM ledger").fetchone()[0]
    store = open_store(path, clock)
    with store.memory.reading() as reading:
        known = {each.campaign.campaign_id for each in reading.retrospectives()}
        verbs = [each.verb for each in reading.recommendation("rec_21149246d5").decisions]
        statuses = {each.status for each in reading.recommendations()}
        told = len(reading.ledger())
    store.close()
    assert {"spring-sale", "campus-reels", "night-owls"} <= known
    assert verbs == ["approve", "done"]
    assert statuses == {"approved", "noted", "rejected", "done", "proposed", "superseded"}
    assert told == lines + 1  # what was there, and that the ledger took a key
    assert [each for each in inspect_file(path, read_key(path.parent)) if each.state == "fault"] == []


def test_a_file_of_version_3_has_every_column_of_a_new_one(tmp_path: Path, clock: HandClock) -> None:
    old, new = kept_file(3, tmp_path / "old" / "marko.db"), tmp_path / "new" / "marko.db"
    for path in (old, new):
        open_store(path, clock).close()
    assert shape(old) == shape(new)


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_before_a_file_is_changed_it_is_copied_beside_itself_as_it_was(
    version: int, tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    path = made(version, tmp_path / "marko.db") if version < 3 else kept_file(version, tmp_path / "marko.db")
    before, key = dump(path), KEY if version > 3 else None
    open_store(path, clock, ledger_key=key).close()
    open_store(path, clock, ledger_key=key).close()  # up to date already: no second copy
    (kept,) = tmp_path.glob(f"marko.db.v{version}-*")
    assert f"as it was (schema {version}) it is kept in {kept}" in caplog.text
    assert kept.stat().st_mode & 0o777 == 0o600
    assert dump(kept) == before
    assert [each.file for each in copies.listed(path)] == [str(kept)]


def test_the_way_back_from_a_new_version_is_that_copy(tmp_path: Path, clock: HandClock) -> None:
    path = kept_file(3, tmp_path / "marko.db")
    before = shape(path)
    open_store(path, clock).close()
    (kept,) = tmp_path.glob("marko.db.v3-*")
    kept.replace(path)  # what a person does who goes back to the earlier Marko
    assert shape(path) == before
    done = restore(path, path.rename(tmp_path / "old.db"), home=path, clock=clock, key=read_key(tmp_path))
    assert done.until == "2026-04-06T08:00:00.000000+00:00"
    open_store(path, clock).close()


def test_a_file_that_cannot_be_copied_first_is_left_as_it_was(tmp_path: Path, clock: HandClock) -> None:
    path = kept_file(3, tmp_path / "marko.db")
    before = dump(path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size // 2, limits[1]))
    try:
        with pytest.raises(StoreTrouble, match=r"cannot be copied beside itself .* Nothing was changed"):
            open_store(path, clock)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert dump(path) == before
    assert list(tmp_path.glob("*.v3-*")) == []
    open_store(path, clock).close()


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


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


def test_what_a_small_team_had_under_version_4_is_all_there(tmp_path: Path, clock: HandClock) -> None:
    path = kept_file(4, tmp_path / "marko.db")
    with closing(sqlite3.connect(path)) as connection:
        lines = connection.execute("SELECT count(*) FROM ledger").fetchone()[0]
    store = open_store(path, clock, ledger_key=KEY)
    with store.memory.unit() as unit:
        (done,) = [each for each in unit.recommendations() if each.status == "done"]
        assert unit.execution(f"marko:{done.id}:do") is not None
        assert len(unit.ledger()) >= lines
        assert (unit.row_campaigns(), unit.holdings(), unit.links()) == ([], [], {})
        unit.link("meta/default/sprng-sale", "meta/default/spring-sale")
    assert store.ledger_faults() == []
    store.close()
    assert [each for each in inspect_file(path, LedgerKey(KEY)) if each.state == "fault"] == []


def test_a_file_of_version_4_has_every_column_of_a_new_one(tmp_path: Path, clock: HandClock) -> None:
    old, new = kept_file(4, tmp_path / "old" / "marko.db"), tmp_path / "new" / "marko.db"
    for path in (old, new):
        open_store(path, clock, ledger_key=KEY).close()
    assert shape(old) == shape(new)


def test_a_server_of_version_4_gets_what_a_new_one_has(clock: HandClock, tmp_path: Path) -> None:
    for place in schema_or_skip():
        open_store(place, clock, ledger_key=KEY, folder=tmp_path).close()
        engine = create_engine(make_url(place).set(drivername="postgresql+psycopg"))
        new = described(engine)
        with engine.begin() as connection:
            for name in brought(FIFTH):
                connection.exec_driver_sql(f"DROP TABLE {name} CASCADE")
            connection.exec_driver_sql("DELETE FROM schema_version WHERE version = 5")
            connection.exec_driver_sql("INSERT INTO schema_version VALUES (4) ON CONFLICT DO NOTHING")
        open_store(place, clock, ledger_key=KEY, folder=tmp_path).close()
        assert described(engine) == new
        engine.dispose()


def brought(statements: Sequence[str]) -> list[str]:
    """Name the tables that a step makes."""
    return [name for each in statements for name in re.findall(r"CREATE TABLE (\w+)", each)]


def described(engine: Engine) -> Shape:
    """Columns, indexes and keys of the tables that the fifth version brought, as a server tells them."""
    looked = inspect(engine)
    found: Shape = {}
    for name in brought(FIFTH):
        columns = {
            each["name"]: (str(each["type"]), each["nullable"], getattr(each["type"], "collation", None))
            for each in looked.get_columns(name)
        }
        indexes = sorted((each["name"], tuple(each["column_names"])) for each in looked.get_indexes(name))
        references = sorted(each["referred_table"] for each in looked.get_foreign_keys(name))
        key = looked.get_pk_constraint(name)["constrained_columns"]
        found[name] = {"columns": columns, "indexes": indexes, "references": references, "key": key}
    return found
