"""A dialog opens before anything is looked up for it, and no look-up keeps another from opening."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import APPROVER
from office import Office, ScriptedSlack, click_payload, command_payload, dispatch

from bot import ids
from bot.crew import WORKERS
from bot.sandbox.people import TEAM_ID

PATIENCE_S = 20
LOOK_UPS = ("conversations.info", "users.info")
MANY = [APPROVER, *(f"U0MANY{number:02}" for number in range(19))]


class HeldSlack(ScriptedSlack):
    """A Slack that keeps every look-up waiting until it ``may`` answer."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()
        self.user: dict[str, Any] = {"id": APPROVER, "team_id": TEAM_ID, "tz": "Europe/Madrid"}
        self.channel: dict[str, Any] = {"is_member": True}
        self._news = threading.Condition()

    def answer(self, method: str, arguments: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        found = super().answer(method, arguments)
        with self._news:
            self._news.notify_all()
        if method not in LOOK_UPS:
            return found
        assert self.may.wait(PATIENCE_S)
        if "error" in json.loads(found[2]):
            return found
        told = {"ok": True, "user": {**self.user, "id": arguments.get("user")}, "channel": self.channel}
        return 200, {}, json.dumps(told).encode()

    def wait_for(self, method: str, number: int = 1) -> list[dict[str, Any]]:
        """Wait until it was asked so often."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.calls(method)) >= number, PATIENCE_S), method
        return self.calls(method)


@pytest.fixture
def held() -> Iterator[HeldSlack]:
    made = HeldSlack()
    yield made
    made.may.set()
    made.close()


class Desk:
    """A running crew on that Slack."""

    def __init__(self, folder: Path, slack: HeldSlack, approvers: str = APPROVER) -> None:
        self.slack = slack
        self.office = Office(folder, slack.api_url, approvers=approvers)
        self.crew = self.office.crew()
        self.bolt = self.office.bolt(self.crew)

    def type(self, text: str, channel: str = "C0GROWTH", trigger: str = "1.typed") -> None:
        assert dispatch(self.bolt, command_payload(text, channel, trigger=trigger)).status == 200

    def press(self, action: str, value: str = "now", trigger: str = "1.pressed") -> None:
        pressed = click_payload(action, value, "C0GROWTH", "17.1", trigger=trigger)
        assert dispatch(self.bolt, pressed).status == 200

    def close(self) -> None:
        self.slack.may.set()
        self.crew.stop()
        self.office.close()


@pytest.fixture
def desk(tmp_path: Path, held: HeldSlack) -> Iterator[Desk]:
    made = Desk(tmp_path, held)
    yield made
    made.close()


def text_of(drawn: dict[str, Any]) -> str:
    view = drawn["view"]
    return json.dumps(json.loads(view) if isinstance(view, str) else view, ensure_ascii=False)


def test_every_dialog_opens_while_slack_answers_no_look_up(desk: Desk, held: HeldSlack) -> None:
    known = desk.office.put_card("C0GROWTH").id
    desk.type("/analyze", trigger="1.analyze")
    desk.type("/digest", trigger="1.digest")
    for action, value in (
        (ids.OPEN_SETTINGS, "now"),
        (ids.REJECT, known),
        (ids.ENTER_FORECAST, known),
        (ids.SEARCH_LEARNINGS, "now"),
    ):
        desk.press(action, value, trigger=f"1.{action}")
    opened = held.wait_for("views.open", 6)
    assert {each["trigger_id"] for each in opened} == {
        "1.analyze", "1.digest", f"1.{ids.OPEN_SETTINGS}", f"1.{ids.REJECT}",
        f"1.{ids.ENTER_FORECAST}", f"1.{ids.SEARCH_LEARNINGS}",
    }  # fmt: skip
    assert held.calls("views.update") == []


def test_however_many_dialogs_wait_for_their_look_ups_the_next_one_opens(desk: Desk, held: HeldSlack) -> None:
    number = 3 * WORKERS
    for each in range(number):
        desk.type("/digest", trigger=f"1.{each}")
    assert len(held.wait_for("views.open", number)) == number
    desk.type("/analyze", trigger="1.late")
    assert held.wait_for("views.open", number + 1)[-1]["trigger_id"] == "1.late"
    held.may.set()
    held.wait_for("views.update", number)


def test_choices_that_wait_for_a_look_up_keep_no_dialog_from_opening(desk: Desk, held: HeldSlack) -> None:
    desk.type("/digest", trigger="1.first")
    held.wait_for("views.open")
    view = held.calls("views.open")[0]["view"]
    drawn = json.loads(view) if isinstance(view, str) else view
    for each in range(2 * WORKERS):
        dispatch(desk.bolt, chosen(drawn, each))
    desk.type("/analyze", trigger="1.late")
    assert held.wait_for("views.open", 2)[-1]["trigger_id"] == "1.late"


def chosen(drawn: dict[str, Any], number: int) -> dict[str, Any]:
    """Another channel was chosen in the order's dialog."""
    payload = click_payload(ids.ORDER_CHANNEL, "", "C0GROWTH", "", trigger=f"2.{number}")
    del payload["channel"], payload["message"]
    picked = {ids.ORDER_CHANNEL: {ids.ORDER_CHANNEL: {"selected_conversation": f"C0OTHER{number}"}}}
    view = {**drawn, "id": "V2", "state": {"values": picked}}
    action = payload["actions"][0] | {"type": "conversations_select", "action_ts": f"5.{number:03}"}
    return payload | {"container": {"type": "view", "view_id": "V2"}, "view": view, "actions": [action]}


def test_without_the_scope_to_see_channels_the_dialog_stays_as_it_opened(desk: Desk, held: HeldSlack) -> None:
    held.say("conversations.info", {"ok": False, "error": "missing_scope", "needed": "channels:read"})
    held.may.set()
    desk.type("/analyze")
    held.wait_for("conversations.info")
    desk.crew.stop()
    assert len(held.calls("views.open")) == 1
    assert [each.method for each in held.asked if each.method.startswith("chat.")] == []


def test_in_a_direct_message_no_channel_is_asked_about_and_nobody_is_to_invite(
    desk: Desk, held: HeldSlack
) -> None:
    held.may.set()
    held.channel = {"is_im": True}
    desk.type("/analyze", channel="D0BETWEENTWO")
    held.wait_for("views.open")
    desk.crew.stop()
    assert held.calls("conversations.info") == []
    assert "/invite" not in json.dumps([each.arguments for each in held.asked])


def test_in_a_channel_without_the_bot_the_dialog_says_so(desk: Desk, held: HeldSlack) -> None:
    held.may.set()
    held.channel = {"is_member": False}
    desk.type("/analyze")
    (drawn,) = held.wait_for("views.update")
    assert "Type `/invite @Marko`, then `/analyze` again." in text_of(drawn)


@pytest.mark.parametrize("action", [ids.OPEN_SETTINGS, ids.REJECT])
def test_an_approver_who_became_a_guest_is_told_so_in_the_open_dialog(
    desk: Desk, held: HeldSlack, action: str
) -> None:
    known = desk.office.put_card("C0GROWTH").id
    held.user |= {"is_restricted": True}
    held.may.set()
    desk.press(action, known)
    (drawn,) = held.wait_for("views.update")
    assert "can decide this. Your click changed nothing." in text_of(drawn)
    assert "submit" not in text_of(drawn)


def test_whoever_is_no_approver_is_told_without_a_dialog_and_without_a_look_up(
    tmp_path: Path, held: HeldSlack
) -> None:
    desk = Desk(tmp_path, held, approvers="U0SOMEBODY")
    desk.press(ids.OPEN_SETTINGS)
    (told,) = held.wait_for("chat.postEphemeral")
    assert "Only <@U0SOMEBODY> can decide this." in told["text"]
    assert held.calls("views.open") == held.calls("users.info") == []
    desk.close()


def test_approvers_are_looked_up_once_however_often_the_settings_are_opened(
    tmp_path: Path, held: HeldSlack
) -> None:
    held.may.set()
    desk = Desk(tmp_path, held, approvers=",".join(MANY))
    for number in range(4):
        desk.press(ids.OPEN_SETTINGS, trigger=f"1.{number}")
    drawn = held.wait_for("views.update", 4)
    assert all(each in text_of(drawn[-1]) for each in MANY)
    asked = [each["user"] for each in held.calls("users.info")]
    assert len(asked) == len(MANY) + 4  # each once, and whoever pressed, every time anew
    desk.close()


def test_approvers_of_whom_slack_says_nothing_are_not_told_to_be_elsewhere(
    tmp_path: Path, held: HeldSlack
) -> None:
    for error in ("user_not_found", "internal_error"):
        held.say("users.info", {"ok": False, "error": error})
    desk = Desk(tmp_path, held, approvers=",".join(MANY))
    places = {}

    def look() -> None:
        places.update(desk.office.desk.whereabouts.of(MANY[1:3], room=30))

    looking = threading.Thread(target=look)
    looking.start()
    held.may.set()
    looking.join()
    assert sorted(places.values()) == ["elsewhere", "unanswered"]
    again = desk.office.desk.whereabouts.of(MANY[1:3], room=30)
    assert sorted(again.values()) == ["elsewhere", "here"]  # what was not answered is asked again
    assert list(desk.office.desk.whereabouts.of(MANY[:4], room=2).values()).count("beyond") <= 2
    desk.close()
