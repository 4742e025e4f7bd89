"""Where exports are read: child processes, begun when a file comes, ended when idle.

A file may be large or hostile, and reading it holds the interpreter: neither belongs into the process that
acknowledges. There are two seats, one for files that are read in a moment and one for large ones, so that
nobody's small file waits behind somebody's year. What is fetched and read lies in a folder that nobody else
may look into, and is gone afterwards, whatever happens.
"""

import json
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from bot.child import Child, ChildFailed
from bot.clock import SystemClock
from engine.errors import Fault, Refused
from engine.models.daily import DailyRow
from engine.models.export import Hints, Scan
from engine.models.scanned import Scanned
from engine.ports import Clock

DEADLINE_S = 900.0
IDLE_S = 120.0
LARGE = 4_000_000  # bytes; smaller files are read within a second or so
MOST = 300_000_000  # bytes of a file; larger ones are not fetched
OUT_OF_MEMORY = "memory"
READER = (sys.executable, "-m", "bot.reader_child")

Told = Callable[[int, int], None]


class NotRead(Exception):
    """A file could not be read through; ``reason`` is "memory", "late" or "failed"."""

    def __init__(self, reason: str, why: str = "") -> None:
        self.reason = reason
        super().__init__(why or reason)


class LeftOff(Exception):
    """Somebody pressed Cancel."""


class RoomClosed(BaseException):
    """The bot is stopping: the file is read after the next start.

    It is no failure, and nobody on its way up may take it for one, as of ``KeyboardInterrupt``.
    """


class ReadingRoom:
    """Reads up to two files at a time. Safe to call from several threads.

    ``folder`` is wiped at the start, so it has to be the room's own; without one it is a new one in the
    system's place for such. ``most`` is how many bytes a file may have; ``clock`` says which days are over.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        deadline_s: float = DEADLINE_S,
        idle_s: float = IDLE_S,
        most: int = MOST,
        command: Sequence[str] = READER,
        clock: Clock | None = None,
    ) -> None:
        self.most = most
        self._clock = clock or SystemClock()
        self._folder = folder
        self._lock = threading.Lock()
        self._seats = tuple(_Seat(command, deadline_s, idle_s) for _ in range(2))
        self._turns: set[str] = set()
        self._left: set[str] = set()
        self._jobs = 0
        self._is_made = False
        self._closed = False

    @contextmanager
    def turn(self, identifier: str) -> Iterator[bool]:
        """Say whether nobody else is at this file; whoever comes second has nothing to do."""
        with self._lock:
            mine = identifier not in self._turns
            if mine:
                self._turns.add(identifier)
                self._left.discard(identifier)
        try:
            yield mine
        finally:
            if mine:
                with self._lock:
                    self._turns.discard(identifier)
                    self._left.discard(identifier)

    @contextmanager
    def job(self) -> Iterator[Path]:
        """Give a folder for one file, which is gone afterwards. Raises ``RoomClosed``."""
        with self._lock:
            self.check("")
            self._jobs += 1
            home = self._home()
        try:
            with tempfile.TemporaryDirectory(prefix="export-", dir=home) as folder:
                yield Path(folder)
        finally:
            with self._lock:
                self._jobs -= 1
                self._clear_out()

    def read(
        self, path: Path, identifier: str, *, name: str, hints: Hints, told: Told | None = None
    ) -> Scanned:
        """Read the file at ``path``, in a folder of ``job``; whose rows last as long as that does.

        ``told`` hears, a few times a second, how many of about how many rows are read. Raises ``Refused``,
        ``NotRead``, ``LeftOff`` and ``RoomClosed``; the rows may raise the last two as well.
        """
        rows = path.with_name("rows")
        asked = {"path": str(path), "name": name, "hints": hints.model_dump(mode="json"), "rows": str(rows)}
        asked["now"] = self._clock.now().isoformat()  # a sandbox's clock is ahead of the machine's
        seat = self._seats[path.stat().st_size >= LARGE]
        with seat.taken(identifier):
            self.check(identifier)
            answer = seat.ask(json.dumps(asked), told or _unheard, lambda: self.check(identifier))
        self.check(identifier)
        if "refused" in answer:
            raise Refused([Fault(*each) for each in answer["refused"]])
        if "scan" not in answer:
            error = str(answer.get("error", ""))
            raise NotRead(error if error in {OUT_OF_MEMORY, "late"} else "failed", error)
        scan = Scan.model_validate_json(json.dumps(answer["scan"]))
        return Scanned(scan, self._rows(rows, identifier))

    def leave_off(self, identifier: str) -> None:
        """Stop reading this file, now."""
        with self._lock:
            if identifier in self._turns:
                self._left.add(identifier)
        for seat in self._seats:
            seat.stop(identifier)

    def close(self) -> None:
        """End the children now, also in the middle of a file, and begin none after it."""
        self._closed = True
        for seat in self._seats:
            seat.close()
        with self._lock:
            self._clear_out()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the children there are."""
        return tuple(seat.pid for seat in self._seats if seat.pid)

    def check(self, identifier: str) -> None:
        """Raise ``RoomClosed`` or ``LeftOff`` where this file is not to be read any further."""
        if self._closed:
            raise RoomClosed(identifier)
        if identifier in self._left:
            raise LeftOff(identifier)

    def _rows(self, path: Path, identifier: str) -> Iterator[DailyRow]:
        with path.open(encoding="utf-8") as pieces:
            for piece in pieces:
                self.check(identifier)
                for first, last, *rest in json.loads(piece):
                    yield DailyRow(date.fromordinal(first), date.fromordinal(last), *rest)

    def _home(self) -> Path:
        """The room's own folder; what a killed run left in it is gone first."""
        if self._folder is None or not self._is_made:
            self._folder = _own(self._folder)
            self._is_made = True
        return self._folder

    def _clear_out(self) -> None:
        """Leave nothing behind, once nobody works here any more."""
        if self._closed and self._is_made and self._folder and not self._jobs:
            shutil.rmtree(self._folder, ignore_errors=True)


class _Seat:
    """One child process, and whose file it is at."""

    def __init__(self, command: Sequence[str], deadline_s: float, idle_s: float) -> None:
        self._child = Child(command, deadline_s=deadline_s, idle_s=idle_s)
        self._reader = ""

    @property
    def pid(self) -> int | None:
        return self._child.pid

    @contextmanager
    def taken(self, identifier: str) -> Iterator[None]:
        with self._child.turn():
            self._reader = identifier
            try:
                yield
            finally:
                self._reader = ""

    def ask(self, request: str, told: Told, check: Callable[[], None]) -> dict[str, Any]:
        """Have one file read; gives the child's last answer. The seat has to be taken."""

        def heard(line: dict[str, Any]) -> bool:
            if "read" not in line:
                return False
            told(line["read"], line["about"])
            return True

        try:
            return self._child.ask(request, heard=heard, check=check)
        except ChildFailed as failed:
            check()  # whoever stopped it says why
            if failed.reason == "not begun":
                raise NotRead("failed", str(failed)) from failed
            return {"error": "late" if failed.reason == "late" else "the child ended"}

    def stop(self, identifier: str) -> None:
        """End the child if it is at this file; whoever waits for its answer reads the end of it."""
        if self._reader == identifier:
            self._child.kill()

    def close(self) -> None:
        self._child.close()


def _own(folder: Path | None) -> Path:
    """Make the folder that is for nobody else's eyes."""
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="marko-reading-"))  # made with mode 0700
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.chmod(folder, 0o700)  # whatever the umask says
    return folder


def _unheard(_read: int, _about: int) -> None:
    """Nobody wants to know."""
