"""``marko inbox``: what does not count, why, and how it is settled from a shell; never what is in it."""

import sys
from contextlib import closing
from pathlib import Path

import pytest
from hook_sender import export
from shell_room import Room

from bot.app import build_engine
from bot.clock import SystemClock
from bot.mailroom import Mailroom
from bot.reading_room import ReadingRoom
from bot.settings import read_settings
from store import open_store

BROKEN = (sys.executable, "-c", 'import sys; sys.stdin.readline(); print(\'{"error": "memory"}\')')


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A memory in which two deliveries could not be read."""
    settings = read_settings({"MARKO_DATA_DIR": str(tmp_path / "marko-data")})
    clock = SystemClock()
    with (
        closing(open_store(settings.database, clock)) as store,
        closing(build_engine(settings, store, clock)) as engine,
        closing(ReadingRoom(tmp_path / "reading", command=BROKEN)) as reading,
    ):
        mailroom = Mailroom(store.hooks, engine, reading, clock=clock)
        for number in (1, 2):
            mailroom.accept(
                "n8n-meta", f"msg_{number}", export("lamp"), file=f"day-{number}.csv", media="text/csv"
            )
        mailroom.work_off()
    return Room(tmp_path)


def test_it_lists_what_could_not_be_read_and_why(room: Room) -> None:
    done = room.run("inbox", "--json")
    assert (done.code, done.err) == (0, "")
    assert (done.json["total"], done.json["waiting"]) == (2, 0)
    newest, oldest = done.json["deliveries"]
    assert [each["file"] for each in (newest, oldest)] == ["day-2.csv", "day-1.csv"]
    assert oldest["reason"] == "It takes more memory to read than there is. Send a shorter range."
    text = room.run("inbox").out
    assert text.splitlines()[0] == "2\u00a0deliveries not counted, the newest first."
    assert f"{newest['id']}  day-2.csv from n8n-meta · " in text
    assert "lamp" not in text + done.out


def test_one_is_read_again_and_one_is_dropped(room: Room) -> None:
    newest, oldest = room.run("inbox", "--json").json["deliveries"]
    assert f"{newest['id']}: dropped." in room.run("inbox", "--drop", newest["id"]).out
    assert f"{oldest['id']}: a running bot reads it again." in room.run("inbox", "--retry", oldest["id"]).out
    left = room.run("inbox", "--json").json
    assert (left["total"], left["waiting"]) == (0, 1)
    assert room.run("inbox").out == "Nothing in the inbox.\n1\u00a0delivery still to be read.\n"
    ledger = room.run("audit").out
    assert "The shell had a delivery read again: day-1.csv" in ledger
    assert "The webhook n8n-meta delivered a file: day-1.csv" in ledger


def test_what_is_no_letter_is_refused(room: Room) -> None:
    done = room.run("inbox", "--retry", "hook_nothing")
    assert done.code == 1
    assert 'id: hook_nothing breaks the rule "a delivery in the inbox, to retry it".' in done.err
