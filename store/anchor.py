"""The anchor: the newest line of the ledger that was seen, in a file outside the database.

A database that is put back to an earlier day, with all its tables, still fits together. The anchor names
a line that it does not hold. It is written whole or not at all and never goes back by itself.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from store.copies import sync_folder
from store.ledger_key import LedgerKey
from store.moments import from_text, to_text


class Anchored(NamedTuple):
    """One line of the ledger, by its number and digest, and when it was the newest."""

    seq: int
    digest: str
    at: datetime

    @property
    def content(self) -> bytes:
        return f"{self.seq}:{self.digest}:{to_text(self.at)}".encode()


class BrokenAnchor(Exception):
    """The file does not hold what Marko wrote; the message is one line."""


class Anchor:
    """The file that names the newest line. Safe to use from several processes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        return self.path.exists()

    def read(self, key: LedgerKey) -> Anchored | None:
        """Give what is anchored, ``None`` where nothing is; raises ``BrokenAnchor``."""
        try:
            held = json.loads(self.path.read_bytes())
            found = Anchored(int(held["seq"]), str(held["digest"]), from_text(held["at"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as problem:
            raise BrokenAnchor(f"The anchor {self.path.name} cannot be read: {problem}.") from None
        if not key.signed("anchor", found.content, held.get("mac")):
            raise BrokenAnchor(f"The anchor {self.path.name} was changed, or is of another key.")
        return found

    def advance(self, line: Anchored, key: LedgerKey) -> bool:
        """Name a newer line; False where the anchor names this one or a later one, or somebody is at it."""
        with self._turn() as mine:
            held = self.read(key)
            if not mine or (held is not None and held.seq >= line.seq):
                return False
            self.replace(line, key)
            return True

    def replace(self, line: Anchored, key: LedgerKey) -> None:
        """Name another line, also an earlier one: whoever does that says so in the ledger."""
        body = {"seq": line.seq, "digest": line.digest, "at": to_text(line.at)}
        text = json.dumps(body | {"mac": key.sign("anchor", line.content)}) + "\n"
        folder = self.path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(dir=folder, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(handle, "w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(fresh).replace(self.path)
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise
        sync_folder(folder)

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Take turns with other processes, by a lock on the folder; there is a next time, so nobody waits."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(folder)
