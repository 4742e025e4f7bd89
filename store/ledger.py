"""The append-only ledger: who did what to what, each line chained to the line before.

The digest of a line is SHA-256 over the canonical JSON (keys sorted, no spaces, ASCII) of its seq,
moment, actor, deed, subject, detail and the digest of the line before. The newest seq and digest are
kept in ``ledger_head`` as well, so that a cut tail shows.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select

from engine.models.delivery import LedgerEntry
from store.moments import from_text, to_text
from store.schema import ledger, ledger_head

NO_DIGEST = "0" * 64
SIGNED = ("seq", "at", "actor", "deed", "subject", "detail")


def append(
    connection: Connection, *, at: datetime, actor: str, deed: str, subject: str, detail: dict[str, Any]
) -> None:
    """Write the next line; to be called in a write transaction, which keeps the seq unique."""
    seq, previous = head(connection)
    line = {"seq": seq + 1, "at": to_text(at), "actor": actor, "deed": deed, "subject": subject}
    digest = _digest({**line, "detail": detail}, previous)
    connection.execute(insert(ledger).values(**line, detail=_canonical(detail), digest=digest))
    connection.execute(delete(ledger_head))
    connection.execute(insert(ledger_head).values(seq=seq + 1, digest=digest))


def head(connection: Connection) -> tuple[int, str]:
    """Give seq and digest of the newest line, as anchored; an operator may note them elsewhere."""
    row = connection.execute(select(ledger_head.c.seq, ledger_head.c.digest)).first()
    return (row.seq, row.digest) if row else (0, NO_DIGEST)


def entries(connection: Connection, since: datetime | None = None) -> list[LedgerEntry]:
    """Read the lines, oldest first, from the moment ``since`` on."""
    wanted = select(ledger).order_by(ledger.c.seq)
    if since is not None:
        wanted = wanted.where(ledger.c.at >= to_text(since))
    return [_entry(row) for row in connection.execute(wanted).mappings()]


def faults(connection: Connection) -> list[str]:
    """Walk the whole chain and say, line by line, what does not fit; empty when all is well."""
    return list(_faults(connection))


def _faults(connection: Connection) -> Iterator[str]:
    expected_seq, previous = 1, NO_DIGEST
    for row in connection.execute(select(ledger).order_by(ledger.c.seq)).mappings():
        if row["seq"] != expected_seq:
            yield f"Ledger line {expected_seq} is missing; line {row['seq']} follows."
        if not _is_whole(row, previous):
            yield f"Ledger line {row['seq']} was changed, or the line before it was."
        expected_seq, previous = row["seq"] + 1, row["digest"]
    if head(connection) != (expected_seq - 1, previous):
        yield f"The ledger ends at line {expected_seq - 1}, and its anchor says {head(connection)[0]}."


def _is_whole(row: RowMapping, previous: str) -> bool:
    try:
        detail = json.loads(row["detail"])
    except ValueError:
        return False
    line = {name: row[name] for name in SIGNED} | {"detail": detail}
    return bool(_canonical(detail) == row["detail"] and _digest(line, previous) == row["digest"])


def _entry(row: RowMapping) -> LedgerEntry:
    fields = {name: row[name] for name in (*SIGNED, "digest")}
    return LedgerEntry(**fields | {"at": from_text(row["at"]), "detail": json.loads(row["detail"])})


def _digest(line: dict[str, Any], previous: str) -> str:
    return hashlib.sha256(_canonical({**line, "previous": previous}).encode("ascii")).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
