"""One analysis with its proposal, what a person did with it, and where it was shown."""

from datetime import date
from typing import Literal

from pydantic import Field

from engine.models.action import Action, Alternative, Expectation, SetSpend, WorstCase, needs_approval
from engine.models.campaign import Day, Moment
from engine.models.comparison import Comparison, Verdict
from engine.models.insight import Insights
from engine.models.pattern import Patterns, SimilarCampaign
from engine.models.retrospective import Retrospective
from engine.models.value import Value

Status = Literal["proposed", "approved", "done", "dropped", "rejected", "superseded", "noted"]
Verb = Literal["approve", "reject", "done", "drop"]
ViewKind = Literal["card", "digest", "reply", "import", "headway", "reasoning"]
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

    ``newer_until`` is the last day of a newer window of the same campaign, where one is known.
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


class Decision(Value):
    """What a person did with a recommendation. ``by`` is a Slack user id or "shell"."""

    verb: Verb
    by: str
    at: Moment
    reason: RejectReason | None = None
    note: str = ""


class Recommendation(Value):
    """The durable record behind a card. The Slack message is a view of it.

    ``id`` is derived from the evidence, so unchanged evidence is the same recommendation again.
    ``version`` grows with every change and guards each against the others (compare-and-set).
    ``status`` is "noted" where nothing has to be decided (wait, keep as it is).
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

    @property
    def campaign_key(self) -> str:
        return self.analysis.retrospective.campaign_key

    @property
    def good_until(self) -> date | None:
        """The day by which its result was expected, or the next look is due."""
        action, expected = self.analysis.proposal.action, self.analysis.proposal.expectation
        return (
            expected.by if isinstance(action, SetSpend) and expected else getattr(action, "next_look", None)
        )

    def has_run_out(self, today: date) -> bool:
        return self.good_until is not None and self.good_until < today

    @property
    def last_decision(self) -> Decision | None:
        return self.decisions[-1] if self.decisions else None


class MessageView(Value):
    """One place where a record is shown: its message, and the link to it if Slack gave one."""

    record: str
    kind: ViewKind
    channel: str
    ts: str
    permalink: str | None = None
