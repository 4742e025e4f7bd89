"""What people do with a card: decide, look closer, ask to be reminded."""

from datetime import date, datetime, time

from engine.core import Core
from engine.decide.policy import refusal
from engine.errors import (
    AlreadyDecided,
    MayNotDecide,
    OverLimit,
    RunOut,
    StaleEvidence,
)
from engine.models.action import Wait
from engine.models.answer import Person, Reminder
from engine.models.delivery import Intent, IntentKind
from engine.models.recommendation import (
    Decision,
    MessageView,
    Recommendation,
    RejectReason,
    Status,
    Verb,
)
from engine.narrate.waterfall import waterfall
from engine.ports import Unit

OUTCOMES: dict[Verb, tuple[Status, Status]] = {
    "approve": ("proposed", "approved"),
    "reject": ("proposed", "rejected"),
    "done": ("approved", "done"),
    "drop": ("approved", "dropped"),
}


class Cards(Core):
    """Decisions are a compare-and-set on the durable record; a message is a view of it."""

    def decide(
        self,
        identifier: str,
        verb: Verb,
        *,
        by: Person,
        reason: RejectReason | None = None,
        note: str = "",
    ) -> Recommendation:
        """Record a decision, once, and put every view of the record on its way to be redrawn.

        The same decision by the same person again changes nothing and is no error. Raises
        ``MayNotDecide``, ``AlreadyDecided``, ``StaleEvidence`` or ``OverLimit``; each is in the ledger.
        """
        self._check_person(identifier, verb, by)
        decision = Decision(verb=verb, by=by.id, at=self._clock.now(), reason=reason, note=note)
        current = self.recommendation(identifier)
        if _is_repeat(current, decision):
            return current
        _, outcome = OUTCOMES[verb]

        def check(unit: Unit, recommendation: Recommendation) -> None:
            now = self._in_force.within(unit)  # what is set may have changed since the person was checked
            why = refusal(by, now.preferences.approvers)
            if why is not None:
                raise MayNotDecide(now.preferences.approvers, why, lacks=by.lacks)
            _check_open(recommendation, verb, self._today())
            self._check_limit(recommendation, verb, now.rules.change_limit)

        def change(recommendation: Recommendation) -> Recommendation:
            decisions = (*recommendation.decisions, decision)
            return recommendation.model_copy(update={"status": outcome, "decisions": decisions})

        def also(unit: Unit, recommendation: Recommendation) -> None:
            detail = {"reason": reason, "note": note, "version": recommendation.version}
            unit.note(actor=by.id, deed=outcome, subject=identifier, detail=detail)

        try:
            return self._change(identifier, change, also, check)
        except MayNotDecide as removed:
            self._note_refusal(identifier, verb, by, removed.why)
            raise
        except (AlreadyDecided, StaleEvidence, RunOut) as late:
            if _is_repeat(late.recommendation, decision):
                return late.recommendation  # the same person clicked twice at once
            with self._memory.unit() as unit:
                detail = {"verb": verb, "status": late.recommendation.status}
                unit.note(actor=by.id, deed="came_too_late", subject=identifier, detail=detail)
            raise
        except OverLimit:
            self._note_refusal(identifier, verb, by, "over the change limit")
            raise

    def may_decide(self, identifier: str, verb: Verb, *, by: Person) -> Recommendation:
        """Give the record if this person may take this decision now; raises as ``decide`` does."""
        self._check_person(identifier, verb, by)
        current = self.recommendation(identifier)
        _check_open(current, verb, self._today())
        return current

    def show_thread(self, identifier: str, *, channel: str, ts: str) -> bool:
        """Put the figures and the reasoning into the card's thread, once; False when they are there."""
        self.recommendation(identifier)
        # The reasoning is redrawn by its votes, the card by its decisions: each has a record to go by.
        thread: tuple[tuple[IntentKind, str], ...] = (
            ("evidence", identifier),
            ("reasoning", f"reasoning:{identifier}"),
        )
        with self._memory.unit() as unit:
            posted = [
                unit.post(
                    Intent(
                        key=f"{kind}:{identifier}:{channel}:{ts}",
                        kind=kind,
                        record=record,
                        channel=channel,
                        ts=ts,
                    )
                )
                for kind, record in thread
            ]
        return any(posted)

    def show_picture(self, identifier: str, *, channel: str, ts: str) -> bool:
        """Put the picture of why the CPA moved into the card's thread, once, where there is one to draw."""
        key = f"picture:{identifier}:{channel}:{ts}"
        intent = Intent(key=key, kind="picture", record=identifier, channel=channel, ts=ts)
        with self._memory.unit() as unit:
            found = unit.recommendation(identifier)
            return bool(found and waterfall(found.analysis) and unit.post(intent))

    def tell_then(self, identifier: str, *, person: str, channel: str, ts: str) -> Reminder | None:
        """Remind somebody in the card's thread when a waiting card's next look is due, at nine.

        Returns what was promised, or ``None`` where the card waits for nothing any more.
        """
        recommendation = self.recommendation(identifier)
        action = recommendation.analysis.proposal.action
        if recommendation.status != "noted" or not isinstance(action, Wait):
            return None
        nine = datetime.combine(action.next_look, time(9), tzinfo=self._zone)
        key = f"reminder:{identifier}:{person}"
        intent = Intent(key=key, kind="reminder", record=identifier, channel=channel, ts=ts, person=person)
        with self._memory.unit() as unit:
            is_new = unit.post(intent, not_before=nine)
        name = recommendation.analysis.retrospective.name
        return Reminder(name=name, day=action.next_look, is_new=is_new)

    def redraw(self, view: MessageView) -> None:
        """Put one message on its way to be redrawn: its record changed while it was being sent."""
        key = f"redraw:{view.channel}:{view.ts}:shown"
        intent = Intent(key=key, kind="redraw", record=view.record, channel=view.channel, ts=view.ts)
        with self._memory.unit() as unit:
            unit.post(intent)

    def _check_person(self, identifier: str, verb: Verb, by: Person) -> None:
        why = refusal(by, self.approvers)
        if why is None:
            return
        self._note_refusal(identifier, verb, by, why)
        raise MayNotDecide(self.approvers, why, lacks=by.lacks)

    def _note_refusal(self, identifier: str, verb: Verb, by: Person, why: str) -> None:
        with self._memory.unit() as unit:
            detail = {"verb": verb, "why": why}
            unit.note(actor=by.id, deed="refused", subject=identifier, detail=detail)

    def _check_limit(self, recommendation: Recommendation, verb: Verb, limit: float) -> None:
        """A limit that was lowered holds for what was proposed before, too."""
        change = self._beyond_limit(recommendation, limit) if verb == "approve" else None
        if change is not None:
            raise OverLimit(recommendation.analysis.retrospective.name, change, limit)


def _check_open(recommendation: Recommendation, verb: Verb, today: date) -> None:
    before, _ = OUTCOMES[verb]
    if recommendation.status == "superseded":
        raise StaleEvidence(recommendation)
    if recommendation.status != before:
        raise AlreadyDecided(recommendation)
    if verb == "approve" and recommendation.has_run_out(today):
        raise RunOut(recommendation)


def _is_repeat(recommendation: Recommendation, decision: Decision) -> bool:
    last = recommendation.last_decision
    return last is not None and (last.verb, last.by) == (decision.verb, decision.by)
