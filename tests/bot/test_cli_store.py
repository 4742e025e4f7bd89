"""Backup, restore and verify in the shell."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from shell_room import Room

from bot.clock import SystemClock
from store import Guard, open_store


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A shell with a memory in which the limit is 10 %."""
    room = Room(tmp_path)
    limit(room, 0.1)
    return room


def limit(room: Room, value: float) -> None:
    with closing(open_store(database(room), SystemClock())) as store, store.memory.unit() as unit:
        unit.set_setting("limit", {"value": value})
        unit.note(actor="shell", deed="settings", subject="limit", detail={})


def limit_of(room: Room) -> object:
    with closing(open_store(database(room), SystemClock())) as store, store.memory.reading() as reading:
        return reading.setting("limit")


def database(room: Room) -> Path:
    return room.folder / "marko-data" / "marko.db"


def test_a_backup_says_what_is_in_it_and_comes_back(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    made = room.call("backup", "monday.db", heard=capsys)
    size = (room.folder / "monday.db").stat().st_size
    assert made.code == 0
    assert made.out.startswith(f"Backed up to {room.folder / 'monday.db'}: ")
    assert f" rows, {size:,} bytes, checked. The ledger ends at line 1, " in made.out
    limit(room, 0.2)
    done = room.call("restore", "monday.db", heard=capsys)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("Restored monday.db. The memory is as it was on ")
    assert lines[1].startswith("Not in it, since written later: ")
    assert lines[2].startswith("What stood there is kept, untouched, in ")
    assert lines[3].startswith("Messages and changes on their way: 0. For 30 days these and new ones ")
    assert lines[4] == "The ledger says so in line 2, and is anchored there."
    assert limit_of(room) == {"value": 0.1}


def test_a_backup_works_beside_a_running_bot_and_a_restore_does_not(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    with Guard(database(room)), closing(open_store(database(room), SystemClock())):
        assert room.run("backup", "monday.db").code == 0
        refused = room.run("restore", "monday.db")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "A bot is at work on marko-data/marko.db: stop it first. Nothing was changed.\n"


def test_a_file_that_exists_is_only_replaced_with_force(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    room.file("monday.db", "the recipe of the house")
    refused = room.call("backup", "monday.db", heard=capsys)
    assert refused.code == 1
    assert refused.err == "monday.db exists already. Name another file, or add --force to replace it.\n"
    assert room.call("backup", "monday.db", "--force", heard=capsys).code == 0


def test_machines_read_the_same(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    made = room.call("backup", "monday.db", "--json", heard=capsys).json
    assert set(made) == {"file", "at", "rows", "bytes", "schema", "seq", "digest"}
    done = room.call("restore", "monday.db", "--json", heard=capsys).json
    assert (done["was_damaged"], done["line"]) == (False, 2)
    told = room.call("verify", "--json", heard=capsys).json
    assert {each["state"] for each in told} <= {"ok", "note"}
    kept = {"pages", "references", "checksums", "documents", "pointers", "exports", "ledger", "vectors"}
    assert {each["what"] for each in told} == kept | {"backup"}


def test_verify_says_all_is_well_or_ends_with_1_and_names_the_backup(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    fine = room.call("verify", heard=capsys)
    assert fine.code == 0
    assert fine.out.splitlines()[0] == "All is as it was written."
    room.call("backup", "monday.db", heard=capsys)
    with closing(sqlite3.connect(database(room))) as connection, connection:
        connection.execute("UPDATE settings SET body = replace(body, '0.1', '0.9')")
    found = room.call("verify", heard=capsys)
    assert found.code == 1
    lines = found.out.splitlines()
    assert lines[0] == "1 fault."
    assert "checksums    fault  row 1 of settings is not as it was written" in lines
    assert lines[-1].startswith("backup       ok     the last good one is of ")
    assert lines[-1].endswith(str(room.folder / "monday.db"))


def test_a_damaged_memory_names_the_way_back_and_the_way_back_works(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    room.call("backup", "monday.db", heard=capsys)
    content = database(room).read_bytes()
    database(room).write_bytes(content[:4096])
    refused = room.call("settings", heard=capsys)
    assert refused.code == 1
    assert refused.err.rstrip().endswith(f"`marko restore {room.folder / 'monday.db'}`.")
    assert database(room).read_bytes() == content[:4096]
    done = json.loads(room.call("restore", "monday.db", "--json", heard=capsys).out)
    assert done["was_damaged"]
    assert Path(room.folder / done["aside"]).read_bytes() == content[:4096]
    assert room.call("settings", heard=capsys).code == 0


def test_a_lost_key_is_said_and_can_be_done_without(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    room.call("backup", "monday.db", heard=capsys)
    (room.folder / "marko-data" / "ledger.key").unlink()
    refused = room.call("restore", "monday.db", heard=capsys)
    assert refused.code == 1
    assert refused.err.startswith("The key of the ledger in monday.db is not here.")
    assert room.call("restore", "monday.db", "--new-key", heard=capsys).code == 0
    assert room.call("verify", heard=capsys).code == 0


def test_where_there_is_nothing_there_is_nothing_to_back_up_or_verify(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = Room(tmp_path)
    for command in (("backup", "monday.db"), ("verify",)):
        refused = room.call(*command, heard=capsys)
        assert refused.code == 1
        assert "marko-data/marko.db does not exist" in refused.err
    assert list(tmp_path.iterdir()) == []
