"""Campaigns for students and for gardeners in closed periods, as they are handed in."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from engine_values import body

from engine.engine import Engine

STUDENTS = "winning_audience|audience:students|cpa|all"
WINTER, SPRING, LATE = date(2026, 1, 31), date(2026, 3, 15), date(2026, 3, 29)
MEANT = {"impressions": 200_000, "clicks": 4_000, "conversions": 200, "spend": 8_000.0, "revenue": 20_000.0}


def campaigns(until: date, ratio: float, *, count: int = 4, days: int = 14) -> list[dict[str, Any]]:
    """``count`` campaigns for students whose CPA is ``ratio`` of its forecast, and as many for gardeners."""
    return [
        campaign(f"{audience}-{until}-{number}", audience, until, factor * (0.96 + 0.02 * number), days=days)
        for audience, factor in (("students", ratio), ("gardeners", 1.0))
        for number in range(count)
    ]


def campaign(
    name: str, audience: str, until: date, ratio: float, *, days: int = 14, platform: str = "Meta"
) -> dict[str, Any]:
    """One campaign whose window ends on ``until``."""
    return body(
        campaign_id=name,
        platform=platform,
        expected_metrics=MEANT,
        actual_metrics={**MEANT, "spend": round(8_000.0 * ratio, 2)},
        audiences=[{"name": audience, "attributes": {}}],
        creatives=[{"id": "beach-video", "type": "video", "headline": "", "primary_text": ""}],
        timestamp=f"{until}T18:00:00+00:00",
        window_start=str(until - timedelta(days=days - 1)),
        window_end=str(until),
        currency="EUR",
    )


def contradicted(until: date = LATE) -> list[dict[str, Any]]:
    """Enough bad campaigns for students that all together no longer show them ahead."""
    return campaigns(until, 1.8, count=9, days=7)


def hand_in(engine: Engine, many: Iterable[dict[str, Any]]) -> None:
    engine.submit(json.dumps(list(many)), source=None, asked_by="U0MEMBER")
