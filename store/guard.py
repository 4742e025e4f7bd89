"""The guard against a second bot: a lock of the operating system on ``<marko.db>.lock``.

Two bots on one memory would answer everything twice. The lock belongs to the process and goes with
it, also at ``kill -9``. Shell commands do not take it: SQLite orders their writes beside the bot's.
Child processes are to be started by "spawn", since a forked one would keep the lock alive.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from engine.errors import StoreTrouble


class InUse(StoreTrouble):
    """Another bot has the database."""


class Guard:
    """The right to be the one bot on a database, held until :meth:`release` or the process's end."""

    def __init__(self, database: Path) -> None:
        """Take the lock; :class:`StoreTrouble` naming the other bot when it has it."""
        self.file = database.with_name(database.name + ".lock")
        self._handle: int | None = _lock(self.file, database)

    def release(self) -> None:
        if self._handle is not None:
            with suppress(OSError):  # who holds it is told for people; the lock goes with the handle
                os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> "Guard":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _lock(file: Path, database: Path) -> int:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreTrouble(f"{file} cannot be opened: {error.strerror}.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
        os.close(handle)
        raise InUse(
            f"Another bot (process {holder}) is using {database}; it holds {file}. "
            "Stop it first, or start this one with another database file."
        ) from None
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return handle
