"""What the models cost in a day, where somebody has to know of it."""

from datetime import date
from decimal import Decimal
from typing import Literal

from engine.models.value import Value

Mark = Literal["at_80", "used_up"]


class BudgetMark(Value):
    """A mark that the spending of one day in one time zone passed; in US dollars, as it stood then."""

    day: date
    zone: str
    mark: Mark
    spent: Decimal
    budget: Decimal
