"""The bot as a process: the seconds until Slack sees it connected, and what it holds in memory, idle."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.goal import RUNS, Goal, Row
from bot.manifest import commands
from bot.sandbox.server import SandboxServer

PATIENCE_S = 30.0
IDLE_S = 1.0


def rows(*, full: bool) -> Iterator[Row]:  # noqa: ARG001  the same at every size
    """Yield the start of ``marko run`` beside a local Slack, and its resident memory."""
    found = [_start() for _ in range(RUNS)]
    taken, resident = (median(values) for values in zip(*found, strict=True))
    yield Row("marko run, until connected", "", taken, None, "s", Goal(0.8))
    if resident:
        yield Row("marko run, idle", "", resident, None, "MB", Goal(80))


def _start() -> tuple[float, float]:
    """Give the seconds until connected, and the megabytes a moment later."""
    with tempfile.TemporaryDirectory() as folder, SandboxServer(commands=commands()) as slack:
        told = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "MARKO_DATA_DIR": folder,
        }
        began = time.perf_counter()
        bot = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], env=os.environ | told, stderr=subprocess.DEVNULL
        )
        try:
            slack.workspace.wait_for(lambda: slack.connected, PATIENCE_S)
            taken = time.perf_counter() - began
            time.sleep(IDLE_S)
            return taken, _megabytes(bot.pid)
        finally:
            bot.terminate()
            bot.wait(PATIENCE_S)


def _megabytes(pid: int) -> float:
    """Read the resident memory where the system tells it; 0 elsewhere."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
