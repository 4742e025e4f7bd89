"""Preparing a backup to be the memory: copied, checked, brought up to date, and put in doubt.

It happens in a folder beside the database, so nothing is touched by it, and what a killed restore left
there is cleared away by the next.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select, update

from engine.errors import StoreTrouble
from engine.models.execution import Execution
from engine.ports import Clock
from store import backup, copying, leases, ledger, ledger_check, restored, schema
from store.anchor import Anchor, Anchored
from store.audit import Audit
from store.database import Database
from store.ledger_key import LedgerKey, make_key
from store.moments import to_text
from store.sqlite import Damaged, SqliteDatabase, examine
from store.verify import faults_of_file


class Order(NamedTuple):
    """What is to be restored, and where.

    ``home`` is the database file, also where the memory is on a server: beside it the guard, the key, the
    anchor, the list of backups and what is moved aside have their places.
    """

    file: Path
    home: Path
    clock: Clock
    key: LedgerKey | None
    new_key: bool


class Old(NamedTuple):
    """What is replaced: its ledger's end, and whether it is damaged."""

    seq: int = 0
    digest: str = ""
    is_damaged: bool = False


class Ready(NamedTuple):
    """The prepared copy and the anchor that fits it.

    ``until`` is the newest moment that the backup tells of, ``then`` the last line of its ledger.
    ``doubtful`` counts what may have arrived already.
    """

    copy: Path
    anchor: Path
    until: datetime | None
    then: int
    doubtful: int
    seq: int
    digest: str


@contextmanager
def prepared(order: Order, over: Old) -> Iterator[Ready]:
    """Prepare a copy that may take the memory's place; :class:`StoreTrouble` says why it may not."""
    file = order.file
    if not file.is_file():
        raise StoreTrouble(f"{file} is no file. Nothing was changed.")
    with _workshop(order.home) as room:
        copy, anchor = room / order.home.name, Anchor(room / "anchor")
        copying.copy_to(file, copy, still=True)
        _examine(copy, file)
        if faults := faults_of_file(copy, partial(_chain_faults, order)):
            raise StoreTrouble(f"{file} is damaged and was not restored: {faults[0]}. Nothing was changed.")
        with closing(SqliteDatabase(copy, keeps_older=False)) as database:
            audit = Audit(database, order.clock, order.key or make_key(order.home.parent), anchor)
            with database.reading() as connection:
                until, then = restored.newest_moment(connection), ledger.newest(connection)[0]
            _take_up(database, audit, order)
            told = _put_in_doubt(database, audit, order, over, until)
        leave_wal(copy)
        yield Ready(copy, anchor.path, until, then, *told)


def leave_wal(file: Path) -> None:
    """Let a database that nobody has open be one file, without a -wal."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _chain_faults(order: Order, connection: Connection) -> list[str]:
    held = ledger.head(connection)
    is_known = order.key is not None and ledger_check.knows(connection, order.key)
    if held is None or held.mac is None or is_known:
        return backup.chain_faults(connection, order.key)
    if order.new_key:
        return []
    which = "is another one than here" if order.key else "is not here"
    raise StoreTrouble(
        f"The key of the ledger in {order.file} {which}. Put its ledger.key beside the database, or set "
        "MARKO_LEDGER_KEY. Where it is lost, add --new-key: older lines cannot be checked then. "
        "Nothing was changed."
    )


def _examine(copy: Path, file: Path) -> None:
    """Refuse what is no memory, or a newer one, naming the backup and not its copy."""
    try:
        known = examine(copy)
    except Damaged as damaged:
        raise StoreTrouble(
            f"{file} is damaged or no backup, and was not restored: {damaged.finding}. Nothing was changed."
        ) from damaged
    except StoreTrouble as trouble:
        raise StoreTrouble(str(trouble).replace(str(copy), str(file))) from None
    if known == 0:
        raise StoreTrouble(f"{file} is empty. Nothing was changed.")


def _take_up(database: Database, audit: Audit, order: Order) -> None:
    """Keep the copy's ledger, with an anchor of its own that names where the copy ends."""
    with database.reading() as connection:
        held, newest = ledger.head(connection), ledger.newest(connection)
    is_keyed = held is not None and held.mac is not None
    if is_keyed:
        audit.anchor.replace(Anchored(*newest, order.clock.now()), audit.key)
    if is_keyed and held is not None and not held.fits(audit.key):
        audit.rekey(by="shell")  # what is not of this key came this far with --new-key alone
    else:
        audit.take_up()


def _put_in_doubt(
    database: Database, audit: Audit, order: Order, over: Old, until: datetime | None
) -> tuple[int, int, str]:
    now = order.clock.now()
    with database.writing() as connection:
        doubtful = _doubt_all(connection)
        restored.mark(connection, now, until or now)
        detail = {
            "backup": order.file.name,
            "until": to_text(until) if until else None,
            "replaced_line": over.seq,
            "replaced_digest": over.digest,
            "was_damaged": over.is_damaged,
        }
        audit.note(connection, actor="shell", deed="restored", subject="ledger", detail=detail)
        end = ledger.newest(connection)
    audit.anchor.replace(Anchored(*end, now), audit.key)
    return doubtful, *end


def _doubt_all(connection: Connection) -> int:
    """What was on its way at the backup may have arrived since; nobody works on any of it now."""
    inbox, outbox = schema.inbox, schema.outbox
    connection.execute(delete(schema.leases))
    waiting = update(inbox).where(inbox.c.status == "working")
    connection.execute(waiting.values(status="waiting", **leases.FREE))
    unsent = outbox.c.status.in_(("pending", "sending", "parked"))
    changes: dict[str, Any] = {"doubtful": True, **leases.FREE}
    doubtful = connection.execute(update(outbox).where(unsent).values(**changes)).rowcount
    connection.execute(update(outbox).where(outbox.c.status == "sending").values(status="pending"))
    return doubtful + _doubt_executions(connection)


def _doubt_executions(connection: Connection) -> int:
    rows = schema.executions
    on_their_way = select(rows.c.body).where(rows.c.status.in_(("ready", "sending")))
    found = [Execution.model_validate_json(body) for body in connection.scalars(on_their_way)]
    for each in found:
        doubted = each.model_copy(update={"status": "ready", "doubtful": True})
        values = {"status": "ready", "body": doubted.model_dump_json(), **leases.FREE}
        connection.execute(update(rows).where(rows.c.key == each.key).values(**values))
    return len(found)


@contextmanager
def _workshop(home: Path) -> Iterator[Path]:
    home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in home.parent.glob(f".{home.name}.restoring-*"):
        shutil.rmtree(left, ignore_errors=True)
    room = Path(tempfile.mkdtemp(dir=home.parent, prefix=f".{home.name}.restoring-"))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
