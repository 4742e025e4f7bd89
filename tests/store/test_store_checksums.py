"""Every row carries a checksum, whatever statement wrote it, and what does not fit is never handed out."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import factories
import pytest
from factories import MONDAY, HandClock
from remembered import CARD, remember

from engine.errors import StoreTrouble
from engine.ports import Reading
from store import Store, checksums, open_store, schema

DATABASES = ("sqlite",)


def changed(path: Path, statement: str, *values: object) -> None:
    """Write past Marko, as a flipped bit does: no checksum follows."""
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement, values).rowcount == 1


def rows(path: Path, table: str) -> list[sqlite3.Row]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608


def test_every_row_of_every_table_carries_one_that_fits(store: Store, path: Path) -> None:
    remember(store)
    for name, table in schema.metadata.tables.items():
        for row in rows(path, name) if "crc" in table.c else []:
            if name in schema.DOCUMENT_TABLES:
                assert row["crc"] == checksums.of_body(row["body"]), name
            else:
                assert row["crc"] is not None, name
                assert checksums.is_whole(dict(row)), name


def test_tables_without_one_are_those_that_a_chain_guards() -> None:
    without = {name for name, table in schema.metadata.tables.items() if "crc" not in table.c}
    assert without == checksums.UNCHECKED


def test_a_column_that_is_empty_or_new_changes_no_checksum() -> None:
    row = {"key": "Ev0SPRING", "status": "waiting", "error": None}
    assert checksums.of_row(sorted(row.items())) == checksums.of_row(sorted((row | {"later": None}).items()))
    assert checksums.of_row(sorted(row.items())) != checksums.of_row(sorted((row | {"error": ""}).items()))


def test_a_changed_document_is_never_handed_out(store: Store, path: Path) -> None:
    remember(store)
    changed(path, "UPDATE subscriptions SET body = replace(body, '09:00', '08:00')")
    before = rows(path, "subscriptions")
    with pytest.raises(StoreTrouble) as trouble, store.memory.reading() as reading:
        reading.subscriptions()
    assert str(trouble.value) == (
        f"{path} is damaged: row 1 of subscriptions is not as it was written. Nothing was changed. "
        "Stop the bot and restore a backup. No backup of it is listed: restore one with "
        "`marko restore FILE`, or start with another file."
    )
    with pytest.raises(StoreTrouble), store.memory.unit() as unit:
        unit.subscribe(factories.subscription(at="10:00"))
    assert rows(path, "subscriptions") == before


def test_a_changed_document_does_not_hold_up_the_others(store: Store, path: Path) -> None:
    remember(store)
    changed(path, "UPDATE subscriptions SET body = replace(body, '09:00', '08:00')")
    with store.memory.unit() as unit:
        unit.set_setting("change_limit", {"value": 0.05})
    with store.memory.reading() as reading:
        assert reading.setting("change_limit") == {"value": 0.05}
        assert reading.recommendation("rec-spring-sale") is not None


@pytest.mark.parametrize("table", ["recommendations", "digests", "views", "briefs"])
def test_each_way_to_a_document_looks_at_its_checksum(store: Store, path: Path, table: str) -> None:
    remember(store)
    ways: dict[str, Callable[[Reading], object]] = {
        "recommendations": lambda reading: reading.said(["rec-spring-sale"]),
        "digests": lambda reading: reading.digests_about("rec-spring-sale"),
        "views": lambda reading: reading.views("rec-spring-sale"),
        "briefs": lambda reading: reading.briefs(),
    }
    changed(path, f"UPDATE {table} SET body = body || ' ' WHERE doc_id = 1")  # noqa: S608
    with pytest.raises(StoreTrouble, match=f"row 1 of {table}"), store.memory.reading() as reading:
        ways[table](reading)


def test_a_changed_row_on_its_way_is_left_alone_and_told(
    store: Store, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with store.memory.unit() as unit:
        unit.post(factories.intent(CARD))
        unit.post(factories.intent("card:rec-autumn:C0MARKETING:0"))
    changed(path, "UPDATE outbox SET channel = 'C0ELSEWHERE' WHERE key = ?", CARD)
    with caplog.at_level(logging.ERROR):
        items = store.outbox.claim(now=MONDAY, limit=9)
    assert [each.intent.key for each in items] == ["card:rec-autumn:C0MARKETING:0"]
    assert "outbox 1 is damaged and is left alone" in caplog.text
    assert [row["channel"] for row in rows(path, "outbox")] == ["C0ELSEWHERE", "C0MARKETING"]


def test_a_changed_order_is_never_sent(store: Store, path: Path) -> None:
    remember(store)
    changed(path, "UPDATE executions SET body = replace(body, '276', '976')")
    assert store.executions.claim(now=MONDAY, limit=9) == []
    with pytest.raises(StoreTrouble, match="executions"), store.memory.reading() as reading:
        reading.execution("rec-spring-sale:do")


def test_a_text_that_is_none_any_more_is_damage(store: Store, path: Path) -> None:
    remember(store)
    changed(path, "UPDATE subscriptions SET body = CAST(x'7bff7d' AS TEXT)")
    with pytest.raises(StoreTrouble, match="the file is damaged"), store.memory.reading() as reading:
        reading.subscriptions()


def test_what_an_older_file_holds_gets_its_checksums(path: Path, clock: HandClock) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        dump = Path(__file__).resolve().parents[1] / "data" / "schema_3.sql"
        connection.executescript(dump.read_text("utf-8"))
    open_store(path, clock).close()
    for name, table in schema.metadata.tables.items():
        for row in rows(path, name) if "crc" in table.c else []:
            body = name in schema.DOCUMENT_TABLES
            assert row["crc"] is not None, name
            assert checksums.of_body(row["body"]) == row["crc"] if body else checksums.is_whole(dict(row))
