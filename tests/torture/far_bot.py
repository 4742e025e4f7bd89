"""The whole bot in a process of its own, to be killed and started, while the sandbox's Slack stays here."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import httpx
from bot_team import Team

from bot.manifest import commands, events
from bot.sandbox.clock import MovableClock
from bot.sandbox.server import SandboxServer
from bot.settings import Settings, read_settings

PROJECT = Path(__file__).resolve().parents[2]
MOVABLE = ("-m", "tests.torture.child")
MARKO_RUN = ("-m", "bot", "run")
PATIENCE_S = 30.0


class FarBot:
    """A local Slack here, and Marko beside it: ``start``, ``kill``, ``start`` again, ``stop``.

    With ``MARKO_RUN`` as its program the bot is `marko run` itself, and its clock cannot be moved.
    """

    def __init__(self, folder: Path, *, program: Sequence[str] = MOVABLE) -> None:
        self.clock = MovableClock("UTC")
        self.server = SandboxServer(commands=commands(), bot_events=events(), clock=self.clock)
        self.server.start()
        self.marko = None  # nobody reaches into this bot
        self._program = program
        self._log = (folder / "bot.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            "SLACK_BOT_TOKEN": self.server.bot_token,
            "SLACK_APP_TOKEN": self.server.app_token,
            "SLACK_API_URL": self.server.api_url,
            "MARKO_DATA_DIR": str(folder),
            "MARKO_OUTPUT_DIR": str(folder / "output"),
            "MARKO_APPROVERS": "U0APPROVER,U0MEMBER",
            # Its clock moves on by weeks, and all is approved that can be.
            "MARKO_EXPIRY_HOURS": "336",
            "MARKO_CHANGES_A_DAY": "1000",
        }

    @property
    def environment(self) -> dict[str, str]:
        """What the bot is told, for whatever else is to work beside it."""
        return dict(self._environment)

    @property
    def settings(self) -> Settings:
        return read_settings(self._environment)

    def start(self) -> None:
        """Start the process; it connects in its own time."""
        self._process = subprocess.Popen(
            [sys.executable, *self._program],
            cwd=PROJECT,
            env=os.environ | self._environment,
            stdin=subprocess.PIPE,
            stderr=self._log,
        )
        self._say(self.clock.offset_seconds)

    def connected(self) -> None:
        """Wait until the bot listens."""
        self.server.workspace.wait_for(lambda: self.server.connected, PATIENCE_S)

    def move(self, move: str) -> None:
        """Move the clock of both, by one of the sandbox's moves."""
        before = self.clock.offset_seconds
        self.clock.jump(move)
        self._say(self.clock.offset_seconds - before)

    def kill(self) -> None:
        """End the process as ``kill -9`` does, and wait until Slack has seen it go."""
        if self._process:
            self._process.kill()
            self._gone()

    def stop(self) -> None:
        """Let the bot finish what it has begun, then close the local Slack."""
        if self._process and self._process.stdin:
            self._process.stdin.close()
            if self._program == MARKO_RUN:
                self._process.terminate()
            self._gone()
        self.server.stop()
        self._log.close()

    def _gone(self) -> None:
        assert self._process
        self._process.wait(PATIENCE_S)
        self._process = None
        self.server.workspace.wait_for(lambda: not self.server.connected, PATIENCE_S)

    def _say(self, seconds: float) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.write(f"{seconds!r}\n".encode())
            self._process.stdin.flush()


class FarTeam(Team):
    """The team's hands, with the bot far away."""

    def __init__(self, bot: FarBot) -> None:
        self.sandbox = bot  # type: ignore[assignment]
        self.bot = bot
        self.workspace = bot.server.workspace
        self.http = httpx.Client(base_url=bot.server.url, timeout=20)

    def __enter__(self) -> "FarTeam":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
