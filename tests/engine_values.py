"""Campaigns with figures of one's choice, for the tests of the engine's stages.

``ran`` builds one from its ratio to the forecast; ``SPRING_SALE`` and ``NEW_PARENTS`` are the two
campaigns whose cards everybody knows: one beat its forecast, the other missed it.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from factories import campaign

from engine.explain.similar import similar_campaigns
from engine.explain.standing import Standing, standing
from engine.explain.summary import kind_of
from engine.models.campaign import Audience, CampaignPerformanceInput, Creative, Metrics
from engine.models.recommendation import Analysis
from engine.models.retrospective import Retrospective
from engine.models.rules import Rules
from engine.narrate.formats import SPACE, Formats
from engine.narrate.words import Plain, Words
from engine.recollection import Recollection
from engine.thinking import think

RULES = Rules()
MADRID = ZoneInfo("Europe/Madrid")
FORMATS = Formats(year=2026)
WORDS = Words(FORMATS, Plain(FORMATS, MADRID))
TODAY = date(2026, 3, 30)
LAST_DAY = date(2026, 3, 29)
FORECAST_CPA = 40


def counted(impressions: int, clicks: int, conversions: Any, spend: Any, revenue: Any = None) -> Metrics:
    """Build totals from positions, as a table of figures reads; money may be text."""
    return Metrics(
        impressions=impressions,
        clicks=clicks,
        conversions=Decimal(str(conversions)),
        spend=Decimal(str(spend)),
        revenue=None if revenue is None else Decimal(str(revenue)),
    )


def ran(
    campaign_id: str = "spring-sale",
    *,
    ratio: float = 1.0,
    conversions: float = 100,
    audiences: Sequence[str] = ("new-parents",),
    creative_types: Sequence[str] = ("video",),
    day: date = LAST_DAY,
    **changed: Any,
) -> Retrospective:
    """Build a campaign whose CPA was ``ratio`` times its own forecast of 40."""
    spend = Decimal(str(round(conversions * FORECAST_CPA * ratio, 6)))
    moment = datetime.combine(day, time(18), tzinfo=UTC)
    actual = counted(2_500_000, max(50_000, round(conversions)), conversions, spend)
    parts: dict[str, Any] = {
        "platform": "Meta",
        "objective": "Leads",
        "expected_metrics": counted(250_000, 5_000, 100, 100 * FORECAST_CPA),
        "actual_metrics": actual,
        "audiences": tuple(Audience(name=name) for name in audiences),
        "creatives": tuple(Creative(id=f"ad-{kind}", type=kind) for kind in creative_types),
        "timestamp": moment,
        "name": campaign_id,
        "window_start": None,
        "window_end": None,
        "time_zone": None,
    }
    told = campaign(campaign_id, **parts | changed)
    return Retrospective(campaign=told, revision=1, received_at=moment)


def stood(campaign_id: str = "spring-sale", **parts: Any) -> Standing:
    """Build a standing; ``parts`` are those of ``ran``."""
    return standing(ran(campaign_id, **parts), RULES)


def compared(expected: Metrics, actual: Metrics, **changed: Any) -> CampaignPerformanceInput:
    """Build a campaign from its two totals."""
    return campaign(expected_metrics=expected, actual_metrics=actual, **changed)


def analysed(
    told: CampaignPerformanceInput,
    *others: Retrospective,
    rules: Rules = RULES,
    today: date = TODAY,
    order_value: float | None = None,
) -> Analysis:
    """Analyse one campaign in the light of the others."""
    own = Retrospective(campaign=told, revision=1, received_at=told.timestamp)
    focus = standing(own, rules)
    known = [focus, *(standing(each, rules) for each in others)]
    near = Recollection().campaigns(kind_of(own), known, 0, most=len(known))
    similar = similar_campaigns(focus, known, near)
    return think(
        focus, known, today=today, rules=rules, words=WORDS, order_value=order_value, similar=similar
    )


def told(text: str | None) -> str:
    """Read a sentence as people see it: the no-break space looks like any other."""
    return (text or "").replace(SPACE, " ")


SPRING_SALE = campaign(
    "spring-sale",
    name="spring-sale",
    objective="Sales",
    window_start=date(2026, 2, 28),
    expected_metrics=counted(820_000, 9_840, "295.2", "12103.20", 30_258),
    actual_metrics=counted(820_200, 12_303, 390, 12_090, 42_315),
)

NEW_PARENTS = campaign(
    "new-parents",
    name="new-parents",
    objective="Leads",
    window_start=date(2026, 2, 28),
    audiences=(Audience(name="new-parents"),),
    expected_metrics=counted(1_500_000, 30_000, 615, 27_675, 69_187),
    actual_metrics=counted(1_500_000, 24_000, 480, 28_080, 54_000),
)


def body(**changed: Any) -> dict[str, Any]:
    """Give the JSON body of one retrospective as a person hands it in (seed S0)."""
    parts: dict[str, Any] = {
        "campaign_id": "spring-sale",
        "platform": "Meta",
        "objective": "Sales",
        "expected_metrics": {"impressions": 9000, "clicks": 180, "conversions": 9, "spend": 360.0},
        "actual_metrics": {
            "impressions": 12000,
            "clicks": 300,
            "conversions": 12,
            "spend": 372.5,
            "revenue": 1116.0,
        },
        "audiences": [{"name": "new-parents", "attributes": {"age_range": "25-34"}}],
        "creatives": [
            {"id": "beach-video", "type": "video", "headline": "Sea", "primary_text": "The sea is warm."}
        ],
        "timestamp": "2026-03-29T10:00:00+00:00",
    }
    return parts | changed
