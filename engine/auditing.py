"""Who did what, when, on which ground: the ledger for those who may read it, and whether it is whole."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import NoReturn

from engine.access import Access
from engine.decide.policy import unfit
from engine.errors import MayNotAudit, StoreTrouble, UnknownCampaign
from engine.knowledge import Knowledge
from engine.models.answer import Person
from engine.models.audit import AuditLine, AuditPage, LedgerHead
from engine.models.delivery import LedgerEntry
from engine.models.recommendation import Recommendation
from engine.narrate import deeds
from engine.ports import Audit, Reading

MODEL = "openai:"
SUBJECT = "audit"
MOST_DONE = 5
NOTHING_DONE = frozenset({"refused", "read", "came_too_late"})


class Auditing(Access, Knowledge):
    """Reading is in the ledger too: who read what."""

    def audit(
        self,
        *,
        since: date | None = None,
        about: str | None = None,
        by: str | None = None,
        limit: int = 50,
    ) -> AuditPage:
        """Give the newest lines first: from a day on, about one thing, by one actor.

        ``about`` is a recommendation's id, a campaign, or a subject as the ledger has it. A day begins in
        the team's zone. Raises ``UnknownCampaign`` where nothing is called so, or ``AmbiguousCampaign``.
        """
        with self._memory.reading() as reading:
            subjects = self._subjects(reading, about) if about else None
            found, total = reading.ledger_page(
                since=self._start_of(since) if since else None, about=subjects, by=by, limit=limit
            )
            named = {each.subject for each in found}
            known = {name: held for name in named if (held := reading.recommendation(name))}
        return AuditPage(lines=tuple(_line(each, known) for each in found), total=total)

    def may_audit(self, person: Person) -> None:
        """Raise ``MayNotAudit`` for whoever is neither an approver nor an admin; it is in the ledger."""
        approvers = self.approvers
        why = unfit(person)
        if why is None and not person.is_admin and person.id not in approvers:
            why = "is neither an approver nor an admin"
        if why is not None:
            self._refuse_audit(person, approvers, why)

    def note_read(self, who: str, what: str, detail: str = "") -> None:
        """Write down who read what: the act "read", and what a shell prints."""
        with self._memory.unit() as unit:
            unit.note(actor=who, deed="read", subject=what, detail={"what": detail})

    def note_failure(self, case: str, *, what: str, person: str, error: str) -> None:
        """Write down that something failed: its case, and the kind of error, nothing of its words."""
        with self._memory.unit() as unit:
            detail = {"what": what, "person": person, "error": error}
            unit.note(actor="marko", deed="broke_down", subject=case, detail=detail)

    def done_by(self, person: str, *, since: datetime) -> tuple[str, ...]:
        """Say what somebody did from a moment on, oldest first; what was refused or only read is left out."""
        with self._memory.reading() as reading:
            found, _ = reading.ledger_page(since=since, about=None, by=person, limit=MOST_DONE)
        return tuple(deeds.said(each) for each in reversed(found) if each.deed not in NOTHING_DONE)

    def audit_faults(self) -> list[str]:
        """Check every line, the head and the anchor; says what does not fit, empty when all is whole."""
        return self._auditor.faults()

    def audit_head(self) -> LedgerHead:
        """Give the newest line and its digest, to be noted elsewhere."""
        return self._auditor.head()

    @property
    def _auditor(self) -> Audit:
        if self._audit is None:
            raise StoreTrouble("This memory keeps no ledger that can be checked.")
        return self._audit

    def _refuse_audit(self, person: Person, approvers: tuple[str, ...], why: str) -> NoReturn:
        with self._memory.unit() as unit:
            unit.note(actor=person.id, deed="refused", subject=SUBJECT, detail={"why": why})
        raise MayNotAudit(approvers, why, lacks=person.lacks)

    def _start_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self._zone)

    def _subjects(self, reading: Reading, about: str) -> Collection[str]:
        """Every subject that means this: of a campaign also its recommendations."""
        if reading.recommendation(about) is not None:
            return {about}
        try:
            key = self.key_of(about)
        except UnknownCampaign:
            if reading.ledger_page(since=None, about={about}, by=None, limit=1)[1]:
                return {about}
            raise
        return {key, *(each.id for each in reading.briefs(campaign_key=key))}


def _line(entry: LedgerEntry, known: Mapping[str, Recommendation]) -> AuditLine:
    held = known.get(entry.subject)
    says = deeds.said(entry)
    if held is None:
        return AuditLine(entry=entry, says=says)
    retrospective, insights = held.analysis.retrospective, held.analysis.insights
    worded = insights.source.startswith(MODEL)
    told = entry.detail.get("revision")
    return AuditLine(
        entry=entry,
        says=says,
        campaign=retrospective.name,
        recommendation=held.id,
        revision=told if isinstance(told, int) else retrospective.revision,
        model=insights.source.removeprefix(MODEL) if worded else None,
        prompt=insights.prompt if worded else None,
    )
