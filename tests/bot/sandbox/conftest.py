"""A sandbox, the real Bolt app connected to it, and people who act through its page's door."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.sandbox.server import SandboxServer

COMMANDS = [
    {"command": "/analyze", "usage_hint": "[campaign] [days]", "description": "Forecast against actual"},
    {"command": "/digest", "usage_hint": "", "description": "The weekly digest"},
]
Json = dict[str, Any]


class Bot:
    """Bolt's own App over Bolt's own Socket Mode, pointed at a sandbox."""

    def __init__(self, server: SandboxServer) -> None:
        self.client = WebClient(token=server.bot_token, base_url=server.api_url)
        logger = logging.getLogger("test.bolt")
        logger.setLevel(logging.CRITICAL)
        self.app = App(client=self.client, process_before_response=True, logger=logger)
        self.handler = SocketModeHandler(self.app, server.app_token, logger=logger)
        self._server = server

    def connect(self) -> None:
        """Open a socket and wait until the sandbox greets it."""
        self.handler.connect()
        self._server.workspace.wait_for(lambda: self._server.connected)

    def close(self) -> None:
        """Go away. The client would wait for its socket and for its queue; both are woken first."""
        client = self.handler.client
        client.auto_reconnect_enabled = False
        client.current_session_state.terminated = True
        self._server.cut()
        # Its reader goes first: two threads that close one socket stumble over each other.
        client.current_session_runner.shutdown()
        client.message_processor.event.set()
        client.enqueue_message("{}")
        self.handler.close()


class Person:
    """Somebody at the page."""

    def __init__(self, server: SandboxServer, user: str) -> None:
        self.user = user
        self._server = server
        self._http = httpx.Client(base_url=server.url)

    def post(self, path: str, **body: Any) -> httpx.Response:
        """Send what the page would send."""
        return self._http.post(f"/ui/{path}", json={"user": self.user, **body})

    def state(self) -> Json:
        """What the page shows."""
        answer: Json = self._http.get("/ui/state", params={"user": self.user}).json()
        return answer

    def command(self, text: str, channel: str = "C0GROWTH") -> httpx.Response:
        """Type a slash command."""
        return self.post("command", channel=channel, text=text)

    def says(self, text: str, channel: str = "C0GROWTH", **more: Any) -> str:
        """Type a message and return its moment."""
        return str(self.post("message", channel=channel, text=text, **more).json()["ts"])

    def presses(self, message: Json, block_id: str, action_id: str, **more: Any) -> httpx.Response:
        """Press a button of a message."""
        place = {"channel": message["channel"], "message_ts": message["ts"]}
        body = {"block_id": block_id, "action_id": action_id, "action": {"type": "button"}, **more}
        return self.post("action", **place, **body)

    def notices(self) -> list[str]:
        """The sentences that were shown to this person or to everybody."""
        feed = self._server.workspace.journal.since(0)
        seen = [one for one in feed if self._server.workspace.may_see(one, self.user)]
        return [one.body["text"] for one in seen if one.type == "notice"]

    def close(self) -> None:
        self._http.close()


@pytest.fixture(scope="session")
def stop_later() -> Iterator[Callable[[SandboxServer], None]]:
    """Stop servers beside the tests, since each sleeps 0.2 s; what went wrong is raised at the end."""
    futures: list[Future[None]] = []
    with ThreadPoolExecutor(max_workers=4) as pool:
        yield lambda server: futures.append(pool.submit(server.stop))
    for future in futures:
        future.result()


@pytest.fixture
def start(stop_later: Callable[[SandboxServer], None]) -> Iterator[Callable[..., SandboxServer]]:
    """Start a sandbox with the arguments of a test; stopped after it."""
    servers: list[SandboxServer] = []

    def begin(**arguments: Any) -> SandboxServer:
        servers.append(SandboxServer(**{"commands": COMMANDS, **arguments}))
        servers[-1].start()
        return servers[-1]

    yield begin
    for server in servers:
        stop_later(server)


@pytest.fixture
def server(start: Callable[..., SandboxServer]) -> SandboxServer:
    return start()


@pytest.fixture
def client(server: SandboxServer) -> WebClient:
    return WebClient(token=server.bot_token, base_url=server.api_url)


@pytest.fixture
def people() -> Iterator[Callable[[SandboxServer, str], Person]]:
    """Seat somebody at the page of a sandbox."""
    seated: list[Person] = []

    def seat(server: SandboxServer, user: str) -> Person:
        seated.append(Person(server, user))
        return seated[-1]

    yield seat
    for person in seated:
        person.close()


@pytest.fixture
def approver(server: SandboxServer, people: Callable[[SandboxServer, str], Person]) -> Person:
    return people(server, "U0APPROVER")


@pytest.fixture
def member(server: SandboxServer, people: Callable[[SandboxServer, str], Person]) -> Person:
    return people(server, "U0MEMBER")


@pytest.fixture
def bots() -> Iterator[Callable[[SandboxServer], Bot]]:
    """Make a bot for a sandbox; its listeners are added before `connect`."""
    made: list[Bot] = []

    def make(server: SandboxServer) -> Bot:
        made.append(Bot(server))
        return made[-1]

    yield make
    for bot in made:
        bot.close()


@pytest.fixture
def bot(server: SandboxServer, bots: Callable[[SandboxServer], Bot]) -> Bot:
    return bots(server)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sandbox"
