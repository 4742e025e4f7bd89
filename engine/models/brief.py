"""A recommendation in short: enough to choose, to count and to sort, without reading its evidence."""

from datetime import datetime
from decimal import Decimal

from engine.models.campaign import Day, Moment, Total
from engine.models.insight import Insights
from engine.models.listing import Likeness
from engine.models.pattern import LevelEffect
from engine.models.recommendation import UNDECIDED, Recommendation, Status, is_past
from engine.models.value import Value


class Brief(Value):
    """What lists and counts ask of one recommendation.

    ``at_risk`` is the money of its worst case, in ``currency``; "" where none is given. ``decided_at`` is
    the newest decision that holds, ``approved_by`` who approved, where that took effect. ``knew`` are the
    levels of its own campaign (``audience:students``) whose effect was known when it was made;
    ``likeness`` is the most similar campaign whose own result was real.
    """

    id: str
    campaign_key: str
    campaign_id: str
    status: Status
    created_at: Moment
    asked_by: str | None
    good_until: Day | None
    expires_at: Moment | None = None
    snoozed_until: Moment | None = None
    at_risk: Total
    currency: str
    decided_at: Moment | None
    approved_by: tuple[str, ...]
    knew: tuple[str, ...]
    likeness: Likeness | None = None

    def has_run_out(self, now: datetime) -> bool:
        """Say whether its time is over; ``now`` is in the team's zone, whose days count."""
        return is_past(now, self.expires_at, self.good_until)


class Said(Value):
    """What one recommendation says, without anything else of it."""

    recommendation: str
    campaign_id: str
    insights: Insights


def brief_of(recommendation: Recommendation) -> Brief:
    worst, status = recommendation.analysis.proposal.worst_case, recommendation.status
    decision = None if status in UNDECIDED else recommendation.last_decision
    took_effect = decision is not None and status != "rejected"
    return Brief(
        id=recommendation.id,
        campaign_key=recommendation.campaign_key,
        campaign_id=recommendation.analysis.retrospective.campaign.campaign_id,
        status=status,
        created_at=recommendation.created_at,
        asked_by=recommendation.asked_by,
        good_until=recommendation.good_until,
        expires_at=recommendation.expires_at,
        snoozed_until=recommendation.snoozed_until,
        at_risk=worst.amount if worst else Decimal(0),
        currency=(worst.currency if worst else None) or "",
        decided_at=decision.at if decision else None,
        approved_by=tuple(each.by for each in recommendation.approvals) if took_effect else (),
        knew=_knew(recommendation),
        likeness=_likeness(recommendation),
    )


def most_at_risk(brief: Brief) -> tuple[float, str]:
    """Sort by it, and the most money at risk comes first."""
    return -float(brief.at_risk), brief.id


def _likeness(recommendation: Recommendation) -> Likeness | None:
    retrospective = recommendation.analysis.retrospective
    judged = next((each for each in recommendation.analysis.similar if each.verdict == "real"), None)
    if judged is None:
        return None
    return Likeness(campaign_id=retrospective.campaign.campaign_id, name=retrospective.name, like=judged)


def _knew(recommendation: Recommendation) -> tuple[str, ...]:
    patterns = recommendation.analysis.patterns
    effects = (*patterns.winners, *patterns.platform_trends)
    known = {each.signal for each in effects if isinstance(each, LevelEffect)}
    return tuple(signal for signal in patterns.tags if signal in known)
