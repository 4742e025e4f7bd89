"""The append-only ledger: who did what to what, each line chained to the line before.

The digest of a line is HMAC-SHA256, with the ledger's key, over the canonical JSON (keys sorted, no
spaces, ASCII) of its seq, moment, actor, deed, subject, detail and the digest of the line before. Lines
written before there was a key are chained by SHA-256 alone, and the line that took the key seals them.
``ledger_head`` holds the newest seq and digest and from which line the key counts, signed. How all of it
is checked is in ``ledger_check.py``; what names the newest line outside the database, in ``anchor.py``.
"""

import json
from collections.abc import Collection
from datetime import datetime
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.errors import StoreTrouble
from engine.models.delivery import LedgerEntry
from engine.models.discreet import Discretion
from engine.models.visible import holdable
from store.ledger_key import LedgerKey
from store.moments import from_text, to_text
from store.schema import ledger, ledger_head

NO_DIGEST = "0" * 64
SIGNED = ("seq", "at", "actor", "deed", "subject", "detail")
DISCREET = Discretion()
CHANGED = (
    "The ledger does not end where I wrote last, so nothing more is written: nothing was changed. "
    "`marko audit verify` says what does not fit."
)


class Head(NamedTuple):
    """What ``ledger_head`` says; ``mac`` and ``keyed_from`` are ``None`` before a key was taken."""

    seq: int
    digest: str
    keyed_from: int | None = None
    mac: str | None = None

    @property
    def content(self) -> bytes:
        return f"{self.seq}:{self.digest}:{self.keyed_from}".encode()

    def fits(self, key: LedgerKey) -> bool:
        return self.keyed_from is not None and key.signed("head", self.content, self.mac)


def append(
    connection: Connection,
    key: LedgerKey,
    *,
    at: datetime,
    actor: str,
    deed: str,
    subject: str,
    detail: dict[str, Any],
    discretion: Discretion = DISCREET,
) -> None:
    """Write the next line; to be called in a write transaction, which keeps the seq unique.

    Secrets and e-mail addresses are hidden first. Raises :class:`StoreTrouble` where the head is not what
    this key signed: nothing is built on what somebody else put there.
    """
    found = head(connection, lock=True)
    if found is None or not found.fits(key):
        raise StoreTrouble(CHANGED)
    line = {
        "seq": found.seq + 1,
        "at": to_text(at),
        "actor": holdable(discretion.hide(actor)),
        "deed": deed,
        "subject": holdable(discretion.hide(subject)),
        "detail": canonical(discretion.hide_in(detail)),
    }
    digest = key.sign("line", content_of(line, found.digest))
    try:
        connection.execute(insert(ledger), {**line, "digest": digest})
    except IntegrityError as taken:
        raise StoreTrouble(CHANGED) from taken  # somebody put a line there
    move_head(connection, key, Head(found.seq + 1, digest, found.keyed_from))


def move_head(connection: Connection, key: LedgerKey, to: Head) -> None:
    """Sign the head anew, in place."""
    values = {"seq": to.seq, "digest": to.digest, "keyed_from": to.keyed_from}
    connection.execute(update(ledger_head), values | {"mac": key.sign("head", to.content)})


def place_head(connection: Connection, key: LedgerKey, to: Head) -> None:
    """Put the only head there is, whatever stood there."""
    connection.execute(delete(ledger_head))
    values = {"seq": to.seq, "digest": to.digest, "keyed_from": to.keyed_from}
    connection.execute(insert(ledger_head), values | {"mac": key.sign("head", to.content)})


def head(connection: Connection, *, lock: bool = False) -> Head | None:
    """Give the head as it stands; with ``lock``, whoever wants to write after it waits for this unit."""
    columns = (ledger_head.c.seq, ledger_head.c.digest, ledger_head.c.keyed_from, ledger_head.c.mac)
    wanted = select(*columns)
    row = connection.execute(wanted.with_for_update() if lock else wanted).first()
    return Head(*row) if row else None


def newest(connection: Connection) -> tuple[int, str]:
    """Give seq and digest of the last line that is there, whatever the head says."""
    wanted = select(ledger.c.seq, ledger.c.digest).order_by(ledger.c.seq.desc()).limit(1)
    row = connection.execute(wanted).first()
    return (row.seq, row.digest) if row else (0, NO_DIGEST)


def entries(connection: Connection, since: datetime | None = None) -> list[LedgerEntry]:
    """Read the lines, oldest first, from the moment ``since`` on."""
    wanted = select(ledger).order_by(ledger.c.seq)
    if since is not None:
        wanted = wanted.where(ledger.c.at >= to_text(since))
    return [_entry(row) for row in connection.execute(wanted).mappings()]


def page(
    connection: Connection,
    *,
    since: datetime | None,
    about: Collection[str] | None,
    by: str | None,
    limit: int,
) -> tuple[list[LedgerEntry], int]:
    """Read the newest lines first, ``limit`` of them, and count all that fit.

    ``about`` are subjects, ``by`` is an actor; ``None`` takes every one.
    """

    def narrowed(wanted: "Select[Any]") -> "Select[Any]":
        if since is not None:
            wanted = wanted.where(ledger.c.at >= to_text(since))
        if about is not None:
            wanted = wanted.where(ledger.c.subject.in_(sorted(map(DISCREET.hide, about))))
        return wanted if by is None else wanted.where(ledger.c.actor == by)

    total = connection.execute(narrowed(select(func.count()).select_from(ledger))).scalar_one()
    found = connection.execute(narrowed(select(ledger)).order_by(ledger.c.seq.desc()).limit(limit))
    return [_entry(row) for row in found.mappings()], int(total)


def content_of(line: Any, previous: str) -> bytes:
    """What is signed of a line: canonical JSON, the detail as it is kept, after the line before.

    ``line`` is a row or a mapping by column; ``detail`` is canonical JSON already.
    """
    return (
        f'{{"actor":{_text(line["actor"])},"at":{_text(line["at"])},"deed":{_text(line["deed"])},'
        f'"detail":{line["detail"]},"previous":{_text(previous)},"seq":{line["seq"]},'
        f'"subject":{_text(line["subject"])}}}'
    ).encode("utf-8", "surrogatepass")


def _text(value: Any) -> str:
    return quoted(value if isinstance(value, str) else repr(value))  # also what is no text is only compared


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _entry(row: RowMapping) -> LedgerEntry:
    fields = {name: row[name] for name in (*SIGNED, "digest")}
    return LedgerEntry(**fields | {"at": from_text(row["at"]), "detail": json.loads(row["detail"])})
