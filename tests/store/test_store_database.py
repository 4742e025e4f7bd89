"""Opening, refusing, migrating, waiting: what happens around the one file."""

import resource
import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import factories
import pytest
from factories import HandClock
from sqlalchemy import Column, Connection, Integer, MetaData, Table, create_engine, inspect, select

from engine.errors import StoreTrouble
from store import Store, open_store, schema

DATABASES = ("sqlite",)


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def filled(path: Path, clock: HandClock, campaigns: int = 40) -> bytes:
    """Make a database with a few pages, close it, and give its bytes."""
    store = open_store(path, clock)
    with store.memory.unit() as unit:
        for number in range(campaigns):
            unit.keep_retrospective(factories.retrospective(f"spring-sale-{number}"))
    store.close()
    return path.read_bytes()


def import_many(store: Store) -> None:
    with store.memory.unit() as unit:
        for number in range(30):
            unit.keep_retrospective(factories.retrospective(f"spring-sale-{number}"))


class TestOpening:
    def test_folder_and_files_belong_to_their_owner_alone(self, store: Store, path: Path) -> None:
        with store.memory.unit() as unit:
            unit.set_setting("limit", 1)
        assert mode(path.parent) == "0o700"
        assert {file.name: mode(file) for file in path.parent.iterdir()} == {
            "marko.db": "0o600",
            "marko.db-wal": "0o600",
            "marko.db-shm": "0o600",
        }

    def test_a_transaction_that_a_kill_cut_short_is_taken_back(self, path: Path, clock: HandClock) -> None:
        filled(path, clock)
        killed = path.parent / "killed" / path.name
        killed.parent.mkdir()
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # as it is until the file is turned to WAL
            connection.execute("PRAGMA cache_size = 1")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE performance_logs SET body = body || ' '")
            for ending in ("", "-journal"):  # what a kill leaves
                shutil.copy(f"{path}{ending}", f"{killed}{ending}")
        shutil.copy(path.with_name("ledger.key"), killed.with_name("ledger.key"))
        with closing(open_store(killed, clock)) as store, store.memory.reading() as reading:
            assert len(reading.retrospectives()) == 40

    def test_a_file_that_others_could_read_is_closed_to_them(self, path: Path, clock: HandClock) -> None:
        filled(path, clock)
        path.chmod(0o644)
        store = open_store(path, clock)
        with store.memory.unit() as unit:
            unit.set_setting("limit", 1)
        assert {mode(file) for file in path.parent.iterdir()} == {"0o600"}
        store.close()

    def test_what_was_kept_is_there_after_a_restart(self, path: Path, clock: HandClock) -> None:
        filled(path, clock)
        store = open_store(path, clock)
        with store.memory.reading() as reading:
            assert len(reading.retrospectives()) == 40
            assert reading.generation() == 40
        store.close()

    def test_writes_reach_the_disk_before_they_are_acknowledged(self, store: Store) -> None:
        with store._database.writing() as connection:
            asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
        assert found == ["wal", 2, 1, 10_000]

    def test_an_empty_file_becomes_a_database(self, path: Path, clock: HandClock) -> None:
        path.parent.mkdir()
        path.touch()
        store = open_store(path, clock)
        with store.memory.reading() as reading:
            assert reading.generation() == 0
        store.close()

    def test_several_may_open_a_new_file_at_once(self, path: Path, clock: HandClock) -> None:
        together = threading.Barrier(4)
        stores: list[Store] = []

        def open_and_note() -> None:
            together.wait()
            store = open_store(path, clock)
            with store.memory.unit() as unit:
                unit.note(actor="shell", deed="open", subject="marko", detail={})
            stores.append(store)

        threads = [threading.Thread(target=open_and_note) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert stores[0].ledger_faults() == []
        with stores[0].memory.reading() as reading:
            assert len(reading.ledger()) == 4
        for store in stores:
            store.close()

    def test_a_path_with_odd_letters_is_fine(self, tmp_path: Path, clock: HandClock) -> None:
        path = tmp_path / "été? 100% #1" / "marko & co.db"
        store = open_store(path, clock)
        store.close()
        assert path.read_bytes().startswith(b"SQLite format 3")
        found = sorted(file.name for file in path.parent.iterdir())
        assert found == ["ledger.key", "marko & co.anchor", path.name]


class TestRefusing:
    def refused(self, path: Path, clock: HandClock) -> str:
        before = path.read_bytes()
        with pytest.raises(StoreTrouble) as trouble:
            open_store(path, clock)
        assert path.read_bytes() == before
        assert str(path) in str(trouble.value)
        return str(trouble.value)

    @pytest.mark.parametrize(
        ("junk", "finding"),
        [
            (b"not a database at all\n" * 400, "file is not a database"),
            (bytes(range(256)) * 40, "file is not a database"),
            (b"SQLite format 3\0", "it is too short"),
        ],
    )
    def test_junk_is_left_untouched(self, path: Path, clock: HandClock, junk: bytes, finding: str) -> None:
        path.parent.mkdir()
        path.write_bytes(junk)
        assert self.refused(path, clock) == (
            f"{path} is damaged or not a database ({finding}). It was left untouched. No backup of it is "
            "listed: restore one with `marko restore FILE`, or start with another file."
        )

    @pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
    def test_a_truncated_file_is_left_untouched(self, path: Path, clock: HandClock, keep: float) -> None:
        whole = filled(path, clock)
        path.write_bytes(whole[: int(len(whole) * keep)])
        assert "It was left untouched" in self.refused(path, clock)

    def test_a_file_with_a_zeroed_page_is_left_untouched(self, path: Path, clock: HandClock) -> None:
        whole = filled(path, clock)
        page = 4096
        for start in range(page, 12 * page, page):
            path.write_bytes(whole[:start] + b"\0" * page + whole[start + page :])
            assert "It was left untouched" in self.refused(path, clock)

    def test_another_programs_database_is_left_untouched(self, path: Path, clock: HandClock) -> None:
        path.parent.mkdir()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE recipes (name TEXT)")
        assert self.refused(path, clock) == (
            f"{path} is the database of another program. It was left untouched."
        )

    def test_a_newer_schema_is_left_untouched(self, path: Path, clock: HandClock) -> None:
        filled(path, clock)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("INSERT INTO schema_version VALUES (7)")
            connection.commit()
        assert self.refused(path, clock) == (
            f"{path} was written by a newer Marko (schema 7; this one knows {schema.VERSION}). "
            "It was left untouched: start the newer Marko."
        )

    def test_a_folder_in_its_place_is_told(self, path: Path, clock: HandClock) -> None:
        path.mkdir(parents=True)
        with pytest.raises(StoreTrouble, match="is a folder"):
            open_store(path, clock)

    def test_a_file_in_the_folders_place_is_told(self, tmp_path: Path, clock: HandClock) -> None:
        (tmp_path / "marko-data").touch()
        with pytest.raises(StoreTrouble, match="marko-data cannot be used: File exists"):
            open_store(tmp_path / "marko-data" / "marko.db", clock)


class TestMigrating:
    def test_missing_steps_are_taken_in_order_and_once(self, tmp_path: Path) -> None:
        engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
        taken: list[int] = []

        def second(connection: Connection) -> None:
            taken.append(2)
            Table("rows_by_day", MetaData(), Column("day", Integer)).create(connection)

        def third(connection: Connection) -> None:
            taken.append(3)

        steps = {2: second, 3: third}
        with engine.begin() as connection:
            schema.bring_up_to_date(connection, to=1)
        for _ in range(2):
            with engine.begin() as connection:
                schema.bring_up_to_date(connection, to=3, steps=steps)
        with engine.begin() as connection:
            versions = connection.scalars(select(schema.schema_version.c.version)).all()
            assert (taken, list(versions)) == ([2, 3], [1, 2, 3])
            assert "rows_by_day" in inspect(connection).get_table_names()
        engine.dispose()

    def test_every_version_has_its_step(self) -> None:
        assert sorted(schema.STEPS) == list(range(2, schema.VERSION + 1))

    def test_the_five_tables_of_the_structured_memory_exist(self, store: Store) -> None:
        with store._database.reading() as connection:
            found = set(inspect(connection).get_table_names())
        assert {"campaigns", "performance_logs", "patterns", "insights", "weights"} <= found


class TestWaiting:
    def test_a_writer_that_waits_too_long_is_told_so(self, path: Path, clock: HandClock) -> None:
        store = open_store(path, clock, patience_s=0.05)
        with closing(sqlite3.connect(path, isolation_level=None)) as shell:
            shell.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreTrouble) as trouble, store.memory.unit():
                pass
            shell.execute("ROLLBACK")
        assert str(trouble.value) == (
            f"{path} is busy: somebody else has been writing for more than 0.05 s. "
            "Nothing was changed; try again in a moment."
        )
        with store.memory.unit() as unit:
            unit.set_setting("limit", 1)
        store.close()

    def test_a_thread_that_waits_too_long_is_told_so(self, path: Path, clock: HandClock) -> None:
        store = open_store(path, clock, patience_s=0.05)
        told: list[str] = []

        def wait_in_vain() -> None:
            try:
                store.inbox.accept(factories.delivery())
            except StoreTrouble as trouble:
                told.append(str(trouble))

        with store.memory.unit():
            thread = threading.Thread(target=wait_in_vain)
            thread.start()
            thread.join()
        assert "is busy" in told[0]
        assert store.inbox.accept(factories.delivery())
        store.close()

    def test_readers_never_wait_for_a_writer(self, path: Path, clock: HandClock) -> None:
        store = open_store(path, clock, patience_s=0.05)
        with closing(sqlite3.connect(path, isolation_level=None)) as shell:
            shell.execute("BEGIN IMMEDIATE")
            with store.memory.reading() as reading:
                assert reading.retrospectives() == []
        store.close()

    def test_a_full_disk_is_told_and_loses_nothing(self, path: Path, clock: HandClock) -> None:
        store = open_store(path, clock)
        with store.memory.unit() as unit:
            unit.set_setting("before", 1)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        room = path.with_name("marko.db-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        try:
            with pytest.raises(StoreTrouble, match=r"the disk (is full|reports an error)"):
                import_many(store)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        with store.memory.unit() as unit:
            unit.set_setting("after", 2)
        with store.memory.reading() as reading:
            found = (reading.setting("before"), reading.setting("after"), reading.retrospectives())
        assert found == (1, 2, [])
        store.close()
