"""What people call the fields that a column can be, in the order in which a dialog offers them."""

from engine.models.export import IGNORED, Field

LABELS: dict[Field, str] = {
    "spend": "Spend",
    "impressions": "Impressions",
    "clicks": "Clicks",
    "conversions": "Conversions",
    "revenue": "Revenue",
    "reach": "Reach",
    "day": "Day",
    "first_day": "First day",
    "last_day": "Last day",
    "week": "Week",
    "month": "Month",
    "campaign": "Campaign",
    "campaign_id": "Campaign ID",
    "ad_set": "Ad set",
    "ad_set_id": "Ad set ID",
    "ad": "Ad",
    "ad_id": "Ad ID",
    "creative": "Creative",
    "audience": "Audience",
    "placement": "Placement",
    "device": "Device",
    "country": "Country",
    "platform": "Platform",
    "account": "Account",
    "account_id": "Account ID",
    "currency": "Currency",
    "objective": "Objective",
    "attribution": "Attribution window",
    "result_kind": "Kind of result",
    "time_zone": "Time zone",
}
NOT_NEEDED = "Not needed"
_SAID: dict[str, str] = dict(LABELS.items())


def label(field: str) -> str:
    """Give the words for a field, or for "ignore"; anything else is given as it is."""
    return {**_SAID, IGNORED: NOT_NEEDED}.get(field, field)
