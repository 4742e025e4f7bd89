"""A made-up portfolio: campaigns whose results are chance around their forecasts."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

SEED = 20260330
PLATFORMS = ("Meta", "Google", "TikTok", "LinkedIn")
AUDIENCES = ("new-parents", "students", "travellers", "visitors", "gardeners", "night-owls")
KINDS = ("video", "image", "carousel", "search_text")


def portfolio(size: int) -> str:
    """Write ``size`` campaigns as the JSON that ``marko analyze`` takes; the same ones every time."""
    chance = random.Random(SEED)  # noqa: S311
    return json.dumps([_campaign(chance, number) for number in range(size)])


def name(number: int) -> str:
    return f"campaign-{number:05}"


def _campaign(chance: random.Random, number: int) -> dict[str, Any]:
    last = datetime(2026, 3, 1, tzinfo=UTC) - timedelta(days=number % 180)
    conversions = chance.randint(30, 400)
    return {
        "campaign_id": name(number),
        "platform": chance.choice(PLATFORMS),
        "objective": chance.choice(("Sales", "Leads")),
        "expected_metrics": _metrics(conversions, 1.0, 1.0),
        "actual_metrics": _metrics(conversions, chance.lognormvariate(0, 0.2), chance.uniform(0.9, 1.1)),
        "audiences": [{"name": each, "attributes": {}} for each in chance.sample(AUDIENCES, 2)],
        "creatives": [{"id": f"creative-{number}", "type": chance.choice(KINDS), "headline": ""}],
        "timestamp": (last + timedelta(days=1)).isoformat(),
        "window_start": (last - timedelta(days=27)).date().isoformat(),
        "window_end": last.date().isoformat(),
        "currency": "EUR",
        "time_zone": "Europe/Madrid",
    }


def _metrics(conversions: int, luck: float, effort: float) -> dict[str, float]:
    bought = max(1, round(conversions * luck))
    clicks = round(conversions * 40 * effort)
    return {
        "impressions": clicks * 50,
        "clicks": max(clicks, bought),
        "conversions": bought,
        "spend": round(conversions * 38.5 * effort, 2),
        "revenue": round(bought * 95.0, 2),
    }
