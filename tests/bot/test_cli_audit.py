"""``marko audit``: who did what, whether it is whole, where it ends, and how to go on with another key."""

import sqlite3
from pathlib import Path

import pytest
from shell_room import Room, told

OTHER = {"MARKO_LEDGER_KEY": "another key of the ledger, long enough too"}


@pytest.fixture
def room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Room:
    made = Room(tmp_path)
    assert made.call("analyze", made.file("one.json", told()), heard=capsys).code == 0
    return made


def tamper(room: Room, statement: str) -> None:
    with sqlite3.connect(room.folder / "marko-data" / "marko.db") as connection:
        connection.execute("DROP TRIGGER ledger_refuses_update")
        connection.execute(statement)


def test_a_line_says_who_did_what_when_and_on_which_ground(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    done = room.call("audit", heard=capsys)
    assert done.code == 0
    assert "The shell had it analyzed; an action was proposed · spring-sale (line 1 · rec_" in done.out
    assert "figures 1" in done.out
    again = room.call("audit", "--json", heard=capsys).json
    assert again["total"] == 2
    assert [each["deed"] for each in again["lines"]] == ["read", "proposed"]
    assert again["lines"][1]["campaign"] == "spring-sale"


def test_before_anything_is_remembered_there_is_no_ledger_and_asking_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = Room(tmp_path)
    for asked in ("verify", "head", "rekey"):
        done = empty.call("audit", asked, heard=capsys)
        assert done.code == 1
        assert "does not exist, so there is no ledger yet." in done.err
    assert not (tmp_path / "marko-data").exists()


def test_lines_can_be_narrowed(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    def deeds(*narrowed: str) -> list[str]:
        found = room.call("audit", "--json", *narrowed, heard=capsys).json
        return [each["deed"] for each in found["lines"]]

    assert deeds("--about", "spring-sale") == ["proposed"]
    assert deeds("--by", "U0NOBODY") == []
    assert deeds("--limit", "1") == ["read"]
    assert deeds("--since", "2999-01-01") == []
    identifier = room.call("audit", "--json", "--about", "spring-sale", heard=capsys).json["lines"][0][
        "subject"
    ]
    assert deeds("--about", identifier) == ["proposed"]


def test_what_the_shell_reads_is_in_the_ledger(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("insights",), ("weights",), ("learnings",), ("similar", "spring")):
        assert room.call(*words, heard=capsys).code == 0
    lines = room.call("audit", "--json", "--by", "shell", heard=capsys).json["lines"]
    assert [each["says"] for each in lines[:4]] == [
        "read similar", "read what was learned", "read weights", "read insights",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--since", "soon"), "soon is no day such as 2026-03-30"),
        (("--limit", "0"), "0 is no number from 1 to 1000000"),
        (("nonsense",), "invalid choice"),
    ],
)
def test_what_makes_no_sense_is_told(
    room: Room, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    with pytest.raises(SystemExit) as left:
        room.call("audit", *words, heard=capsys)
    assert left.value.code == 2
    assert says in capsys.readouterr().err


def test_something_unknown_is_told_with_what_is_nearest(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    done = room.call("audit", "--about", "spring-sole", heard=capsys)
    assert (done.code, done.err) == (1, "I know no campaign spring-sole. Nearest: spring-sale.\n")


def test_a_whole_ledger_is_said_to_be_whole(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    done = room.call("audit", "verify", heard=capsys)
    assert (done.code, done.out) == (0, "The ledger is whole: 1\u00a0line.\n")
    head = room.call("audit", "head", "--json", heard=capsys).json
    assert (head["seq"], head["anchored"], len(head["digest"])) == (1, 1, 64)


def test_a_changed_one_ends_with_1_and_says_where(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    assert room.call("weights", heard=capsys).code == 0
    tamper(room, "UPDATE ledger SET actor = 'U0OTHER' WHERE seq = 1")
    done = room.call("audit", "verify", heard=capsys)
    assert done.code == 1
    assert done.out == (
        "The ledger was changed, or is not the newest one.\n"
        "Ledger line 1 was changed, or the line before it was.\n"
    )
    assert room.call("audit", "verify", "--json", heard=capsys).json["whole"] is False


def test_another_key_is_refused_until_a_new_stretch_is_begun(room: Room) -> None:
    done = room.run("audit", **OTHER)
    assert done.code == 1
    assert "is another one. Put it back: MARKO_LEDGER_KEY" in done.err
    assert len(done.err.splitlines()) == 1
    assert "kept with another key" in room.run("audit", "verify", **OTHER).out
    rekeyed = room.run("audit", "rekey", **OTHER)
    assert (rekeyed.code, rekeyed.err) == (0, "")
    assert rekeyed.out.startswith("From line 2 on, the ledger is kept with the key that is set now")
    assert room.run("audit", "verify", **OTHER).code == 0
    assert "began to keep the ledger with another key" in room.run("audit", **OTHER).out


def test_a_key_that_is_too_short_is_one_clear_line(tmp_path: Path) -> None:
    done = Room(tmp_path).run("audit", MARKO_LEDGER_KEY="short")
    assert (done.code, done.err) == (
        1, "MARKO_LEDGER_KEY is too short; it takes 32 characters or more\n",
    )  # fmt: skip
