"""What a run leaves behind: messages in Slack by their keys, and rows in the memory."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bot_team import Team


def posted(team: Team, kind: str) -> Counter[str]:
    """Count the messages of every channel by the key in their metadata, of the keys of one kind."""
    keys = (
        (message["metadata"] or {}).get("event_payload", {}).get("key", "")
        for channel in team.workspace.channels
        for message in team.workspace.messages(channel)
    )
    return Counter(key for key in keys if key.startswith(f"{kind}:"))


def arrived(team: Team, kind: str, number: int) -> Callable[[], bool]:
    """Make the question whether that many were posted."""
    return lambda: len(posted(team, kind)) >= number


def rows(database: Path, question: str) -> list[tuple[Any, ...]]:
    """Ask the database file itself, beside the bot that is using it."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(question).fetchall()


def is_idle(database: Path) -> bool:
    """Say whether nothing accepted is unfinished and nothing is on its way."""
    unfinished = (
        "SELECT (SELECT count(*) FROM inbox WHERE status IN ('waiting', 'working'))"
        " + (SELECT count(*) FROM outbox WHERE status IN ('pending', 'sending'))"
    )
    return rows(database, unfinished) == [(0,)]


def stuck(database: Path) -> Iterator[str]:
    """Name what was given up."""
    for name, error in rows(database, "SELECT name, error FROM inbox WHERE status = 'failed'"):
        yield f"{name} failed with {error}"
    for key, error in rows(database, "SELECT key, error FROM outbox WHERE status = 'parked'"):
        yield f"{key} was parked: {error}"


def not_once(found: Counter[str], expected: int, what: str) -> Iterator[str]:
    """Say which keys were posted more than once, and how many are missing."""
    for key, times in found.items():
        if times > 1:
            yield f"{key} was posted {times} times"
    if len(found) != expected:
        yield f"{len(found)} of {what} posted, {expected} expected"
