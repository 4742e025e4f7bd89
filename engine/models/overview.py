"""What one person finds when they look Marko up: what waits, what was learned, how things stand."""

from typing import Literal

from pydantic import Field

from engine.models.campaign import Day, Moment, Total
from engine.models.digest import Subscription
from engine.models.ping import PingStanding
from engine.models.recommendation import Recommendation
from engine.models.value import Value

Role = Literal["approver", "member", "guest"]
SetUpStep = Literal["channel", "approver", "limits", "campaign", "digest"]
SET_UP: tuple[SetUpStep, ...] = ("channel", "approver", "limits", "campaign", "digest")
SHOWN = 5  # as many of each list are drawn
ModelState = Literal["off", "on", "resting", "over budget", "no price"]


class Source(Value):
    """A platform, and the newest day of which anything is known."""

    platform: str
    last_day: Day


class Basis(Value):
    """What a list rests on: how many campaigns, and the newest day of any; no day where nothing is known."""

    campaigns: int
    last_day: Day | None


class Overview(Value):
    """Everything a Home tells one person; recommendations are named by id, newest or most urgent first.

    ``waiting`` holds what can be decided now and whose card was shown: this person's own first, then
    the most money at risk, each currency for itself. ``without_card`` and ``too_old`` are the other
    proposals, so that all three together are all that is proposed. ``shown`` holds the first few of
    what waits, of what is to be carried out, of what is ``stuck`` (it failed, or nobody knows whether it
    arrived), and of what is snoozed. ``at_risk`` sums what waits by currency, "" where none
    is given. ``done`` says which steps of the set-up are taken, ``may_set`` whether this person may
    change settings, ``pings`` how often Marko may call. ``deciders`` names who decides each that waits and
    is shown; ``on_hold`` how old, in days, the figures of those are on which nothing is approved any more.
    """

    role: Role
    may_set: bool = False
    approvers: tuple[str, ...]
    done: tuple[SetUpStep, ...]
    waiting: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    without_card: tuple[str, ...] = ()
    too_old: tuple[str, ...] = ()
    to_do: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    snoozed: tuple[str, ...] = ()
    shown: tuple[Recommendation, ...] = ()
    deciders: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    on_hold: dict[str, int] = Field(default_factory=dict)
    at_risk: dict[str, Total] = Field(default_factory=dict)
    last_decision: Moment | None = None
    learned: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    pings: PingStanding = PingStanding()
    model: ModelState = "off"
    vectors_fail: bool = False

    @property
    def is_new(self) -> bool:
        """Say whether the set-up still stands in the way: no channel, no approver or no campaign."""
        return not {"channel", "approver", "campaign"} <= set(self.done)
