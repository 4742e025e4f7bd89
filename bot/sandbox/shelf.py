"""Where the sandbox keeps its state between runs: JSON values in one SQLite file, or nowhere."""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS kept (kind TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS content (key TEXT PRIMARY KEY, body BLOB NOT NULL);
"""


class Shelf:
    """Keeps values by (kind, key) in `folder`, one durable write a change; without a folder, in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        place = ":memory:" if folder is None else str(folder / "sandbox.sqlite")
        self._lock = threading.Lock()
        self._database = sqlite3.connect(place, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        # A crash of the machine may lose the last clicks of a sandbox; a crash of the process does not.
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.executescript(_TABLES)

    def put(self, kind: str, key: str, value: Any) -> None:
        """Keep a JSON value, replacing what was there."""
        self._run("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (kind, key, json.dumps(value)))

    def drop(self, kind: str, key: str) -> None:
        """Forget a value; nothing happens when it is not there."""
        self._run("DELETE FROM kept WHERE kind = ? AND key = ?", (kind, key))

    def all(self, kind: str) -> list[Any]:
        """Every value of a kind, by key in ascending order."""
        rows = self._run("SELECT body FROM kept WHERE kind = ? ORDER BY key", (kind,))
        return [json.loads(body) for (body,) in rows]

    def put_bytes(self, key: str, body: bytes) -> None:
        """Keep the content of a file."""
        self._run("INSERT OR REPLACE INTO content VALUES (?, ?)", (key, body))

    def get_bytes(self, key: str) -> bytes | None:
        """The content of a file, or None."""
        rows = self._run("SELECT body FROM content WHERE key = ?", (key,))
        return bytes(rows[0][0]) if rows else None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()

    def _run(self, statement: str, values: tuple[Any, ...]) -> list[Any]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()
