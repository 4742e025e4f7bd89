"""The Web API, called by Slack's own client."""

import json
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.people import Channel
from bot.sandbox.server import SandboxServer

CARD = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Beat the forecast.*"}}]
METADATA = {"event_type": "digest", "event_payload": {"slot": "C0GROWTH 2026-03-30"}}


def code(call: Any, *arguments: Any, **named: Any) -> str:
    """The error code with which a call is refused."""
    with pytest.raises(SlackApiError) as refused:
        call(*arguments, **named)
    return str(refused.value.response["error"])


def test_auth_test_says_who_the_bot_is(client: WebClient) -> None:
    answer = client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("U0MARKO", "B0MARKO", "T0SANDBOX")


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({}, "not_authed"),
        ({"Authorization": "Bearer xoxb-other"}, "invalid_auth"),
        ({"Authorization": "Bearer xapp-sandbox"}, "not_allowed_token_type"),
    ],
)
def test_the_token_is_checked(server: SandboxServer, headers: dict[str, str], error: str) -> None:
    answer = httpx.post(server.api_url + "auth.test", headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"ok": False, "error": error})


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"channel": "C0GROWTH", "text": "hello"}},
        {"data": {"channel": "C0GROWTH", "text": "hello"}},
        {"params": {"channel": "C0GROWTH", "text": "hello"}},
    ],
    ids=["json", "form", "query"],
)
def test_arguments_come_as_json_form_or_query(server: SandboxServer, sent: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {server.bot_token}"}
    answer = httpx.post(server.api_url + "chat.postMessage", headers=headers, **sent).json()
    assert answer["ok"]
    assert server.workspace.messages("C0GROWTH")[0]["text"] == "hello"


def test_a_get_and_an_empty_json_body_are_calls_too(server: SandboxServer) -> None:
    headers = {
        "Authorization": f"Bearer {server.bot_token}",
        "Content-Type": "application/json;charset=utf-8",
    }
    assert httpx.get(server.api_url + "auth.test", headers=headers).json()["ok"]
    assert httpx.post(server.api_url + "auth.test", headers=headers, content=b"").json()["ok"]


def test_a_method_that_is_not_there_is_called_unknown(client: WebClient) -> None:
    assert code(client.api_call, "chat.shout") == "unknown_method"


def test_a_posted_message_comes_back_as_it_is_stored(client: WebClient) -> None:
    answer = client.chat_postMessage(channel="C0GROWTH", text="Beat", blocks=CARD, metadata=METADATA)
    message = answer["message"]
    assert answer["ts"] == message["ts"]
    assert message["blocks"][0]["text"] == CARD[0]["text"]
    assert message["blocks"][0]["block_id"]
    assert (message["user"], message["bot_id"], message["metadata"]) == ("U0MARKO", "B0MARKO", METADATA)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0RANDOM", "text": "x"}, "not_in_channel"),
        ({"channel": "C0GROWTH"}, "no_text"),
        ({"channel": "C0GROWTH", "text": "", "blocks": []}, "no_text"),
        ({"channel": "C0GROWTH", "text": "x" * 4001}, "msg_too_long"),
        ({"channel": "C0GROWTH", "text": "x", "blocks": [{"type": "paragraph"}]}, "invalid_blocks"),
        ({"channel": "C0GROWTH", "text": "x", "blocks": "["}, "invalid_blocks_format"),
        ({"channel": "C0GROWTH", "text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_schema"),
        ({"channel": "C0GROWTH", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
def test_a_post_is_refused_as_slack_refuses_it(
    client: WebClient, server: SandboxServer, arguments: dict[str, Any], error: str
) -> None:
    assert code(client.chat_postMessage, **arguments) == error
    assert server.workspace.messages("C0GROWTH") == []


def test_refused_blocks_tell_the_developer_why(client: WebClient) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel="C0GROWTH", text="x", blocks=blocks)
    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] A section's text must have 1 to 3000 characters, it has 3001. "
        "[json-pointer:/blocks/0/text/text]"
    ]


def test_an_archived_channel_takes_no_words(client: WebClient, server: SandboxServer) -> None:
    ts = client.chat_postMessage(channel="C0GROWTH", text="last words")["ts"]
    server.workspace.archive("C0GROWTH")
    assert code(client.chat_postMessage, channel="C0GROWTH", text="x") == "is_archived"
    assert code(client.chat_update, channel="C0GROWTH", ts=ts, text="x") == "is_archived"
    assert client.conversations_history(channel="C0GROWTH")["messages"][0]["text"] == "last words"


def test_a_private_channel_without_the_bot_does_not_exist_for_it(
    client: WebClient, server: SandboxServer
) -> None:
    server.workspace.add_channel(Channel("G0BOARD", "board", is_private=True, members={"U0APPROVER"}))
    assert code(client.chat_postMessage, channel="G0BOARD", text="x") == "channel_not_found"
    assert code(client.conversations_info, channel="G0BOARD") == "channel_not_found"


def test_a_person_is_reached_by_their_id_and_a_channel_by_its_name(client: WebClient) -> None:
    assert client.chat_postMessage(channel="U0MEMBER", text="x")["channel"] == "D0MEMBER"
    assert client.chat_postMessage(channel="#growth", text="x")["channel"] == "C0GROWTH"
    assert client.conversations_open(users="U0MEMBER")["channel"]["id"] == "D0MEMBER"


def test_an_update_replaces_words_and_blocks(client: WebClient, server: SandboxServer) -> None:
    ts = client.chat_postMessage(channel="C0GROWTH", text="proposed", blocks=CARD)["ts"]
    client.chat_update(channel="C0GROWTH", ts=ts, text="approved")
    message = server.workspace.messages("C0GROWTH")[0]
    # Text without blocks takes the old blocks away.
    assert (message["text"], message["blocks"], message["edited"]) == ("approved", None, True)
    client.chat_update(channel="C0GROWTH", ts=ts, blocks=CARD)
    message = server.workspace.messages("C0GROWTH")[0]
    assert message["text"] == "approved"
    assert message["blocks"][0]["text"] == CARD[0]["text"]


def test_only_its_own_messages_may_be_changed_or_deleted(client: WebClient, server: SandboxServer) -> None:
    theirs = server.workspace.post("C0GROWTH", "U0MEMBER", "mine").ts
    assert code(client.chat_update, channel="C0GROWTH", ts=theirs, text="x") == "cant_update_message"
    assert code(client.chat_delete, channel="C0GROWTH", ts=theirs) == "cant_delete_message"
    assert code(client.chat_update, channel="C0GROWTH", ts="1.000001", text="x") == "message_not_found"
    assert code(client.chat_delete, channel="C0GROWTH", ts="1.000001") == "message_not_found"


def test_an_update_is_held_to_the_limits_of_a_post(client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C0GROWTH", text="short")["ts"]
    assert code(client.chat_update, channel="C0GROWTH", ts=ts, text="x" * 4001) == "msg_too_long"
    bad = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    assert code(client.chat_update, channel="C0GROWTH", ts=ts, text="x", blocks=bad) == "invalid_blocks"


def test_a_deleted_message_is_gone(client: WebClient, server: SandboxServer) -> None:
    ts = client.chat_postMessage(channel="C0GROWTH", text="x")["ts"]
    client.chat_delete(channel="C0GROWTH", ts=ts)
    assert server.workspace.messages("C0GROWTH") == []
    assert code(client.chat_delete, channel="C0GROWTH", ts=ts) == "message_not_found"


def test_an_ephemeral_message_is_seen_by_one_and_cannot_be_changed(
    client: WebClient, server: SandboxServer
) -> None:
    ts = client.chat_postEphemeral(channel="C0GROWTH", user="U0MEMBER", text="psst")["message_ts"]
    assert [one["text"] for one in server.workspace.messages("C0GROWTH", "U0MEMBER")] == ["psst"]
    assert server.workspace.messages("C0GROWTH", "U0APPROVER") == []
    assert client.conversations_history(channel="C0GROWTH")["messages"] == []
    assert code(client.chat_update, channel="C0GROWTH", ts=ts, text="x") == "message_not_found"


def test_an_ephemeral_message_needs_its_reader_in_the_channel(
    client: WebClient, server: SandboxServer
) -> None:
    client.conversations_join(channel="C0RANDOM")
    refused = code(client.chat_postEphemeral, channel="C0RANDOM", user="U0GUEST", text="x")
    assert refused == "user_not_in_channel"


def test_history_is_newest_first_without_replies_and_metadata_only_when_asked(client: WebClient) -> None:
    root = client.chat_postMessage(channel="C0GROWTH", text="digest", metadata=METADATA)["ts"]
    client.chat_postMessage(channel="C0GROWTH", text="detail", thread_ts=root)
    client.chat_postMessage(channel="C0GROWTH", text="newer")
    plain = client.conversations_history(channel="C0GROWTH")["messages"]
    assert [one["text"] for one in plain] == ["newer", "digest"]
    assert (plain[1]["reply_count"], "metadata" in plain[1]) == (1, False)
    asked = client.conversations_history(channel="C0GROWTH", include_all_metadata=True)["messages"]
    assert asked[1]["metadata"] == METADATA


def test_history_is_told_in_pages_and_between_moments(client: WebClient) -> None:
    moments = [client.chat_postMessage(channel="C0GROWTH", text=str(i))["ts"] for i in range(5)]
    pages = [[one["text"] for one in page["messages"]] for page in client.conversations_history(
        channel="C0GROWTH", limit=2
    )]  # fmt: skip
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    between = client.conversations_history(channel="C0GROWTH", oldest=moments[1], latest=moments[4])
    assert [one["text"] for one in between["messages"]] == ["3", "2"]
    one = client.conversations_history(
        channel="C0GROWTH", oldest=moments[2], latest=moments[2], inclusive=True
    )
    assert [message["text"] for message in one["messages"]] == ["2"]


def test_a_thread_is_told_oldest_first(client: WebClient) -> None:
    root = client.chat_postMessage(channel="C0GROWTH", text="card")["ts"]
    reply = client.chat_postMessage(channel="C0GROWTH", text="first", thread_ts=root)["ts"]
    client.chat_postMessage(channel="C0GROWTH", text="second", thread_ts=root)
    thread = client.conversations_replies(channel="C0GROWTH", ts=root)["messages"]
    assert [one["text"] for one in thread] == ["card", "first", "second"]
    assert code(client.conversations_replies, channel="C0GROWTH", ts="1.000001") == "thread_not_found"
    refused = code(client.chat_postMessage, channel="C0GROWTH", text="x", thread_ts=reply)
    assert refused == "cannot_reply_to_message"


def test_channels_and_people_are_listed(client: WebClient) -> None:
    names = [one["name"] for one in client.conversations_list()["channels"]]
    assert names == ["growth", "random", "with-partner"]
    direct = client.conversations_list(types="im")["channels"]
    assert {one["user"] for one in direct} == {"U0APPROVER", "U0MEMBER", "U0GUEST", "U0PARTNER"}
    assert client.conversations_info(channel="C0RANDOM")["channel"]["is_member"] is False
    assert "U0GUEST" in client.conversations_members(channel="C0GROWTH")["members"]
    guest = client.users_info(user="U0GUEST")["user"]
    assert (guest["is_restricted"], guest["tz"]) == (True, "Europe/Madrid")
    assert guest["tz_offset"] in (3600, 7200)
    assert code(client.users_info, user="U0NOBODY") == "user_not_found"


def test_a_partner_is_of_another_workspace_and_met_in_a_shared_channel(client: WebClient) -> None:
    partner = client.users_info(user="U0PARTNER")["user"]
    assert (partner["is_stranger"], partner["team_id"]) == (True, "T0ELSEWHERE")
    assert not client.users_info(user="U0GUEST")["user"]["is_stranger"]
    shared = client.conversations_info(channel="C0WITHPARTNER")["channel"]
    assert (shared["is_ext_shared"], shared["is_member"]) == (True, True)
    assert not client.conversations_info(channel="C0GROWTH")["channel"]["is_ext_shared"]
    assert "U0PARTNER" not in client.conversations_members(channel="C0GROWTH")["members"]


def test_reactions_stand_once_for_each_who_reacts(client: WebClient, server: SandboxServer) -> None:
    ts = client.chat_postMessage(channel="C0GROWTH", text="x")["ts"]
    client.reactions_add(channel="C0GROWTH", timestamp=ts, name="eyes")
    assert server.workspace.messages("C0GROWTH")[0]["reactions"][0]["name"] == "eyes"
    assert code(client.reactions_add, channel="C0GROWTH", timestamp=ts, name="eyes") == "already_reacted"
    client.reactions_remove(channel="C0GROWTH", timestamp=ts, name="eyes")
    assert code(client.reactions_remove, channel="C0GROWTH", timestamp=ts, name="eyes") == "no_reaction"


def test_a_permalink_opens_the_page_at_the_message(client: WebClient, server: SandboxServer) -> None:
    ts = client.chat_postMessage(channel="C0GROWTH", text="x")["ts"]
    link = client.chat_getPermalink(channel="C0GROWTH", message_ts=ts)["permalink"]
    answer = httpx.get(link, follow_redirects=False)
    assert answer.headers["location"] == f"/?channel=C0GROWTH&ts={ts}"


def test_what_slack_would_show_oddly_is_marked_on_the_page(client: WebClient, server: SandboxServer) -> None:
    client.chat_postMessage(channel="C0GROWTH", text="ask <@U0NOBODY> or <@U0MEMBER> in <#C0GONE>")
    assert server.workspace.messages("C0GROWTH")[0]["broken"] == [
        "<@U0NOBODY> is nobody here.",
        "<#C0GONE> is no channel here.",
    ]


def test_nested_arguments_may_be_json_strings(client: WebClient, server: SandboxServer) -> None:
    client.api_call(
        "chat.postMessage",
        data={"channel": "C0GROWTH", "blocks": json.dumps(CARD), "metadata": json.dumps(METADATA)},
    )
    message = server.workspace.messages("C0GROWTH")[0]
    assert (message["blocks"][0]["type"], message["metadata"]) == ("section", METADATA)


def test_the_home_tab_is_published_and_its_hash_compared(client: WebClient, server: SandboxServer) -> None:
    home = {"type": "home", "blocks": CARD}
    first = client.views_publish(user_id="U0MEMBER", view=home)["view"]
    second = client.views_publish(user_id="U0MEMBER", view=home, hash=first["hash"])["view"]
    assert second["id"] == first["id"]
    stale = code(client.views_publish, user_id="U0MEMBER", view=home, hash=first["hash"])
    assert stale == "hash_conflict"
    kept = server.views.home("U0MEMBER")
    assert kept is not None
    assert kept.hash == second["hash"]
