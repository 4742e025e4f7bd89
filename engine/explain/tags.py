"""Auto-tags: what kind of campaign this is, in words that can be searched."""

from engine.explain.standing import Standing
from engine.models.campaign import NO_OBJECTIVE
from engine.models.comparison import KpiComparison
from engine.models.retrospective import slug


def tags(each: Standing) -> tuple[str, ...]:
    """Tag a campaign by platform, objective, band against forecast, audiences and creative types."""
    objective = f"objective:{slug(each.retrospective.campaign.objective)}"
    said = {objective} if each.retrospective.campaign.objective != NO_OBJECTIVE else set[str]()
    return tuple(sorted({*said, f"band:{band(each.cpa)}", *(level.signal for level in each.levels)}))


def band(driver: KpiComparison) -> str:
    """Name where the driver stands: "beat", "missed", "in-line", "too-early" or "no-forecast"."""
    if driver.verdict == "real":
        return "beat" if driver.favourable else "missed"
    return {"noise": "in-line", "no forecast": "no-forecast"}.get(driver.verdict, "too-early")
