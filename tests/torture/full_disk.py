"""Promise 4: a full disk loses nothing, is told, and writing resumes when there is room, without a restart.

A child writes until the disk is full: a small tmpfs where one may be mounted, or a limit on the size of its
files. It is told so in words, makes room, goes on writing, and is killed. All that was acknowledged before
and after must be there.
"""

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import factories
from factories import HandClock
from killed import PROCESSES

from engine.errors import StoreTrouble
from store import Store, open_store
from store.backup import back_up
from store.inspection import inspect_file
from store.ledger_key import read_key
from torture.made_up import dice
from torture.result import Result, counted

SIZE = 6 * 1024 * 1024
MOUNT = ("mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs")
AFTER = 20  # writes after there is room again
OLD = [f"old-{number}" for number in range(20)]


def run(times: int) -> Result:
    faults: list[str] = []
    chance = dice()
    on_tmpfs = 0
    for number in range(times):
        with tempfile.TemporaryDirectory() as folder, _small_disk(Path(folder)) as is_small:
            on_tmpfs += is_small
            room = chance.randrange(SIZE // 8, SIZE // 2)
            faults += [f"number {number}: {each}" for each in _filled_up(Path(folder), room, is_small)]
    return counted(times, faults, f"{on_tmpfs} on a small tmpfs")


def _filled_up(folder: Path, room: int, is_small: bool) -> Iterator[str]:
    with closing(_opened(folder)) as store:
        for name in OLD:
            _write(store, name)
    here, there = PROCESSES.Pipe(duplex=False)
    child = PROCESSES.Process(target=write_on, args=(folder, room, is_small, there))
    child.start()
    there.close()
    said: list[tuple[str, str]] = []
    while True:
        try:
            said.append(here.recv())
        except EOFError:
            break
    child.join()
    kept = [text for what, text in said if what == "kept"]
    told = [text for what, text in said if what == "told"]
    yield from (text for what, text in said if what == "raw")
    if not any("the disk" in text for text in told):
        yield f"the full disk was not told: {told}"
    if sum(name.startswith("after") for name in kept) < AFTER:
        yield "writing did not go on when there was room"
    yield from _lost(folder, {*OLD, *kept})


def write_on(folder: Path, room: int, is_small: bool, say: Connection) -> None:
    """Write until it is told that the disk is full, make room, write on, and die."""
    store = _opened(folder)
    ballast = folder / "ballast"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    if is_small:
        free = shutil.disk_usage(folder).free
        ballast.write_bytes(bytes(max(free - room, 0)))
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    _say_each(store, "before", say, until_told=True)
    file = folder / "marko.db"
    with suppress(StoreTrouble):  # there is no room for one, or just enough
        back_up(file, folder / "full.db", now=HandClock().now(), key=None, listed_beside=file)
    if is_small:
        ballast.unlink()
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    _say_each(store, "after", say, until_told=False)
    os.kill(os.getpid(), 9)


def _say_each(store: Store, word: str, say: Connection, *, until_told: bool) -> None:
    for number in count() if until_told else range(AFTER):
        name = f"{word}-{number}"
        try:
            _write(store, name)
        except StoreTrouble as trouble:
            say.send(("told", str(trouble)))
            if until_told:
                return
        except Exception as raw:  # noqa: BLE001  what is not put into words is what is looked for
            say.send(("raw", f"{type(raw).__name__}: {raw}"))
            return
        else:
            say.send(("kept", name))


def _opened(folder: Path) -> Store:
    return open_store(folder / "marko.db", HandClock())


def _write(store: Store, name: str) -> None:
    with store.memory.unit() as unit:
        unit.keep_retrospective(factories.retrospective(name))
        unit.set_setting(name, {"value": "x" * 2000})
        unit.note(actor="shell", deed="count", subject=name, detail={})


def _lost(folder: Path, names: set[str]) -> Iterator[str]:
    with closing(_opened(folder)) as store, store.memory.reading() as reading:
        there = {each.campaign.campaign_id for each in reading.retrospectives()}
        noted = {each.subject for each in reading.ledger()}
    yield from (f"{name} is lost" for name in sorted(names - (there & noted)))
    found = inspect_file(folder / "marko.db", read_key(folder))
    yield from (each.told for each in found if each.state == "fault")


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    """Lay a small disk over the folder; False where that is not allowed."""
    done = subprocess.run([*MOUNT, str(folder)], capture_output=True, check=False)
    is_small = done.returncode == 0
    try:
        yield is_small
    finally:
        if is_small:
            subprocess.run(["umount", str(folder)], capture_output=True, check=False)
