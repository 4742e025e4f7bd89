"""Executions as a recommendation carries them: begun, put in place, and what of them is possible."""

from datetime import datetime

from engine.models.action import SetSpend
from engine.models.execution import Execution, Purpose
from engine.models.recommendation import Recommendation, Status


def begun(
    recommendation: Recommendation, action: SetSpend, *, purpose: Purpose, by: str, at: datetime
) -> Execution:
    """Make the one execution of a recommendation for this purpose, ready to be sent."""
    campaign = recommendation.analysis.retrospective.campaign
    return Execution(
        key=f"marko:{recommendation.id}:{purpose}",
        recommendation=recommendation.id,
        purpose=purpose,
        workflow=recommendation.analysis.proposal.workflow,
        campaign_id=campaign.campaign_id,
        platform=campaign.platform,
        action=action,
        status="ready",
        by=by,
        created_at=at,
    )


def carrying(recommendation: Recommendation, execution: Execution) -> tuple[Execution, ...]:
    """Put an execution in the place of the one with its key, or behind the others."""
    others = tuple(each for each in recommendation.carried if each.key != execution.key)
    return (*others, execution) if execution.purpose == "undo" else (execution, *others)


def sending(execution: Execution) -> Status:
    """The status of a record whose execution is on its way."""
    return "undoing" if execution.purpose == "undo" else "executing"
