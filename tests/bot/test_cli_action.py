"""A dry run in the shell: the very request, and nothing is sent."""

import json
from pathlib import Path

from outside import outside
from shell_room import Room, told

KEY = "whsec_cGxhbnRlZC1zZWNyZXQtb2YtdGhlLXRlc3Rz"


def recommended(room: Room) -> str:
    room.run("analyze", room.file("one.json", told()))
    return str(room.run("recommendations", "--json").json[0]["id"])


def test_a_dry_run_prints_what_would_be_sent_and_sends_nothing(tmp_path: Path) -> None:
    room = Room(tmp_path)
    identifier = recommended(room)
    with outside((200, {}, b"{}")) as server:
        connected = {"MARKO_ACTION_URL": f"{server.url}/marko?token=planted", "MARKO_ACTION_SECRET": KEY}
        text = room.run("action", identifier, **connected)
        found = room.run("action", identifier, "--json", **connected)
    assert server.requests == []
    lines = text.out.splitlines()
    assert lines[0].startswith("Nothing was sent. Approving it sends this")
    assert f"POST {server.url}/marko?…" in lines
    assert f"Idempotency-Key: marko:{identifier}:do" in lines
    assert found.json["body_text"].split('"approved_at"')[0] in text.out
    assert (found.json["sent"], found.json["connected"]) == (False, True)
    assert json.loads(found.json["body_text"])["type"] == "action.do"
    assert "planted" not in text.out + found.out
    assert "webhook-signature" not in found.json["headers"]


def test_what_is_not_connected_is_carried_out_by_hand(tmp_path: Path) -> None:
    room = Room(tmp_path)
    done = room.run("action", recommended(room))
    assert done.code == 0
    assert done.out.startswith("Nothing was sent. Budget Reallocation is not connected")


def test_there_is_nothing_to_undo_before_there_is_a_receipt(tmp_path: Path) -> None:
    room = Room(tmp_path)
    done = room.run("action", recommended(room), "--undo")
    assert (done.code, done.out) == (1, "")
    assert "no receipt tells what was there before" in done.err


def test_an_unknown_recommendation_is_one_line(tmp_path: Path) -> None:
    done = Room(tmp_path).run("action", "rec_unknown")
    assert (done.code, done.out) == (1, "")
    assert done.err.count("\n") == 1
