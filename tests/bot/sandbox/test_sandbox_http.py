"""The sandbox as Slack by HTTP: how it writes, signs, proves an address, and tries again."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier

from bot.sandbox.server import SandboxServer

SECRET = "a-secret-of-the-tests"
COMMANDS = [{"command": "/analyze", "usage_hint": "", "description": ""}]


class Asked(NamedTuple):
    headers: dict[str, str]
    body: str


class Reply(NamedTuple):
    status: int = 200
    body: str = ""
    kind: str = "text/plain"
    headers: tuple[tuple[str, str], ...] = ()


class Listener:
    """An address that notes what comes and answers as it is told: ``reply`` is asked for each request."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.came = threading.Condition()
        self.reply: Callable[[Asked], Reply] = echo
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                listener._take(self)

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/slack/events"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait(self, count: int) -> list[Asked]:
        """Wait until that many requests came after the challenge."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.asked) >= count + 1, 10)
            return self.asked[1:]

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers["Content-Length"])
        asked = Asked(
            {name.lower(): value for name, value in handler.headers.items()},
            handler.rfile.read(length).decode(),
        )
        with self.came:
            self.asked.append(asked)
            self.came.notify_all()
        reply = self.reply(asked)
        handler.send_response(reply.status)
        for name, value in (("Content-Type", reply.kind), *reply.headers):
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body.encode())


def echo(asked: Asked) -> Reply:
    told = json.loads(asked.body) if asked.body.startswith("{") else {}
    return Reply(body=told.get("challenge", ""))


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def slack(listener: Listener) -> Iterator[SandboxServer]:
    made = SandboxServer(
        commands=COMMANDS, signing_secret=SECRET, ack_seconds=0.5, retry_seconds=(0.0, 0.0, 0.0)
    )
    with made as server:
        server.deliver_to(listener.url)
        yield server


def act(slack: SandboxServer, path: str, **body: Any) -> None:
    httpx.post(
        f"{slack.url}/ui/{path}", json={"user": "U0APPROVER", "channel": "C0GROWTH", **body}, trust_env=False
    ).raise_for_status()


def test_an_address_that_does_not_answer_the_challenge_is_not_taken(listener: Listener) -> None:
    listener.reply = lambda _: Reply(body="something")
    with SandboxServer(signing_secret=SECRET) as server:
        with pytest.raises(ValueError, match="didn't respond with the value of the challenge"):
            server.deliver_to(listener.url)
        with pytest.raises(ValueError, match="challenge"):
            server.deliver_to("http://127.0.0.1:9/nobody")
        assert not server.connected


def test_without_a_signing_secret_it_delivers_over_the_socket_alone(listener: Listener) -> None:
    with SandboxServer() as server, pytest.raises(ValueError, match="no signing secret"):
        server.deliver_to(listener.url)


def test_a_command_is_a_signed_form(slack: SandboxServer, listener: Listener) -> None:
    act(slack, "command", text="/analyze spring sale")
    (asked,) = listener.wait(1)
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    told = {name: values[0] for name, values in parse_qs(asked.body).items()}
    assert (told["command"], told["text"], told["user_id"]) == ("/analyze", "spring sale", "U0APPROVER")
    assert told["response_url"].startswith(slack.url)
    assert SignatureVerifier(SECRET).is_valid_request(asked.body, asked.headers)
    assert abs(int(asked.headers["x-slack-request-timestamp"]) - time.time()) < 60


def test_words_in_the_answer_to_a_command_are_shown_to_the_person(
    slack: SandboxServer, listener: Listener
) -> None:
    listener.reply = lambda _: Reply(body=json.dumps({"text": "Just a moment."}), kind="application/json")
    act(slack, "command", text="/analyze")
    slack.workspace.wait_for(
        lambda: [each for each in slack.workspace.messages("C0GROWTH", "U0APPROVER") if each["ephemeral"]]
    )


def test_an_event_that_fails_comes_again_with_number_and_reason(
    slack: SandboxServer, listener: Listener
) -> None:
    listener.reply = lambda _: Reply(status=500)
    slack.workspace.join("C0GROWTH", "U0MARKO")
    act(slack, "message", text="hello")
    asked = listener.wait(4)
    numbers = [each.headers.get("x-slack-retry-num") for each in asked]
    assert numbers == [None, "1", "2", "3"]
    assert {each.headers.get("x-slack-retry-reason") for each in asked[1:]} == {"http_error"}
    assert len({json.loads(each.body)["event_id"] for each in asked}) == 1
    assert asked[0].headers["content-type"] == "application/json"


def test_an_event_that_is_answered_late_comes_again_as_a_timeout(
    slack: SandboxServer, listener: Listener
) -> None:
    over = threading.Event()

    def slow(asked: Asked) -> Reply:
        if "x-slack-retry-num" not in asked.headers:
            over.wait(10)
        return Reply()

    listener.reply = slow
    act(slack, "message", text="hello")
    _, again = listener.wait(2)
    over.set()
    assert again.headers["x-slack-retry-reason"] == "http_timeout"


def test_no_retry_ends_the_tries(slack: SandboxServer, listener: Listener) -> None:
    listener.reply = lambda _: Reply(status=503, headers=(("X-Slack-No-Retry", "1"),))
    act(slack, "message", text="hello")
    listener.wait(1)
    listener.reply = echo
    act(slack, "message", text="bye")
    asked = listener.wait(2)
    assert [json.loads(each.body)["event"]["text"] for each in asked] == ["hello", "bye"]


def test_a_command_to_nobody_is_told_to_the_person(slack: SandboxServer, listener: Listener) -> None:
    listener.reply = lambda _: Reply(status=500)
    seen = slack._parts.journal.last_seq
    act(slack, "command", text="/analyze")
    listener.wait(1)
    slack.workspace.wait_for(lambda: slack._parts.journal.last_seq > seen)
