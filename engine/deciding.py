"""What people decide on a card: once, by those who may, on what they saw, and all of it in the ledger."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any, NamedTuple

from engine.belonging import approvers_of, home_of
from engine.carried import open_execution, place
from engine.decide.carry import begun, sending
from engine.decide.hold import on_hold
from engine.decide.limits import check_limits
from engine.decide.policy import approvers_for, check_requester, needs_two, refusal
from engine.decide.proposal import amended, with_action
from engine.decide.times import LONGEST_SNOOZE, can_wait_until, woken
from engine.decide.verbs import STARTS, TURNS, UNSETTLED, is_repeat
from engine.errors import (
    AlreadyDecided,
    ApprovedAlready,
    CannotUndo,
    ChangedSince,
    EngineError,
    Frozen,
    MayNotDecide,
    OnHold,
    OverLimit,
    OverSpendLimit,
    RunOut,
    StaleEvidence,
    TooManyToday,
    UnderWay,
    UnfitChange,
    UnfitTime,
)
from engine.in_force import Now
from engine.models.action import SetSpend
from engine.models.answer import Person
from engine.models.delivery import Intent
from engine.models.execution import Receipt
from engine.models.recommendation import Decision, Proposal, Recommendation, RejectReason, Status, Verb
from engine.models.visible import holdable
from engine.pinging import Pinging, note_acted
from engine.ports import Unit

WHY: dict[type[EngineError], str] = {
    OverLimit: "over the change limit",
    OverSpendLimit: "over the spend limit",
    TooManyToday: "too many changes on one day",
    Frozen: "in a freeze",
    OnHold: "on figures that are too old",
    ApprovedAlready: "has approved already",
    UnderWay: "another change of the campaign is unsettled",
    CannotUndo: "cannot be undone",
    UnfitChange: "is no change of this proposal",
    UnfitTime: "cannot be put off until then",
}
REFUSED = tuple(WHY)
SETTLED: dict[str, Any] = {"error": "", "doubtful": False, "shown": None}
"""What is no longer said of an execution once a person settled its fate."""


class Order(NamedTuple):
    """Who wants what: ``seal`` is what the pressed card showed, ``channel`` where it stands."""

    verb: Verb
    by: Person
    at: datetime
    channel: str | None
    seal: str | None = None
    action: SetSpend | None = None
    until: datetime | None = None
    reason: RejectReason | None = None
    note: str = ""


class Deciding(Pinging):
    """Decisions are a compare-and-set on the durable record; a message is a view of it."""

    def decide(
        self,
        identifier: str,
        verb: Verb,
        *,
        by: Person,
        channel: str | None = None,
        seal: str | None = None,
        action: SetSpend | None = None,
        until: datetime | None = None,
        reason: RejectReason | None = None,
        note: str = "",
    ) -> Recommendation:
        """Record a decision, once, and put every view of the record on its way to be redrawn.

        ``channel`` is where the button was pressed (``None``: Home, the shell): the ledger tells it, and it
        changes nothing. ``seal`` is what the pressed card showed (``Recommendation.seal``). ``action`` is
        what is approved where that is not what is proposed, ``until`` how long it is snoozed. An approval
        that needs a second one leaves the record "proposed"; one that is complete leads to "executing"
        where something carries it out, else to "approved".

        The same decision by the same person again changes nothing and is no error. Raises
        ``MayNotDecide``, ``AlreadyDecided``, ``StaleEvidence``, ``RunOut``, ``ChangedSince``,
        ``ApprovedAlready``, ``OnHold``, ``UnderWay``, ``CannotUndo``, ``UnfitChange``, ``UnfitTime``, or the
        limit that holds; nothing is changed then, and it is in the ledger.
        """
        order = Order(verb, by, self._clock.now(), channel, seal, action, until, reason, holdable(note))
        current = self.recommendation(identifier)
        self._check_person(current, order)
        if is_repeat(current, _decision(current, order)):
            return current
        try:
            return self._act(identifier, lambda unit, found: self._decide_within(unit, found, order))
        except (AlreadyDecided, StaleEvidence, RunOut) as late:
            if is_repeat(late.recommendation, _decision(late.recommendation, order)):
                return late.recommendation  # the same person clicked twice at once
            self._note_late(late.recommendation, order)
            raise
        except ChangedSince:
            self._redraw_for(identifier, order)
            raise
        except MayNotDecide as refused:
            self._note_refusal(identifier, order, refused.why)
            raise
        except REFUSED as refused:
            self._note_refusal(identifier, order, WHY[type(refused)])
            raise

    def may_decide(
        self, identifier: str, verb: Verb, *, by: Person, channel: str | None = None
    ) -> Recommendation:
        """Give the record if this person may take this decision now; raises as ``decide`` does."""
        current = self.recommendation(identifier)
        order = Order(verb, by, self._clock.now(), channel)
        self._check_person(current, order)
        try:
            _check_open(current, verb, self._local_now())
            if verb == "approve":
                self._check_age(current, self._in_force.now())
        except (AlreadyDecided, StaleEvidence, RunOut):
            self._note_late(current, order)
            raise
        except OnHold as refused:
            self._note_refusal(identifier, order, WHY[type(refused)])
            raise
        return current

    def amended(self, identifier: str, change: float) -> Proposal:
        """Say what the same proposal would be with another relative change: 0.10 is +10 %.

        Raises ``UnfitChange``, or the limit that it is beyond.
        """
        found, proposal = self._amended(identifier, change)
        with self._memory.reading() as reading:
            now = self._in_force.within(reading)
            approved = reading.approvals_since(self._midnight(now))
        self._check_limits(found, proposal.action, now, approved)
        return proposal

    def edited(self, identifier: str, change: float) -> SetSpend:
        """Give the action of an edit for ``decide``, which asks for the limits; raises ``UnfitChange``."""
        action = self._amended(identifier, change)[1].action
        if not isinstance(action, SetSpend):
            raise UnfitChange("There is no change to approve.")
        return action

    def _amended(self, identifier: str, change: float) -> tuple[Recommendation, Proposal]:
        found = self.recommendation(identifier)
        return found, amended(found.analysis, change, self._day_of(found), self._rules)

    def _decide_within(self, unit: Unit, found: Recommendation, order: Order) -> Recommendation:
        """Check everything as it is now, in the unit, and give what becomes of the record."""
        now = self._in_force.within(unit)  # what is set may have changed since the person was checked
        approvers = approvers_of(unit, found.campaign_key, now.preferences)
        why = refusal(order.by, approvers)
        if why is not None:
            raise MayNotDecide(approvers, why, lacks=order.by.lacks)
        _check_open(found, order.verb, order.at.astimezone(now.zone))
        if order.seal is not None and order.seal != found.seal:
            raise ChangedSince(found)
        if order.verb in STARTS:
            _check_settled(unit, found)
        note_acted(unit, found.id, order.by.id, order.at)
        if order.verb == "approve":
            self._check_age(found, now)
            return self._approve_within(unit, found, order, now)
        decided = _with(found, _decision(found, order))
        changed = self._turn(unit, decided, order, now)
        _note(unit, changed, order, TURNS[order.verb].deed)
        return changed

    def _approve_within(self, unit: Unit, found: Recommendation, order: Order, now: Now) -> Recommendation:
        proposal = self._asked_for(found, order)
        home, decision = home_of(unit, found.campaign_key), _decision(found, order)
        check_requester(order.by, found, proposal, now.preferences, channel=home)
        agreed = _agreed(found, decision, approvers_for(now.preferences, home))
        two = needs_two(now.preferences, proposal)
        if two and order.by.id in agreed:
            raise ApprovedAlready(found)
        self._check_limits(found, proposal.action, now, unit.approvals_since(self._midnight(now)))
        approved = _with(found, decision)
        if two and not agreed:
            self._notify(unit, approved, "second")
            _note(unit, approved, order, "half_approved")
            return approved
        _note(unit, approved, order, TURNS["approve"].deed)
        return self._begin_doing(unit, approved, order)

    def _begin_doing(self, unit: Unit, approved: Recommendation, order: Order) -> Recommendation:
        """Let it be carried out, where something is connected; else people do it by hand."""
        action = approved.decided_action
        if not isinstance(action, SetSpend) or not self._connected(approved.analysis.proposal.workflow):
            return approved.model_copy(update={"status": TURNS["approve"].after})
        execution = begun(approved, action, purpose="do", by=order.by.id, at=order.at)
        return place(unit, approved, execution, sending(execution))

    def _turn(self, unit: Unit, decided: Recommendation, order: Order, now: Now) -> Recommendation:
        """Do what every verb but "approve" does; the decision is in the record already."""
        if order.verb == "snooze":
            if not can_wait_until(order.until, order.at):
                raise UnfitTime(LONGEST_SNOOZE.days)
            return decided.model_copy(update={"status": "snoozed", "snoozed_until": order.until})
        if order.verb == "wake":
            return woken(decided, order.at)
        if order.verb == "undo":
            return self._begin_undo(unit, decided, order)
        if order.verb == "retry":
            _check_latest(unit, decided)
            self._check_limits(decided, decided.decided_action, now, 0)
        return _moved(unit, decided, order)

    def _begin_undo(self, unit: Unit, decided: Recommendation, order: Order) -> Recommendation:
        """Begin the way back to what the receipt says was there before; once."""
        back = decided.execution.way_back if decided.execution else None
        if decided.undoing is not None:
            raise CannotUndo(decided, "it was tried once")
        if back is None:
            raise CannotUndo(decided, "no receipt tells what was there before")
        if not self._connected(decided.analysis.proposal.workflow):
            raise CannotUndo(decided, "nothing is connected that could do it")
        _check_on_top(unit, decided)
        execution = begun(decided, back, purpose="undo", by=order.by.id, at=order.at)
        return place(unit, decided, execution, sending(execution))

    def _asked_for(self, found: Recommendation, order: Order) -> Proposal:
        """Give the proposal with the action that is to be approved in the place of its own.

        A plain approval agrees with what the card shows, which may be what somebody else made of it.
        """
        action = order.action or found.decided_action
        if not isinstance(action, SetSpend):
            raise UnfitChange("There is no change to approve.")
        return with_action(found.analysis, action, self._day_of(found), self._rules)

    def _check_limits(self, found: Recommendation, action: Any, now: Now, approved: int) -> None:
        name, today = found.analysis.retrospective.name, self._clock.now().astimezone(now.zone).date()
        check_limits(action, now.preferences, name=name, approved_today=approved, today=today)

    def _check_age(self, found: Recommendation, now: Now) -> None:
        held = on_hold(found, self._clock.now().astimezone(now.zone), now.rules)
        if held is not None:
            raise held

    def _midnight(self, now: Now) -> datetime:
        return datetime.combine(self._clock.now().astimezone(now.zone).date(), time(), tzinfo=now.zone)

    def _day_of(self, found: Recommendation) -> date:
        """The day on which it was proposed: an edit is expected by the same day as the proposal."""
        return found.created_at.astimezone(self._zone).date()

    def _check_person(self, found: Recommendation, order: Order) -> None:
        with self._memory.reading() as reading:
            approvers = approvers_of(reading, found.campaign_key, self._in_force.now().preferences)
        why = refusal(order.by, approvers)
        if why is None:
            return
        self._note_refusal(found.id, order, why)
        raise MayNotDecide(approvers, why, lacks=order.by.lacks)

    def _note_refusal(self, identifier: str, order: Order, why: str) -> None:
        with self._memory.unit() as unit:
            detail = {"verb": order.verb, "why": why, **_where(order)}
            unit.note(actor=order.by.id, deed="refused", subject=identifier, detail=detail)

    def _note_late(self, found: Recommendation, order: Order) -> None:
        with self._memory.unit() as unit:
            detail = {"verb": order.verb, "status": found.status, **_where(order)}
            unit.note(actor=order.by.id, deed="came_too_late", subject=found.id, detail=detail)

    def _redraw_for(self, identifier: str, order: Order) -> None:
        """Somebody saw an old card: every view is drawn again, although nothing changes now."""
        with self._memory.unit() as unit:
            for view in unit.views(identifier):
                key = f"redraw:{view.channel}:{view.ts}:{identifier}:{order.at.isoformat()}"
                intent = Intent(key=key, kind="redraw", record=identifier, channel=view.channel, ts=view.ts)
                unit.post(intent)
            detail = {"verb": order.verb, "why": "saw other figures", "saw": order.seal, **_where(order)}
            unit.note(actor=order.by.id, deed="refused", subject=identifier, detail=detail)


def _check_open(recommendation: Recommendation, verb: Verb, now: datetime) -> None:
    """``now`` is in the team's zone."""
    before = TURNS[verb].before
    if recommendation.status == "superseded":
        raise StaleEvidence(recommendation)
    if recommendation.status == "expired" and "proposed" in before:
        raise RunOut(recommendation, verb)
    if recommendation.status not in before:
        raise AlreadyDecided(recommendation)
    if recommendation.status == "proposed" and recommendation.has_run_out(now):
        raise RunOut(recommendation, verb)


def _check_settled(unit: Unit, found: Recommendation) -> None:
    """While the fate of one change of a campaign is open, no other is begun."""
    for each in unit.briefs(campaign_key=found.campaign_key):
        if each.id != found.id and each.status in UNSETTLED:
            raise UnderWay(found, each.id, each.status)


def _check_latest(unit: Unit, found: Recommendation) -> None:
    """What failed is not tried again once something else was decided for the same campaign."""
    if _is_followed(unit, found, {"approved", "executed", "done", "undone"}):
        raise ChangedSince(found)


def _check_on_top(unit: Unit, found: Recommendation) -> None:
    """What is under another change is not undone: that would take both back, or neither."""
    if _is_followed(unit, found, {"executed", "done"}):
        raise CannotUndo(found, "its campaign was changed again since; undo that first")


def _is_followed(unit: Unit, found: Recommendation, statuses: Collection[Status]) -> bool:
    """Say whether another change of the campaign was decided later, and stands so."""
    begun_at = found.execution.created_at if found.execution else found.created_at
    return any(
        each.id != found.id and each.status in statuses and each.decided_at and each.decided_at > begun_at
        for each in unit.briefs(campaign_key=found.campaign_key)
    )


def _agreed(found: Recommendation, decision: Decision, approvers: Collection[str]) -> set[str]:
    """Say who approved just this before, and may still decide it."""
    if not found.approvals or found.approvals[-1].action != decision.action:
        return set()
    return {each.by for each in found.approvals} & set(approvers)


def _where(order: Order) -> dict[str, str]:
    return {"channel": order.channel} if order.channel else {}


def _decision(recommendation: Recommendation, order: Order) -> Decision:
    """``action`` stays empty where just what was proposed is approved."""
    action = order.action or recommendation.decided_action
    edited = order.verb == "approve" and action != recommendation.analysis.proposal.action
    return Decision(
        verb=order.verb,
        by=order.by.id,
        at=order.at,
        reason=order.reason,
        note=order.note,
        action=action if edited and isinstance(action, SetSpend) else None,
        until=order.until if order.verb == "snooze" else None,
    )


def _with(recommendation: Recommendation, decision: Decision) -> Recommendation:
    return recommendation.model_copy(update={"decisions": (*recommendation.decisions, decision)})


def _moved(unit: Unit, decided: Recommendation, order: Order) -> Recommendation:
    """Bring the record where its verb leads, and what is carried with it."""
    after, execution = TURNS[order.verb].after, open_execution(unit, decided)
    if execution is None or order.verb in {"reject", "done"}:
        return decided.model_copy(update={"status": after})
    if order.verb == "drop":
        dropped = execution.model_copy(update={"status": "dropped", "ended_at": order.at})
        return place(unit, decided, dropped, after)
    if order.verb == "arrived":
        said = Receipt(said_by=order.by.id)
        update = {"status": "done", "ended_at": order.at, "receipt": said, **SETTLED}
        done = execution.model_copy(update=update)
        return place(unit, decided, done, "undone" if execution.purpose == "undo" else after)
    again = {"status": "ready", "refusals": 0, "ended_at": None, **SETTLED}
    return place(unit, decided, execution.model_copy(update=again), sending(execution))


def _note(unit: Unit, recommendation: Recommendation, order: Order, deed: str) -> None:
    decision = recommendation.decisions[-1]
    detail: dict[str, Any] = {
        "reason": order.reason,
        "note": order.note,
        "version": recommendation.version + 1,
        **_where(order),
    }
    if decision.action is not None:
        detail["action"] = decision.action.model_dump(mode="json")
    if decision.until is not None:
        detail["until"] = decision.until.isoformat()
    unit.note(actor=order.by.id, deed=deed, subject=recommendation.id, detail=detail)
