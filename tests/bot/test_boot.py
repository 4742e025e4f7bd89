"""The bot as a process: it starts, waits for Slack, is killed, is started again, and stops."""

import logging
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from bot_team import APPROVER, GROWTH, button, shown
from factories import MONDAY
from office import Office, click_payload, command_payload
from shell_room import Room, command, surroundings, told

from bot import ids
from bot.app import Marko
from bot.blocks.card_states import sealed
from bot.manifest import commands
from bot.sandbox.server import SandboxServer
from bot.settings import read_settings
from engine.errors import StoreTrouble
from engine.models.delivery import Delivery
from store import Guard

BOT_TOKEN, APP_TOKEN = "xoxb-1-planted-secret", "xapp-1-planted-secret"
PATIENCE_S = 30


class Running:
    """``marko run`` as a process; what it logs is kept line by line."""

    def __init__(self, folder: Path, api_url: str, **environment: str) -> None:
        self.lines: list[str] = []
        self._news = threading.Condition()
        settings = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": api_url,
            "MARKO_APPROVERS": APPROVER,
        }
        self.process = subprocess.Popen(
            command("run"),
            cwd=folder,
            env=surroundings(**{**settings, **environment}),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait_for(self, words: str) -> str:
        """Wait for a log line with these words."""
        with self._news:
            assert self._news.wait_for(lambda: any(words in line for line in self.lines), PATIENCE_S), (
                self.lines
            )
            return next(line for line in self.lines if words in line)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Stop it and give its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(PATIENCE_S)
        self._reader.join()
        return code

    def _read(self) -> None:
        assert self.process.stderr
        with self.process.stderr:
            for line in self.process.stderr:
                with self._news:
                    self.lines.append(line.rstrip("\n"))
                    self._news.notify_all()


@contextmanager
def running(folder: Path, api_url: str, **environment: str) -> Iterator[Running]:
    made = Running(folder, api_url, **environment)
    try:
        yield made
    finally:
        made.end(signal.SIGKILL)


@contextmanager
def server(port: int = 0) -> Iterator[SandboxServer]:
    made = SandboxServer(port=port, commands=commands(), bot_token=BOT_TOKEN, app_token=APP_TOKEN)
    with made:
        yield made


def typed(slack: SandboxServer, text: str) -> None:
    body = {"user": APPROVER, "channel": GROWTH, "text": text}
    httpx.post(f"{slack.url}/ui/command", json=body).raise_for_status()


def pressed(slack: SandboxServer, label: str, message: dict[str, Any]) -> None:
    block, element = button(message, label)
    body = {
        "user": APPROVER,
        "channel": GROWTH,
        "message_ts": message["ts"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "action": {"type": "button", "value": element["value"]},
    }
    httpx.post(f"{slack.url}/ui/action", json=body).raise_for_status()


def find(slack: SandboxServer, words: str) -> list[dict[str, Any]]:
    return [each for each in slack.workspace.messages(GROWTH, APPROVER) if words in shown(each)]


def arrived(slack: SandboxServer, words: str) -> dict[str, Any]:
    return slack.workspace.wait_for(lambda: find(slack, words), PATIENCE_S)[0]


def until(database: Path, query: str, wanted: Callable[[Any], bool]) -> None:
    """Wait until another process has written something; its database is all there is to look at."""
    ticking = threading.Event()
    for _ in range(PATIENCE_S * 50):
        with sqlite3.connect(database) as connection:
            if wanted(connection.execute(query).fetchone()):
                return
        ticking.wait(0.02)
    raise AssertionError(query)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_slack_down_at_boot_is_waited_for(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, f"http://127.0.0.1:{port}/api/") as bot:
        said = bot.wait_for("Slack cannot be reached")
        assert "again in 1 s" in said
        with server(port) as slack:
            assert slack.workspace.wait_for(lambda: slack.connected, PATIENCE_S)
            typed(slack, "/analyze help")
            arrived(slack, "says what a campaign did against its forecast")
            assert bot.end() == 0


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_refused_token_ends_the_bot_with_one_clear_line(tmp_path: Path, name: str) -> None:
    wrong = {name: "xoxb-wrong-secret" if "BOT" in name else "xapp-wrong-secret"}
    with server() as slack, running(tmp_path, slack.api_url, **wrong) as bot:
        assert bot.process.wait(PATIENCE_S) == 1
        bot.wait_for("Slack refuses a token: invalid_auth. Check SLACK_BOT_TOKEN and SLACK_APP_TOKEN.")
        bot.end()
        assert "secret" not in "".join(bot.lines)
        assert "Traceback" not in "".join(bot.lines)
    with Guard(tmp_path / "marko-data" / "marko.db"):
        pass


def test_a_second_bot_is_refused_while_the_shell_works_beside_the_first(tmp_path: Path) -> None:
    room = Room(tmp_path)
    database = tmp_path / "marko-data" / "marko.db"
    with server() as slack, running(tmp_path, slack.api_url) as bot:
        assert slack.workspace.wait_for(lambda: slack.connected, PATIENCE_S)
        second = room.run(
            "run", SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_APP_TOKEN=APP_TOKEN, SLACK_API_URL=slack.api_url
        )
        assert (second.code, second.out) == (1, "")
        assert second.err.startswith(f"Another bot (process {bot.process.pid}) is using ")
        assert len(second.err.splitlines()) == 1
        with pytest.raises(StoreTrouble):
            Guard(database)
        assert room.run("analyze", room.file("one.json", told()), "--json").json["storage"]["stored"]
        typed(slack, "/analyze spring-sale")  # the running bot knows what the shell handed in
        arrived(slack, "Beat the forecast.")
        assert bot.end() == 0
    with Guard(database):
        pass


def test_a_command_that_a_killed_bot_had_accepted_is_done_once_by_the_next(tmp_path: Path) -> None:
    room = Room(tmp_path)
    assert room.run("analyze", room.file("one.json", told())).code == 0
    database = tmp_path / "marko-data" / "marko.db"
    with server() as slack:
        slack.switches.set("refuse_posts", on=True)
        with running(tmp_path, slack.api_url) as bot:
            assert slack.workspace.wait_for(lambda: slack.connected, PATIENCE_S)
            typed(slack, "/analyze spring-sale")
            until(database, "SELECT max(attempts) FROM outbox", lambda row: row[0] is not None and row[0] > 0)
            assert bot.end(signal.SIGKILL) == -signal.SIGKILL
        until(database, "SELECT status FROM inbox", lambda row: row[0] in {"waiting", "working"})
        assert find(slack, "Beat the forecast.") == []
        slack.switches.set("refuse_posts", on=False)
        with running(tmp_path, slack.api_url) as bot:
            arrived(slack, "Beat the forecast.")
            until(database, "SELECT status FROM inbox", lambda row: row[0] == "done")
            assert bot.end() == 0
        cards = [each for each in slack.workspace.messages(GROWTH) if "Beat the forecast." in shown(each)]
        assert len(cards) == 1


def test_a_click_that_a_killed_bot_had_accepted_is_taken_as_its_persons_by_the_next(tmp_path: Path) -> None:
    with server() as slack:
        before = Office(tmp_path, slack.api_url, token=BOT_TOKEN)
        known = before.put_card(GROWTH)
        payload = click_payload(ids.APPROVE, sealed(known), GROWTH, "17.1", trigger="1.left")
        left = Delivery(
            key="action:left", kind="action", name=ids.APPROVE, payload=payload, received_at=MONDAY
        )
        assert before.store.inbox.accept(left)
        before.close()
        settings = read_settings(
            {
                "SLACK_BOT_TOKEN": BOT_TOKEN,
                "SLACK_APP_TOKEN": APP_TOKEN,
                "SLACK_API_URL": slack.api_url,
                "MARKO_APPROVERS": APPROVER,
                "MARKO_DATA_DIR": str(tmp_path),
                "MARKO_OUTPUT_DIR": str(tmp_path / "output"),
            }
        )
        marko = Marko(settings, clock=before.clock)  # the same Monday: no card is too old to decide
        marko.start()
        assert marko.wait(PATIENCE_S)
        arrived(slack, f"Approved by <@{APPROVER}>")
        with marko.engine._memory.reading() as reading:
            deeds = [entry.deed for entry in reading.ledger()]
        marko.stop()
        assert (deeds.count("approved"), deeds.count("refused")) == (1, 0)


@contextmanager
def heard(name: str, words: str) -> Iterator[threading.Event]:
    """An event that is set when this logger says these words."""
    event = threading.Event()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if words in record.getMessage():
                event.set()

    ear = Ear()
    logging.getLogger(name).addHandler(ear)
    yield event
    logging.getLogger(name).removeHandler(ear)


def test_what_was_left_is_taken_up_also_where_the_memory_is_busy_at_first(tmp_path: Path) -> None:
    with server() as slack:
        before = Office(tmp_path, slack.api_url, token=BOT_TOKEN)
        payload = command_payload("/analyze help", GROWTH, trigger="1.left")
        left = Delivery(
            key="command:left", kind="command", name="/analyze", payload=payload, received_at=MONDAY
        )
        assert before.store.inbox.accept(left)
        before.close()
        names = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_API_URL": slack.api_url}
        marko = Marko(read_settings({**names, "MARKO_DATA_DIR": str(tmp_path)}))
        with closing(sqlite3.connect(tmp_path / "marko.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with heard("bot.slack", "connecting failed") as trouble:
                marko.start()
                assert trouble.wait(PATIENCE_S)
            other.execute("ROLLBACK")
        assert marko.wait(PATIENCE_S)
        arrived(slack, "says what a campaign did against its forecast")
        marko.stop()


def test_no_secret_is_in_the_log_or_the_memory_even_at_debug(tmp_path: Path) -> None:
    room = Room(tmp_path)
    ended = datetime.now(UTC) - timedelta(days=2)  # money is moved on fresh figures alone
    window = {"window_start": str((ended - timedelta(days=27)).date()), "window_end": str(ended.date())}
    fresh = told(timestamp=ended.isoformat(), **window)
    assert room.run("analyze", room.file("one.json", fresh)).code == 0
    with server() as slack, running(tmp_path, slack.api_url, MARKO_LOG_LEVEL="DEBUG") as bot:
        assert slack.workspace.wait_for(lambda: slack.connected, PATIENCE_S)
        typed(slack, "/analyze spring-sale")
        card = arrived(slack, "Beat the forecast.")
        pressed(slack, "Approve", card)
        pressed(slack, "More", arrived(slack, "Carry it out in Meta"))
        arrived(slack, "How computed.")
        typed(slack, "/analyze unknown-one")
        arrived(slack, "I know no campaign")
        assert bot.end() == 0
        log = "\n".join(bot.lines)
    assert "DEBUG" in log
    assert [line for line in bot.lines if "ticket=" in line and "ticket=(hidden)" not in line] == []
    assert [line for line in bot.lines if "/response/" in line and "/response/(hidden)" not in line] == []
    kept = b"".join(path.read_bytes() for path in (tmp_path / "marko-data").iterdir())
    for secret in (BOT_TOKEN, APP_TOKEN, "planted-secret"):
        assert secret not in log
        assert secret.encode() not in kept
    assert b'"token"' not in kept
