"""Scopes: told with every answer, missing ones named, taken away and given back on the page."""

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.manifest import scopes
from bot.sandbox.scopes import EVERY_SCOPE, FREE, NEEDS, Scopes
from bot.sandbox.web_api import METHODS


def client_of(server) -> WebClient:
    return WebClient(token=server.bot_token, base_url=server.api_url)


def test_every_method_has_its_scope_or_needs_none() -> None:
    assert set(METHODS) == set(NEEDS) | FREE
    assert set(scopes()) <= EVERY_SCOPE


def test_every_answer_tells_what_was_granted(start) -> None:
    server = start(scopes=["chat:write", "commands"])
    granted = client_of(server).auth_test().headers["x-oauth-scopes"]
    assert granted == "chat:write,commands"
    with pytest.raises(SlackApiError) as refused:
        client_of(server).users_info(user="U0MEMBER")
    assert refused.value.response.headers["x-oauth-scopes"] == granted
    assert refused.value.response.headers["x-accepted-oauth-scopes"] == "users:read"


def test_a_missing_scope_is_named_before_anything_else_is_looked_at(start) -> None:
    server = start(scopes=["commands"])
    with pytest.raises(SlackApiError) as refused:
        client_of(server).chat_postMessage(channel="C0NOWHERE", text="")
    assert refused.value.response.data == {
        "ok": False,
        "error": "missing_scope",
        "needed": "chat:write",
        "provided": "commands",
    }


@pytest.mark.parametrize(
    ("channel", "needed"), [("C0GROWTH", "channels:history"), ("D0MEMBER", "im:history")]
)
def test_history_asks_for_the_scope_of_its_kind_of_channel(start, channel: str, needed: str) -> None:
    client = client_of(start(scopes=sorted(EVERY_SCOPE - {needed})))
    with pytest.raises(SlackApiError) as refused:
        client.conversations_history(channel=channel)
    assert refused.value.response["needed"] == needed


def test_a_list_asks_for_the_scope_of_each_type(start) -> None:
    client = client_of(start(scopes=["channels:read"]))
    client.conversations_list()
    with pytest.raises(SlackApiError) as refused:
        client.conversations_list(types="public_channel,private_channel")
    assert refused.value.response["needed"] == "groups:read"


def test_a_scope_is_taken_away_and_given_back_on_the_page(server, client, approver) -> None:
    assert approver.post("scopes", name="chat:write", on=False).json()["scopes"]["chat:write"] is False
    with pytest.raises(SlackApiError, match="missing_scope"):
        client.chat_postMessage(channel="C0GROWTH", text="x")
    approver.post("scopes", name="chat:write", on=True)
    client.chat_postMessage(channel="C0GROWTH", text="x")
    assert approver.post("scopes", name="admin", on=True).status_code == 404


def test_without_files_read_a_download_is_a_sign_in_page(server, client, approver) -> None:
    url = client.files_upload_v2(filename="a.csv", content=b"a,b")["file"]["url_private"]
    approver.post("scopes", name="files:read", on=False)
    answer = httpx.get(url, headers={"Authorization": f"Bearer {server.bot_token}"})
    assert answer.headers["content-type"].startswith("text/html")


def test_all_scopes_are_there_when_none_are_named() -> None:
    assert set(Scopes().granted()) == EVERY_SCOPE
