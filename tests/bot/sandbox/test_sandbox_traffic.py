"""The traffic: what went between the bot and the sandbox, how long it took, and what is never kept of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.sandbox.clock import MovableClock
from bot.sandbox.server import SandboxServer
from bot.sandbox.traffic import LONGEST_BODY, MOST_ENTRIES, MOST_LETTERS, Traffic

Json = dict[str, Any]


@contextmanager
def told(server: SandboxServer) -> Iterator[Iterator[Json]]:
    """What a page of the traffic hears, one by one."""
    with httpx.stream("GET", f"{server.url}/ui/traffic/events", timeout=10) as stream:
        yield (json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))


def ended(server: SandboxServer, *kinds: str, count: int) -> list[Json]:
    """The first exchanges of these kinds, once that many of them have ended."""
    known: dict[int, Json] = {}
    with told(server) as news:
        while True:
            known |= {one["id"]: one for one in next(news)["entries"] if one["kind"] in kinds}
            done = [one for _, one in sorted(known.items()) if one["state"] != "waiting"]
            if len(done) >= count:
                return done


def lines(server: SandboxServer, *kinds: str) -> list[tuple[str, str, str]]:
    return [(one.kind, one.name, one.state) for one in server.traffic.entries() if one.kind in kinds]


def test_a_command_its_calls_and_its_answer_are_lines_in_their_order(server, bot, approver) -> None:
    @bot.app.command("/analyze")
    def analyze(ack, command, client):
        ack()
        client.chat_postMessage(channel="C0GROWTH", text="spring-sale")
        WebhookClient(command["response_url"]).send(text="only you")

    bot.connect()
    approver.command("/analyze spring-sale")
    command, call, answer = ended(server, "command", "call", "answer", count=5)[-3:]
    assert (command["name"], command["about"]) == ("/analyze", "U0APPROVER · spring-sale")
    assert (call["name"], call["about"]) == ("chat.postMessage", "C0GROWTH · spring-sale")
    assert (answer["name"], answer["about"]) == ("response_url", "only you")
    assert command["ms"] >= call["ms"] > 0
    posted = server.traffic.find(call["id"])
    assert json.loads(posted.answer)["message"]["text"] == "spring-sale"


def test_an_event_that_nobody_takes_shows_its_retries(start, bots, people) -> None:
    server = start(ack_seconds=0.1, retry_seconds=(0.0,))
    bots(server).connect()
    people(server, "U0MEMBER").says("hello")
    tried = ended(server, "event", count=2)
    assert [(one["attempt"], one["state"]) for one in tried] == [
        (0, "operation_timeout"),
        (1, "operation_timeout"),
    ]


def test_a_refused_call_shows_its_code(server, client: WebClient) -> None:
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.chat_postMessage(channel="C0RANDOM", text="x")
    assert lines(server, "call") == [("call", "chat.postMessage", "not_in_channel")]


def test_files_go_by_as_names_and_sizes(server, client: WebClient) -> None:
    url = client.files_upload_v2(filename="a.csv", content=b"a,b")["file"]["url_private"]
    httpx.get(url)
    assert lines(server, "file") == [("file", "upload", "ok"), ("file", "download", "signed_out")]
    assert "a,b" not in server.traffic.entries()[-2].request


def test_no_token_is_ever_kept(server, client: WebClient) -> None:
    app = WebClient(token=server.app_token, base_url=server.api_url)
    app.apps_connections_open(app_token=server.app_token)
    httpx.post(f"{server.api_url}chat.postMessage", data={"token": server.bot_token, "channel": "C0GROWTH"})
    client.chat_postMessage(channel="C0GROWTH", text=f"my token is {server.bot_token}")
    kept = "".join(one.request + one.answer + one.about for one in server.traffic.entries())
    assert server.bot_token not in kept
    assert server.app_token not in kept
    assert "ticket=…" in kept


def test_one_exchange_is_read_and_a_forgotten_one_is_not(server, client: WebClient, approver) -> None:
    client.auth_test()
    number = server.traffic.entries()[-1].id
    said = httpx.get(f"{server.url}/ui/traffic/{number}").json()
    assert (said["name"], json.loads(said["answer"])["user_id"]) == ("auth.test", "U0MARKO")
    approver.post("traffic/clear")
    assert httpx.get(f"{server.url}/ui/traffic/{number}").status_code == 404


def test_the_page_hears_what_ends_what_is_switched_and_what_is_cleared(server, client, approver) -> None:
    client.auth_test()
    with told(server) as news:
        first = next(news)
        assert [one["name"] for one in first["entries"]] == ["auth.test"]
        assert first["faults"]["late_ack"] is False
        approver.post("faults", name="late_ack", on=True)
        assert next(news)["faults"]["late_ack"] is True
        approver.post("traffic/clear")
        assert next(news)["first_id"] == first["entries"][0]["id"] + 1


def test_the_oldest_go_when_there_are_too_many_or_too_much() -> None:
    traffic = Traffic(MovableClock())
    for _ in range(MOST_ENTRIES + 10):
        traffic.end(traffic.begin("call", "auth.test", {}))
    assert len(traffic.entries()) == MOST_ENTRIES
    for _ in range(MOST_LETTERS // LONGEST_BODY + 50):
        traffic.begin("call", "views.open", "x" * LONGEST_BODY * 2)
    kept = traffic.entries()
    assert sum(one.letters for one in kept) <= MOST_LETTERS
    assert (kept[-1].size, len(kept[-1].request)) == (LONGEST_BODY * 2, LONGEST_BODY)
    traffic.end(1, state="ok")


def test_only_the_page_itself_clears(server) -> None:
    answer = httpx.post(f"{server.url}/ui/traffic/clear", headers={"Origin": "https://example.com"}, json={})
    assert answer.status_code == 403
