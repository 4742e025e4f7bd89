"""Looking through a whole SQLite file for damage, which reads all of it: before it is opened, or beside.

Nobody who opens a large file waits for that: a thread with a connection of its own looks through it right
afterwards. What it finds ends all further work on the file.
"""

import logging
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

log = logging.getLogger(__name__)

LARGE = 8 << 20
"""The bytes from which on a file is looked through beside the work."""

DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
UNDECODABLE = "Could not decode to UTF-8"
"""What the driver says, without a code, of a text that is none."""

AGAIN_S = 0.02


def code(error: sqlite3.DatabaseError) -> int:
    """Give SQLite's primary code; 0 where there is none."""
    if UNDECODABLE in str(error):
        return sqlite3.SQLITE_CORRUPT
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def open_to_look(path: Path, patience_s: float, *, any_thread: bool = False) -> sqlite3.Connection:
    """Open a file that is there without being able to change it."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=patience_s, check_same_thread=not any_thread)


def looked_through(connection: sqlite3.Connection) -> str | None:
    """Read the whole file; give the first thing that is wrong with it."""
    first = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    return None if first == "ok" else str(first)


class Checking:
    """One look through a file, in a thread of its own."""

    def __init__(self, path: Path, patience_s: float) -> None:
        self.finding: str | None = None
        """What is wrong with the file, once that is known."""
        self._path = path
        self._patience_s = patience_s
        self._stopping = Event()
        self._connection: sqlite3.Connection | None = None
        self._thread = Thread(target=self._look, name="whole-file-check", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait for the end, where it was begun."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def stop(self) -> None:
        """Break off. What was not begun yet cannot be interrupted, so it is said more than once."""
        self._stopping.set()
        while self._thread.is_alive():
            if self._connection is not None:
                with suppress(sqlite3.ProgrammingError):  # closed in this moment
                    self._connection.interrupt()
            self.wait(AGAIN_S)

    def _look(self) -> None:
        try:
            with closing(open_to_look(self._path, self._patience_s, any_thread=True)) as connection:
                self._connection = connection
                finding = looked_through(connection)
        except sqlite3.DatabaseError as error:
            if code(error) not in DAMAGE:
                if not self._stopping.is_set():
                    log.warning("%s could not be looked through: %s", self._path, error)
                return
            finding = str(error)
        if finding is not None and not self._stopping.is_set():
            self.finding = finding
            log.error("%s is damaged (%s): nothing more is read from it or written", self._path, finding)
