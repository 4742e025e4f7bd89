"""The socket to Slack: answered over whatever link there is, and another one when it fails."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_bolt import App

from bot import link, watchdog
from bot.sandbox.envelopes import Ack, Envelope
from bot.sandbox.server import SandboxServer
from bot.slack import Identity, bolt_app, web_client
from bot.socket_mode import SocketMode

PATIENCE_S = 15.0


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[SandboxServer]:
    for module, name, seconds in (
        (watchdog, "TICK_S", 0.05),
        (watchdog, "PING_S", 0.05),
        (watchdog, "SILENT_S", 1.5),
        (watchdog, "STEADY_S", 0.0),
        (watchdog, "DRAIN_S", 0.5),
        (link, "OPEN_S", 1.0),
    ):
        monkeypatch.setattr(module, name, seconds)
    with SandboxServer(ack_seconds=PATIENCE_S) as server:
        yield server


@pytest.fixture
def app(slack: SandboxServer) -> App:
    client = web_client(slack.bot_token, slack.api_url)
    made = bolt_app(client, Identity(client))

    @made.command("/echo")
    def echo(ack: Callable[..., Any], command: dict[str, Any]) -> None:
        text = command["text"]
        ack(text=text if len(text) < 100 else f"{len(text)} letters")

    @made.command("/break")
    def broken(ack: Callable[..., Any]) -> None:
        raise LookupError

    return made


@pytest.fixture
def socket(slack: SandboxServer, app: App) -> Iterator[SocketMode]:
    made = SocketMode(app, slack.app_token, app.client)
    made.start()
    until(lambda: slack.connected)
    yield made
    made.stop()


def until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.01)


def typed(slack: SandboxServer, text: str, command: str = "/echo") -> "Callable[[], Ack]":
    payload = {"command": command, "text": text, "team_id": "T1", "channel_id": "C1", "user_id": "U1"}
    envelope = Envelope("slash_commands", payload, accepts_payload=True)
    told = asyncio.run_coroutine_threadsafe(slack._links.send(envelope), slack._loop)
    return lambda: told.result(PATIENCE_S)


def comes_again(slack: SandboxServer) -> None:
    until(lambda: slack.connected and not slack._links._silent)
    assert typed(slack, "hello again")().payload == {"text": "hello again"}


def test_what_is_typed_is_answered_however_long_it_is(slack: SandboxServer, socket: SocketMode) -> None:
    assert typed(slack, "hello")().payload == {"text": "hello"}
    assert typed(slack, "x" * 400_000)().payload == {"text": "400000 letters"}


def test_many_at_once_are_all_answered(slack: SandboxServer, socket: SocketMode) -> None:
    waiting = [typed(slack, str(number)) for number in range(50)]
    assert [each().payload for each in waiting] == [{"text": str(number)} for number in range(50)]


def test_a_listener_that_breaks_stops_no_other(slack: SandboxServer, socket: SocketMode) -> None:
    for _ in range(10):
        typed(slack, "", "/break")
    assert typed(slack, "hello")().payload == {"text": "hello"}


@pytest.mark.parametrize("fault", ["reset", "cut", "close_links", "silence"])
def test_a_socket_that_fails_is_replaced(slack: SandboxServer, socket: SocketMode, fault: str) -> None:
    getattr(slack, fault)()
    comes_again(slack)
    until(lambda: socket.is_up)


def test_a_slack_that_takes_nobody_in_is_asked_until_it_does(
    slack: SandboxServer, socket: SocketMode, caplog: pytest.LogCaptureFixture
) -> None:
    slack.silence(new_too=True)
    until(lambda: "no socket" in caplog.text)
    assert not socket.is_up
    slack.speak()
    comes_again(slack)


def test_after_a_disconnect_the_old_socket_is_read_until_another_is_there(
    slack: SandboxServer, socket: SocketMode
) -> None:
    old = slack._links._open[-1]
    slack.disconnect(close=False)
    waiting = [typed(slack, str(number)) for number in range(20)]  # some on the old, some on the new
    assert [each().payload for each in waiting] == [{"text": str(number)} for number in range(20)]
    until(lambda: slack._links._open and old not in slack._links._open)
    assert len(slack._links._open) == 1


def test_while_slack_is_gone_the_socket_is_not_up_and_nothing_spins(
    slack: SandboxServer, socket: SocketMode
) -> None:
    slack.switches.set("unreachable", on=True)
    slack.reset()
    until(lambda: not socket.is_up)
    asked = len(slack.traffic.entries())
    time.sleep(1)
    assert len(slack.traffic.entries()) - asked < 5
    slack.switches.set("unreachable", on=False)
    comes_again(slack)
