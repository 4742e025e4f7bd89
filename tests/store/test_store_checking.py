"""A large file is looked through for damage beside the work: what is found ends all work on it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import factories
import pytest
from factories import HandClock

from engine.errors import StoreTrouble
from store import open_store
from store.checking import LARGE, Checking
from store.sqlite import SqliteDatabase

DATABASES = ("sqlite",)
PAGE = 4096
PATIENCE_S = 30.0


@pytest.fixture
def large(path: Path, clock: HandClock) -> Path:
    """A memory whose file is large: one campaign, and pages of another table."""
    store = open_store(path, clock)
    with store.memory.unit() as unit:
        unit.keep_retrospective(factories.retrospective("spring-sale"))
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE padding (filling BLOB)")
        rows = LARGE // 3_000
        connection.executemany("INSERT INTO padding VALUES (zeroblob(3000))", [()] * rows)
    assert path.stat().st_size > LARGE
    return path


def damage(path: Path) -> bytes:
    """Zero a page in the middle, and give the file's bytes."""
    content = bytearray(path.read_bytes())
    start = len(content) // 2 // PAGE * PAGE
    content[start : start + PAGE] = bytes(PAGE)
    path.write_bytes(content)
    return bytes(content)


def write(database: SqliteDatabase) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE counters SET value = value + 1 WHERE name = 'generation'")


def read(database: SqliteDatabase) -> int:
    with database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM performance_logs").scalar_one())


def test_a_large_file_that_is_whole_is_worked_on_while_it_is_looked_through(large: Path) -> None:
    with closing(SqliteDatabase(large)) as database:
        write(database)
        assert read(database) == 1
        database.checking.wait(PATIENCE_S)
        assert database.checking.finding is None
        write(database)


def test_damage_found_beside_the_work_ends_it_and_is_logged(
    large: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = damage(large)
    with closing(SqliteDatabase(large)) as database:
        database.checking.wait(PATIENCE_S)
        told = []
        for work in (write, read, write):
            with pytest.raises(StoreTrouble) as trouble:
                work(database)
            told.append(str(trouble.value))
    assert len(set(told)) == 1
    assert told[0].startswith(f"{large}: the file is damaged (")
    assert "Stop the bot and restore a backup." in told[0]
    assert "is damaged" in caplog.text
    assert large.read_bytes() == before


def test_a_large_file_cut_short_is_refused_at_once(large: Path) -> None:
    content = large.read_bytes()
    large.write_bytes(content[: len(content) // PAGE * PAGE - 3 * PAGE])
    with pytest.raises(StoreTrouble, match="It was left untouched"):
        SqliteDatabase(large)


def test_a_large_damaged_file_of_an_older_schema_is_refused_before_it_is_changed(large: Path) -> None:
    with closing(sqlite3.connect(large)) as connection, connection:
        connection.execute("DELETE FROM schema_version WHERE version > 3")
    before = damage(large)
    with pytest.raises(StoreTrouble, match="It was left untouched"):
        SqliteDatabase(large)
    assert large.read_bytes() == before


def test_a_close_breaks_the_look_off_and_no_thread_stays(
    large: Path, caplog: pytest.LogCaptureFixture
) -> None:
    checking = Checking(large, PATIENCE_S)
    checking.begin()
    checking.stop()
    checking.wait(0)
    assert checking.finding is None
    assert caplog.text == ""
    for _ in range(20):
        SqliteDatabase(large).close()
    with closing(SqliteDatabase(large)) as database:
        assert read(database) == 1


def test_a_small_file_is_looked_through_before_it_is_opened(path: Path, clock: HandClock) -> None:
    open_store(path, clock).close()
    with closing(SqliteDatabase(path)) as database:
        database.checking.wait(0)
        assert path.stat().st_size < LARGE
    damage(path)
    with pytest.raises(StoreTrouble, match="It was left untouched"):
        SqliteDatabase(path)
