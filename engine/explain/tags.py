"""Auto-tags: what kind of campaign this is, in words that can be searched."""

from engine.explain.standing import Standing
from engine.models.comparison import KpiComparison
from engine.models.retrospective import slug


def tags(each: Standing) -> tuple[str, ...]:
    """Tag a campaign by platform, objective, band against forecast, audiences and creative types."""
    objective = f"objective:{slug(each.retrospective.campaign.objective)}"
    return tuple(sorted({objective, f"band:{band(each.cpa)}", *(level.signal for level in each.levels)}))


def band(driver: KpiComparison) -> str:
    """Name where the driver stands: "beat", "missed", "in-line", "too-early" or "no-forecast"."""
    if driver.verdict == "real":
        return "beat" if driver.favourable else "missed"
    if driver.verdict == "not defined":
        return "missed" if driver.favourable is False else "too-early"
    return {"noise": "in-line", "too early": "too-early"}.get(driver.verdict, "no-forecast")
