"""Copying a SQLite file while others work on it: one moment of it, whole, in one file of its own."""

import fcntl
import logging
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from engine.errors import StoreTrouble
from store import copies, replacing
from store.moments import to_text

log = logging.getLogger(__name__)

ENDING = ".partial"


def keep_older(path: Path, version: int) -> None:
    """Copy a file of an earlier schema beside itself, and say so, before it is brought up to date."""
    now = datetime.now(UTC)
    try:
        kept = _kept_beside(path, version, now)
    except (OSError, sqlite3.DatabaseError) as error:
        raise StoreTrouble(
            f"{path} is of an earlier Marko (schema {version}) and cannot be copied beside itself before "
            f"it is brought up to date: {error}. Nothing was changed; make room and try again."
        ) from error
    log.warning("%s is brought up to date; as it was (schema %d) it is kept in %s", path, version, kept)


def _kept_beside(path: Path, version: int, now: datetime) -> Path:
    with partial(path) as copy:
        copy_to(path, copy)
        kept = replacing.free_name(path, f"v{version}", now)
        settle(copy, kept)
    rows, seq, digest = contents(kept)
    copies.note(
        path,
        copies.Copy(to_text(now), str(kept.absolute()), kept.stat().st_size, version, rows, seq, digest),
    )
    return kept


@contextmanager
def partial(target: Path) -> Iterator[Path]:
    """Make a file beside ``target``, for its owner alone, that is gone afterwards unless it was renamed.

    What a killed one left behind is cleared away: nobody holds its lock any more.
    """
    _clear(target)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=ENDING)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield Path(name)
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{name}{ending}").unlink(missing_ok=True)
        os.close(handle)


def _clear(target: Path) -> None:
    for left in target.parent.glob(f".{target.name}.*{ENDING}*"):
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def copy_to(source: Path, target: Path, *, still: bool = False) -> None:
    """Copy one moment of ``source``, what stands in its -wal included, into the one file ``target``."""
    here = sqlite3.connect(target, isolation_level=None)
    with closing(here), closing(opened(source, still=still)) as there:
        here.execute("PRAGMA synchronous = FULL")
        there.backup(here)  # in one step, and so of one moment
        here.execute("PRAGMA journal_mode = DELETE")  # one file, without a -wal


def opened(file: Path, *, still: bool = False) -> sqlite3.Connection:
    """Open a file for reading alone; ``still`` when nobody works on it, and so nothing is locked or made."""
    has_changes = file.with_name(f"{file.name}-wal").exists()
    mode = "mode=ro&immutable=1" if still and not has_changes else "mode=ro"
    connection = sqlite3.connect(
        f"file:{quote(str(file.absolute()))}?{mode}", uri=True, isolation_level=None, timeout=10
    )
    # A text with a flipped bit may be none; it is to be told of, not to end the reading.
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    return connection


def settle(copy: Path, target: Path) -> None:
    """Give a finished copy its name, durably, over whatever has it."""
    copy.chmod(0o600)
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    copy.replace(target)
    copies.sync_folder(target.parent)


def contents(file: Path) -> tuple[int, int, str]:
    """Count all rows, and give the number and digest of the ledger's last line."""
    with closing(opened(file)) as connection:
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        tables = [name for (name,) in connection.execute(asked)]
        rows = sum(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables)  # noqa: S608
        last = connection.execute("SELECT seq, digest FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
    return rows, *(last or (0, ""))
