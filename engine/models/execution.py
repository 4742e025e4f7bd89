"""What carrying out a decided action came to: one request to the outside, however often it is sent."""

from typing import Literal

from pydantic import Field

from engine.models.action import SetSpend
from engine.models.campaign import Moment, Total
from engine.models.value import Value

Purpose = Literal["do", "undo"]
ExecutionStatus = Literal["ready", "sending", "done", "refused", "unknown", "dropped"]
"""ready → sending → done | refused | unknown. Refused: each answer said no, so nothing was changed.
Unknown: a send began, and nobody can tell how it ended. Dropped: a person gave it up."""


class Receipt(Value):
    """What the receiver said of it: the only ground on which anything counts as done.

    ``previous`` and ``value`` are what the platform had before and shows now, where it told.
    ``read_back``: the value was read back after the change. ``said_by``: no receiver, but a person said
    that it arrived.
    """

    id: str | None = None
    previous: Total | None = None
    value: Total | None = None
    read_back: bool = False
    said_by: str | None = None


class Execution(Value):
    """One change of the account. ``key`` is its idempotency key, constant over every retry.

    ``action`` is exactly what was approved; of an undo, the way back to what was recorded.
    ``attempts`` counts the sends that began, ``refusals`` the answers that said no. ``shown`` is the other
    value that the platform showed although it said that it is done.
    """

    key: str
    recommendation: str
    purpose: Purpose
    workflow: str
    campaign_id: str
    platform: str
    account: str | None = None
    action: SetSpend
    status: ExecutionStatus
    by: str
    created_at: Moment
    attempts: int = 0
    refusals: int = 0
    sent_at: Moment | None = None
    ended_at: Moment | None = None
    error: str = ""
    receipt: Receipt | None = None
    doubtful: bool = Field(default=False)
    shown: Total | None = Field(default=None, exclude_if=lambda shown: shown is None)

    @property
    def way_back(self) -> SetSpend | None:
        """The change that restores what the receiver said was there before; ``None`` where it did not."""
        if self.receipt is None or self.receipt.previous is None:
            return None
        now = self.receipt.value if self.receipt.value is not None else self.action.to
        if not now or now == self.receipt.previous:
            return None
        return self.action.model_copy(update={"previous": now, "to": self.receipt.previous})
