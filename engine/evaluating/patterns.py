"""Golden task "patterns": levels that are better or worse at CPA, and platforms that trend."""

import math
from datetime import date
from pathlib import Path

import numpy as np

from engine.evaluating.tables import columns
from engine.explain.campaign_history import History
from engine.explain.effects import Effects, LevelResult, effects_of

DIMENSIONS = ("platform", "audience", "creative_theme", "placement")


def predict(folder: Path) -> dict[str, object]:
    """Read ``campaign_history.csv``; give ``discoveries`` with 90 % ranges, and the ``best`` levels."""
    table = columns(folder / "campaign_history.csv")
    found = effects_of(history_of(table))
    return {"discoveries": [], "best": {}} if found is None else answer(found)


def history_of(table: dict[str, list[str]]) -> History:
    """Take the campaigns that spent anything."""
    spend = np.array(table["spend"], dtype=float)
    paid = np.flatnonzero(spend > 0)
    days = np.array([date.fromisoformat(each).toordinal() for each in table["start_date"]], dtype=float)
    return History(
        spend=spend[paid],
        conversions=np.array(table["conversions"], dtype=float)[paid],
        days=days[paid],
        levels={name: [{table[name][at]: 1.0} for at in paid] for name in DIMENSIONS},
        beside={},
        impressions=np.array(table["impressions"], dtype=float)[paid],
    )


def answer(found: Effects) -> dict[str, object]:
    """Say what was found as the golden sample says it."""
    told = [_discovery(each) for each in found.results if each.found in {"winner", "loser"}]
    trends = [
        {"dimension": "platform_trend", "value": each.level, "direction": each.found}
        for each in found.trends
        if each.found != "unclear"
    ]
    return {"discoveries": [*told, *trends], "best": found.best}


def _discovery(each: LevelResult) -> dict[str, object]:
    effect, low, high = (math.expm1(log) * 100 for log in (each.log, each.low, each.high))
    return {
        "dimension": each.dimension,
        "value": each.level,
        "direction": each.found,
        "effect_pct": effect,
        "lo": low,
        "hi": high,
    }
