"""The door to the listeners when Slack does not say who somebody is, and what it is not asked for at all."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import APPROVER
from office import Office, ScriptedSlack, click_payload, command_payload, dispatch

from bot.sandbox.people import TEAM_ID

KNOWN: dict[str, Any] = {"team_id": TEAM_ID, "profile": {"display_name": "Kim <!channel>", "real_name": "x"}}
UNSURE = "Slack did not tell me who you are, so I did nothing."


@pytest.fixture
def room(scripted: ScriptedSlack, tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path, scripted.api_url)
    yield office
    office.close()


def event(**fields: Any) -> dict[str, Any]:
    shown = {"type": "event_callback", "event_id": "E1", "team_id": TEAM_ID, "authorizations": []}
    return shown | {"event": fields}


def come(office: Office, scripted: ScriptedSlack, payload: dict[str, Any]) -> list[str]:
    """Let one payload come in and be worked off; gives what was told privately."""
    scripted.say("auth.test", {"ok": True, "team_id": TEAM_ID, "user_id": "U0MARKO", "bot_id": "B0MARKO"})
    crew = office.crew()
    assert dispatch(office.bolt(crew), payload).status == 200
    crew.stop()
    office.publish(3)
    return [each["text"] for each in scripted.calls("chat.postEphemeral")]


def failing(scripted: ScriptedSlack) -> None:
    scripted.say("users.info", {"ok": False, "error": "fatal_error"})


def test_whoever_slack_does_not_know_now_asks_nothing_and_is_asked_to_try_again(
    room: Office, scripted: ScriptedSlack
) -> None:
    failing(scripted)
    asked = event(type="app_mention", user=APPROVER, channel="C0GROWTH", ts="99.1", text="who can decide?")
    (told,) = come(room, scripted, asked)
    assert told.startswith(UNSURE)
    assert scripted.calls("chat.postMessage") == []


def test_a_vote_of_somebody_who_could_not_be_looked_up_does_not_count(
    room: Office, scripted: ScriptedSlack
) -> None:
    known = room.put_card("C0GROWTH")
    room.publish(3)
    failing(scripted)
    press = click_payload("vote:1", f"verdict:wrong:{known.id}", "C0GROWTH", "1.1", trigger="1.one")
    (told,) = come(room, scripted, press)
    assert told.startswith(UNSURE)
    assert room.engine.tally(known.id, "verdict") == (0, 0)
    scripted.say("users.info", {"ok": True, "user": KNOWN})
    come(room, scripted, press | {"trigger_id": "2.two"})
    assert room.engine.tally(known.id, "verdict") == (0, 1)


@pytest.mark.parametrize("command", ["/learnings", "/marko insights", "/digest now", "/digest off"])
def test_a_command_of_somebody_who_could_not_be_looked_up_does_nothing(
    room: Office, scripted: ScriptedSlack, command: str
) -> None:
    room.engine.subscribe("C0GROWTH", weekday=0, at="09:00", by=APPROVER)
    failing(scripted)
    (told,) = come(room, scripted, command_payload(command, "C0GROWTH", trigger="1.one"))
    assert told.startswith(UNSURE)
    assert scripted.calls("chat.postMessage") == []
    assert len(room.engine.subscriptions()) == 1


@pytest.mark.parametrize("who", [{"is_bot": True}, {"deleted": True}], ids=["bot", "deactivated"])
def test_a_bot_that_mentions_us_gets_nothing_at_all(
    room: Office, scripted: ScriptedSlack, who: dict[str, bool]
) -> None:
    scripted.say("users.info", {"ok": True, "user": KNOWN | who})
    asked = event(type="app_mention", user="U0ROBOT", channel="C0GROWTH", ts="99.1", text="who can decide?")
    assert come(room, scripted, asked) == []
    assert scripted.calls("chat.postMessage") == []


def test_a_refusal_that_cannot_be_private_is_not_told(room: Office, scripted: ScriptedSlack) -> None:
    scripted.say("users.info", {"ok": True, "user": KNOWN | {"is_stranger": True}})
    scripted.say("chat.postEphemeral", {"ok": False, "error": "user_not_in_channel"})
    asked = event(type="app_mention", user="U0RIVAL", channel="C0SHARED", ts="99.1", text="who can decide?")
    assert len(come(room, scripted, asked)) == 1
    assert scripted.calls("chat.postMessage") == []


def test_who_shares_a_picture_is_not_asked(room: Office, scripted: ScriptedSlack) -> None:
    scripted.say("files.info", {"ok": True, "file": {"id": "F1", "name": "cat.png", "filetype": "png"}})
    shared = event(type="file_shared", user_id=APPROVER, channel_id="C0GROWTH", file_id="F1", event_ts="1.0")
    assert come(room, scripted, shared) == []
    assert len(scripted.calls("files.info")) == 1
    assert scripted.calls("users.info") == []


def test_a_name_is_asked_once_and_cannot_act_and_where_it_is_not_known_it_is_somebody(
    room: Office, scripted: ScriptedSlack
) -> None:
    def answer(ts: str) -> str:
        room.engine.answer_question("who can decide?", channel="C0GROWTH", ts=ts, thread=ts, by=APPROVER)
        room.publish(1)
        return json.dumps(scripted.calls("chat.postMessage")[-1])

    failing(scripted)
    assert "somebody can decide." in answer("1.0")
    assert room.people.name("U0OTHER") == ""
    scripted.say("users.info", {"ok": True, "user": KNOWN})
    assert room.people.name("U0THIRD") == "Kim <!channel>"
    asked = len(scripted.calls("users.info"))
    assert room.people.name("U0THIRD") == "Kim <!channel>"
    assert len(scripted.calls("users.info")) == asked
    room.people._names[APPROVER] = room.people._names["U0THIRD"]
    told = answer("2.0")
    assert "Kim &lt;!channel&gt; can decide." in told
    assert "<!channel>" not in told
    assert APPROVER not in told
