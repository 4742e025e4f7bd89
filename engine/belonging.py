"""Which channel a campaign belongs to, and so who decides what is proposed for it.

It is the channel where a card of it was shown first. Where a button is pressed says nothing, nor does a
card that another channel asked for later: else whoever may decide in one channel could decide everything,
by asking for it there.
"""

from engine.decide.policy import approvers_for
from engine.models.preference import Preferences
from engine.ports import Reading


def home_of(reading: Reading, campaign_key: str) -> str | None:
    """Give the channel of a campaign's oldest card; ``None`` where none was shown yet."""
    known = [each.id for each in reading.briefs(campaign_key=campaign_key)]
    cards = [view for each in known for view in reading.views(each) if view.kind == "card"]
    oldest = min(cards, key=lambda view: float(view.ts), default=None)
    return oldest.channel if oldest else None


def approvers_of(reading: Reading, campaign_key: str, preferences: Preferences) -> tuple[str, ...]:
    """Say who may decide what is proposed for a campaign, wherever it is pressed."""
    return approvers_for(preferences, home_of(reading, campaign_key))
