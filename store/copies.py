"""The list of backups, in a text file beside the database, so that damage can name the last good one.

One line of JSON a backup: its moment, place, size, schema and the ledger's head in it. Whatever in the
list cannot be read, or names a file that is gone or has another size, is passed over.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from store.checksums import DamagedRow

ENDING = ".backups"


class Copy(NamedTuple):
    """A backup that was checked. ``at`` is its moment as ISO text in UTC, ``seq`` its ledger's end."""

    at: str
    file: str
    size: int
    schema: int
    rows: int
    seq: int
    digest: str


def note(database: Path, copy: Copy) -> None:
    """Add a backup to the list, durably."""
    line = json.dumps(copy._asdict()) + "\n"
    handle = os.open(_list(database), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)


def listed(database: Path) -> list[Copy]:
    """Give the backups that still stand where they were put, oldest first."""
    return [each for each in _read(database) if _stands(each)]


def advice(database: Path | None) -> str:
    """Say what to do about damage: the last good backup and the command, or that none is known."""
    known = listed(database) if database else []
    if not known:
        return "No backup of it is listed: restore one with `marko restore FILE`, or start with another file."
    last = known[-1]
    return f"The last good backup is of {last.at[:16].replace('T', ' ')} UTC: `marko restore {last.file}`."


def told(name: str, database: Path | None, damaged: DamagedRow) -> str:
    return (
        f"{name} is damaged: {damaged}. Nothing was changed. Stop the bot and restore a backup. "
        f"{advice(database)}"
    )


def sync_folder(folder: Path) -> None:
    """See to it that what was just named in this folder is there after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _list(database: Path) -> Path:
    return database.with_name(database.name + ENDING)


def _read(database: Path) -> Iterator[Copy]:
    try:
        lines = _list(database).read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            fields: Any = json.loads(line)
            yield Copy(**{name: kind(fields[name]) for name, kind in Copy.__annotations__.items()})
        except (ValueError, TypeError, KeyError):
            continue


def _stands(copy: Copy) -> bool:
    try:
        return Path(copy.file).stat().st_size == copy.size
    except (OSError, ValueError):
        return False
