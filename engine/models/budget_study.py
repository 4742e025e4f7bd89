"""How a day's budget could be split better, by platform account, from what more money brought so far."""

from typing import Literal

from engine.models.campaign import Day, Total
from engine.models.study import Study
from engine.models.value import Value

BudgetState = Literal[
    "proposed",
    "overlap",  # what the next conversion costs cannot be told apart between campaigns
    "no_gain",  # the split is as good as any within the bounds, or no better one is certain enough
    "out_of_bounds",  # the asked total cannot be reached with changes that small
    "too_few",  # fewer than two campaigns with enough days and conversions
]
Left = Literal["judged", "few_days", "few_conversions", "doubted", "changed"]


class BudgetLine(Value):
    """One campaign: money a day now and proposed, and the range of what one conversion more costs.

    ``next_low`` to ``next_high`` hold the truth in two of three campaigns; two that do not overlap are told
    apart with 90 % certainty. They are ``None`` where the campaign is not ``judged`` and keeps what it has.
    ``conversions`` and ``days`` are what the judgement rests on. ``elasticity`` is percent more conversions
    for a percent more money, its mean.
    """

    campaign_key: str
    campaign: str
    now: Total
    proposed: Total
    next_low: float | None
    next_cpa: float | None
    next_high: float | None
    elasticity: float | None
    conversions: float
    days: int
    left: Left = "judged"

    @property
    def change(self) -> float:
        return float(self.proposed / self.now - 1) if self.now else 0.0


class BudgetShare(Value):
    """One account in one currency. ``present`` is what it spends a day, ``total`` what is split.

    ``gain`` is (low, mean, high) of conversions a day won against the present split (an even spread, where
    another total is asked for), at 80 %; ``certainty`` how likely it wins at all; ``regret`` what it loses a
    day on average where it does not. ``moved`` is the money that changes places a day, ``steps`` how many
    changes within the team's limit that takes. ``least`` and ``most`` are the totals that can be reached.
    """

    platform: str
    account: str
    currency: str | None
    state: BudgetState
    present: Total
    total: Total
    least: Total
    most: Total
    gain: tuple[float, float, float]
    certainty: float
    regret: float
    moved: Total
    steps: int
    lines: tuple[BudgetLine, ...]


class BudgetStudy(Study):
    """``change`` is the most that a campaign's budget may move in all, ``limit`` in one step, both shares.

    ``step_hours`` is how long to wait between steps. ``fewest_days`` and ``fewest_conversions`` are what a
    campaign needs to be judged. ``shares``: those with a proposal first, then by money.
    """

    kind: Literal["budget"] = "budget"
    first: Day | None
    last: Day | None
    change: float
    limit: float
    step_hours: tuple[int, int]
    horizon_days: int
    fewest_days: int
    fewest_conversions: int
    shares: tuple[BudgetShare, ...]
