"""What the models cost: for those who are told of it."""

from datetime import date
from zoneinfo import ZoneInfo

from engine.core import Core
from engine.models.budget import BudgetMark


class Spending(Core):
    """Reads what ``engine.narrate.purse`` keeps."""

    def budget_mark(self, record: str) -> tuple[BudgetMark, date] | None:
        """Find a mark of a day's budget that was passed, by its message's record; and today, there."""
        with self._memory.reading() as reading:
            kept = reading.setting(record)
        if kept is None:
            return None
        passed = BudgetMark.model_validate_json(kept)
        return passed, self._clock.now().astimezone(ZoneInfo(passed.zone)).date()
