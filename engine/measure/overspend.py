"""What a campaign's miss, or its win, is worth in money."""

from engine.models.campaign import Metrics
from engine.models.comparison import Comparison


def overspend(comparison: Comparison, actual: Metrics) -> float:
    """Money spent above what the same result costs at the forecast's price; below 0 where it was saved.

    0 where the driver did not move for real, or has no forecast: what could be chance accuses nobody.
    """
    lead = comparison.lead
    missed_all = lead.verdict == "not defined" and lead.favourable is False
    if lead.expected is None or not (lead.verdict == "real" or missed_all):
        return 0.0
    bought = {
        "cpc": float(actual.clicks),
        "cpm": actual.impressions / 1000,
    }.get(comparison.driver, float(actual.conversions))
    return float(actual.spend) - lead.expected * bought
