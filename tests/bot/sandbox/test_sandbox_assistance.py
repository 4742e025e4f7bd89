"""The agent's side: its DM is opened, it offers prompts, it says what it is doing."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.assistance import STATUS_SECONDS, Assistance
from bot.sandbox.clock import MovableClock
from bot.sandbox.journal import Journal
from bot.sandbox.shelf import Shelf
from bot.sandbox.workspace import Workspace

Json = dict[str, Any]
PROMPTS = [{"title": "How did new-parents do?", "message": "How did new-parents do?"}]
HOME = {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Nothing waits."}}]}


def test_each_opening_is_told_once_with_the_home_that_is_shown(server, bot, approver) -> None:
    heard: list[Json] = []

    @bot.app.event("app_home_opened")
    def opened(event, client):
        heard.append(event)
        client.views_publish(user_id=event["user"], view=HOME)
        server.workspace.journal.tell("heard", {})

    bot.connect()
    approver.post("home", tab="messages")
    server.workspace.wait_for(lambda: len(heard) == 1 and server.views.home("U0APPROVER"))
    approver.post("home", tab="home")
    server.workspace.wait_for(lambda: len(heard) == 2)
    assert [(one["tab"], one["channel"], one["user"]) for one in heard] == [
        ("messages", "D0APPROVER", "U0APPROVER"),
        ("home", "D0APPROVER", "U0APPROVER"),
    ]
    assert "view" not in heard[0]
    assert heard[1]["view"]["blocks"][0]["text"]["text"] == "Nothing waits."


def test_a_tab_that_is_not_there_cannot_be_opened(approver) -> None:
    assert approver.post("home", tab="about").json() == {
        "error": "There is no tab 'about'; there are home and messages."
    }


def test_prompts_are_kept_for_their_direct_message(start, people, folder) -> None:
    first = start(folder=folder)
    client = WebClient(token=first.bot_token, base_url=first.api_url)
    client.assistant_threads_setSuggestedPrompts(channel_id="D0MEMBER", prompts=PROMPTS, title="Ask me")
    offer = {"channel": "D0MEMBER", "title": "Ask me", "prompts": PROMPTS}
    assert people(first, "U0MEMBER").state()["prompts"] == [offer]
    assert people(first, "U0GUEST").state()["prompts"] == []
    first.stop()
    assert people(start(folder=folder), "U0MEMBER").state()["prompts"] == [offer]


def test_prompts_with_a_thread_fail_without_a_word_and_the_page_says_so(client, member) -> None:
    ts = member.says("hello", channel="D0MEMBER")
    client.assistant_threads_setSuggestedPrompts(channel_id="D0MEMBER", prompts=PROMPTS, thread_ts=ts)
    assert member.state()["prompts"] == []
    assert "never shown for an agent" in member.notices()[-1]


@pytest.mark.parametrize(
    "prompts",
    [
        [],
        PROMPTS * 5,
        [{"title": "x"}],
        [{"title": "", "message": "x"}],
        ["x"],
        [{**PROMPTS[0], "icon": "x"}],
    ],
)
def test_prompts_beyond_slacks_rules_are_refused(client, prompts: list[Any]) -> None:
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.assistant_threads_setSuggestedPrompts(channel_id="D0MEMBER", prompts=prompts)


def test_a_status_stands_until_the_bot_says_something_there(client, member) -> None:
    ts = member.says("How did it do?", channel="D0MEMBER")
    client.assistant_threads_setStatus(
        channel_id="D0MEMBER", thread_ts=ts, status="is looking it up…", loading_messages=["Reading 28 days"]
    )
    (status,) = member.state()["statuses"]
    assert (status["thread_ts"], status["status"]) == (ts, "is looking it up…")
    assert status["loading_messages"] == ["Reading 28 days"]
    client.chat_postMessage(channel="D0MEMBER", thread_ts=ts, text="Well.")
    assert member.state()["statuses"] == []


def test_an_empty_status_takes_it_away_and_another_thread_does_not(client, member) -> None:
    one, two = member.says("one"), member.says("two")
    for ts in (one, two):
        client.assistant_threads_setStatus(channel_id="C0GROWTH", thread_ts=ts, status="is looking…")
    client.chat_postMessage(channel="C0GROWTH", thread_ts=one, text="Done.")
    assert [status["thread_ts"] for status in member.state()["statuses"]] == [two]
    client.assistant_threads_setStatus(channel_id="C0GROWTH", thread_ts=two, status="")
    assert member.state()["statuses"] == []


def test_a_status_of_two_minutes_ago_is_gone() -> None:
    seconds = [0.0]
    workspace = Workspace(clock=MovableClock())
    assistance = Assistance(workspace, Journal(), Shelf(), lambda: seconds[0])
    assistance.say("C0GROWTH", "1.000001", "is looking…")
    seconds[0] = STATUS_SECONDS
    assert len(assistance.statuses({"C0GROWTH"})) == 1
    seconds[0] = STATUS_SECONDS + 1
    assert assistance.statuses({"C0GROWTH"}) == []


def test_a_status_needs_a_thread_that_is_there(client) -> None:
    with pytest.raises(SlackApiError, match="invalid_thread_ts"):
        client.assistant_threads_setStatus(channel_id="C0GROWTH", thread_ts="1.000001", status="x")
    with pytest.raises(SlackApiError, match="invalid_thread_ts"):
        client.assistant_threads_setTitle(channel_id="C0GROWTH", thread_ts="1.000001", title="x")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        client.assistant_threads_setStatus(channel_id="C0GONE", thread_ts="1.000001", status="x")


def test_at_most_ten_loading_messages_take_turns(client, member) -> None:
    ts = member.says("hello")
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.assistant_threads_setStatus(
            channel_id="C0GROWTH", thread_ts=ts, status="x", loading_messages=["x"] * 11
        )
