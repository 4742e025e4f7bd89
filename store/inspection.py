"""What `marko verify` looks at, in a file and on a server; a file is only read."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from engine.errors import StoreTrouble
from store import copies, ledger_check, replacing, schema
from store.anchor import Anchor, Anchored, BrokenAnchor
from store.database import open_database
from store.ledger_key import LedgerKey
from store.sqlite import examine
from store.verify import Finding, faults_of_file, plain_chain_faults, reading, rows_over, verified

NO_KEY = "the ledger's key is missing; without it nothing can be checked"


def inspect_file(path: Path, key: LedgerKey | None) -> list[Finding]:
    """Look at a SQLite file, also beside a bot that uses it; :class:`StoreTrouble` where there is none."""
    if not path.exists():
        raise StoreTrouble(f"{path} does not exist, so there is nothing to verify.")
    try:
        version = examine(path)
    except StoreTrouble as trouble:
        return [Finding("file", "fault", str(trouble))]
    if version < schema.VERSION:
        faults = faults_of_file(path, plain_chain_faults, still=False)
        told = f"of schema {version}, which has no checksums; the next start brings it to {schema.VERSION}"
        return [*(Finding("file", "fault", each) for each in faults), Finding("file", "note", told)]
    anchor = _Anchoring(Anchor(replacing.anchor_of(path)), key)
    with reading(path, still=False) as (rows, connection):
        return verified(rows, connection, anchor.faults(connection))


def inspect_server(address: str, home: Path, key: LedgerKey | None) -> list[Finding]:
    """Look at a PostgreSQL database; its pages are the server's business."""
    anchor = _Anchoring(Anchor(home.with_name("postgresql.anchor")), key)
    with closing(open_database(address)) as database, database.reading() as connection:
        return verified(rows_over(connection), connection, anchor.faults(connection))


def inspect_vectors(path: Path) -> Finding:
    """The index is a cache: one that does not fit is no fault, and made again by the next search."""
    from store.vectors import is_whole  # noqa: PLC0415  numpy comes with it

    if not path.exists():
        return Finding("vectors", "note", "there is no index; the next search makes one")
    if is_whole(path):
        return Finding("vectors", "ok", "the index fits its manifest")
    return Finding("vectors", "note", "the index does not fit its manifest; the next search makes it again")


def last_backup(home: Path) -> Finding:
    known = copies.listed(home)
    if not known:
        return Finding("backup", "note", "none is listed; `marko backup FILE` makes one")
    last = known[-1]
    return Finding(
        "backup", "ok", f"the last good one is of {last.at[:16].replace('T', ' ')} UTC: {last.file}"
    )


class _Anchoring:
    """What is anchored is read first: a bot that goes on working is then never taken for a cut ledger."""

    def __init__(self, anchor: Anchor, key: LedgerKey | None) -> None:
        self._key = key
        self._anchored: Anchored | None = None
        self._broken: list[str] = []
        try:
            if key is not None:
                self._anchored = anchor.read(key)
        except BrokenAnchor as problem:
            self._broken = [str(problem)]
        else:
            if key is not None and self._anchored is None:
                self._broken = [f"The anchor {anchor.path.name} is missing."]

    def faults(self, connection: Connection) -> Iterator[str]:
        if self._key is None:
            yield NO_KEY
            return
        yield from self._broken
        yield from ledger_check.faults(connection, self._key, self._anchored)
