"""The ledger shows every kind of tampering, and the database refuses the accidental ones."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from factories import HandClock
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from engine.errors import StoreTrouble
from store import Store, schema


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


def tamper(store: Store, *statements: str) -> None:
    """Do what somebody with the database can do."""
    with store._database.writing() as connection:
        on = " ON ledger" if connection.dialect.name == "postgresql" else ""
        for trigger in ("ledger_refuses_update", "ledger_refuses_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}{on}")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_ledger_that_was_left_alone_is_whole(written: Store) -> None:
    assert written.ledger_faults() == []


def test_an_empty_ledger_is_whole(store: Store) -> None:
    assert store.ledger_faults() == []


@pytest.mark.parametrize("field", ["at", "actor", "deed", "subject", "detail", "digest"])
def test_an_edited_field_shows(written: Store, field: str) -> None:
    tamper(written, f"UPDATE ledger SET {field} = replace({field}, '2', '3') || ' ' WHERE seq = 2")  # noqa: S608
    assert written.ledger_faults()[0] == "Ledger line 2 was changed, or the line before it was."


@pytest.mark.parametrize("detail", ["{}", "no json", '{"amount": 276.5,"n":2,"unit":"\\u20ac"}'])
def test_an_edited_detail_shows(written: Store, detail: str) -> None:
    tamper(written, f"UPDATE ledger SET detail = '{detail}' WHERE seq = 2")  # noqa: S608
    assert written.ledger_faults() == ["Ledger line 2 was changed, or the line before it was."]


def test_a_deleted_line_shows(written: Store) -> None:
    tamper(written, "DELETE FROM ledger WHERE seq = 3")
    assert written.ledger_faults() == [
        "Ledger line 3 is missing; line 4 follows.",
        "Ledger line 4 was changed, or the line before it was.",
    ]


def test_swapped_lines_show(written: Store) -> None:
    tamper(
        written,
        "UPDATE ledger SET seq = 99 WHERE seq = 2",
        "UPDATE ledger SET seq = 2 WHERE seq = 3",
        "UPDATE ledger SET seq = 3 WHERE seq = 99",
    )
    assert len(written.ledger_faults()) == 3


def test_an_inserted_line_shows(written: Store) -> None:
    tamper(
        written,
        "INSERT INTO ledger SELECT 6, at, actor, deed, 'forged', detail, 'forged' FROM ledger WHERE seq = 5",
    )
    assert written.ledger_faults() == [
        "Ledger line 6 was changed, or the line before it was.",
        "The ledger ends at line 6, and its head says 5.",
    ]


def test_a_cut_tail_shows(written: Store) -> None:
    tamper(written, "DELETE FROM ledger WHERE seq > 3")
    assert written.ledger_faults() == ["The ledger ends at line 3, and its head says 5."]


@pytest.mark.parametrize("change", [delete(schema.ledger), update(schema.ledger).values(actor="nobody")])
def test_the_database_refuses_to_change_a_line(written: Store, change: object) -> None:
    with pytest.raises(IntegrityError, match="append-only"), written._database.writing() as connection:
        connection.execute(change)  # type: ignore[call-overload]
    assert written.ledger_faults() == []


def test_a_head_that_was_set_back_shows_and_nothing_is_built_on_it(written: Store) -> None:
    tamper(
        written,
        "DELETE FROM ledger WHERE seq > 3",
        "UPDATE ledger_head SET seq = 3, digest = (SELECT digest FROM ledger WHERE seq = 3)",
    )
    assert written.ledger_faults() == ["The ledger's head was changed."]
    with pytest.raises(StoreTrouble, match="nothing more is written"), written.memory.unit() as unit:
        unit.note(actor="shell", deed="import", subject="spring-sale", detail={})


def test_a_line_that_somebody_put_behind_the_last_stops_the_writing(written: Store) -> None:
    tamper(
        written,
        "INSERT INTO ledger SELECT 6, at, actor, deed, 'forged', detail, 'forged' FROM ledger WHERE seq = 5",
    )
    with pytest.raises(StoreTrouble, match="nothing more is written"), written.memory.unit() as unit:
        unit.note(actor="shell", deed="import", subject="spring-sale", detail={})


def test_a_missing_head_shows(written: Store) -> None:
    tamper(written, "DELETE FROM ledger_head")
    assert written.ledger_faults() == [
        "The ledger's head is missing.",
    ]


def test_the_chain_goes_on_after_a_restart(
    another: Callable[[], Store], written: Store, clock: HandClock
) -> None:
    written.close()
    again = another()
    with again.memory.unit() as unit:
        unit.note(actor="shell", deed="import", subject="spring-sale", detail={})
    with again.memory.reading() as reading:
        assert [entry.seq for entry in reading.ledger()] == [1, 2, 3, 4, 5, 6]
    assert again.ledger_faults() == []


def test_a_page_is_the_newest_lines_and_how_many_there_are(written: Store, clock: HandClock) -> None:
    def page(**narrowed: Any) -> tuple[list[int], int]:
        asked: dict[str, Any] = {"since": None, "about": None, "by": None, "limit": 2}
        with written.memory.reading() as reading:
            found, total = reading.ledger_page(**asked | narrowed)
        return [entry.seq for entry in found], total

    assert page() == ([5, 4], 5)
    assert page(about={"rec-2", "rec-3"}) == ([3, 2], 2)
    assert page(since=clock.now() - timedelta(minutes=1)) == ([5], 1)
    assert page(by="U0MEMBER") == ([], 0)
    assert page(by="U0APPROVER", about={"rec-1"}) == ([1], 1)


def test_secrets_and_addresses_are_hidden_before_they_are_written(store: Store) -> None:
    with store.memory.unit() as unit:
        unit.note(
            actor="shell",
            deed="read",
            subject="students of ann@shop.example",
            detail={"note": "xoxb-1-planted", "of": ["Bearer planted"], "whsec_plantedplanted": 1},
        )
    with store.memory.reading() as reading:
        (entry,) = reading.ledger()
    assert entry.subject == "students of (hidden)"
    assert entry.detail == {"note": "(hidden)", "of": ["Bearer (hidden)"], "(hidden)": 1}
    assert store.ledger_faults() == []


def test_a_detail_that_is_no_json_is_refused(store: Store) -> None:
    for wrong in (float("nan"), object()):
        with pytest.raises((ValueError, TypeError)), store.memory.unit() as unit:
            unit.note(actor="shell", deed="import", subject="spring-sale", detail={"wrong": wrong})
    assert store.ledger_faults() == []
