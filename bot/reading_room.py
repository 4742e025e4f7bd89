"""Where exports are read: child processes, begun when a file comes, ended when idle.

A file may be large or hostile, and reading it holds the interpreter: neither belongs into the process that
acknowledges. There are two seats, one for files that are read in a moment and one for large ones, so that
nobody's small file waits behind somebody's year. What is fetched and read lies in a folder that nobody else
may look into, and is gone afterwards, whatever happens.
"""

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import bot
from engine.errors import Fault, Refused
from engine.models.daily import DailyRow
from engine.models.export import Hints, Scan
from engine.models.scanned import Scanned

log = logging.getLogger(__name__)

DEADLINE_S = 900.0
IDLE_S = 120.0
GOODBYE_S = 2.0
LARGE = 4_000_000  # bytes; smaller files are read within a second or so
MOST = 300_000_000  # bytes of a file; larger ones are not fetched
OUT_OF_MEMORY = "memory"
HOME = Path(bot.__file__).parents[1]  # so that the child finds the same code
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
    system's place for such. ``most`` is how many bytes a file may have.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        deadline_s: float = DEADLINE_S,
        idle_s: float = IDLE_S,
        most: int = MOST,
        command: Sequence[str] = READER,
    ) -> None:
        self.most = most
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
    """One child process, and who has it."""

    def __init__(self, command: Sequence[str], deadline_s: float, idle_s: float) -> None:
        self._command = tuple(command)
        self._deadline_s = deadline_s
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._idle: threading.Timer | None = None
        self._reader = ""
        self._closed = False

    @property
    def pid(self) -> int | None:
        child = self._child
        return child.pid if child and child.poll() is None else None

    @contextmanager
    def taken(self, identifier: str) -> Iterator[None]:
        with self._lock:
            self._reader = identifier
            try:
                yield
            finally:
                self._reader = ""

    def ask(self, request: str, told: Told, check: Callable[[], None]) -> dict[str, Any]:
        """Have one file read; gives the child's last answer. The seat has to be taken."""
        if self._idle:
            self._idle.cancel()
        child = self._begun()
        if self._closed:
            child.kill()  # it was begun while the room was being closed
        late = threading.Event()
        overdue = threading.Timer(self._deadline_s, _end_late, (child, late))
        overdue.daemon = True
        overdue.start()
        try:
            check()
            answer = _answer(child, request, told)
        except BaseException:
            child.kill()  # what it would still say belongs to no other file
            raise
        finally:
            overdue.cancel()
            if child.poll() is not None:
                self._end()
        if answer is None:
            self._end()
            check()
            return {"error": "late" if late.is_set() else "the child ended"}
        self._rest()
        return answer

    def stop(self, identifier: str) -> None:
        """End the child if it is at this file; whoever waits for its answer reads the end of it."""
        child = self._child
        if child and self._reader == identifier:
            child.kill()

    def close(self) -> None:
        self._closed = True
        if child := self._child:
            child.kill()
        with self._lock:
            self._end()

    def _begun(self) -> "subprocess.Popen[str]":
        if self._child is None or self._child.poll() is not None:
            self._end()
            try:
                self._child = subprocess.Popen(  # noqa: S603  our own interpreter and module
                    self._command,
                    cwd=HOME,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    encoding="utf-8",
                    start_new_session=True,  # Ctrl-C is for the bot, which then ends its child
                )
            except OSError as problem:
                raise NotRead("failed", f"no child process: {type(problem).__name__}") from problem
        return self._child

    def _rest(self) -> None:
        self._idle = threading.Timer(self._idle_s, self._go_home)
        self._idle.daemon = True
        self._idle.start()

    def _go_home(self) -> None:
        with self._lock:
            if self._idle is threading.current_thread():  # nothing was asked meanwhile
                self._end()

    def _end(self) -> None:
        """Close the child's input, which ends it; see that it is gone."""
        if self._idle:
            self._idle.cancel()
        child, self._child, self._idle = self._child, None, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe:
                try:
                    pipe.close()
                except OSError:
                    log.debug("the child's pipe was broken already")
        try:
            child.wait(GOODBYE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answer(child: "subprocess.Popen[str]", request: str, told: Told) -> dict[str, Any] | None:
    """Ask, hear how far it is, and give the last line; ``None`` where the child ended instead."""
    if child.stdin is None or child.stdout is None:
        return None
    try:
        child.stdin.write(f"{request}\n")
        child.stdin.flush()
    except (OSError, ValueError):
        return None
    while True:
        try:
            line = child.stdout.readline()
            answer: dict[str, Any] | None = json.loads(line) if line else None
        except (OSError, ValueError):
            return None
        if answer is None or "read" not in answer:
            return answer
        told(answer["read"], answer["about"])


def _end_late(child: "subprocess.Popen[str]", late: threading.Event) -> None:
    late.set()
    child.kill()


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
