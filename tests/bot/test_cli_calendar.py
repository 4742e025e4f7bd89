"""``marko calendar``: the same calendar from a shell."""

from pathlib import Path

import pytest
from shell_room import Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_an_event_is_added_listed_and_removed(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    assert room.call("calendar", heard=capsys).out.startswith("Nothing is on the calendar.\n")
    days = ("--first", "2031-11-27", "--last", "2031-11-30", "--kind", "sale", "--platform", "Meta")
    added = room.call("calendar", "add", "Black", "Friday", *days, heard=capsys)
    assert added.out.startswith(
        "On the calendar: Black Friday · sale · 27–30\u00a0Nov\u00a02031 · Meta only\n"
    )
    (told,) = room.call("calendar", "--json", heard=capsys).json["coming"]
    event = told["event"]
    assert (event["name"], event["platform"], event["by"]) == ("Black Friday", "meta", "shell")
    assert room.call("calendar", "remove", "black friday", heard=capsys).out.startswith(
        "Removed: Black Friday"
    )
    assert room.call("calendar", "--json", heard=capsys).json["coming"] == []


def test_what_cannot_be_is_refused_and_changes_nothing(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    assert room.call("calendar", "add", "Launch", heard=capsys).code == 1
    refused = room.call(
        "calendar", "add", "Launch", "--first", "2031-02-02", "--last", "2031-02-01", heard=capsys
    )
    assert (refused.code, "not before the first day" in refused.err) == (1, True)
    assert room.call("calendar", "remove", "Launch", heard=capsys).code == 1
    assert room.call("calendar", "country", "Neverland", heard=capsys).code == 1
    assert room.call("calendar", "country", "DE-BY", heard=capsys).out.startswith(
        "Public holidays of DE-BY count.\n"
    )
    assert room.call("calendar", "--json", heard=capsys).json["country"] == "DE-BY"
