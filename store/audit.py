"""The ledger's keeper: takes the key at the start, writes, checks, keeps the anchor up, and starts anew."""

import logging
from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from engine.errors import StoreTrouble
from engine.models.audit import LedgerHead
from engine.models.discreet import Discretion
from engine.ports import Clock
from store import ledger, ledger_check
from store.anchor import Anchor, Anchored, BrokenAnchor
from store.database import Database
from store.ledger_key import LEAST, LedgerKey, make_key, read_key
from store.schema import ledger as lines

log = logging.getLogger(__name__)

WAY_OUT = "`marko audit rekey` begins a new stretch with the key that is set, and says so in the ledger"
MARKO = "marko"


class Audit:
    """One database's ledger with its key and its anchor (``engine.ports.Audit``)."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        key: LedgerKey | None,
        anchor: Anchor,
        *,
        secrets: Collection[str] = (),
    ) -> None:
        """``secrets`` are never written into a line, whatever they look like."""
        self._database = database
        self._clock = clock
        self._key = key
        self._discretion = Discretion(secrets)
        self.anchor = anchor

    @property
    def has_key(self) -> bool:
        return self._key is not None

    @property
    def key(self) -> LedgerKey:
        if self._key is None:
            raise StoreTrouble(f"The ledger's key is missing. Put it back; {WAY_OUT}.")
        return self._key

    def faults(self) -> list[str]:
        """Say what does not fit in the ledger, its head and its anchor; empty when all is whole."""
        if self._key is None:
            return ["The ledger's key is missing; without it nothing can be checked."]
        broken: list[str] = []
        anchored: Anchored | None = None
        try:
            anchored = self.anchor.read(self._key)
            if anchored is None:
                broken.append(f"The anchor {self.anchor.path.name} is missing.")
        except BrokenAnchor as problem:
            broken.append(str(problem))
        try:
            with self._database.reading() as connection:
                return ledger_check.faults(connection, self._key, anchored) + broken
        except DBAPIError as problem:
            return [f"The ledger cannot be read: {problem.orig}.", *broken]
        except StoreTrouble as trouble:
            return [f"The ledger cannot be read: {trouble}", *broken]

    def head(self) -> LedgerHead:
        """Give the newest line and what is anchored."""
        with self._database.reading() as connection:
            seq, digest = ledger.newest(connection)
        try:
            held = self.anchor.read(self._key) if self._key else None
        except BrokenAnchor:
            held = None
        if held is None:
            return LedgerHead(seq=seq, digest=digest)
        return LedgerHead(seq=seq, digest=digest, anchored=held.seq, anchored_at=held.at)

    def keep_up(self) -> bool:
        """Let the anchor name the newest line; False where it does, or may not.

        It stays where it is while the ledger does not hold what it names: that is to be seen.
        """
        try:
            newer = self._to_anchor()
            return newer is not None and self.anchor.advance(newer, self.key)
        except BrokenAnchor:
            return False  # told by whoever checks
        except (OSError, StoreTrouble) as problem:
            log.warning("the ledger's anchor could not be written: %s", problem)
            return False

    def _to_anchor(self) -> Anchored | None:
        """Give the newest line where the anchor may name it."""
        held = self.anchor.read(self.key)
        if held is None:
            return None  # one that is gone is begun at the start, and the ledger says so
        with self._database.reading() as connection:
            newest = ledger.head(connection)
            if newest is None or not newest.fits(self.key):
                return None
            if held.seq >= newest.seq or not ledger_check.holds(connection, held):
                return None
        return Anchored(newest.seq, newest.digest, self._clock.now())

    def take_up(self) -> None:
        """At the start: see that the key is the ledger's, or let a ledger without one take it.

        Raises :class:`StoreTrouble` where the ledger is of another key, or its head was changed. What the
        anchor names and the ledger does not hold is told in the log: everything that was written since
        then may be missing.
        """
        with self._database.reading() as connection:
            held = ledger.head(connection)
            is_new = held is None and ledger.newest(connection)[0] == 0
            if held is not None and held.mac is not None:
                self._check(connection, held)
        if is_new or (held is not None and held.mac is None):
            self._take_key()
        elif held is None:
            raise StoreTrouble(_changed(self._database.name))
        elif not self.anchor.exists():
            self._begin_anchor()
        self._warn()

    def note(
        self, connection: Connection, *, actor: str, deed: str, subject: str, detail: dict[str, Any]
    ) -> None:
        """Append a line in a write transaction; :class:`StoreTrouble` where the head is not what I wrote."""
        ledger.append(
            connection,
            self.key,
            at=self._clock.now(),
            actor=actor,
            deed=deed,
            subject=subject,
            detail=detail,
            discretion=self._discretion,
        )

    def record(self, *, actor: str, deed: str, detail: dict[str, Any]) -> None:
        """Append a line about the memory itself, in a transaction of its own."""
        with self._database.writing() as connection:
            self._append(connection, actor, deed, detail)

    def rekey(self, *, by: str) -> int:
        """Begin a new stretch with this key; returns its first line, which says so and seals all before."""
        key = self.key
        with self._database.writing() as connection:
            was = not ledger_check.faults(connection, key, None)
            seq = self._new_stretch(connection, by, "ledger_rekeyed", {"was_whole": was})
            newest = ledger.newest(connection)
        self._anchor_at(*newest)
        return seq

    def reanchor(self, *, by: str, why: str) -> None:
        """Let the anchor name the newest line of another database, after a restore; the ledger says so."""
        key = self.key
        detail: dict[str, Any] = {"why": why}
        try:
            if held := self.anchor.read(key):
                detail |= {"line": held.seq, "digest": held.digest}
        except BrokenAnchor as problem:
            detail["broken"] = str(problem)
        with self._database.writing() as connection:
            self._append(connection, by, "anchor_replaced", detail)
            newest = ledger.newest(connection)
        self._anchor_at(*newest)

    def _check(self, connection: Connection, held: ledger.Head) -> None:
        ends = (held.seq, held.digest) == ledger.newest(connection)
        if self._key is not None and held.fits(self._key) and ends:
            return
        path = self._database.name
        if self._key is None or not ledger_check.knows(connection, self._key):
            which = "missing" if self._key is None else "another one"
            raise StoreTrouble(
                f"The key of the ledger in {path} is {which}. Put it back: MARKO_LEDGER_KEY, or ledger.key "
                f"beside the database. Where it is lost, {WAY_OUT}."
            )
        raise StoreTrouble(_changed(path))

    def _take_key(self) -> None:
        """Let a ledger that has no key take this one; the anchor is there before the first signed line.

        One that was signed before, or whose lines do not fit together, was made to look so.
        """
        with self._database.writing() as connection:
            held, newest = ledger.head(connection), ledger.newest(connection)
            if held is not None and held.mac is not None:
                return  # somebody else was quicker
            if newest[0] and (self._was_anchored() or not ledger_check.sealed(connection).is_plain):
                raise StoreTrouble(_changed(self._database.name))
            if not self.anchor.exists():
                self._anchor_at(0, ledger.NO_DIGEST)
            if newest[0] == 0:
                ledger.place_head(connection, self.key, ledger.Head(0, ledger.NO_DIGEST, 1))
            else:
                self._new_stretch(connection, MARKO, "ledger_keyed", {})

    def _was_anchored(self) -> bool:
        """Say whether the anchor names a line: it names none before the first one is signed."""
        try:
            held = self.anchor.read(self.key)
        except BrokenAnchor:
            return True
        return held is not None and held.seq > 0

    def _new_stretch(self, connection: Connection, by: str, deed: str, detail: dict[str, Any]) -> int:
        seal = ledger_check.sealed(connection)
        last, digest = ledger.newest(connection)
        ledger.place_head(connection, self.key, ledger.Head(last, digest, last + 1))
        detail |= {"lines": seal.lines, "plain": seal.plain, "seal": seal.digest}
        self._append(connection, by, deed, detail)
        return last + 1

    def _begin_anchor(self) -> None:
        """The anchor is gone: begin a new one, and say so where nobody can take it away."""
        with self._database.writing() as connection:
            if self.anchor.exists():
                return
            self._append(connection, MARKO, "anchor_begun", {})
            newest = ledger.newest(connection)
            # The line before this one: a kill may still take this one back.
            self._anchor_at(newest[0] - 1, _digest_of(connection, newest[0] - 1))

    def _anchor_at(self, seq: int, digest: str) -> None:
        try:
            self.anchor.replace(Anchored(seq, digest, self._clock.now()), self.key)
        except OSError as problem:
            raise StoreTrouble(
                f"{self.anchor.path} cannot be written: {problem.strerror}. It is the ledger's anchor."
            ) from problem

    def _append(self, connection: Connection, by: str, deed: str, detail: dict[str, Any]) -> None:
        self.note(connection, actor=by, deed=deed, subject="ledger", detail=detail)

    def _warn(self) -> None:
        try:
            held = self.anchor.read(self.key)
            with self._database.reading() as connection:
                wrong = ledger_check.anchor_fault(connection, held) if held else None
        except BrokenAnchor as problem:
            wrong = str(problem)
        if wrong:
            log.warning("%s Is this an earlier database? `marko audit verify` says more.", wrong)


def audit_of(
    database: Database,
    clock: Clock,
    given: str | None,
    folder: Path | None,
    *,
    secrets: Collection[str] = (),
    check: bool = True,
) -> Audit:
    """Give the ledger's keeper, with the key that is set or the one beside the database.

    Raises :class:`StoreTrouble` for a key that is missing, too short or, with ``check``, not the ledger's.
    """
    path = database.path
    home = folder or (path.parent if path else None)
    anchor = Anchor((home or Path()) / f"{path.stem if path else 'postgresql'}.anchor")
    audit = Audit(database, clock, _key(database, given, home, check=check), anchor, secrets=secrets)
    if check:
        audit.take_up()
    return audit


def _key(database: Database, given: str | None, home: Path | None, *, check: bool) -> LedgerKey | None:
    if given is not None:
        if len(given) < LEAST:
            raise StoreTrouble(f"The ledger's key takes {LEAST} characters or more.")
        return LedgerKey(given)
    if database.path is None or home is None:
        raise StoreTrouble(
            "MARKO_LEDGER_KEY is not set; with DATABASE_URL it is needed, the same for every bot."
        )
    found = read_key(home)
    if found is None and check:
        with database.reading() as connection:
            held = ledger.head(connection)
        if held is None or held.mac is None:  # a key that is lost is not replaced by the way
            return make_key(home)
    return found


def _digest_of(connection: Connection, seq: int) -> str:
    found = connection.execute(select(lines.c.digest).where(lines.c.seq == seq)).scalar()
    return found or ledger.NO_DIGEST


def _changed(path: str) -> str:
    return (
        f"The ledger in {path} does not end where I wrote last. `marko audit verify` says what does not fit. "
        f"Restore a backup; or {WAY_OUT}."
    )
