"""A backup is one moment of the memory, whole, checked, for its owner alone, and never over another file."""

import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from factories import MONDAY, HandClock
from remembered import KEY, remember

from engine.errors import StoreTrouble
from store import Store, copies, open_store, schema
from store.backup import Backup, back_up, chain_faults
from store.database import Place
from store.ledger_key import LedgerKey
from store.verify import faults_of_file


def backed_up(place: Place, target: Path, listed_beside: Path, **more: Any) -> Backup:
    return back_up(place, target, now=MONDAY, key=LedgerKey(KEY), listed_beside=listed_beside, **more)


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Beside which file backups are listed."""
    (tmp_path / "marko-data").mkdir(exist_ok=True)
    return tmp_path / "marko-data" / "marko.db"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "monday.db"


def content(store: Store) -> dict[str, object]:
    with store.memory.reading() as reading:
        return {
            "retrospectives": reading.retrospectives(),
            "recommendations": reading.recommendations(),
            "digests": reading.digests(),
            "views": reading.views("rec-spring-sale"),
            "subscriptions": reading.subscriptions(),
            "weights": reading.weights(),
            "execution": reading.execution("rec-spring-sale:do"),
            "limit": reading.setting("change_limit"),
            "ledger": reading.ledger(),
        }


def opened(file: Path, clock: HandClock) -> Store:
    return open_store(file, clock, ledger_key=KEY, folder=file.parent, check_ledger=False)


def faults(file: Path) -> list[str]:
    return faults_of_file(file, lambda connection: chain_faults(connection, LedgerKey(KEY)))


class TestOnBothDatabases:
    def test_it_holds_everything_and_opens_as_a_memory(
        self, store: Store, place: Place, target: Path, listed: Path, clock: HandClock
    ) -> None:
        remember(store)
        made = backed_up(place, target, listed)
        assert faults(target) == []
        copy = opened(target, clock)
        assert content(copy) == content(store)
        copy.close()
        assert made.seq == store.audit.head().seq
        assert made.digest == store.audit.head().digest
        assert made.schema == schema.VERSION

    def test_it_is_one_file_for_its_owner_alone(
        self, store: Store, place: Place, target: Path, listed: Path
    ) -> None:
        remember(store)
        made = backed_up(place, target, listed)
        assert [each.name for each in target.parent.iterdir()] == ["monday.db"]
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert made.bytes == target.stat().st_size

    def test_it_is_listed_as_the_last_good_one(
        self, store: Store, place: Place, target: Path, listed: Path
    ) -> None:
        remember(store)
        later = target.with_name("later.db")
        backed_up(place, target, listed)
        backed_up(place, later, listed)
        known = [Path(each.file).name for each in copies.listed(listed)]
        assert known == ["monday.db", "later.db"]
        assert copies.advice(listed) == (
            f"The last good backup is of 2026-03-30 09:00 UTC: `marko restore {later}`."
        )

    def test_a_file_that_is_there_is_never_overwritten_unasked(
        self, store: Store, place: Place, target: Path, listed: Path
    ) -> None:
        target.parent.mkdir()
        target.write_text("the recipe of the house")
        with pytest.raises(StoreTrouble, match="exists already"):
            backed_up(place, target, listed)
        assert target.read_text() == "the recipe of the house"
        assert copies.listed(listed) == []
        backed_up(place, target, listed, force=True)
        assert faults(target) == []

    def test_it_is_of_one_moment_while_the_bot_goes_on_writing(
        self, store: Store, place: Place, target: Path, listed: Path, clock: HandClock
    ) -> None:
        stop = threading.Event()

        def go_on() -> None:
            number = 0
            while not stop.is_set():
                with store.memory.unit() as unit:
                    unit.set_setting(f"number-{number}", number)
                    unit.note(actor="shell", deed="count", subject=f"number-{number}", detail={})
                number += 1

        writer = threading.Thread(target=go_on)
        writer.start()
        try:
            made = [backed_up(place, target.with_name(f"{each}.db"), listed) for each in range(5)]
        finally:
            stop.set()
            writer.join()
        for each in made:
            copy = opened(Path(each.file), clock)
            with copy.memory.reading() as reading:
                counted = [entry.subject for entry in reading.ledger() if entry.deed == "count"]
                assert all(reading.setting(name) is not None for name in counted)
                assert reading.setting(f"number-{len(counted)}") is None
            copy.close()


class TestOfAFile:
    DATABASES = ("sqlite",)

    def test_what_is_not_there_cannot_be_backed_up(self, path: Path, target: Path) -> None:
        with pytest.raises(StoreTrouble, match="does not exist"):
            backed_up(path, target, path)
        assert not path.exists()

    def test_the_database_is_not_its_own_backup(self, store: Store, path: Path) -> None:
        for ending in ("", "-wal"):
            with pytest.raises(StoreTrouble, match="another name"):
                backed_up(path, path.with_name(path.name + ending), path, force=True)

    def test_a_folder_is_no_place_for_it(self, store: Store, path: Path, tmp_path: Path) -> None:
        with pytest.raises(StoreTrouble, match="is a folder"):
            backed_up(path, tmp_path, path)

    def test_a_damaged_memory_gives_no_backup_and_the_last_good_one_is_named(
        self, store: Store, path: Path, target: Path
    ) -> None:
        remember(store)
        backed_up(path, target, path)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE settings SET body = body || ' '")
        with pytest.raises(StoreTrouble) as trouble:
            backed_up(path, target, path, force=True)
        assert str(trouble.value) == (
            f"{path} is damaged, so no backup was made of it: row 1 of settings is not as it was written. "
            "`marko verify` says more. The last good backup is of 2026-03-30 09:00 UTC: "
            f"`marko restore {target}`."
        )
        assert faults(target) == []

    def test_a_changed_ledger_gives_no_backup(self, store: Store, path: Path, target: Path) -> None:
        remember(store)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TRIGGER ledger_refuses_update")
            connection.execute("UPDATE ledger SET actor = 'U0MEMBER' WHERE deed = 'approved'")
        with pytest.raises(StoreTrouble, match="was changed"):
            backed_up(path, target, path)
        assert list(target.parent.iterdir()) == []

    def test_an_older_memory_is_backed_up_as_it_is(self, path: Path, target: Path) -> None:
        path.parent.mkdir()
        data = Path(__file__).resolve().parents[1] / "data" / "schema_3.sql"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(data.read_text("utf-8"))
        assert backed_up(path, target, path).schema == 3
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT max(version) FROM schema_version").fetchone() == (3,)

    def test_what_a_killed_backup_left_is_cleared_away(self, store: Store, path: Path, target: Path) -> None:
        target.parent.mkdir()
        left = target.parent / ".monday.db.abc123.partial"
        left.touch()
        backed_up(path, target, path)
        assert not left.exists()

    def test_a_list_with_odd_lines_still_names_what_stands(
        self, store: Store, path: Path, target: Path
    ) -> None:
        backed_up(path, target, path)
        listing = path.with_name("marko.db.backups")
        listing.write_bytes(b'\xff\xfe\n{"at": 1}\n[]\n' + listing.read_bytes() + b'{"at": "2026')
        assert [each.file for each in copies.listed(path)] == [str(target)]
        target.unlink()
        assert copies.listed(path) == []
