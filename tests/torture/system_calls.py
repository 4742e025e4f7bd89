"""Promises 2 and 3: every crash point is safe, and I/O errors are harmless.

A deed of the store runs under ``strace``, which counts its system calls that change something; then it
runs once for each of them, and is killed there, or is told EIO or ENOSPC there. Afterwards the memory
must be whole, all of the deed there or nothing of it, and an error must have been put into words.
"""

import atexit
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import factories
from factories import MONDAY

from store.backup import back_up, chain_faults
from store.inspection import inspect_file
from store.ledger_key import LedgerKey
from store.restore import restore
from store.verify import faults_of_file
from torture.one_deed import CLOCK, KEY, opened
from torture.result import Result, counted

WRITES = ("pwrite64", "write", "fsync", "fdatasync", "ftruncate")
CHANGES = (*WRITES, "rename", "link", "unlink", "chmod", "fchmod", "mkdir", "rmdir", "flock")
TESTS = Path(__file__).resolve().parents[1]
DATA = TESTS / "data"
MOST_S = 60
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  what is killed needs no slow disk


class Call(NamedTuple):
    """The ``number``-th call of that name."""

    name: str
    number: int


class Way(NamedTuple):
    """What happens at a call; ``for_good`` when at every later one too."""

    inject: str
    for_good: bool = False


KILL = (Way("signal=KILL"),)
BREAK = (Way("error=EIO"), Way("error=ENOSPC"), Way("error=ENOSPC", for_good=True), Way("error=EIO", True))


class Ended(NamedTuple):
    """How a deed's process ended, and what it said."""

    said: list[str]
    was_killed: bool

    @property
    def is_done(self) -> bool:
        return "done" in self.said


def killed(times: int) -> Result:
    """Kill deeds at up to ``times`` of their system calls, each deed at as many."""
    return _tried(times, CHANGES, KILL)


def broken(times: int) -> Result:
    """Let up to ``times`` writes and fsyncs fail, in turns with EIO and ENOSPC, once or for good."""
    return _tried(times, WRITES, BREAK)


def _tried(times: int, names: tuple[str, ...], ways: tuple[Way, ...]) -> Result:
    if why := _cannot():
        return Result(0, 0, f"skipped: {why}")
    faults: list[str] = []
    tried = told = dead = 0
    for deed, check in CHECKS.items():
        calls = _evenly(_calls(deed, names), max(times // len(CHECKS), 1))
        for call, way in zip(calls, cycle(ways), strict=False):
            with _memory(deed) as folder:
                ended = _run(deed, folder, call, way)
                found = [*_unworded(ended, way), *check(folder, ended)]
            tried += 1
            dead += ended.was_killed
            told += any(line.startswith("told") for line in ended.said)
            faults += [f"{deed} at {call.name} {call.number}, {way.inject}: {each}" for each in found]
    if ways is KILL and dead < tried * 0.9:  # a few calls more or less are made each time
        faults.append(f"only {dead} of {tried} were killed")
    return counted(tried, faults, f"{told} told, {dead} killed")


@cache
def _cannot() -> str | None:
    """Say why nothing can be traced here."""
    if shutil.which("strace") is None:
        return "there is no strace here"
    done = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return None if done.returncode == 0 else "strace may not trace here"


def _calls(deed: str, names: tuple[str, ...]) -> list[Call]:
    """Run the deed once and give every call that it made."""
    with _memory(deed) as folder, tempfile.NamedTemporaryFile() as log:
        _traced(deed, folder, "-o", log.name, "-e", f"trace={','.join(names)}")
        lines = Path(log.name).read_text("utf-8", "replace").splitlines()
    made: Counter[str] = Counter()
    calls = []
    for line in lines:
        if found := re.match(r"(?:\d+ +)?(\w+)\(", line):
            made[found[1]] += 1
            calls.append(Call(found[1], made[found[1]]))
    return calls


def _evenly(calls: list[Call], most: int) -> list[Call]:
    return [calls[place * len(calls) // most] for place in range(most)] if len(calls) > most else calls


def _run(deed: str, folder: Path, call: Call, way: Way) -> Ended:
    when = f"{call.number}{'+' if way.for_good else ''}"
    inject = f"inject={call.name}:{way.inject}:when={when}"
    return _traced(deed, folder, "-o", "/dev/null", "-e", f"trace={call.name}", "-e", inject)


def _traced(deed: str, folder: Path, *options: str) -> Ended:
    here, there = socket.socketpair()
    command = ["strace", "-f", *options]  # without --seccomp-bpf, with which strace 6.1 sends no signals
    command += [sys.executable, "-m", "torture.one_deed", deed, str(folder), str(there.fileno())]
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    with here, there:
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            pass_fds=[there.fileno()],
            capture_output=True,
            timeout=MOST_S,
            check=False,
        )
        there.close()
        return Ended(here.makefile("r").read().splitlines(), done.returncode == -signal.SIGKILL)


def _unworded(ended: Ended, way: Way) -> Iterator[str]:
    yield from (line for line in ended.said if line.startswith("raw"))
    if way in BREAK and not way.for_good and not ended.is_done:
        yield f"nothing was done at the second try either: {ended.said}"


class _memory(tempfile.TemporaryDirectory[str]):  # noqa: N801  used as a verb, like a function
    """A folder with a memory that the deed is done to."""

    def __init__(self, deed: str) -> None:
        super().__init__(dir=MEMORY)
        self._deed = deed

    def __enter__(self) -> Path:  # type: ignore[override]
        folder = Path(super().__enter__()) / "marko-data"
        shutil.copytree(_template("older" if self._deed == "migration" else "newer"), folder)
        return folder


@cache
def _template(which: str) -> Path:
    home = tempfile.mkdtemp(prefix="torture-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    folder = Path(home) / which
    folder.mkdir()
    (_older if which == "older" else _newer)(folder)
    return folder


def _older(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "marko.db")) as connection:
        connection.executescript((DATA / "schema_3.sql").read_text("utf-8"))


def _newer(folder: Path) -> None:
    """A memory in which deed is 1, and a backup of it from when deed was 0."""
    file = folder / "marko.db"
    for value in range(2):
        with closing(opened(folder)) as store, store.memory.unit() as unit:
            if value == 0:
                unit.keep_recommendation(factories.recommendation(), expected_version=None)
                unit.post(factories.intent())
            unit.set_setting("deed", {"value": value})
            unit.note(actor="shell", deed="count", subject=str(value), detail={})
        if value == 0:
            target = folder / "backup.db"
            back_up(file, target, now=MONDAY, key=LedgerKey(KEY), listed_beside=file)


def _whole(folder: Path) -> Iterator[str]:
    """Open the memory as the next start does, and say what is not whole in it."""
    opened(folder).close()
    found = inspect_file(folder / "marko.db", LedgerKey(KEY))
    yield from (each.told for each in found if each.state == "fault")


def _value(folder: Path) -> int:
    with closing(opened(folder)) as store, store.memory.reading() as reading:
        found = reading.setting("deed")
    return int(found["value"]) if found else -1


def _after_unit(folder: Path, ended: Ended) -> Iterator[str]:
    yield from _whole(folder)
    with closing(opened(folder)) as store, store.memory.reading() as reading:
        parts = [
            reading.setting("deed") == {"value": 2},
            reading.recommendation("rec-autumn") is not None,
            any(each.subject == "rec-autumn" for each in reading.ledger()),
        ]
    if len(set(parts)) > 1:
        yield f"half of it is there: {parts}"
    if ended.is_done and not all(parts):
        yield "what was acknowledged is lost"


def _after_accept(folder: Path, ended: Ended) -> Iterator[str]:
    yield from _whole(folder)
    with closing(opened(folder)) as store:
        is_new = store.inbox.accept(factories.delivery("Ev0AUTUMN"))
    if ended.is_done and is_new:
        yield "what was accepted is lost"


def _after_backup(folder: Path, ended: Ended) -> Iterator[str]:
    yield from _whole(folder)
    file, target = folder / "marko.db", folder / "backups" / "later.db"
    if target.exists():
        yield from faults_of_file(target, lambda connection: chain_faults(connection, LedgerKey(KEY)))
    elif ended.is_done:
        yield "the backup is gone"
    back_up(file, target, now=MONDAY, key=LedgerKey(KEY), listed_beside=file, force=True)
    left = sorted(each.name for each in target.parent.iterdir())
    if left != ["later.db"]:
        yield f"left behind: {left}"


def _after_restore(folder: Path, ended: Ended) -> Iterator[str]:
    yield from _whole(folder)
    value = _value(folder)
    if value not in {0, 1} or (ended.is_done and value != 0):
        yield f"the memory says {value}"
    file = folder / "marko.db"
    restore(file, folder / "backup.db", home=file, clock=CLOCK, key=LedgerKey(KEY))
    yield from _whole(folder)
    if _value(folder) != 0:
        yield "a second restore did not finish"
    left = [each.name for each in folder.iterdir() if ".restor" in each.name or ".partial" in each.name]
    if left:
        yield f"left behind: {left}"


def _after_migration(folder: Path, _: Ended) -> Iterator[str]:
    yield from _whole(folder)
    with closing(opened(folder)) as store, store.memory.reading() as reading:
        known = len(reading.recommendations())
    if known != 12:
        yield f"{known} of 12 recommendations are there"
    if not any(folder.glob("marko.db.v3-*")):
        yield "there is no copy of what it was"


CHECKS: dict[str, Callable[[Path, Ended], Iterator[str]]] = {
    "unit": _after_unit,
    "accept": _after_accept,
    "backup": _after_backup,
    "restore": _after_restore,
    "migration": _after_migration,
}
