"""Until when a proposal can be decided, and when one that was put off comes back."""

from datetime import datetime, timedelta

from engine.models.recommendation import Recommendation

LONGEST_SNOOZE = timedelta(days=30)  # longer is a way to lose it
LEAST_LEFT = timedelta(days=1)  # what comes back can be decided for as long at least


def expiry(proposed_at: datetime, hours: int) -> datetime:
    """Say until when what was proposed at a moment can be decided."""
    return proposed_at + timedelta(hours=hours)


def can_wait_until(until: datetime | None, now: datetime) -> bool:
    return until is not None and now < until <= now + LONGEST_SNOOZE


def woken(recommendation: Recommendation, at: datetime) -> Recommendation:
    """Let it wait for a decision again; its time is extended where little of it is left."""
    end = recommendation.expires_at
    later = None if end is None else max(end, at + LEAST_LEFT)
    update = {"status": "proposed", "snoozed_until": None, "woken_at": at, "expires_at": later}
    return recommendation.model_copy(update=update)
