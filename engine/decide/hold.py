"""Whether a proposal is on hold: it would move money on figures that are too old.

Computed where it is asked, and never kept. Pure.
"""

from datetime import datetime

from engine.errors import OnHold
from engine.models.action import SetSpend
from engine.models.recommendation import Recommendation
from engine.models.rules import Rules


def on_hold(recommendation: Recommendation, now: datetime, rules: Rules) -> OnHold | None:
    """Give the refusal where it is on hold, else ``None``; ``now`` is in the team's zone, whose days count.

    Figures are as old as the end of their window, or as the moment of which they are, where that is later.
    """
    if recommendation.status != "proposed" or not isinstance(recommendation.decided_action, SetSpend):
        return None
    found = recommendation.analysis.retrospective
    as_of = found.campaign.as_of
    newest = max(found.last_day, as_of.astimezone(now.tzinfo).date()) if as_of else found.last_day
    days = (now.date() - newest).days
    return OnHold(recommendation, days, rules.stale_days) if days > rules.stale_days else None
