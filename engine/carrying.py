"""What came of carrying a change out, as the courier reports it: each report once, in one unit.

The execution and the recommendation that carries it move together. A report that says what is known
already changes nothing. One for an execution that moved on meanwhile changes nothing either, and is
noted in the ledger: two bots may have sent the same thing under its one key.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.carried import place
from engine.decide.carry import sending
from engine.errors import UnknownRecommendation
from engine.models.execution import Execution, ExecutionStatus, Receipt
from engine.models.recommendation import Recommendation, Status
from engine.pinging import Pinging
from engine.ports import Unit

MARKO = "marko"
Report = Callable[[Unit, Recommendation, Execution], Recommendation | None]


class Carrying(Pinging):
    """Nothing is done without a receipt, and unknown is a state."""

    def carried_out(self, key: str, receipt: Receipt) -> None:
        """It is done, says the receiver: the truth, also about what was taken as refused or unknown."""

        def report(unit: Unit, found: Recommendation, execution: Execution) -> Recommendation | None:
            if execution.status == "done" and execution.receipt == receipt:
                return None
            if execution.status in {"done", "dropped"}:
                self._note_only(unit, execution, "done", receipt.model_dump(mode="json"))
                return None
            after: Status = "undone" if execution.purpose == "undo" else "executed"
            done = self._ended(execution, "done", receipt=receipt, error="")
            _note(unit, done, after, {"receipt": receipt.model_dump(mode="json")})
            return place(unit, found, done, after)

        self._report(key, report)

    def carrying_refused(self, key: str, error: str, *, again_at: datetime | None) -> None:
        """The receiver said no: it is tried again at ``again_at``, or, where that is ``None``, no more."""

        def report(unit: Unit, found: Recommendation, execution: Execution) -> Recommendation | None:
            after: ExecutionStatus = "refused" if again_at is None else "ready"
            if execution.status != "sending":
                self._late(unit, execution, after, error)
                return None
            if again_at is None:
                return self._gave_up(unit, found, execution, error)
            update = {"status": after, "refusals": execution.refusals + 1, "error": error, "doubtful": False}
            again = execution.model_copy(update=update)
            _note(unit, again, "carrying_refused", {"error": error, "again_at": again_at.isoformat()})
            return place(unit, found, again, sending(again), not_before=again_at)

        self._report(key, report)

    def carrying_in_doubt(self, key: str, error: str, *, shown: Decimal | None = None) -> None:
        """Something was sent, and nobody can tell whether it arrived.

        ``shown`` is the value that the platform shows, where it says done and shows another one.
        """

        def report(unit: Unit, found: Recommendation, execution: Execution) -> Recommendation | None:
            if execution.status != "sending":
                self._late(unit, execution, "unknown", error)
                return None
            unknown = self._ended(execution, "unknown", error=error, shown=shown)
            _note(unit, unknown, "unknown", {"error": error})
            changed = place(unit, found, unknown, "unknown")
            self._notify(unit, changed, "unknown", of=_try(unknown))
            return changed

        self._report(key, report)

    def carrying_waits(self, key: str, error: str, *, until: datetime) -> None:
        """Nothing was sent, since no line could be opened: it waits, and that is no refusal.

        Told once for each error, however often it is tried. What was doubtful stays so.
        """

        def report(unit: Unit, found: Recommendation, execution: Execution) -> Recommendation | None:
            if execution.status != "sending":
                self._late(unit, execution, "ready", error)
                return None
            waiting = execution.model_copy(update={"status": "ready", "error": error})
            if error == _told(found, key):
                unit.keep_execution(waiting, not_before=until)
                return None
            _note(unit, waiting, "carrying_waits", {"error": error, "until": until.isoformat()})
            return place(unit, found, waiting, sending(waiting), not_before=until)

        self._report(key, report)

    def _report(self, key: str, report: Report) -> None:
        """Let a report act on the execution as it is kept now, in one unit with its recommendation."""
        with self._memory.reading() as reading:
            known = reading.execution(key)
        if known is None:
            raise UnknownRecommendation(key)

        def act(unit: Unit, found: Recommendation) -> Recommendation | None:
            execution = unit.execution(key)
            return report(unit, found, execution) if execution else None

        self._act(known.recommendation, act)

    def _gave_up(self, unit: Unit, found: Recommendation, execution: Execution, error: str) -> Recommendation:
        """No more tries: the change failed; of an undo, what was done stands."""
        refused = self._ended(execution, "refused", error=error, refusals=execution.refusals + 1)
        if execution.purpose == "undo":
            _note(unit, refused, "undo_refused", {"error": error})
            changed = place(unit, found, refused, "executed")
            self._notify(unit, changed, "undo_refused")
            return changed
        _note(unit, refused, "failed", {"error": error, "refusals": refused.refusals})
        changed = place(unit, found, refused, "failed")
        self._notify(unit, changed, "failed", of=_try(refused))
        return changed

    def _late(self, unit: Unit, execution: Execution, said: ExecutionStatus, error: str) -> None:
        """What is known just so needs no word; what moved on is noted."""
        if (execution.status, execution.error) != (said, error):
            self._note_only(unit, execution, said, {"error": error})

    def _note_only(
        self, unit: Unit, execution: Execution, said: ExecutionStatus, more: dict[str, Any]
    ) -> None:
        _note(unit, execution, "reported_too_late", {"said": said, "is": execution.status, "told": more})

    def _ended(self, execution: Execution, status: ExecutionStatus, **changed: Any) -> Execution:
        """What ended is in doubt no more, but where that is how it ended."""
        update = {"ended_at": self._clock.now(), "doubtful": False, "shown": None}
        return execution.model_copy(update={"status": status, **update, **changed})


def _told(found: Recommendation, key: str) -> str:
    """What was told of an execution the last time."""
    return next((each.error for each in found.carried if each.key == key), "")


def _try(execution: Execution) -> str:
    """Which of several tries is told: a person may have it sent again."""
    return f"{execution.purpose}:{execution.attempts}"


def _note(unit: Unit, execution: Execution, deed: str, detail: dict[str, Any]) -> None:
    told = {"key": execution.key, "attempts": execution.attempts, **detail}
    unit.note(actor=MARKO, deed=deed, subject=execution.recommendation, detail=told)
