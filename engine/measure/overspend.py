"""What a campaign's miss, or its win, is worth in money."""

from engine.measure.kpi import RATIOS, parts
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
    found = parts(comparison.driver, actual)
    if found is None:
        return 0.0
    bought = float(found[1]) / RATIOS[comparison.driver].times
    return float(found[0]) - lead.expected * bought
