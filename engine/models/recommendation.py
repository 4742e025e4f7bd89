"""One analysis with its proposal, what a person did with it, and where it was shown."""

import hashlib
from datetime import date, datetime
from itertools import takewhile
from typing import Literal

from pydantic import Field

from engine.models.action import Action, Alternative, Expectation, SetSpend, WorstCase, needs_approval
from engine.models.baselines import Baselines
from engine.models.campaign import Day, Moment
from engine.models.comparison import Comparison, Kpi, Verdict
from engine.models.execution import Execution
from engine.models.insight import Insights
from engine.models.pattern import Patterns, SimilarCampaign
from engine.models.quality import Quality
from engine.models.retrospective import Retrospective
from engine.models.value import Value

Status = Literal[
    "proposed",  # waits for a decision, or for a second one
    "noted",  # nothing has to be decided: wait, keep as it is
    "snoozed",
    "approved",  # to be carried out by hand
    "executing",
    "executed",  # carried out by a receiver, with its receipt
    "failed",
    "unknown",
    "undoing",
    "undone",
    "done",  # carried out by hand, says a person
    "dropped",
    "rejected",
    "expired",
    "withdrawn",
    "superseded",
]
Verb = Literal["approve", "reject", "done", "drop", "snooze", "wake", "undo", "retry", "arrived", "resend"]
UNDECIDED: frozenset[Status] = frozenset(
    {"proposed", "noted", "snoozed", "expired", "withdrawn", "superseded"}
)
"""Nobody's decision holds: not even that of one approver, where a second one was due."""
STUCK: frozenset[Status] = frozenset({"failed", "unknown"})
"""Approved, and it needs a person's look."""
ViewKind = Literal["card", "digest", "reply", "import", "headway", "reasoning", "hooks"]
RejectReason = Literal["cause", "action", "timing", "data", "knowledge", "other"]


class OwnHistory(Value):
    """Where there is no forecast: the driver KPI against the campaign's own earlier window."""

    first_day: Day | None
    last_day: Day
    before: float
    actual: float
    delta_pct: float
    verdict: Verdict
    favourable: bool | None
    certainty: float


class Proposal(Value):
    """What to do, how sure, what to expect, what it may cost. ``confidence`` is 0 to 1."""

    action: Action
    workflow: str
    confidence: float | None
    checked: int = 0
    right: int = 0
    expectation: Expectation | None = None
    worst_case: WorstCase | None = None
    risk: Literal["low", "medium", "high"] | None = None
    alternatives: tuple[Alternative, ...] = ()

    @property
    def needs_approval(self) -> bool:
        return needs_approval(self.action)


class Analysis(Value):
    """Everything one analysis found; pure in the retrospective and what was remembered.

    ``newer_until`` is the last day of a newer window of the same campaign, where one is known. ``quality``
    is that of the rows that the window was built from; below ``floor`` no verdict rests on them.
    ``baselines`` are all that the driver can be held against.
    """

    retrospective: Retrospective
    comparison: Comparison
    own_history: OwnHistory | None
    patterns: Patterns
    insights: Insights
    proposal: Proposal
    similar: tuple[SimilarCampaign, ...]
    order_value: float | None = None
    newer_until: Day | None = Field(default=None, exclude_if=lambda day: day is None)
    quality: Quality | None = Field(default=None, exclude_if=lambda quality: quality is None)
    floor: int | None = Field(default=None, exclude_if=lambda floor: floor is None)
    baselines: Baselines | None = Field(default=None, exclude_if=lambda found: found is None)

    @property
    def is_unjudged(self) -> bool:
        """Whether its rows are too poor for any verdict."""
        return self.quality is not None and self.floor is not None and self.quality.score < self.floor


class Decision(Value):
    """What a person did with a recommendation. ``by`` is a Slack user id or "shell".

    ``action`` is what was approved, where that is not what was proposed: edited, or an alternative.
    ``until`` is how long it was snoozed.
    """

    verb: Verb
    by: str
    at: Moment
    reason: RejectReason | None = None
    note: str = ""
    action: SetSpend | None = Field(default=None, exclude_if=lambda action: action is None)
    until: Moment | None = Field(default=None, exclude_if=lambda until: until is None)


class Recovery(Value):
    """A KPI as newer figures have it: why a proposal was withdrawn."""

    kpi: Kpi
    value: float
    currency: str | None


class Recommendation(Value):
    """The durable record behind a card. The Slack message is a view of it.

    ``id`` is derived from the evidence, so unchanged evidence is the same recommendation again.
    ``version`` grows with every change and guards each against the others (compare-and-set).
    ``expires_at`` is until when a proposal can be decided, ``ended_at`` when it expired or was withdrawn,
    ``woken_at`` when it last came back from a snooze, ``back`` why it was withdrawn. ``carried`` holds its
    executions: the change, and its undoing.
    """

    id: str
    analysis: Analysis
    status: Status
    version: int
    created_at: Moment
    asked_by: str | None
    decisions: tuple[Decision, ...] = ()
    superseded_by: str | None = None
    superseded_at: Moment | None = None
    expires_at: Moment | None = Field(default=None, exclude_if=lambda at: at is None)
    snoozed_until: Moment | None = Field(default=None, exclude_if=lambda until: until is None)
    woken_at: Moment | None = Field(default=None, exclude_if=lambda at: at is None)
    ended_at: Moment | None = Field(default=None, exclude_if=lambda at: at is None)
    back: Recovery | None = Field(default=None, exclude_if=lambda back: back is None)
    carried: tuple[Execution, ...] = Field(default=(), exclude_if=lambda carried: not carried)

    @property
    def seal(self) -> str:
        """A short digest of what a person decides about: pressed on other figures, a button is refused."""
        evidence, value = self.analysis.retrospective.evidence_hash, self.analysis.order_value
        expected = self.analysis.proposal.model_dump_json(include={"expectation", "worst_case"})
        text = f"{self.id}:{evidence}:{value}:{self.decided_action.model_dump_json()}:{expected}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def approvals(self) -> tuple[Decision, ...]:
        """Who approved the same change, the last one that anybody approved; one where a second is due."""
        every = [each for each in self.decisions if each.verb == "approve"]
        agreed = takewhile(lambda each: each.action == every[-1].action, reversed(every))
        return tuple(agreed)[::-1]

    @property
    def decided_action(self) -> Action:
        """What was approved, and before that what is proposed."""
        approved = self.approvals[-1].action if self.approvals else None
        return approved or self.analysis.proposal.action

    @property
    def execution(self) -> Execution | None:
        """How carrying it out went, where something is connected."""
        return next((each for each in self.carried if each.purpose == "do"), None)

    @property
    def undoing(self) -> Execution | None:
        return next((each for each in self.carried if each.purpose == "undo"), None)

    @property
    def campaign_key(self) -> str:
        return self.analysis.retrospective.campaign_key

    @property
    def good_until(self) -> date | None:
        """The day on which the next look is due, where there is nothing to decide."""
        return getattr(self.analysis.proposal.action, "next_look", None)

    def has_run_out(self, now: datetime) -> bool:
        """Say whether its time is over; ``now`` is in the team's zone, whose days count."""
        return is_past(now, self.expires_at, self.good_until)

    @property
    def last_decision(self) -> Decision | None:
        return self.decisions[-1] if self.decisions else None


def is_past(now: datetime, expires_at: datetime | None, good_until: date | None) -> bool:
    """Say whether a moment has come, or a day of ``now``'s zone is over; what is not set never is."""
    expired = expires_at is not None and expires_at <= now
    return expired or (good_until is not None and good_until < now.date())


class MessageView(Value):
    """One place where a record is shown: its message, and the link to it if Slack gave one."""

    record: str
    kind: ViewKind
    channel: str
    ts: str
    permalink: str | None = None
