"""A preview of the digest reaches its person once, however often its request is worked on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import APPROVER
from office import Office, ScriptedSlack

from bot import ids
from bot.blocks.order_view import Ground
from bot.listeners import HANDLERS
from bot.sandbox.people import TEAM_ID
from engine.models.delivery import Delivery


@pytest.fixture
def office(tmp_path: Path, scripted: ScriptedSlack) -> Iterator[Office]:
    made = Office(tmp_path, scripted.api_url)
    yield made
    made.close()


def pressed(office: Office) -> Delivery:
    """ "Send me a preview" in the dialog of a channel."""
    chosen = {ids.ORDER_CHANNEL: {ids.ORDER_CHANNEL: {"selected_conversation": "C0GROWTH"}}}
    view = {"id": "V1", "private_metadata": Ground("C0GROWTH").packed(), "state": {"values": chosen}}
    payload: dict[str, Any] = {
        "user": {"id": APPROVER},
        "view": view,
        "actions": [{"action_id": ids.ORDER_PREVIEW, "action_ts": "5.1", "value": "now"}],
    }
    return Delivery(
        key="action:preview",
        kind="action",
        name=ids.ORDER_PREVIEW,
        payload=payload,
        received_at=office.clock.now(),
    )


def press(office: Office, scripted: ScriptedSlack) -> None:
    scripted.say("users.info", {"ok": True, "user": {"id": APPROVER, "team_id": TEAM_ID}})
    HANDLERS[f"action:{ids.ORDER_PREVIEW}"](pressed(office), office.desk)


def test_a_request_that_is_worked_on_again_after_a_kill_sends_no_second_one(
    office: Office, scripted: ScriptedSlack
) -> None:
    office.publisher.start()
    for _ in range(2):
        press(office, scripted)
    (sent,) = scripted.calls("chat.postMessage")
    assert sent["channel"] == APPROVER
    assert "Preview of the digest for <#C0GROWTH>" in json.dumps(sent["blocks"])
    drawn = scripted.calls("views.update")[-1]["view"]
    assert "The preview is" in (drawn if isinstance(drawn, str) else json.dumps(drawn, ensure_ascii=False))


def test_a_send_of_which_nobody_knows_how_it_ended_is_looked_for_first(
    office: Office, scripted: ScriptedSlack
) -> None:
    key = office.engine.send_preview("C0GROWTH", to=APPROVER, key="action:preview")
    arrived = {"ts": "17.1", "metadata": {"event_payload": {"key": key}}}
    scripted.say("chat.postMessage", {"ok": False, "error": "internal_error"}, status=500)
    scripted.say("conversations.open", {"ok": True, "channel": {"id": "D0APPROVER"}})
    scripted.say("conversations.history", {"ok": True, "messages": [arrived]})
    office.publish(3)
    assert len(scripted.calls("chat.postMessage")) == 1
    assert [each["channel"] for each in scripted.calls("conversations.history")] == ["D0APPROVER"]
    assert office.waiting() == []
