"""Messages that got stuck: whom to tell, until when a due digest is tried, and what that person says."""

import re
from datetime import datetime, timedelta

from engine.core import Core
from engine.errors import MayNotSettle, SettledAlready
from engine.models.answer import Person
from engine.models.delivery import Intent, Posting
from engine.models.digest import Digest
from engine.ports import Reading, Unit

TRIED_FOR = timedelta(hours=24)
# Whose absence nobody has to be told of: they pass by, draw again what stands there, or tell of others.
PASSING = frozenset({"redraw", "headway", "wording", "picture", "welcome", "parked"})
_USER = re.compile(r"[UW][A-Z0-9]+")


class Postings(Core):
    """What is stuck in the outbox, for a person to settle."""

    def posting(self, key: str) -> Posting | None:
        """How a message stands; ``None`` where there is none with this key."""
        with self._memory.reading() as reading:
            return reading.posting(key)

    def tried_until(self, intent: Intent) -> datetime | None:
        """Until when Slack is asked again to take a digest that was due; ``None`` of everything else."""
        digest = self._digest_of(intent)
        return digest.posted_at + TRIED_FOR if digest and digest.due_at else None

    def digest_due_at(self, intent: Intent) -> datetime | None:
        digest = self._digest_of(intent)
        return digest.due_at if digest else None

    def stuck_notice(self, intent: Intent) -> Intent | None:
        """Make what tells a person that this message is stuck, once; ``None`` where nobody has to be told."""
        if intent.kind in PASSING:
            return None
        with self._memory.reading() as reading:
            person = self._responsible(reading, intent)
        if person is None or intent.channel == person:  # who cannot be written to cannot be told so
            person = next((each for each in self.approvers if each != intent.channel), None)
        if person is None:
            return None
        key = f"parked:{intent.key}"
        return Intent(key=key, kind="parked", record=key, channel=person, person=person)

    def tell_stuck(self, intent: Intent) -> None:
        """Put that notice out, for a message that is still tried."""
        if notice := self.stuck_notice(intent):
            with self._memory.unit() as unit:
                unit.post(notice)

    def settle_posting(self, key: str, *, by: Person, arrived: bool) -> None:
        """Somebody looked: it stands there (``arrived``), or shall be sent again.

        Only who asked for it, or an approver; raises ``MayNotSettle``, ``SettledAlready``.
        """
        with self._memory.unit() as unit:
            posting = unit.posting(key)
            may = posting is not None and self._may_settle(unit, posting.intent, by)
            deed = "posting_settled" if may else "settling_refused"
            if posting is not None:
                detail = {"arrived": arrived, "error": posting.error}
                unit.note(actor=by.id, deed=deed, subject=key, detail=detail)
            if may and not unit.settle_posting(key, arrived=arrived):
                raise SettledAlready  # and the note goes with it
            if may and arrived and posting and posting.intent.kind == "digest":
                _mark_slot(unit, posting.intent.record)
        if posting is None:
            raise SettledAlready
        if not may:
            raise MayNotSettle

    def _may_settle(self, reading: Reading, intent: Intent, by: Person) -> bool:
        if not by.is_known or by.is_bot or by.is_deactivated or by.is_foreign:
            return False
        return by.id in {self._responsible(reading, intent), *self.approvers}

    def _digest_of(self, intent: Intent) -> Digest | None:
        if intent.kind != "digest":
            return None
        with self._memory.reading() as reading:
            return reading.digest(intent.record)

    def _responsible(self, reading: Reading, intent: Intent) -> str | None:
        """Who asked for it, or ordered it; ``None`` where no person of Slack's did."""
        asked = intent.person or self._asked_by(reading, intent)
        return asked if asked and _USER.fullmatch(asked) else None

    def _asked_by(self, reading: Reading, intent: Intent) -> str | None:
        if intent.kind == "digest":
            return next((each.by for each in reading.subscriptions() if each.channel == intent.channel), None)
        if intent.kind == "reply":
            reply = reading.reply(intent.record)
            return reply.asked_by if reply else None
        if intent.kind in {"import", "rejects"}:
            dropped = reading.file_import(intent.record)
            return dropped.by if dropped else None
        found = reading.recommendation(intent.record.rpartition(":")[2])
        return found.asked_by if found else None


def _mark_slot(unit: Unit, identifier: str) -> None:
    """A digest that was due is out; nobody knows where it stands, so it is not kept as a view."""
    digest = unit.digest(identifier)
    if digest is not None and digest.due_at is not None:
        unit.mark_slot(digest.channel, digest.last_day + timedelta(days=1), "sent")
