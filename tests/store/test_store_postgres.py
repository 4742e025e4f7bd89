"""What goes wrong with a server: told in one line, without a password, and nothing done twice."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

import factories
import psycopg
import pytest
from factories import HandClock
from postgres_server import PASSWORD, schema_or_skip
from sqlalchemy.exc import IntegrityError

from engine.errors import StoreTrouble
from store import Store, open_store, schema

DATABASES = ("postgresql",)
Line: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"
KEY = "a key of the tests, long enough to be one"


@pytest.fixture
def address() -> Iterator[str]:
    yield from schema_or_skip()


@pytest.fixture
def server(place: str) -> Iterator[Line]:
    """A line of somebody else's to the same tables."""
    with psycopg.connect(place, autocommit=True) as connection:
        yield connection


def refused(address: str) -> str:
    with pytest.raises(StoreTrouble) as trouble:
        open_store(address, HandClock(), ledger_key=KEY)
    said = str(trouble.value)
    assert PASSWORD not in said
    assert "\n" not in said
    return said


def cut(server: Line, store: Store) -> int:
    """Let the server drop every line that this store holds; gives how many."""
    theirs = [store._database._writing, *store._database._idle]
    pids = [each.connection.driver_connection.info.backend_pid for each in theirs]
    done = [server.execute("SELECT pg_terminate_backend(%s, 5000)", [pid]).fetchone() for pid in pids]
    return len(done)


class TestOpening:
    def test_a_server_that_is_not_there_is_told(self) -> None:
        said = refused(f"postgresql://marko:{PASSWORD}@127.0.0.1:1/marko")
        assert said == "database marko at 127.0.0.1:1 cannot be used: Connection refused."

    def test_a_wrong_password_is_told_and_not_repeated(self, address: str) -> None:
        with psycopg.connect(address) as connection:
            where, port = "127.0.0.1", connection.info.port
        said = refused(f"postgres://marko:wrong-{PASSWORD}@{where}:{port}/marko")
        assert said == (
            f"database marko at 127.0.0.1:{port} cannot be used: "
            'password authentication failed for user "marko".'
        )

    def test_a_missing_database_is_told(self, address: str) -> None:
        said = refused(address.replace("/marko?", "/nowhere?"))
        assert said.startswith("database nowhere at ")
        assert said.endswith('cannot be used: database "nowhere" does not exist.')

    def test_a_newer_schema_is_left_untouched(self, place: str, store: Store, server: Line) -> None:
        server.execute("INSERT INTO schema_version VALUES (77)")
        assert refused(place).endswith(
            f"was written by a newer Marko (schema 77; this one knows {schema.VERSION}). "
            "It was left untouched: start the newer Marko."
        )
        server.execute("DELETE FROM schema_version WHERE version = 77")

    def test_another_programs_tables_are_left_untouched(self, address: str) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS of_a_shop")
            connection.execute("CREATE TABLE IF NOT EXISTS of_a_shop.settings (name text)")
        theirs = address[: address.index("options=")] + "options=-csearch_path%3Dof_a_shop"
        assert "holds tables of another program (settings)" in refused(theirs)

    def test_several_may_open_an_empty_database_at_once(self, address: str, tmp_path: Path) -> None:
        together = threading.Barrier(4)
        opened: list[Store] = []

        def open_it() -> None:
            together.wait()
            opened.append(open_store(address, HandClock(), ledger_key=KEY, folder=tmp_path))

        threads = [threading.Thread(target=open_it) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(opened) == 4
        for each in opened:
            each.close()


class TestLines:
    def test_lines_that_the_server_dropped_are_replaced(self, store: Store, server: Line) -> None:
        with store.memory.unit() as unit:
            unit.set_setting("limit", 1)
        with store.memory.reading() as reading:
            assert reading.setting("limit") == 1
        assert cut(server, store) == 2
        with store.memory.unit() as unit:
            unit.set_setting("limit", 2)
        assert cut(server, store) == 2
        with store.memory.reading() as reading:
            assert reading.setting("limit") == 2

    def test_a_line_that_is_cut_inside_a_unit_undoes_the_unit_and_is_told(
        self, store: Store, server: Line
    ) -> None:
        def half() -> None:
            with store.memory.unit() as unit:
                unit.set_setting("limit", 1)
                cut(server, store)
                unit.set_setting("other", 2)

        with pytest.raises(StoreTrouble, match="cannot be used"):
            half()
        with store.memory.unit() as unit:
            assert (unit.setting("limit"), unit.setting("other")) == (None, None)

    def test_a_line_that_is_cut_at_the_end_of_a_unit_leaves_it_unknown_and_says_so(
        self, store: Store, server: Line
    ) -> None:
        def almost() -> None:
            with store.memory.unit() as unit:
                unit.set_setting("limit", 1)
                cut(server, store)

        with pytest.raises(StoreTrouble, match="nobody knows whether it was"):
            almost()
        with store.memory.reading() as reading:
            assert reading.setting("limit") is None


class TestWaiting:
    def test_a_writer_that_waits_too_long_is_told_so(self, place: str, store: Store, tmp_path: Path) -> None:
        with closing(
            open_store(place, HandClock(), patience_s=0.05, ledger_key=KEY, folder=tmp_path)
        ) as hasty:
            with store.memory.unit(), pytest.raises(StoreTrouble) as trouble, hasty.memory.unit():
                pass
            assert str(trouble.value) == (
                f"{hasty.name} is busy: somebody else has been writing for more than 0.05 s. "
                "Nothing was changed; try again in a moment."
            )
            with hasty.memory.unit() as unit:
                unit.set_setting("limit", 1)

    def test_readers_never_wait_for_a_writer_and_see_one_moment(
        self, store: Store, another: Callable[[], Store]
    ) -> None:
        second = another()
        with second.memory.reading() as reading:
            assert reading.setting("limit") is None
            with store.memory.unit() as unit:
                unit.set_setting("limit", 1)
            assert reading.setting("limit") is None
        with second.memory.reading() as reading:
            assert reading.setting("limit") == 1

    def test_a_second_writer_sees_what_the_first_one_wrote(
        self, store: Store, another: Callable[[], Store]
    ) -> None:
        second = another()
        with store.memory.unit() as unit:
            unit.keep_retrospective(factories.retrospective())
        with second.memory.unit() as unit:
            assert unit.generation() == 1


class TestLedger:
    @pytest.mark.parametrize(
        "deed", ["UPDATE ledger SET actor = 'x'", "DELETE FROM ledger", "TRUNCATE ledger"]
    )
    def test_the_server_refuses_to_change_a_line(self, store: Store, deed: str) -> None:
        with store.memory.unit() as unit:
            unit.note(actor="shell", deed="import", subject="spring-sale", detail={})
        with pytest.raises(IntegrityError, match="append-only"), store._database.writing() as connection:
            connection.exec_driver_sql(deed)
        assert store.ledger_faults() == []


def test_text_is_sorted_byte_by_byte_whatever_the_servers_language(store: Store) -> None:
    with store._database.reading() as connection:
        asked = (
            "SELECT collation_name FROM information_schema.columns WHERE data_type = 'text' AND "
            "table_schema = current_schema() GROUP BY collation_name"
        )
        assert list(connection.exec_driver_sql(asked).scalars()) == ["C"]


def test_the_name_of_a_database_holds_no_password(place: str, store: Store) -> None:
    assert PASSWORD not in store.name
    assert PASSWORD not in repr(store._database._writer.url)
