"""The ledger shows every kind of tampering, and the database refuses the accidental ones."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from factories import HandClock
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from store import Store, open_store, schema


@pytest.fixture
def written(store: Store, clock: HandClock) -> Iterator[Store]:
    for number in range(1, 6):
        with store.memory.unit() as unit:
            unit.note(
                actor="U0APPROVER",
                deed="approve",
                subject=f"rec-{number}",
                detail={"amount": 276.5, "unit": "€", "n": number},
            )
        clock.forward(minutes=1)
    return store


def tamper(path: Path, *statements: str) -> None:
    """Do what somebody with the file and a SQLite shell can do."""
    with closing(sqlite3.connect(path)) as connection:
        for trigger in ("ledger_refuses_update", "ledger_refuses_delete"):
            connection.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_ledger_that_was_left_alone_is_whole(written: Store) -> None:
    assert written.ledger_faults() == []


def test_an_empty_ledger_is_whole(store: Store) -> None:
    assert store.ledger_faults() == []


@pytest.mark.parametrize("field", ["at", "actor", "deed", "subject", "detail", "digest"])
def test_an_edited_field_shows(written: Store, field: str) -> None:
    tamper(written.path, f"UPDATE ledger SET {field} = replace({field}, '2', '3') || ' ' WHERE seq = 2")  # noqa: S608
    assert written.ledger_faults()[0] == "Ledger line 2 was changed, or the line before it was."


@pytest.mark.parametrize("detail", ["{}", "no json", '{"amount": 276.5,"n":2,"unit":"\\u20ac"}'])
def test_an_edited_detail_shows(written: Store, detail: str) -> None:
    tamper(written.path, f"UPDATE ledger SET detail = '{detail}' WHERE seq = 2")  # noqa: S608
    assert written.ledger_faults() == ["Ledger line 2 was changed, or the line before it was."]


def test_a_deleted_line_shows(written: Store) -> None:
    tamper(written.path, "DELETE FROM ledger WHERE seq = 3")
    assert written.ledger_faults() == [
        "Ledger line 3 is missing; line 4 follows.",
        "Ledger line 4 was changed, or the line before it was.",
    ]


def test_swapped_lines_show(written: Store) -> None:
    tamper(
        written.path,
        "UPDATE ledger SET seq = 99 WHERE seq = 2",
        "UPDATE ledger SET seq = 2 WHERE seq = 3",
        "UPDATE ledger SET seq = 3 WHERE seq = 99",
    )
    assert len(written.ledger_faults()) == 3


def test_an_inserted_line_shows(written: Store) -> None:
    tamper(
        written.path,
        "INSERT INTO ledger SELECT 6, at, actor, deed, 'forged', detail, 'forged' FROM ledger WHERE seq = 5",
    )
    assert written.ledger_faults() == [
        "Ledger line 6 was changed, or the line before it was.",
        "The ledger ends at line 6, and its anchor says 5.",
    ]


def test_a_cut_tail_shows(written: Store) -> None:
    tamper(written.path, "DELETE FROM ledger WHERE seq > 3")
    assert written.ledger_faults() == ["The ledger ends at line 3, and its anchor says 5."]


@pytest.mark.parametrize("change", [delete(schema.ledger), update(schema.ledger).values(actor="nobody")])
def test_the_database_refuses_to_change_a_line(written: Store, change: object) -> None:
    with pytest.raises(IntegrityError, match="append-only"), written._database.writing() as connection:
        connection.execute(change)  # type: ignore[call-overload]
    assert written.ledger_faults() == []


def test_the_chain_goes_on_after_a_restart(written: Store, clock: HandClock) -> None:
    written.close()
    again = open_store(written.path, clock)
    with again.memory.unit() as unit:
        unit.note(actor="shell", deed="import", subject="spring-sale", detail={})
    with again.memory.reading() as reading:
        assert [entry.seq for entry in reading.ledger()] == [1, 2, 3, 4, 5, 6]
    assert again.ledger_faults() == []
    again.close()


def test_a_detail_that_is_no_json_is_refused(store: Store) -> None:
    for wrong in (float("nan"), object()):
        with pytest.raises((ValueError, TypeError)), store.memory.unit() as unit:
            unit.note(actor="shell", deed="import", subject="spring-sale", detail={"wrong": wrong})
    assert store.ledger_faults() == []
