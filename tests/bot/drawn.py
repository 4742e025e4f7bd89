"""Recommendations in every state, names that try to act, and a reader of all text in a message."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, get_args
from zoneinfo import ZoneInfo

from engine_values import FORMATS, LAST_DAY, analysed, counted, ran
from factories import APPROVER, MONDAY, campaign, decision

from bot.blocks.voice import voice
from engine.models.action import SetSpend
from engine.models.campaign import Audience, CampaignPerformanceInput, Creative, Metrics
from engine.models.execution import Execution, ExecutionStatus, Receipt
from engine.models.recommendation import Analysis, Decision, Recommendation, Recovery, Status
from engine.models.retrospective import Retrospective

FATES: dict[Status, ExecutionStatus] = {
    "executing": "sending",
    "executed": "done",
    "failed": "refused",
    "unknown": "unknown",
    "undoing": "done",
    "undone": "done",
}
VOICE = voice(FORMATS, ZoneInfo("Europe/Madrid"))
STATUSES: tuple[Status, ...] = get_args(Status)
HOSTILE = (
    "<!channel>",
    "<!here|here>",
    "<@U0APPROVER>",
    "<#C0GROWTH|growth>",
    "<https://evil.example|spring-sale>",
    "<mailto:a@b.example|mail>",
    "&lt;!channel&gt;",
    "&",
    "`",
    "```<!channel>```",
    "*bold* _it_ ~no~",
    "> quoted",
    "@channel #general https://evil.example",
    "`<!channel>`",
    "\u202e<!channel>\u202c",
    "\u2066a\u2069",
    "\u2028<!everyone>\u2029",
    "\u200f\u061c",
    "%s {0} {name}",
)
# What Marko writes himself: moments, and the people who decided.
OWN_TOKENS = re.compile(
    rf"<!date\^\d+\^\{{date_short_pretty\}}, \{{time\}}\|[^<>]*>|<@{APPROVER}>|<#C0GROWTH>"
)


def recommended(analysis: Analysis, status: Status = "proposed", *, note: str = "") -> Recommendation:
    """A record of this analysis, with the decisions that led to its state."""
    more: dict[str, Any] = {
        "superseded": {"superseded_by": "rec_newer", "superseded_at": MONDAY},
        "snoozed": {"snoozed_until": MONDAY},
        "proposed": {"expires_at": MONDAY},
        "expired": {"ended_at": MONDAY},
        "withdrawn": {"ended_at": MONDAY, "back": Recovery(kpi="cpa", value=41.2, currency="EUR")},
    }.get(status, {})
    return Recommendation(
        id="rec_0123456789",
        analysis=analysis,
        status=status,
        version=3,
        created_at=MONDAY,
        asked_by=APPROVER,
        decisions=_led_to(status, note),
        carried=_carried(analysis, status, note),
        **more,
    )


def _led_to(status: Status, note: str) -> tuple[Decision, ...]:
    verbs = {
        "approved": ["approve"],
        "executing": ["approve"],
        "executed": ["approve"],
        "failed": ["approve"],
        "unknown": ["approve"],
        "undoing": ["approve", "undo"],
        "undone": ["approve", "undo"],
        "done": ["approve", "done"],
        "dropped": ["approve", "drop"],
        "snoozed": ["snooze"],
    }
    if status == "rejected":
        return (decision(verb="reject", reason="knowledge", note=note),)
    return tuple(decision(verb=verb) for verb in verbs.get(status, []))


def _carried(analysis: Analysis, status: Status, error: str) -> tuple[Execution, ...]:
    """What a receiver made of it, with a platform and an error as they came from outside."""
    action = analysis.proposal.action
    if not isinstance(action, SetSpend) or status not in FATES:
        return ()
    receipt = Receipt(id="r-1" * 30, previous=action.previous, value=action.to)
    execution = Execution(
        key="marko:rec_0123456789:do",
        recommendation="rec_0123456789",
        purpose="do",
        workflow=analysis.proposal.workflow,
        campaign_id=analysis.retrospective.campaign.campaign_id,
        platform=analysis.retrospective.campaign.platform,
        action=action,
        status=FATES[status],
        by=APPROVER,
        created_at=MONDAY,
        sent_at=MONDAY,
        ended_at=MONDAY,
        error=error or "the daily budget is below the least of the account",
        refusals=3,
        receipt=receipt if FATES[status] == "done" else None,
    )
    if status not in {"undoing", "undone"}:
        return (execution,)
    back = action.model_copy(update={"previous": action.to, "to": action.previous})
    return execution, execution.model_copy(update={"purpose": "undo", "action": back})


def named(text: str, **changed: Any) -> CampaignPerformanceInput:
    """The win that everybody knows, with one text wherever a file may bring text."""
    parts: dict[str, Any] = {
        "name": text,
        "platform": text,
        "objective": text,
        "attribution_window": text,
        "window_start": date(2026, 3, 2),
        "audiences": (Audience(name=text, attributes={text: text}),),
        "creatives": (Creative(id=text, type=text, headline=text, primary_text=text),),
        "expected_metrics": counted(820_000, 9_840, "295.2", "12103.20", 30_258),
        "actual_metrics": counted(820_200, 12_303, 390, 12_090, 42_315),
    }
    return campaign(text, **parts | changed)


def huge(text: str) -> CampaignPerformanceInput:
    """The largest figures that are taken, and as much text as fits."""
    most = Decimal(10**12)
    return named(
        text,
        expected_metrics=Metrics(
            impressions=10**12, clicks=10**12, conversions=most / 2, spend=most, revenue=most
        ),
        actual_metrics=Metrics(impressions=10**12, clicks=10**12, conversions=most, spend=most, revenue=most),
    )


def kin(text: str) -> list[Retrospective]:
    """Enough campaigns with the same names for patterns, precedents and similar ones to be told."""
    return [
        ran(
            f"{number} {text}"[:200].strip(),
            ratio=ratio,
            audiences=(text,) if ratio < 1 else ("others",),
            creative_types=(text[:190],) if ratio < 1 else ("image",),
            day=LAST_DAY,
            name=f"{number} {text}"[:200].strip(),
            platform=text if ratio < 1 else "Meta",
        )
        for number, ratio in enumerate((0.6, 0.62, 0.58, 0.61, 1.3, 1.28, 1.31, 1.33))
    ]


def told_by(text: str) -> Analysis:
    """An analysis full of this text: the campaign, what repeats, what is similar."""
    return analysed(named(text), *kin(text))


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """Every text in a message or view, with its type: mrkdwn, plain_text, raw_text, text."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield str(value.get("type")), value["text"]
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def live_tokens(text: str) -> str:
    """What Slack would act on and Marko did not write; empty when all is well."""
    rest = OWN_TOKENS.sub("", text)
    return "".join(re.findall(r"<[^>]*>?", rest))
