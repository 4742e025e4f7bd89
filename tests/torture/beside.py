"""Several bots side by side on one PostgreSQL, each a process of its own, and one local Slack.

Slack comes by signed HTTP, so a test chooses which bot hears of what, or lets two hear of the same.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import psycopg
from bot_team import SIGNING_SECRET, Team

from bot.manifest import commands, events
from bot.sandbox.clock import MovableClock
from bot.sandbox.http_link import encoded, signature
from bot.sandbox.server import SandboxServer
from bot.settings import Settings, read_settings

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
LEDGER_KEY = "a key of the tests, the same for every bot"
HASTY = ("-m", "tests.torture.hasty_child")


class Bots:
    """A local Slack and ``number`` bots; ``kill`` and ``start`` any of them, ``say`` something to any."""

    def __init__(self, folder: Path, address: str, number: int = 2) -> None:
        self.clock = MovableClock("UTC")
        self.server = SandboxServer(
            commands=commands(), bot_events=events(), clock=self.clock, signing_secret=SIGNING_SECRET
        )
        self.server.start()
        self.marko = None  # nobody reaches into these bots
        self.address = address
        self.ports = [_free_port() for _ in range(number)]
        self._folder = folder
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, which: int) -> None:
        """Start a bot; it connects in its own time."""
        home = self._folder / f"bot-{which}"
        home.mkdir(exist_ok=True)
        told = {
            "SLACK_BOT_TOKEN": self.server.bot_token,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_URL": self.server.api_url,
            "MARKO_PORT": str(self.ports[which]),
            "MARKO_DATA_DIR": str(home),
            "MARKO_OUTPUT_DIR": str(home / "output"),
            "MARKO_APPROVERS": "U0APPROVER,U0MEMBER",
            "MARKO_LEDGER_KEY": LEDGER_KEY,
            "DATABASE_URL": self.address,
        }
        with (home / "log").open("ab") as log:
            self._processes[which] = subprocess.Popen(
                [sys.executable, *HASTY],
                cwd=PROJECT,
                env=os.environ | told | {"PYTHONPATH": f"{PROJECT}/tests"},
                stdin=subprocess.PIPE,
                stderr=log,
            )
        self._move(which, self.clock.offset_seconds)

    def ready(self, which: int) -> None:
        """Wait until a bot can work."""
        url = f"http://127.0.0.1:{self.ports[which]}/readyz"
        until(lambda: _status(url) == 200)

    def kill(self, which: int) -> None:
        """End a bot as ``kill -9`` does."""
        process = self._processes.pop(which)
        process.kill()
        process.wait(PATIENCE_S)

    def stop(self) -> None:
        for process in self._processes.values():
            assert process.stdin
            process.stdin.close()
        for process in self._processes.values():
            process.wait(PATIENCE_S)
        self.server.stop()

    def move(self, move: str) -> None:
        """Move the clock of all, by one of the sandbox's moves."""
        before = self.clock.offset_seconds
        self.clock.jump(move)
        for which in self._processes:
            self._move(which, self.clock.offset_seconds - before)

    def say(self, which: int, kind: str, payload: dict[str, Any]) -> int:
        """Send a bot what Slack sends, signed; its answer's status, 0 where nobody answers."""
        body, content_type = encoded(kind, payload)
        headers = {"Content-Type": content_type, **signature(SIGNING_SECRET, body.encode(), int(time.time()))}
        return _status(f"http://127.0.0.1:{self.ports[which]}/slack/events", body.encode(), headers)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        with psycopg.connect(self.address) as connection:
            return connection.execute(question).fetchall()  # type: ignore[arg-type]

    def is_idle(self) -> bool:
        """Say whether nothing accepted is unfinished and nothing is on its way."""
        unfinished = """SELECT (SELECT count(*) FROM inbox WHERE status IN ('waiting', 'working'))
            + (SELECT count(*) FROM outbox WHERE status IN ('pending', 'sending'))"""
        return self.ask(unfinished) == [(0,)]

    def stuck(self) -> list[str]:
        """Name what was given up."""
        failed = self.ask("SELECT name, error FROM inbox WHERE status = 'failed'")
        parked = self.ask("SELECT key, error FROM outbox WHERE status = 'parked'")
        return [f"{name} failed or was parked: {error}" for name, error in (*failed, *parked)]

    def _move(self, which: int, seconds: float) -> None:
        stdin = self._processes[which].stdin
        assert stdin
        stdin.write(f"{seconds!r}\n".encode())
        stdin.flush()


class TeamOfBots(Team):
    """The team's hands, with several bots far away."""

    def __init__(self, bots: Bots) -> None:
        self.sandbox = bots  # type: ignore[assignment]
        self.bots = bots
        self.workspace = bots.server.workspace
        self.http = httpx.Client(base_url=bots.server.url, timeout=20)

    def __enter__(self) -> "TeamOfBots":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def beside(address: str, folder: Path) -> Settings:
    """What a shell, or an engine of the test's own, is told that works on the same database."""
    told = {"DATABASE_URL": address, "MARKO_LEDGER_KEY": LEDGER_KEY, "MARKO_APPROVERS": "U0APPROVER"}
    return read_settings(told | {"MARKO_DATA_DIR": str(folder), "MARKO_OUTPUT_DIR": str(folder / "output")})


def until(predicate: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Wait for what other processes do."""
    deadline = time.monotonic() + patience_s
    while not predicate():
        if time.monotonic() > deadline:
            raise TimeoutError(f"It did not become true within {patience_s:g} s.")
        time.sleep(0.02)


def _status(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> int:
    try:
        method = "GET" if body is None else "POST"
        answer = httpx.request(
            method, url, content=body, headers=headers, timeout=PATIENCE_S, trust_env=False
        )
    except httpx.TransportError:
        return 0
    return answer.status_code


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(
    text: str, *, trigger: str, user: str = "U0APPROVER", channel: str = "C0GROWTH"
) -> dict[str, Any]:
    """A slash command as Slack sends it."""
    name, _, rest = text.partition(" ")
    told = {"command": name, "text": rest, "trigger_id": trigger, "user_id": user, "channel_id": channel}
    return told | {"team_id": "T0SANDBOX", "token": "planted"}


def click(action: dict[str, Any], ts: str, *, trigger: str, user: str = "U0APPROVER") -> dict[str, Any]:
    """A pressed button as Slack sends it; ``action`` is the button's element."""
    pressed = {name: action[name] for name in ("action_id", "value")} | {"type": "button", "block_id": "b"}
    return {
        "type": "block_actions",
        "team": {"id": "T0SANDBOX"},
        "user": {"id": user},
        "channel": {"id": "C0GROWTH"},
        "container": {"type": "message", "message_ts": ts, "channel_id": "C0GROWTH"},
        "message": {"ts": ts},
        "trigger_id": trigger,
        "actions": [pressed],
    }
