"""Typed actions: what is proposed is a value, and its sentence is rendered from the value."""

from typing import Annotated, Literal

from pydantic import Field

from engine.models.campaign import Day, Total
from engine.models.comparison import Kpi
from engine.models.value import Value


class SetSpend(Value):
    """Move what is spent. ``field`` is "daily spend", or "spend" where the window's length is unknown."""

    kind: Literal["set_spend"] = "set_spend"
    field: Literal["daily spend", "spend"]
    previous: Total
    to: Total
    currency: str | None

    @property
    def change(self) -> float:
        """Relative change: 0.15 is +15 %."""
        return float(self.to / self.previous - 1)


class Wait(Value):
    """The evidence is not enough yet; nothing is changed until ``next_look``."""

    kind: Literal["wait"] = "wait"
    next_look: Day


class KeepAsIs(Value):
    """Nothing real moved; nothing is changed until ``next_look``."""

    kind: Literal["keep"] = "keep"
    next_look: Day


Action = Annotated[SetSpend | Wait | KeepAsIs, Field(discriminator="kind")]

WORKFLOWS: dict[str, str] = {
    "set_spend": "Budget Reallocation",
    "wait": "Continue Monitoring",
    "keep": "Continue Monitoring",
}


def needs_approval(action: SetSpend | Wait | KeepAsIs) -> bool:
    """Say whether a person must decide: only what would change the account asks for approval."""
    return isinstance(action, SetSpend)


class Expectation(Value):
    """What we expect of the action, written down before anybody decides, and scored later."""

    kpi: Kpi
    low: float
    high: float
    level: float
    by: Day


class WorstCase(Value):
    """The most that can be lost by ``by``: money spent for nothing, or conversions or clicks not made.

    ``conversions``, or ``clicks`` where there are none, is how many of them, at ``unit_price`` each.
    """

    kind: Literal["spent_for_nothing", "conversions_not_made", "clicks_not_made"]
    amount: Total
    currency: str | None
    conversions: float | None = None
    clicks: float | None = Field(default=None, exclude_if=lambda clicks: clicks is None)
    unit_price: Total | None = None
    by: Day


class Alternative(Value):
    """Another way, with what we expect of it, what it may cost, and why it is not the first choice.

    What changes nothing costs nothing: it has no worst case.
    """

    action: Action
    expectation: Expectation | None
    worst_case: WorstCase | None = Field(default=None, exclude_if=lambda worst: worst is None)
    why_not: Literal["smaller_step", "win_unused", "loss_goes_on"]
