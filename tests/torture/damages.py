"""Promise 5: damage is detected; quarantined, never overwritten; the last good backup is named.

Each damage is done to a copy of a filled memory, as a disk does it. What verify does not find must be
without effect on any row; what it finds is restored from the backup, and is kept as it was.
"""

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import exported
import factories
from factories import MONDAY, HandClock

from store import open_store
from store.backup import back_up
from store.inspection import inspect_file
from store.ledger_key import LedgerKey
from store.restore import restore
from store.sqlite import Damaged, examine
from torture.made_up import dice
from torture.result import Result, counted

KEY = "a key of the torture, long enough to be one"
CLOCK = HandClock()
PAGE = 4096
Rows = dict[str, list[object]]
Damage = Callable[[bytearray, random.Random], object]


def flip(content: bytearray, chance: random.Random) -> None:
    """Flip one to three bits anywhere."""
    for _ in range(chance.randint(1, 3)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def flip_head(content: bytearray, chance: random.Random) -> None:
    content[chance.randrange(100)] ^= 1 << chance.randrange(8)


def flip_letter(content: bytearray, chance: random.Random) -> None:
    """Change one digit or letter of a text into its neighbour: still a valid text."""
    places = [place for place, byte in enumerate(content) if chr(byte).isalnum() and byte < 128]
    content[chance.choice(places)] ^= 1


def cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def zero(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(max(len(content) // PAGE, 1)) * PAGE
    content[start : start + PAGE] = bytes(len(content[start : start + PAGE]))


def scribble(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content))
    content[start : start + 64] = chance.randbytes(len(content[start : start + 64]))


def swap(content: bytearray, chance: random.Random) -> None:
    """Let one page hold what another one holds, as a lost write does."""
    pages = len(content) // PAGE
    one, other = (chance.randrange(pages) * PAGE for _ in range(2))
    content[one : one + PAGE] = content[other : other + PAGE]


def junk(content: bytearray, chance: random.Random) -> None:
    content[:] = chance.randbytes(len(content))


def lose(content: bytearray, _: random.Random) -> None:
    content.clear()


FILE: tuple[Damage, ...] = (flip, flip_head, flip_letter, flip_letter, cut, zero, scribble, swap, junk, lose)
CHANGES: tuple[Damage, ...] = (flip, cut, scribble, lose)


class Filled(NamedTuple):
    """A memory as a kill leaves it, its newest commits in the -wal; a backup of it; and all its rows."""

    folder: Path
    rows: Rows


def run(times: int) -> Result:
    """Damage the file ``times`` times, every fifth time its -wal."""
    chance = dice()
    faults: list[str] = []
    detected = 0
    with tempfile.TemporaryDirectory() as folder:
        filled, work = _filled(Path(folder) / "filled"), Path(folder) / "work"
        for number in range(times):
            name, kinds = ("marko.db-wal", CHANGES) if number % 5 == 4 else ("marko.db", FILE)
            damage = chance.choice(kinds)
            shutil.copytree(filled.folder, work)
            content = bytearray((work / name).read_bytes())
            damage(content, chance)
            (work / name).write_bytes(content)
            is_detected, found = _looked_at(work, filled.rows)
            detected += is_detected
            faults += [f"{damage.__name__} of {name}, number {number}: {each}" for each in found]
            shutil.rmtree(work)
    return counted(times, faults, f"{detected} detected, {times - detected} without effect")


def _looked_at(folder: Path, rows: Rows) -> tuple[bool, list[str]]:
    """Verify a damaged memory; say whether that was detected, and what went wrong."""
    database = folder / "marko.db"
    damaged = _images(database)
    if not _faults(database):
        return False, [] if _rows(database) == rows else ["not detected, and rows are wrong"]
    wrong = ["looking changed the file"] if _images(database) != damaged else []
    return True, [*wrong, *_refused_well(database), *_put_back(database, damaged)]


def _put_back(database: Path, damaged: list[bytes]) -> Iterator[str]:
    backup = database.with_name("backup.db")
    done = restore(database, backup, home=database, clock=CLOCK, key=LedgerKey(KEY))
    if _images(Path(done.aside or "")) != damaged:
        yield "what was damaged is not kept as it was"
    yield from (f"after the restore: {each}" for each in _faults(database))


def _refused_well(database: Path) -> Iterator[str]:
    """A memory that does not open as one names its last good backup."""
    try:
        examine(database)
    except Damaged as trouble:
        if str(database.with_name("backup.db")) not in str(trouble):
            yield f"the backup is not named: {trouble}"


def _faults(database: Path) -> list[str]:
    return [each.told for each in inspect_file(database, LedgerKey(KEY)) if each.state == "fault"]


def _images(database: Path) -> list[bytes]:
    names = (database.name, f"{database.name}-wal")
    files = (database.with_name(name) for name in names)
    return [file.read_bytes() if file.exists() else b"" for file in files]


def _rows(database: Path) -> Rows:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return {
            name: connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall()  # noqa: S608
            for (name,) in tables.fetchall()
            if not name.startswith("sqlite_stat")
        }


def _filled(folder: Path) -> Filled:
    folder.mkdir()
    database = folder / "marko.db"
    store = open_store(database, CLOCK, ledger_key=KEY)
    with store.memory.unit() as unit:
        for number in range(12):
            unit.keep_retrospective(factories.retrospective(f"spring-sale-{number}"))
        proposed = factories.recommendation()
        unit.keep_recommendation(proposed, expected_version=None)
        unit.keep_recommendation(factories.decided(proposed), expected_version=1)
        unit.keep_digest(factories.digest())
        unit.keep_view(factories.view())
        unit.subscribe(factories.subscription())
        unit.claim_slot(factories.slot(), "sent")
        unit.note(actor="U0APPROVER", deed="approved", subject="rec-spring-sale", detail={"version": 2})
    exported.kept(store.memory, "march", exported.days(last=20))
    exported.kept(store.memory, "april", exported.days(last=20), status="replaced", by="import:march")
    store.inbox.accept(factories.delivery())
    store.close()
    target = folder / "backup.db"
    back_up(database, target, now=MONDAY, key=LedgerKey(KEY), listed_beside=database)
    store = open_store(database, CLOCK, ledger_key=KEY)
    for number in range(3):
        with store.memory.unit() as unit:
            unit.post(factories.intent(f"card:{number}"))
            unit.note(actor="shell", deed="count", subject=str(number), detail={})
    store.audit.keep_up()
    images = {name: folder.joinpath(name).read_bytes() for name in ("marko.db", "marko.db-wal")}
    store.close()
    for name, content in images.items():
        folder.joinpath(name).write_bytes(content)
    listing = folder / "marko.db.backups"
    work = folder.with_name("work")
    listing.write_text(listing.read_text().replace(str(folder), str(work)))
    return Filled(folder, _rows(database))
