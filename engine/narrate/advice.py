"""Planning advice in words, and the entries of lists as machines read them."""

from typing import Any

from engine.models.insight import Evidence
from engine.models.listing import Advice, KnownInsight, KnownPattern, Likeness, Pattern, Plan
from engine.models.pattern import Inefficiency, PlatformTrend
from engine.models.recommendation import Recommendation
from engine.models.weight import SignalWeight
from engine.narrate import sentences
from engine.narrate.report import plain, recommendation_json
from engine.narrate.words import Words


def advice(plan: Plan, words: Words) -> tuple[Advice, ...]:
    """Say what a plan holds: insights, patterns, weights, similar campaigns, in this order."""
    return (
        *(Advice(kind="insight", text=each.text, evidence=each.evidence) for each in plan.insights),
        *(_of_pattern(each.pattern, words) for each in plan.patterns),
        *(_of_weight(each, words) for each in plan.signals),
        *(_of_likeness(each, words) for each in plan.likenesses),
    )


def recommendation_entry(recommendation: Recommendation, words: Words) -> dict[str, Any]:
    """One typed recommendation, with the campaign it is about."""
    campaign = recommendation.analysis.retrospective.campaign
    return {
        "campaign_id": campaign.campaign_id,
        "platform": campaign.platform,
        "verdict": sentences.verdict(recommendation.analysis, words),
        **recommendation_json(recommendation, words),
        "superseded_by": recommendation.superseded_by,
    }


def insight_entry(known: KnownInsight) -> dict[str, Any]:
    found: dict[str, Any] = plain(known)
    return found


def pattern_entry(known: KnownPattern, words: Words) -> dict[str, Any]:
    """One pattern: its figures, and the sentence that says them."""
    return {"id": known.id, "text": _said(known.pattern, words), **plain(known.pattern)}


def _said(pattern: Pattern, words: Words) -> str:
    if isinstance(pattern, Inefficiency):
        return sentences.wasted(pattern, words)
    if isinstance(pattern, PlatformTrend):
        return sentences.trend(pattern, words)
    return sentences.learned(pattern, words)


def _of_pattern(pattern: Pattern, words: Words) -> Advice:
    f = words.formats
    if isinstance(pattern, Inefficiency):
        evidence = Evidence(
            what=f"inefficiency:{pattern.campaign_id}",
            value=f.total(pattern.wasted, pattern.currency),
            window="newest window",
            n=sentences.sample("cpa", pattern.conversions, words),
        )
    elif isinstance(pattern, PlatformTrend):
        evidence = Evidence(
            what=pattern.signal,
            value=f.change(pattern.slope_pct_per_30_days),
            window=f.days(pattern.since, pattern.until),
            n=f.count(pattern.campaigns, "campaign"),
        )
    else:
        evidence = Evidence(
            what=pattern.signal,
            value=f.change(pattern.lift_pct),
            window=f"up to {f.day(pattern.until or pattern.last_tested)}",
            n=f.count(pattern.campaigns, "campaign"),
        )
    return Advice(kind="pattern", text=_said(pattern, words), evidence=(evidence,))


def _of_weight(signal: SignalWeight, words: Words) -> Advice:
    f = words.formats
    won, tried = sum(each.success for each in signal.events), len(signal.events)
    often = "more" if signal.weight > 1 else "less"
    weight = f.number(signal.weight, 2)
    text = (
        f"{words.style.name(signal.signal)} went with a real win {often} often than usual: "
        f"{won} of {f.count(tried, 'campaign')}, weight {weight} (1.00 means nothing is known)."
    )
    first, last = signal.events[0].day, signal.events[-1].day
    evidence = Evidence(
        what=signal.signal, value=weight, window=f.days(first, last), n=f.count(tried, "campaign")
    )
    return Advice(kind="weight", text=text, evidence=(evidence,))


def _of_likeness(likeness: Likeness, words: Words) -> Advice:
    f, like = words.formats, likeness.like
    change = "" if like.delta_pct is None else f"CPA {f.change(like.delta_pct)}, "
    text = (
        f"{words.style.name(likeness.name)} waits for a decision. Most like it is "
        f"{words.style.name(like.name)}: {change}{like.verdict}."
    )
    value = f"similarity {f.number(like.score, 2)}"
    evidence = Evidence(
        what=f"similar:{like.campaign_id}", value=value, window="newest window", n=f.count(1, "campaign")
    )
    return Advice(kind="similar", text=text, evidence=(evidence,))
