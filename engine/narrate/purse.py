"""What the model costs: a budget for each day, a record of each call, answers that are used again.

All of it is in the memory, so that every process counts the same money and none forgets it. A call's
most is taken before it and the rest given back after: calls side by side cannot overrun the budget.
"""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from engine.models.budget import BudgetMark, Mark
from engine.models.delivery import Intent
from engine.narrate.model_errors import ModelFailed
from engine.ports import Clock, Memory, Unit

log = logging.getLogger(__name__)

SPENT = "model_spending"
NOTICE = Decimal("0.8")
KEPT_FOR = timedelta(hours=1)


class Call(NamedTuple):
    """One question as the ledger keeps it; ``usd`` is exact, or the most it can have cost."""

    subject: str
    model: str
    prompt: str
    context: str
    outcome: str
    usd: Decimal
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    milliseconds: int


class Taken(NamedTuple):
    """Money set aside for one call, on the day it was taken: it is given back to that day alone."""

    usd: Decimal
    day: str


class Purse:
    """One budget in US dollars a day, in the team's zone, for every model together."""

    def __init__(
        self,
        memory: Memory,
        clock: Clock,
        *,
        zone: Callable[[], ZoneInfo],
        budget: Decimal,
        approvers: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """``zone`` and ``approvers`` give those of the moment; the first is told what ``_tell`` tells."""
        self._memory = memory
        self._clock = clock
        self._zone = zone
        self._budget = budget
        self._approvers = approvers

    def spent_today(self) -> Decimal:
        with self._memory.reading() as reading:
            return self._spent(reading.setting(SPENT))

    def left_today(self) -> Decimal:
        return self._budget - self.spent_today()

    def take(self, most: Decimal) -> Taken:
        """Set aside what a call can cost at most; ``ModelFailed`` when the day has not that much left."""
        with self._memory.unit() as unit:
            today, spent = self._today(), self._spent(unit.setting(SPENT))
            refused = spent + most > self._budget
            if refused:
                self._tell(unit, "used_up", spent)
            else:
                self._write(unit, spent + most)
        if refused:
            text = f"the budget of {self._budget} USD a day is used up ({spent:.4f} spent)"
            raise ModelFailed("over_budget", text)
        return Taken(most, today)

    def settle(self, taken: Taken, call: Call) -> None:
        """Give back what was not used, write the call into the ledger, and tell once at 80 %.

        What was taken before midnight was that day's money, and today's is not touched.
        """
        with self._memory.unit() as unit:
            spent = self._spent(unit.setting(SPENT))
            if taken.day == self._today():
                spent = max(spent - taken.usd + call.usd, Decimal(0))
                self._write(unit, spent)
            told = spent >= NOTICE * self._budget and self._tell(unit, "at_80", spent)
            self._note(unit, call)
        if told:
            log.warning("%.2f of today's %s USD for the model are spent", spent, self._budget)

    def remember(self, subject: str, context: str, answer: dict[str, Any]) -> None:
        """Keep the newest answer about a subject."""
        kept = {"context": context, "at": self._clock.now().isoformat(), "answer": json.dumps(answer)}
        with self._memory.unit() as unit:
            unit.set_setting(_answer_of(subject), kept)

    def recall(self, subject: str, context: str) -> dict[str, Any] | None:
        """Give an answer to the very same question, if it is not an hour old."""
        with self._memory.reading() as reading:
            kept = reading.setting(_answer_of(subject))
        if not kept or kept["context"] != context:
            return None
        age = self._clock.now() - datetime.fromisoformat(kept["at"])
        if not timedelta(0) <= age < KEPT_FOR:
            return None
        answer: dict[str, Any] = json.loads(kept["answer"])
        return answer

    def note_recalled(self, call: Call) -> None:
        """An answer used again is in the ledger too, at no cost."""
        with self._memory.unit() as unit:
            self._note(unit, call)

    def _note(self, unit: Unit, call: Call) -> None:
        detail = {**call._asdict(), "usd": f"{call.usd:f}"}
        unit.note(actor="marko", deed="asked_model", subject=detail.pop("subject"), detail=detail)

    def _tell(self, unit: Unit, mark: Mark, spent: Decimal) -> bool:
        """Keep that a mark was passed, and let it be told, once a day whatever restarts; True if now.

        Without a budget nothing is ever used up: whoever sets 0 knows.
        """
        record = f"budget:{self._today()}:{mark}"
        if not self._budget or unit.setting(record) is not None:
            return False
        passed = BudgetMark(
            day=self._now().date(), zone=str(self._zone()), mark=mark, spent=spent, budget=self._budget
        )
        unit.set_setting(record, passed.model_dump_json())
        detail = {"spent": f"{spent:f}", "budget": f"{self._budget:f}"}
        unit.note(actor="marko", deed=f"model_budget_{mark}", subject=self._today(), detail=detail)
        for person in self._approvers()[:1]:
            unit.post(Intent(key=record, kind="budget", record=record, channel=person))
        return True

    def _write(self, unit: Unit, spent: Decimal) -> None:
        unit.set_setting(SPENT, {"day": self._today(), "usd": f"{spent:f}"})

    def _spent(self, kept: dict[str, Any] | None) -> Decimal:
        return Decimal(kept["usd"]) if kept and kept["day"] == self._today() else Decimal(0)

    def _now(self) -> datetime:
        return self._clock.now().astimezone(self._zone())

    def _today(self) -> str:
        return self._now().date().isoformat()


def _answer_of(subject: str) -> str:
    return f"model_answer:{subject}"
