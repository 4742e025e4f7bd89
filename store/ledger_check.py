"""Whether the ledger is as it was written: every line, the head, and what the anchor names.

Lines are read in batches, so a hundred thousand take seconds and no memory.
"""

import hashlib
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, select

from store.anchor import Anchored
from store.ledger import NO_DIGEST, SIGNED, Head, content_of, head, newest
from store.ledger_key import LedgerKey
from store.schema import ledger

BATCH = 2_000
MOST_FAULTS = 20
TRIED = 10  # lines that are tried to tell another key from a changed ledger


class Seal(NamedTuple):
    """What a line that took the key says of the lines before it.

    ``plain`` of the ``lines`` are chained by SHA-256 alone, ``digest`` is the SHA-256 of all together.
    """

    lines: int
    plain: int
    digest: str

    @property
    def is_plain(self) -> bool:
        return self.plain == self.lines


def faults(connection: Connection, key: LedgerKey, anchored: Anchored | None) -> list[str]:
    """Walk the whole chain and say, line by line, what does not fit; empty when all is well."""
    found = list(islice(_faults(connection, key, anchored), MOST_FAULTS + 1))
    if len(found) > MOST_FAULTS:
        found[MOST_FAULTS:] = ["And more; these are the first."]
    return found


def knows(connection: Connection, key: LedgerKey) -> bool:
    """Say whether the newest lines, or the head, are of this key."""
    held = head(connection)
    if held is not None and held.fits(key):
        return True
    rows = _newest(connection)
    before = [*(row["digest"] for row in rows[1:]), NO_DIGEST]
    pairs = [pair for pair in zip(rows, before, strict=False) if pair[0]["seq"] >= _keyed_from(held)]
    return any(_signed(row, previous, key) for row, previous in pairs)


def sealed(connection: Connection) -> Seal:
    """Seal all lines as they are now, for the line that comes after them."""
    sealing, lines, plain, previous = hashlib.sha256(), 0, 0, NO_DIGEST
    for row in _rows(connection):
        content = content_of(row, previous)
        if plain == lines and hashlib.sha256(content).hexdigest() == row["digest"]:
            plain += 1
        _seal(sealing, content, row)
        lines, previous = lines + 1, row["digest"]
    return Seal(lines, plain, sealing.hexdigest())


def holds(connection: Connection, anchored: Anchored) -> bool:
    """Say whether the ledger holds exactly the line that the anchor names."""
    if anchored.seq == 0:
        return True
    mine = select(ledger.c.digest).where(ledger.c.seq == anchored.seq)
    return connection.execute(mine).scalar() == anchored.digest


def anchor_fault(connection: Connection, anchored: Anchored) -> str | None:
    """Say what is wrong where the ledger does not hold what the anchor names."""
    if holds(connection, anchored):
        return None
    last, when = newest(connection)[0], f"{anchored.at:%d %b %H:%M} UTC"
    if last < anchored.seq:
        return f"The ledger ends at line {last}; the anchor of {when} names line {anchored.seq}."
    return f"Ledger line {anchored.seq} is not the one that the anchor of {when} names."


def _faults(connection: Connection, key: LedgerKey, anchored: Anchored | None) -> Iterator[str]:
    held = head(connection)
    if held is None:
        yield "The ledger's head is missing."
    elif not held.fits(key):
        if not knows(connection, key):
            yield "The ledger is kept with another key; with this one nothing can be checked."
            return
        yield "The ledger's head was changed."
    expected, previous = 1, NO_DIGEST
    walk = _Walk(connection, key, held)
    for row in _rows(connection):
        yield from walk.next(row, previous, expected)
        expected, previous = row["seq"] + 1, row["digest"]
    yield from walk.end(expected - 1)
    if held is not None and (held.seq, held.digest) != (expected - 1, previous):
        yield f"The ledger ends at line {expected - 1}, and its head says {held.seq}."
    if anchored is not None and (wrong := anchor_fault(connection, anchored)):
        yield wrong


class _Walk:
    """One walk over the lines: before the key was taken they are sealed, from then on each is signed."""

    def __init__(self, connection: Connection, key: LedgerKey, held: Head | None) -> None:
        self._key = key
        self._keyed_from = _keyed_from(held)
        self._seal = _seal_in(connection, self._keyed_from)
        self._sealing = hashlib.sha256()

    def next(self, row: RowMapping, previous: str, expected: int) -> Iterator[str]:
        seq = row["seq"]
        if seq < expected:
            yield f"Ledger line {seq} does not belong there."
        elif seq > expected:
            yield f"Ledger line {expected} is missing; line {seq} follows."
        if seq < self._keyed_from:
            content = content_of(row, previous)
            _seal(self._sealing, content, row)
            plain = self._seal is not None and seq <= self._seal.plain
            whole = not plain or hashlib.sha256(content).hexdigest() == row["digest"]
        else:
            whole = _signed(row, previous, self._key)
        if not whole:
            yield f"Ledger line {seq} was changed, or the line before it was."

    def end(self, last: int) -> Iterator[str]:
        before = self._keyed_from - 1
        if before and (self._seal is None or self._seal.lines != before):
            yield f"Ledger line {self._keyed_from} does not seal the {before} lines before it."
        elif before and self._seal and self._sealing.hexdigest() != self._seal.digest and last >= before:
            yield f"The lines before line {self._keyed_from} are not those that it seals."


def _keyed_from(held: Head | None) -> int:
    told = held.keyed_from if held else None
    return told if isinstance(told, int) else 1


def _seal_in(connection: Connection, seq: int) -> Seal | None:
    """Read what the line that took the key says of those before it."""
    detail = connection.execute(select(ledger.c.detail).where(ledger.c.seq == seq)).scalar()
    try:
        told: Any = json.loads(detail or "null")
        return Seal(int(told["lines"]), int(told["plain"]), str(told["seal"]))
    except (ValueError, TypeError, KeyError):
        return None


def _seal(sealing: Any, content: bytes, row: RowMapping) -> None:
    sealing.update(content)
    sealing.update(str(row["digest"]).encode("utf-8", "surrogatepass"))


def _signed(row: RowMapping, previous: Any, key: LedgerKey) -> bool:
    return key.signed("line", content_of(row, previous), row["digest"])


def _rows(connection: Connection) -> Iterator[RowMapping]:
    """Every line by its number, in batches."""
    columns = [ledger.c[name] for name in (*SIGNED, "digest")]
    after: int | None = None
    while True:
        wanted = select(*columns).order_by(ledger.c.seq).limit(BATCH)
        if after is not None:
            wanted = wanted.where(ledger.c.seq > after)
        rows = connection.execute(wanted).mappings().all()
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1]["seq"]


def _newest(connection: Connection) -> list[RowMapping]:
    """The last lines, newest first."""
    columns = [ledger.c[name] for name in (*SIGNED, "digest")]
    wanted = select(*columns).order_by(ledger.c.seq.desc()).limit(TRIED)
    return list(connection.execute(wanted).mappings())
