"""response_url: how often, how long, and what it may do."""

from typing import Any

import httpx
import pytest

from bot.sandbox.passes import Passes

BUTTON = {"type": "button", "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}}
CARD = [{"type": "actions", "block_id": "decision", "elements": [BUTTON]}]


@pytest.fixture
def url(server) -> str:
    """A response URL for the approver in #growth."""
    return f"{server.url}/response/{server._parts.passes.response('C0GROWTH', 'U0APPROVER')}"


def url_of(server, message: Any) -> str:
    """A response URL of a press on a message."""
    passes = server._parts.passes
    return f"{server.url}/response/{passes.response('C0GROWTH', 'U0APPROVER', message_ts=message.ts)}"


def test_an_answer_is_for_one_person_unless_it_says_otherwise(server, url: str) -> None:
    assert httpx.post(url, json={"text": "for you"}).text == "ok"
    httpx.post(url, json={"text": "for all", "response_type": "in_channel"})
    assert [(one["text"], one["ephemeral"]) for one in server.workspace.messages("C0GROWTH")] == [
        ("for you", True),
        ("for all", False),
    ]


def test_five_answers_and_no_sixth(url: str) -> None:
    answers = [httpx.post(url, json={"text": str(i)}) for i in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [404]
    assert answers[5].json() == {"ok": False, "error": "used_url"}


def test_after_half_an_hour_of_real_time_it_is_over(start) -> None:
    real = [0.0]
    server = start(passes=Passes(lambda: real[0]))
    url = f"{server.url}/response/{server._parts.passes.response('C0GROWTH', 'U0APPROVER')}"
    server.clock.jump("three_days")
    real[0] = 1799.0
    assert httpx.post(url, json={"text": "in time"}).status_code == 200
    real[0] = 1801.0
    assert httpx.post(url, json={"text": "too late"}).json()["error"] == "used_url"


def test_the_original_is_replaced_or_deleted(server) -> None:
    card = server.workspace.post("C0GROWTH", "U0MARKO", "card", blocks=CARD)
    httpx.post(url_of(server, card), json={"text": "approved", "replace_original": True})
    (message,) = server.workspace.messages("C0GROWTH")
    assert (message["ts"], message["text"], message["blocks"]) == (card.ts, "approved", None)
    httpx.post(url_of(server, card), json={"delete_original": True})
    assert server.workspace.messages("C0GROWTH") == []


def test_an_ephemeral_original_is_replaced_for_its_reader(server) -> None:
    card = server.workspace.post("C0GROWTH", "U0MARKO", "card", blocks=CARD, ephemeral_to="U0APPROVER")
    httpx.post(url_of(server, card), json={"text": "done", "replace_original": True})
    (message,) = server.workspace.messages("C0GROWTH", "U0APPROVER")
    assert (message["text"], message["ephemeral"]) == ("done", True)


def test_an_answer_is_held_to_slacks_limits_and_its_refusal_is_seen(server, url: str, approver) -> None:
    refused = httpx.post(url, json={"text": "x", "blocks": [{"type": "paragraph"}]})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_blocks")
    assert "No block has the type 'paragraph'." in approver.notices()[0]
    assert httpx.post(url, json={}).json()["error"] == "no_text"
    assert httpx.post(url, content=b"[").json()["error"] == "invalid_payload"
    assert server.workspace.messages("C0GROWTH") == []


def test_an_answer_reaches_a_channel_where_the_bot_is_no_member(server) -> None:
    url = f"{server.url}/response/{server._parts.passes.response('C0RANDOM', 'U0APPROVER')}"
    httpx.post(url, json={"text": "hello", "response_type": "in_channel"})
    assert server.workspace.messages("C0RANDOM")[0]["text"] == "hello"
