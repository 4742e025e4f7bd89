"""Realistic values of the engine's words, for the tests of every room; each can be changed by keyword.

The story: spring-sale ran on Meta in March 2026, with the beach-video for new-parents, and bought
conversions cheaper than forecast.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.models.action import Alternative, Expectation, SetSpend, Wait, WorstCase
from engine.models.brief import Said
from engine.models.campaign import Audience, CampaignPerformanceInput, Creative, Metrics
from engine.models.comparison import (
    Comparison,
    CpaDecomposition,
    Interval,
    KpiComparison,
    LogParts,
    Need,
    PerformanceScore,
)
from engine.models.delivery import Delivery, Intent
from engine.models.digest import Digest, DigestSlot, Moved, Subscription
from engine.models.insight import Evidence, Insight, Insights
from engine.models.pattern import (
    Cluster,
    Inefficiency,
    LevelEffect,
    Patterns,
    PlatformTrend,
    SimilarCampaign,
)
from engine.models.recommendation import (
    Analysis,
    Decision,
    MessageView,
    OwnHistory,
    Proposal,
    Recommendation,
)
from engine.models.retrospective import Retrospective
from engine.models.weight import SignalWeight, WeightEvent, Weights

MONDAY = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
CHANNEL = "C0MARKETING"
APPROVER = "U0APPROVER"


class HandClock:
    """A clock that a test moves by hand."""

    def __init__(self, moment: datetime = MONDAY) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def forward(self, **parts: float) -> datetime:
        """Move by ``timedelta`` parts, such as ``hours=2``, and give the new moment."""
        self.moment += timedelta(**parts)
        return self.moment


def metrics(**changed: Any) -> Metrics:
    parts: dict[str, Any] = {
        "impressions": 412_000,
        "clicks": 9_476,
        "conversions": Decimal(268),
        "spend": Decimal("6941.20"),
        "revenue": Decimal("24388.50"),
    }
    return Metrics(**parts | changed)


def campaign(campaign_id: str = "spring-sale", **changed: Any) -> CampaignPerformanceInput:
    parts: dict[str, Any] = {
        "campaign_id": campaign_id,
        "platform": "Meta Ads",
        "objective": "conversions",
        "expected_metrics": metrics(conversions=Decimal(220), spend=Decimal(7000), revenue=Decimal(20_000)),
        "actual_metrics": metrics(),
        "audiences": (
            Audience(name="new-parents", attributes={"age": "25-34", "reach": 180_000, "lookalike": True}),
            Audience(name="students-18-25", attributes={"share": 0.35, "source": None}),
        ),
        "creatives": (
            Creative(
                id="beach-video",
                type="video",
                headline="Spring is closer than you think",
                primary_text="Pack light — the sea is warm already.",
            ),
        ),
        "timestamp": datetime(2026, 3, 29, 18, 30, tzinfo=UTC),
        "name": "Spring Sale",
        "window_start": date(2026, 3, 1),
        "window_end": date(2026, 3, 29),
        "currency": "EUR",
        "time_zone": "Europe/Madrid",
        "attribution_window": "7d_click",
        "as_of": datetime(2026, 3, 30, 6, 0, tzinfo=UTC),
    }
    return CampaignPerformanceInput(**parts | changed)


def retrospective(
    campaign_id: str = "spring-sale", *, revision: int = 1, received_at: datetime = MONDAY, **changed: Any
) -> Retrospective:
    """Build a retrospective; ``changed`` are fields of its campaign."""
    return Retrospective(
        campaign=campaign(campaign_id, **changed), revision=revision, received_at=received_at
    )


def interval(low: float | None = 24.1, high: float | None = 28.6, level: float = 0.9) -> Interval:
    return Interval(low=low, high=high, level=level)


def comparison(**changed: Any) -> Comparison:
    cpa = KpiComparison(
        expected=31.82,
        actual=25.9,
        delta_pct=-18.6,
        favourable=True,
        verdict="real",
        interval=interval(),
        n=268.0,
        certainty=0.97,
    )
    roas = KpiComparison(
        expected=2.86,
        actual=None,
        delta_pct=None,
        favourable=None,
        verdict="not defined",
        interval=None,
        n=268.0,
    )
    parts: dict[str, Any] = {
        "driver": "cpa",
        "metrics": {"cpa": cpa, "roas": roas},
        "performance_score": PerformanceScore(expected=691.3, actual=1034.7),
        "size_free_score": 1.23,
        "cpa_decomposition": CpaDecomposition(
            cpm=0.1, ctr=0.3, cvr=0.6, log=LogParts(cpm=-0.02, ctr=-0.06, cvr=-0.12, total=-0.2)
        ),
        "need": Need(more=40, unit="conversions", days=6),
        "flags": ("order_values_unknown",),
    }
    return Comparison(**parts | changed)


def level_effect(**changed: Any) -> LevelEffect:
    parts: dict[str, Any] = {
        "kind": "winning_audience",
        "signal": "audience:new-parents",
        "name": "new-parents",
        "dimension": "audience",
        "lift_pct": -18.0,
        "interval": interval(-24.5, -11.0),
        "direction": "better",
        "certainty": 0.98,
        "p_value": 0.004,
        "campaigns": 5,
        "campaign_ids": ("spring-sale", "summer-preview"),
        "attribution_windows": ("7d_click",),
        "last_tested": date(2026, 3, 29),
        "impact": 1840.5,
        "currency": "EUR",
    }
    return LevelEffect(**parts | changed)


def patterns(**changed: Any) -> Patterns:
    parts: dict[str, Any] = {
        "winning_audiences": (level_effect(),),
        "winning_creatives": (
            level_effect(
                kind="winning_creative", signal="creative_type:video", name="video", dimension="creative_type"
            ),
        ),
        "inefficiencies": (
            Inefficiency(
                campaign_id="flash-friday",
                name="Flash Friday",
                wasted=412.0,
                interval=interval(200.0, None, 0.8),
                benchmark_cpa=28.0,
                actual_cpa=41.5,
                conversions=30.5,
                currency="EUR",
                impact=-412.0,
            ),
        ),
        "platform_trends": (
            PlatformTrend(
                signal="platform:meta-ads",
                name="Meta Ads",
                slope_pct_per_30_days=-3.4,
                interval=interval(-6.0, -0.7),
                direction="improving",
                p_value=0.03,
                campaigns=8,
                since=date(2025, 10, 1),
                until=date(2026, 3, 29),
                attribution_windows=("7d_click", "1d_view"),
                impact=None,
            ),
        ),
        "clusters": (Cluster(name="scale_winners", campaign_ids=("spring-sale",)),),
        "tags": ("seasonal",),
        "notes": ("students-18-25: 2 of 3 campaigns",),
    }
    return Patterns(**parts | changed)


def insights(**changed: Any) -> Insights:
    evidence = Evidence(what="CPA", value="€25.90", window="1–29 Mar 2026", n="268 conversions")
    learning = Insight(
        text="new-parents bought 18 % cheaper than forecast.", priority="high", evidence=(evidence,)
    )
    parts: dict[str, Any] = {
        "key_learnings": (learning,),
        "recommendations": (learning.model_copy(update={"text": "Spend 15 % more.", "evidence": ()}),),
        "anomalies": (),
        "source": "rules",
    }
    return Insights(**parts | changed)


def set_spend(**changed: Any) -> SetSpend:
    parts: dict[str, Any] = {
        "field": "daily spend",
        "previous": Decimal(240),
        "to": Decimal(276),
        "currency": "EUR",
    }
    return SetSpend(**parts | changed)


def proposal(**changed: Any) -> Proposal:
    parts: dict[str, Any] = {
        "action": set_spend(),
        "workflow": "Budget Reallocation",
        "confidence": 0.74,
        "checked": 6,
        "right": 4,
        "expectation": Expectation(kpi="cpa", low=23.0, high=29.5, level=0.8, by=date(2026, 4, 12)),
        "worst_case": WorstCase(
            kind="spent_for_nothing", amount=Decimal("504"), currency="EUR", by=date(2026, 4, 12)
        ),
        "risk": "low",
        "alternatives": (
            Alternative(action=Wait(next_look=date(2026, 4, 5)), expectation=None, why_not="win_unused"),
        ),
    }
    return Proposal(**parts | changed)


def weights(**changed: Any) -> Weights:
    event = WeightEvent(
        campaign_id="spring-sale",
        window="1–29 Mar 2026",
        day=date(2026, 3, 29),
        success=True,
        share=1 / 3,
    )
    signal = SignalWeight(
        signal="audience:new-parents", weight=1.31, successes=2.5, trials=3.0, events=(event,)
    )
    return Weights(**{"as_of": date(2026, 3, 29), "signals": (signal,)} | changed)


def analysis(**changed: Any) -> Analysis:
    parts: dict[str, Any] = {
        "retrospective": retrospective(),
        "comparison": comparison(),
        "own_history": OwnHistory(
            first_day=date(2026, 2, 1),
            last_day=date(2026, 2, 28),
            before=30.2,
            actual=25.9,
            delta_pct=-14.2,
            verdict="too early",
            favourable=None,
            certainty=0.71,
        ),
        "patterns": patterns(),
        "insights": insights(),
        "proposal": proposal(),
        "similar": (
            SimilarCampaign(
                campaign_id="summer-preview",
                name="Summer Preview",
                score=0.82,
                why=("new-parents", "video"),
                delta_pct=-9.5,
                verdict="real",
                done="+10 % daily spend",
            ),
        ),
        "order_value": 91.0,
    }
    return Analysis(**parts | changed)


def recommendation(identifier: str = "rec-spring-sale", **changed: Any) -> Recommendation:
    parts: dict[str, Any] = {
        "id": identifier,
        "analysis": analysis(),
        "status": "proposed",
        "version": 1,
        "created_at": MONDAY,
        "asked_by": "U0MEMBER",
    }
    return Recommendation(**parts | changed)


def decision(**changed: Any) -> Decision:
    return Decision(**{"verb": "approve", "by": APPROVER, "at": MONDAY} | changed)


def decided(before: Recommendation, verb: str = "approve", **changed: Any) -> Recommendation:
    """Give the next version of a recommendation, with one more decision."""
    status = {"approve": "approved", "reject": "rejected", "done": "done", "drop": "dropped"}[verb]
    decisions = (*before.decisions, decision(verb=verb, **changed))
    return before.model_copy(update={"status": status, "version": before.version + 1, "decisions": decisions})


def subscription(channel: str = CHANNEL, **changed: Any) -> Subscription:
    parts: dict[str, Any] = {
        "weekday": 0,
        "at": "09:00",
        "time_zone": "Europe/Madrid",
        "since": MONDAY,
        "by": APPROVER,
    }
    return Subscription(channel=channel, **parts | changed)


def slot(channel: str = CHANNEL, local_date: date = date(2026, 3, 30), **changed: Any) -> DigestSlot:
    return DigestSlot(**{"channel": channel, "local_date": local_date, "due_at": MONDAY} | changed)


def moved(**changed: Any) -> Moved:
    parts: dict[str, Any] = {
        "campaign_id": "spring-sale",
        "name": "Spring Sale",
        "kpi": "cpa",
        "expected": 31.82,
        "actual": 25.9,
        "delta_pct": -18.6,
        "favourable": True,
        "n": 268.0,
        "spend": Decimal("6941.20"),
        "currency": "EUR",
        "interval": interval(-27.0, -9.8),
        "first_day": date(2026, 3, 1),
        "last_day": date(2026, 3, 29),
    }
    return Moved(**parts | changed)


def digest(identifier: str = "digest-2026-03-30", **changed: Any) -> Digest:
    parts: dict[str, Any] = {
        "channel": CHANNEL,
        "first_day": date(2026, 3, 23),
        "last_day": date(2026, 3, 29),
        "due_at": MONDAY,
        "posted_at": MONDAY,
        "late": False,
        "first": True,
        "learned": (level_effect(),),
        "moved": (moved(),),
        "decided": ("rec-summer-preview",),
        "waiting": ("rec-spring-sale",),
        "campaigns": 3,
        "known_campaigns": 8,
        "spend": {"EUR": Decimal("6941.20")},
        "next_at": MONDAY + timedelta(days=7),
        "time_zone": "Europe/Madrid",
    }
    return Digest(id=identifier, **parts | changed)


def view(record: str = "rec-spring-sale", **changed: Any) -> MessageView:
    parts: dict[str, Any] = {
        "kind": "card",
        "channel": CHANNEL,
        "ts": "1774861200.000100",
        "permalink": "https://example.slack.com/archives/C0MARKETING/p1774861200000100",
    }
    return MessageView(record=record, **parts | changed)


def intent(key: str = "card:rec-spring-sale", **changed: Any) -> Intent:
    parts: dict[str, Any] = {"kind": "card", "record": "rec-spring-sale", "channel": CHANNEL}
    return Intent(key=key, **parts | changed)


def delivery(key: str = "Ev0SPRING", **changed: Any) -> Delivery:
    parts: dict[str, Any] = {
        "kind": "command",
        "name": "/analyze",
        "payload": {"text": "spring-sale 30d", "user": {"id": "U0MEMBER"}, "retries": 0},
        "received_at": MONDAY,
    }
    return Delivery(key=key, **parts | changed)


def said_of(recommendation: Recommendation) -> Said:
    campaign_id = recommendation.analysis.retrospective.campaign.campaign_id
    return Said(
        recommendation=recommendation.id,
        campaign_id=campaign_id,
        insights=recommendation.analysis.insights,
    )
