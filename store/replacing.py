"""Putting another file in the place of ``marko.db``, so that a kill at any point leaves the old or the new.

What stood there first gets a second name (a hard link, or a copy where there are none), with its -wal and
-shm. Then the new file, which is on the disk by then, takes the name ``marko.db.restored``: from that
moment on it is the database, and whoever opens ``marko.db`` finishes what is left: a -wal of the old file
must be gone before the new one takes its place, for SQLite would lay it over that one.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from engine.errors import StoreTrouble
from store.copies import sync_folder

READY = ".restored"
BESIDE = ("", "-wal", "-shm")
"""The endings of the files that belong to one SQLite database."""

SHARED_FROM, SHARED_BYTES = 0x40000002, 510
"""What SQLite locks of a file that it has open."""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep everybody else from opening or replacing the file; the folder is made where it is missing."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise StoreTrouble(f"{path.parent} cannot be used: {error.strerror}.") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def finish(path: Path) -> None:
    """Finish a replacement that was cut short; for whoever is ``alone``."""
    ready = path.with_name(path.name + READY)
    if ready.exists():
        settle_beside(anchor_of(path))
        for ending in (*BESIDE[1:], "-journal"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        ready.replace(path)
        sync_folder(path.parent)
    elif path.exists() and path.stat().st_nlink > 1:
        _take_back_names(path)


def anchor_of(path: Path) -> Path:
    """Name the file that anchors this database's ledger."""
    return path.with_suffix(".anchor")


def prepare_beside(prepared: Path, target: Path) -> None:
    """Let ``prepared`` wait for the moment at which the database is replaced, to replace ``target`` then."""
    prepared.replace(target.with_name(target.name + READY))


def settle_beside(target: Path) -> None:
    ready = target.with_name(target.name + READY)
    if ready.exists():
        ready.replace(target)
        sync_folder(target.parent)


def nobody_else(path: Path) -> None:
    """See that nobody has the file open: SQLite holds a lock on these bytes as long as it is open."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, SHARED_BYTES, SHARED_FROM)
        except (BlockingIOError, PermissionError):
            raise StoreTrouble(
                f"Another command is at work on {path}. Try again when it is done. Nothing was changed."
            ) from None


def replace(path: Path, prepared: Path, *, aside: Path) -> None:
    """Let ``prepared`` be the database, and what stood there go by the name ``aside``."""
    _name_too(path, aside)
    with prepared.open("rb") as file:
        os.fsync(file.fileno())
    prepared.replace(path.with_name(path.name + READY))
    sync_folder(path.parent)
    finish(path)


def free_name(path: Path, word: str, now: datetime) -> Path:
    """Make a name such as marko.db.before-20260330-090000 that nothing has."""
    stem = f"{path.name}.{word}-{now:%Y%m%d-%H%M%S}"
    tries = (path.with_name(stem if number == 1 else f"{stem}-{number}") for number in range(1, 1000))
    return next(each for each in tries if not os.path.lexists(each))


def _take_back_names(path: Path) -> None:
    """A kill before the replacement left second names; what goes by them is still the database."""
    for word in ("before", "damaged"):
        for other in path.parent.glob(f"{path.name}.{word}-*"):
            if not other.name.endswith(BESIDE[1:]) and other.samefile(path):
                for ending in BESIDE[1:]:
                    other.with_name(other.name + ending).unlink(missing_ok=True)
                other.unlink()
    sync_folder(path.parent)


def _name_too(path: Path, aside: Path) -> None:
    for ending in BESIDE:  # the file itself first: by it the others are known as its own
        there = path.with_name(path.name + ending)
        if there.exists():
            _link_or_copy(there, aside.with_name(aside.name + ending))
    sync_folder(path.parent)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except FileExistsError:
        raise
    except OSError:  # a disk that knows no hard links
        shutil.copyfile(source, target)
        target.chmod(0o600)
        with target.open("rb") as file:
            os.fsync(file.fileno())
