"""Promise 30: the ledger shows tampering: whatever somebody with the database, and without the key, does."""

import hashlib
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from factories import HandClock

from engine.errors import StoreTrouble
from store import open_store
from store.ledger import NO_DIGEST, content_of
from torture.made_up import dice
from torture.result import Result, counted

KEY = "only the operator knows this key of the ledger"
LINES = 40
EARLIER = 25  # the line after which the head is noted, to be put back later
FIELDS = ("at", "actor", "deed", "subject", "detail", "digest")
Attack = Callable[[sqlite3.Connection, random.Random, Path], None]


def run(times: int) -> Result:
    """Tamper ``times`` times, each kind in turn; each has to show, and still after the bot went on."""
    chances, kinds = dice(), list(ATTACKS)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole"
        made(whole)
        faults = [
            fault
            for number in range(times)
            for fault in _tampered(kinds[number % len(kinds)], number, whole, chances)
        ]
    return counted(times, faults, f"{len(kinds)} kinds")


def made(folder: Path) -> None:
    """Make a ledger whose anchor is up to date, with a copy of the database as it was at line EARLIER."""
    clock = HandClock()
    for first, last in ((1, EARLIER), (EARLIER + 1, LINES)):
        store = open_store(folder / "marko.db", clock, ledger_key=KEY)
        for number in range(first, last + 1):
            with store.memory.unit() as unit:
                detail = {"amount": 276.5 + number, "note": "€", "n": number}
                unit.note(actor="U0APPROVER", deed="approved", subject=f"rec-{number}", detail=detail)
            clock.forward(minutes=1)
        store.close()
        if last == EARLIER:
            shutil.copy(folder / "marko.db", folder / "earlier.db")


def tampered(kind: str, whole: Path, target: Path, chances: random.Random) -> Path:
    """Copy the whole ledger to ``target`` and do one thing to it; gives the database."""
    shutil.copytree(whole, target)
    path = target / "marko.db"
    if kind == "the whole database of an earlier day":
        shutil.copy(target / "earlier.db", path)
        return path
    with closing(sqlite3.connect(path)) as connection:
        for verb in ("update", "delete"):
            connection.execute(f"DROP TRIGGER ledger_refuses_{verb}")
        ATTACKS[kind](connection, chances, whole)
        connection.commit()
    return path


def found(path: Path) -> list[str]:
    """What verification says, on a store that is opened whatever its ledger is."""
    with closing(open_store(path, HandClock(), ledger_key=KEY, check_ledger=False)) as store:
        return store.ledger_faults()


def goes_on(path: Path) -> bool:
    """Let the bot start and write on, and its anchor follow; False where it refuses to start."""
    try:
        store = open_store(path, HandClock(), ledger_key=KEY)
    except StoreTrouble:
        return False
    with closing(store):
        for number in range(LINES):
            with store.memory.unit() as unit:
                unit.note(actor="U0APPROVER", deed="approved", subject=f"later-{number}", detail={})
        store.audit.keep_up()
    return True


def _tampered(kind: str, number: int, whole: Path, chances: random.Random) -> list[str]:
    path = tampered(kind, whole, whole.with_name(f"tampered-{number}"), chances)
    missed = [] if found(path) else [f"{number}: {kind}: not found"]
    if goes_on(path) and not found(path):
        missed.append(f"{number}: {kind}: hidden after the bot went on")
    shutil.rmtree(path.parent)
    return missed


def _edit(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    field, line = chances.choice(FIELDS), chances.randint(1, LINES)
    (before,) = connection.execute(f"SELECT {field} FROM ledger WHERE seq = ?", (line,)).fetchone()  # noqa: S608
    place = chances.randrange(len(before))
    changed = before[:place] + ("0" if before[place] != "0" else "1") + before[place + 1 :]
    connection.execute(f"UPDATE ledger SET {field} = ? WHERE seq = ?", (changed, line))  # noqa: S608


def _delete(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    connection.execute("DELETE FROM ledger WHERE seq = ?", (chances.randint(1, LINES),))


def _delete_and_close_up(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    line = chances.randint(1, LINES - 1)
    connection.execute("DELETE FROM ledger WHERE seq = ?", (line,))
    for later in range(line + 1, LINES + 1):
        connection.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (later - 1, later))
    connection.execute("UPDATE ledger_head SET seq = seq - 1")


def _swap(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    one, other = chances.sample(range(1, LINES + 1), 2)
    for before, after in ((one, -1), (other, one), (-1, other)):
        connection.execute("UPDATE ledger SET seq = ? WHERE seq = ?", (after, before))


def _insert(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    """Behind the last line, before the first, or with the digest that a line without a key would have."""
    seq = chances.choice((0, -7, LINES + 1, LINES + 9))
    line = {"seq": seq, "at": "2026-03-30T09:00:00.000000+00:00", "actor": "U0APPROVER"}
    line |= {"deed": "approved", "subject": "rec-forged", "detail": "{}"}
    digest = hashlib.sha256(content_of(line, _digest_of(connection, LINES))).hexdigest()
    connection.execute("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?)", (*line.values(), digest))
    if seq == LINES + 1 and chances.random() < 0.5:
        connection.execute("UPDATE ledger_head SET seq = ?, digest = ?", (seq, digest))


def _cut(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    connection.execute("DELETE FROM ledger WHERE seq > ?", (chances.randint(0, LINES - 1),))


def _cut_with_the_head(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    last = chances.randint(1, LINES - 1)
    connection.execute("DELETE FROM ledger WHERE seq > ?", (last,))
    connection.execute("UPDATE ledger_head SET seq = ?, digest = ?", (last, _digest_of(connection, last)))


def _cut_with_an_earlier_head(connection: sqlite3.Connection, chances: random.Random, whole: Path) -> None:
    """The tail is cut, and a head that was really signed once is put back: only the anchor knows."""
    connection.execute("DELETE FROM ledger WHERE seq > ?", (EARLIER,))
    _put_back_head(connection, whole)


def _earlier_head(connection: sqlite3.Connection, chances: random.Random, whole: Path) -> None:
    _put_back_head(connection, whole)


def _key_from_later(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    """Some lines are forged and chained anew without the key, which is said to count from later on."""
    last = chances.randint(1, LINES)
    chain_without_key(connection, last)
    connection.execute("UPDATE ledger_head SET keyed_from = ?", (last + 1,))


def _as_if_never_keyed(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    """Everything is chained anew as before there was a key, in the hope that Marko takes the key again."""
    chain_without_key(connection, LINES)
    head = (LINES, _digest_of(connection, LINES))
    connection.execute("UPDATE ledger_head SET seq = ?, digest = ?, keyed_from = NULL, mac = NULL", head)


def _signature(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    value = chances.choice((None, "", "0" * 64, NO_DIGEST))
    connection.execute("UPDATE ledger_head SET mac = ?", (value,))


def _no_head(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    connection.execute("DELETE FROM ledger_head")


def _nothing_left(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    connection.execute("DELETE FROM ledger")
    connection.execute("DELETE FROM ledger_head")


def _another_database(connection: sqlite3.Connection, chances: random.Random, _: Path) -> None:
    raise AssertionError("done with the file itself")


def _put_back_head(connection: sqlite3.Connection, whole: Path) -> None:
    with closing(sqlite3.connect(whole / "earlier.db")) as earlier:
        head = earlier.execute("SELECT seq, digest, keyed_from, mac FROM ledger_head").fetchone()
    connection.execute("UPDATE ledger_head SET seq = ?, digest = ?, keyed_from = ?, mac = ?", head)


def chain_without_key(connection: sqlite3.Connection, last: int) -> None:
    connection.execute("UPDATE ledger SET actor = 'U0SOMEBODY' WHERE seq = 1")
    connection.row_factory = sqlite3.Row
    previous = NO_DIGEST
    for row in connection.execute("SELECT * FROM ledger WHERE seq <= ? ORDER BY seq", (last,)).fetchall():
        previous = hashlib.sha256(content_of(row, previous)).hexdigest()
        connection.execute("UPDATE ledger SET digest = ? WHERE seq = ?", (previous, row["seq"]))
    connection.row_factory = None


def _digest_of(connection: sqlite3.Connection, seq: int) -> str:
    row = connection.execute("SELECT digest FROM ledger WHERE seq = ?", (seq,)).fetchone()
    return str(row[0]) if row else NO_DIGEST


ATTACKS: Mapping[str, Attack] = {
    "an edited field": _edit,
    "a deleted line": _delete,
    "a deleted line, the others moved up": _delete_and_close_up,
    "two lines swapped": _swap,
    "an inserted line": _insert,
    "the tail cut": _cut,
    "the tail cut and the head set back": _cut_with_the_head,
    "the tail cut and an earlier head put back": _cut_with_an_earlier_head,
    "an earlier head put back": _earlier_head,
    "the key said to count from later on": _key_from_later,
    "chained anew as if there had been no key": _as_if_never_keyed,
    "the head's signature replaced": _signature,
    "the head removed": _no_head,
    "everything removed": _nothing_left,
    "the whole database of an earlier day": _another_database,
}
