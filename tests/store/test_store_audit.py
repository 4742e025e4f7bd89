"""The ledger's key and its anchor: a lost key refuses, an earlier database shows, a new stretch says so."""

import json
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from factories import HandClock
from torture import tampering

from engine.errors import StoreTrouble
from store import Store, open_store
from store.ledger import canonical

OTHER = "another key of the ledger, long enough too"


def open_again(path: Path, key: str | None = None, *, check: bool = True) -> Store:
    return open_store(path, HandClock(), ledger_key=key, check_ledger=check)


def wrote(path: Path, *subjects: str, key: str | None = None) -> Path:
    with closing(open_again(path, key)) as store:
        for subject in subjects:
            with store.memory.unit() as unit:
                unit.note(actor="U0APPROVER", deed="approved", subject=subject, detail={})
    return path


def faults(path: Path, key: str | None = None) -> list[str]:
    with closing(open_again(path, key, check=False)) as store:
        return store.ledger_faults()


def deeds(path: Path, key: str | None = None) -> list[str]:
    with closing(open_again(path, key)) as store, store.memory.reading() as reading:
        return [entry.deed for entry in reading.ledger()]


class TestTheKey:
    def test_it_is_made_at_the_first_start_for_its_owner_alone(self, path: Path) -> None:
        wrote(path, "rec-1")
        key = path.with_name("ledger.key")
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert len(key.read_text().strip()) == 64
        before = key.read_text()
        wrote(path, "rec-2")
        assert key.read_text() == before
        assert faults(path) == []

    def test_one_that_is_set_makes_no_file(self, path: Path) -> None:
        wrote(path, "rec-1", key=tampering.KEY)
        assert not path.with_name("ledger.key").exists()
        assert faults(path, tampering.KEY) == []

    def test_a_file_that_others_could_read_is_closed_to_them(self, path: Path) -> None:
        wrote(path, "rec-1").with_name("ledger.key").chmod(0o644)
        wrote(path, "rec-2")
        assert stat.S_IMODE(path.with_name("ledger.key").stat().st_mode) == 0o600

    def test_another_key_refuses_to_start_and_says_what_to_do(self, path: Path) -> None:
        wrote(path, "rec-1", key=tampering.KEY)
        with pytest.raises(StoreTrouble) as refused:
            open_again(path, OTHER)
        assert str(refused.value) == (
            f"The key of the ledger in {path} is another one. Put it back: MARKO_LEDGER_KEY, or ledger.key "
            "beside the database. Where it is lost, `marko audit rekey` begins a new stretch with the key "
            "that is set, and says so in the ledger."
        )
        assert faults(path, OTHER)[0].startswith("The ledger is kept with another key")

    def test_a_key_that_is_lost_is_not_replaced_by_the_way(self, path: Path) -> None:
        wrote(path, "rec-1").with_name("ledger.key").unlink()
        with pytest.raises(StoreTrouble, match="is missing"):
            open_again(path)
        assert not path.with_name("ledger.key").exists()
        assert faults(path) == ["The ledger's key is missing; without it nothing can be checked."]

    @pytest.mark.parametrize("held", ["", "short\n", "ü" * 40])
    def test_a_broken_file_is_told_and_left_alone(self, path: Path, held: str) -> None:
        wrote(path, "rec-1").with_name("ledger.key").write_text(held, encoding="utf-8")
        with pytest.raises(StoreTrouble, match=r"ledger\.key"):
            open_again(path)
        assert path.with_name("ledger.key").read_text(encoding="utf-8") == held

    def test_a_key_that_is_too_short_is_refused(self, path: Path) -> None:
        with pytest.raises(StoreTrouble, match="32 characters"):
            open_again(path, "short")


class TestANewStretch:
    def rekeyed(self, path: Path) -> int:
        with closing(open_again(path, OTHER, check=False)) as store:
            return store.audit.rekey(by="shell")

    def test_it_says_so_and_goes_on_with_the_other_key(self, path: Path) -> None:
        wrote(path, "rec-1", "rec-2", key=tampering.KEY)
        assert self.rekeyed(path) == 3
        wrote(path, "rec-3", key=OTHER)
        assert deeds(path, OTHER) == ["approved", "approved", "ledger_rekeyed", "approved"]
        assert faults(path, OTHER) == []
        with pytest.raises(StoreTrouble, match="is another one"):
            open_again(path, tampering.KEY)

    @pytest.mark.parametrize("line", [1, 2])
    def test_what_was_written_with_the_key_that_is_lost_stays_sealed(self, path: Path, line: int) -> None:
        wrote(path, "rec-1", "rec-2", key=tampering.KEY)
        self.rekeyed(path)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TRIGGER ledger_refuses_update")
            connection.execute("UPDATE ledger SET actor = 'U0SOMEBODY' WHERE seq = ?", (line,))
        assert faults(path, OTHER) == ["The lines before line 3 are not those that it seals."]

    def test_it_says_whether_all_was_whole_before(self, path: Path) -> None:
        wrote(path, "rec-1", "rec-2", key=OTHER)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TRIGGER ledger_refuses_delete")
            connection.execute("DELETE FROM ledger WHERE seq = 2")
        with pytest.raises(StoreTrouble, match="does not end where I wrote last"):
            open_again(path, OTHER)
        self.rekeyed(path)
        with closing(open_again(path, OTHER)) as store, store.memory.reading() as reading:
            assert reading.ledger()[-1].detail["was_whole"] is False
        assert faults(path, OTHER) == []


class TestAnEarlierLedger:
    """A ledger of before there was a key: its lines stay, and the line that takes the key seals them."""

    @pytest.fixture
    def unkeyed(self, path: Path) -> Path:
        wrote(path, "rec-1", "rec-2", "rec-3", key=tampering.KEY)
        path.with_name("marko.anchor").unlink()
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TRIGGER ledger_refuses_update")
            tampering.chain_without_key(connection, 3)
            last = connection.execute("SELECT digest FROM ledger WHERE seq = 3").fetchone()
            connection.execute("UPDATE ledger_head SET digest = ?, keyed_from = NULL, mac = NULL", last)
        return path

    def test_it_takes_the_key_once(self, unkeyed: Path) -> None:
        for _ in range(2):
            assert deeds(unkeyed) == ["approved", "approved", "approved", "ledger_keyed"]
        assert faults(unkeyed) == []

    def test_an_edit_of_an_old_line_shows(self, unkeyed: Path) -> None:
        wrote(unkeyed, "rec-4")
        with closing(sqlite3.connect(unkeyed)) as connection, connection:
            connection.execute("UPDATE ledger SET actor = 'U0OTHER' WHERE seq = 2")
        assert faults(unkeyed) == [
            "Ledger line 2 was changed, or the line before it was.",
            "The lines before line 4 are not those that it seals.",
        ]

    def test_old_lines_that_are_chained_anew_show(self, unkeyed: Path) -> None:
        wrote(unkeyed, "rec-4")
        with closing(sqlite3.connect(unkeyed)) as connection, connection:
            connection.execute("UPDATE ledger SET deed = 'rejected' WHERE seq = 2")
            tampering.chain_without_key(connection, 3)
        assert "The lines before line 4 are not those that it seals." in faults(unkeyed)

    def test_one_that_does_not_fit_together_takes_no_key(self, unkeyed: Path) -> None:
        with closing(sqlite3.connect(unkeyed)) as connection, connection:
            connection.execute("UPDATE ledger SET actor = 'U0OTHER' WHERE seq = 2")
        with pytest.raises(StoreTrouble, match="does not end where I wrote last"):
            open_again(unkeyed)


class TestTheAnchor:
    def anchored(self, path: Path) -> int:
        return int(json.loads(path.with_name("marko.anchor").read_text())["seq"])

    def test_it_follows_the_ledger(self, path: Path) -> None:
        assert self.anchored(wrote(path, "rec-1", "rec-2")) == 2
        with closing(open_again(path)) as store:
            with store.memory.unit() as unit:
                unit.note(actor="shell", deed="read", subject="weights", detail={})
            assert self.anchored(path) == 2
            assert store.audit.keep_up()
            assert not store.audit.keep_up()
            assert self.anchored(path) == 3
            head = store.audit.head()
        assert (head.seq, head.anchored) == (3, 3)

    def test_a_database_of_an_earlier_day_shows_and_the_anchor_stays(
        self, path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        earlier = tmp_path / "earlier.db"
        shutil.copy(wrote(path, "rec-1", "rec-2"), earlier)
        wrote(path, "rec-3")
        shutil.copy(earlier, path)
        told = "The ledger ends at line 2; the anchor of 30 Mar 09:00 UTC names line 3."
        assert faults(path) == [told]
        wrote(path, "rec-4", "rec-5", "rec-6")
        assert told in caplog.text
        assert self.anchored(path) == 3
        assert faults(path) == ["Ledger line 3 is not the one that the anchor of 30 Mar 09:00 UTC names."]

    def test_after_a_restore_it_is_set_anew_and_the_ledger_says_so(self, path: Path, tmp_path: Path) -> None:
        earlier = tmp_path / "earlier.db"
        shutil.copy(wrote(path, "rec-1", "rec-2"), earlier)
        wrote(path, "rec-3")
        shutil.copy(earlier, path)
        with closing(open_again(path)) as store:
            store.audit.reanchor(by="shell", why="a backup was restored")
            with store.memory.reading() as reading:
                last = reading.ledger()[-1]
        assert (last.deed, last.actor, last.detail["line"]) == ("anchor_replaced", "shell", 3)
        assert faults(path) == []

    def test_one_that_is_gone_is_told_and_begun_anew(self, path: Path) -> None:
        wrote(path, "rec-1").with_name("marko.anchor").unlink()
        assert faults(path) == ["The anchor marko.anchor is missing."]
        assert deeds(path) == ["approved", "anchor_begun"]
        assert faults(path) == []

    @pytest.mark.parametrize("held", ["", "[]", '{"seq": 1}', "\udcff"])
    def test_junk_is_told(self, path: Path, held: str) -> None:
        wrote(path, "rec-1").with_name("marko.anchor").write_text(held, errors="surrogateescape")
        assert faults(path)[-1].startswith("The anchor marko.anchor cannot be read")
        wrote(path, "rec-2")  # it stays to be looked at
        assert faults(path)[-1].startswith("The anchor marko.anchor cannot be read")

    def test_one_that_was_set_back_shows(self, path: Path) -> None:
        anchor = wrote(path, "rec-1", "rec-2").with_name("marko.anchor")
        anchor.write_text(canonical(json.loads(anchor.read_text()) | {"seq": 1}))
        assert faults(path) == ["The anchor marko.anchor was changed, or is of another key."]


def test_many_lines_are_read_in_batches(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.ledger_check.BATCH", 3)
    wrote(path, *(f"rec-{number}" for number in range(10)))
    assert faults(path) == []
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER ledger_refuses_update")
        connection.execute("UPDATE ledger SET actor = 'U0OTHER' WHERE seq IN (3, 7)")
    assert faults(path) == [f"Ledger line {line} was changed, or the line before it was." for line in (3, 7)]


def test_faults_without_end_are_the_first_ones(path: Path) -> None:
    wrote(path, *(f"rec-{number}" for number in range(40)))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER ledger_refuses_update")
        connection.execute("UPDATE ledger SET actor = 'U0OTHER'")
    told = faults(path)
    assert len(told) == 21
    assert told[-1] == "And more; these are the first."


@pytest.mark.parametrize("value", ["x'00ff'", "cast(x'ff' as text)"])
def test_what_is_no_text_is_a_fault_and_no_crash(path: Path, value: str) -> None:
    wrote(path, "rec-1", "rec-2")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER ledger_refuses_update")
        connection.execute(f"UPDATE ledger SET actor = {value} WHERE seq = 1")  # noqa: S608
    assert len(faults(path)) == 1


def test_two_that_open_a_new_memory_at_once_take_one_key(path: Path, another: Callable[[], Store]) -> None:
    stores = [another(), another()]
    for number, store in enumerate(stores * 2):
        with store.memory.unit() as unit:
            unit.note(actor="shell", deed="read", subject=f"list-{number}", detail={})
    assert [store.ledger_faults() for store in stores] == [[], []]
