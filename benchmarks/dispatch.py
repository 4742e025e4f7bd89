"""A slash command through Bolt and our reception: in the inbox, durably, before it is acknowledged.

The peer is the floor, what any server has to do (check the signature, read the form), plus one raw
durable insert. A bare dispatch, whose listener only acknowledges, is printed beside.
"""

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

from benchmarks.goal import Goal, Row, interleaved
from bot.blocks.voice import Voice
from bot.clock import SystemClock
from bot.crew import Crew
from bot.reception import Reception
from bot.sandbox.server import SandboxServer
from bot.slack import Identity, bolt_app, web_client
from engine.engine import Engine
from store import open_store

COMMANDS = 500
SECRET = "not-a-secret"
TABLE = (
    "CREATE TABLE inbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, payload TEXT,"
    " status TEXT); CREATE INDEX by_status ON inbox (status, seq);"
)


class NoCrew:
    """Takes what was accepted, and leaves it in the inbox."""

    def take(self, _: object) -> None:
        """Do nothing: only the way to the acknowledgement is measured."""


def rows(*, full: bool) -> Iterator[Row]:  # noqa: ARG001  the same at every size
    """Yield the accepted command beside floor and insert, then the bare dispatch."""
    numbers = count()
    with (
        tempfile.TemporaryDirectory() as folder,
        SandboxServer() as slack,
        closing(open_store(Path(folder) / "marko.db", SystemClock())) as store,
        closing(_raw(Path(folder) / "raw.db")) as raw,
    ):
        client = web_client(slack.bot_token, slack.api_url)
        app, bare = (bolt_app(client, Identity(client)) for _ in range(2))
        engine, voice = cast("Engine", None), cast("Voice", None)  # a command asks neither
        Reception(store.inbox, cast("Crew", NoCrew()), engine, SystemClock(), voice).attach(app)
        bare.command("/analyze")(_acknowledge)
        works = {
            "ours": lambda: _dispatch(app, next(numbers)),
            "floor": _floor(),
            "insert": lambda: _insert(raw, next(numbers)),
            "bare": lambda: _dispatch(bare, next(numbers)),
        }
        interleaved(works)  # at its first command Bolt asks Slack who it is
        found = interleaved(works, COMMANDS)
    theirs = found["floor"] + found["insert"]
    parts = f"floor {found['floor'] * 1e3:.3f} ms, insert {found['insert'] * 1e3:.3f} ms"
    yield Row(
        "command accepted before the ack", "floor + one insert", found["ours"], theirs, "ms", Goal(2), parts
    )
    yield Row("bare dispatch", "the floor", found["bare"], found["floor"], "ms", None)


def _body(number: int) -> dict[str, str]:
    return {
        "command": "/analyze",
        "text": "spring-sale",
        "trigger_id": f"{number}.{number}.abcdef",
        "user_id": "U0APPROVER",
        "user_name": "approver",
        "team_id": "T0SANDBOX",
        "team_domain": "marko",
        "channel_id": "C0GROWTH",
        "channel_name": "growth",
        "api_app_id": "A0MARKO",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T0SANDBOX/1/abcdef",
    }


def _dispatch(app: App, number: int) -> None:
    answer = app.dispatch(BoltRequest(body=cast("dict[str, Any]", _body(number)), mode="socket_mode"))
    if answer.status != 200:
        raise RuntimeError(f"The command was not acknowledged: {answer.status}.")


def _acknowledge(ack: Callable[[], None]) -> None:
    ack()


def _floor() -> Callable[[], object]:
    """Check the signature of a form and read it."""
    body, moment = urlencode(_body(1)), str(int(time.time()))
    verifier = SignatureVerifier(SECRET)
    signature = verifier.generate_signature(timestamp=moment, body=body) or ""
    return lambda: verifier.is_valid(body, moment, signature) and dict(parse_qsl(body))


def _raw(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(TABLE)
    return connection


def _insert(connection: sqlite3.Connection, number: int) -> None:
    payload = json.dumps(_body(number))
    connection.execute(
        "INSERT INTO inbox (key, payload, status) VALUES (?, ?, 'waiting')", (f"command:{number}", payload)
    )
