"""Faults on purpose: lost answers, refusals, double delivery."""

from http.client import RemoteDisconnected

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler, ServerErrorRetryHandler


@pytest.fixture
def careful(server) -> WebClient:
    """A client that never repeats a call by itself."""
    return WebClient(token=server.bot_token, base_url=server.api_url, retry_handlers=[])


def test_a_dropped_answer_leaves_the_message_stored(server, careful: WebClient, approver) -> None:
    approver.post("faults", name="drop_response_after_post", on=True)
    with pytest.raises(RemoteDisconnected):
        careful.chat_postMessage(channel="C0GROWTH", text="digest")
    assert [one["text"] for one in server.workspace.messages("C0GROWTH")] == ["digest"]
    careful.chat_postMessage(channel="C0GROWTH", text="next")


def test_slacks_default_client_posts_twice_when_the_answer_is_lost(server, client: WebClient) -> None:
    server.switches.set("drop_response_after_post", on=True)
    client.chat_postMessage(channel="C0GROWTH", text="digest")
    assert [one["text"] for one in server.workspace.messages("C0GROWTH")] == ["digest", "digest"]


def test_a_rate_limit_strikes_once_and_says_how_long(server, careful: WebClient) -> None:
    server.switches.set("ratelimit_next", on=True)
    with pytest.raises(SlackApiError, match="ratelimited") as refused:
        careful.chat_postMessage(channel="C0GROWTH", text="x")
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["retry-after"] == "1"
    assert server.switches.state()["ratelimit_next"] is False
    careful.chat_postMessage(channel="C0GROWTH", text="x")


def test_slacks_retry_handlers_get_over_a_limit_and_an_error(server, careful: WebClient) -> None:
    careful.retry_handlers.append(ServerErrorRetryHandler(max_retry_count=1))
    server.switches.set("server_error", on=True)
    careful.chat_postMessage(channel="C0GROWTH", text="after the error")
    careful.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    server.switches.set("ratelimit_next", on=True)
    careful.chat_postMessage(channel="C0GROWTH", text="after the limit")
    assert len(server.workspace.messages("C0GROWTH")) == 2


def test_refused_posts_stay_refused_until_the_switch_is_off(server, careful: WebClient) -> None:
    server.switches.set("refuse_posts", on=True)
    for _ in range(2):
        with pytest.raises(SlackApiError, match="fatal_error"):
            careful.chat_postMessage(channel="C0GROWTH", text="x")
    server.switches.set("refuse_posts", on=False)
    careful.chat_postMessage(channel="C0GROWTH", text="x")


def test_everything_is_delivered_twice_with_the_same_event_id(server, bot, member) -> None:
    heard: list[str] = []

    @bot.app.event("message")
    def message(body):
        heard.append(body["event_id"])
        bot.client.chat_postEphemeral(channel="C0GROWTH", user="U0MEMBER", text="heard")

    @bot.app.command("/analyze")
    def analyze(ack, command, client):
        ack()
        heard.append(command["trigger_id"])
        client.chat_postEphemeral(channel="C0GROWTH", user="U0MEMBER", text="heard")

    bot.connect()
    server.switches.set("deliver_twice", on=True)
    member.says("hello")
    member.command("/analyze")

    def heard_often() -> bool:
        said = [one for one in server.workspace.messages("C0GROWTH") if one["text"] == "heard"]
        return len(said) == 4

    server.workspace.wait_for(heard_often)
    assert len(heard) == 4
    assert len(set(heard)) == 2


def test_the_switches_are_listed_and_a_stranger_is_refused(server, approver) -> None:
    assert set(httpx.get(f"{server.url}/ui/faults").json()["faults"]) == {
        "ratelimit_next",
        "drop_response_after_post",
        "deliver_twice",
        "refuse_posts",
        "unreachable",
        "server_error",
        "late_ack",
        "expired_trigger",
    }
    assert approver.post("faults", name="rain", on=True).status_code == 404


def test_a_late_answer_is_a_timeout_although_the_bot_did_all_of_it(server, bot, member) -> None:
    done: list[str] = []

    # It posts nothing: the event of its own message may be answered first, and would be the late one.
    @bot.app.command("/analyze")
    def analyze(ack, command):
        done.append(command["command"])
        ack("too late")

    bot.connect()
    server.switches.set("late_ack", on=True)
    member.command("/analyze")
    late = "/analyze was not answered within 3 s (operation_timeout)"
    server.workspace.wait_for(lambda: late in member.notices())
    assert done == ["/analyze"]


def test_an_event_that_is_acknowledged_late_is_sent_again(start, bots, people) -> None:
    server = start(retry_seconds=(0.0,))
    bot, member, heard = bots(server), people(server, "U0MEMBER"), []

    @bot.app.event("message")
    def message(body, request):
        retry = request.headers.get("x-slack-retry-num")
        heard.append((body["event_id"], None if retry is None else retry[0]))
        server.workspace.journal.tell("heard", {})

    bot.connect()
    server.switches.set("late_ack", on=True)
    member.says("hello")
    server.workspace.wait_for(lambda: len(heard) == 2)
    assert heard[0][0] == heard[1][0]
    assert [retry for _, retry in heard] == [None, "1"]


def test_the_next_dialog_is_opened_too_late_and_the_one_after_it_in_time(server, careful: WebClient) -> None:
    title = {"type": "plain_text", "text": "Later"}
    view = {"type": "modal", "title": title, "blocks": [{"type": "section", "text": title}]}
    trigger = server._parts.passes.trigger("U0APPROVER")
    server.switches.set("expired_trigger", on=True)
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        careful.views_open(trigger_id=trigger, view=view)
    careful.views_open(trigger_id=trigger, view=view)
