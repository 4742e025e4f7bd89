"""The sentences people read, each rendered from the record it speaks of.

Every function names its number in the list of sentences (S01 to S40) and returns one or two
finished sentences, or ``None`` where its condition does not hold.
"""

from datetime import date, datetime
from decimal import Decimal

from engine.measure.kpi import RATIOS
from engine.models.action import Action, Expectation, SetSpend, Wait, WorstCase
from engine.models.comparison import Kpi, KpiComparison, Need
from engine.models.digest import Moved
from engine.models.pattern import Inefficiency, LevelEffect, PlatformTrend, SimilarCampaign
from engine.models.recommendation import (
    Analysis,
    Decision,
    OwnHistory,
    Proposal,
    Recommendation,
    RejectReason,
    Verb,
)
from engine.narrate.basis import unjudged
from engine.narrate.forty import say, stated
from engine.narrate.why_roas import why_roas
from engine.narrate.words import Words

NAMES: dict[Kpi, str] = {"ctr": "CTR", "cvr": "CVR", "cpa": "CPA", "roas": "ROAS", "cpc": "CPC", "cpm": "CPM"}
UNITS = {
    "conversions": ("conversion", "conversions"),
    "clicks": ("click", "clicks"),
    "impressions": ("impression", "impressions"),
}
COUNTED: dict[Kpi, str] = {
    "ctr": "impressions",
    "cvr": "clicks",
    "cpa": "conversions",
    "roas": "conversions",
    "cpc": "clicks",
    "cpm": "impressions",
}
PARTS = {
    "cpm": ("impressions dearer", "impressions cheaper"),
    "ctr": ("clicks came harder", "clicks came easier"),
    "cvr": ("conversion", "conversion"),
}
REASONS: dict[RejectReason, str] = {
    "cause": "the cause is wrong",
    "action": "the action is wrong",
    "timing": "right, but not now",
    "data": "the data is wrong",
    "knowledge": "they know more than I do",
    "other": "another reason",
}
DID: dict[Verb, str] = {
    "approve": "approved",
    "reject": "rejected",
    "done": "carried out",
    "drop": "dropped",
    "snooze": "snoozed",
    "wake": "woke",
    "undo": "undid",
    "retry": "tried again",
    "arrived": "said that it arrived",
    "resend": "sent again",
}
OPENINGS = {
    "S01": "Beat the forecast.",
    "S02": "Missed the forecast.",
    "S03": "No real change.",
    "S04": "Too early to say.",
    "S05": "No forecast.",
}
SMALLEST_SHARE = 0.03
LARGEST_SHARES = 3.0  # beyond that two thirds were undone: shares of what little remains say nothing


def shown_kpis(analysis: Analysis) -> tuple[Kpi, ...]:
    """The KPIs that are told: without any count of conversions, those that need none."""
    every = tuple(analysis.comparison.metrics)
    if "conversions_missing" not in analysis.comparison.flags:
        return every
    return tuple(each for each in every if each not in COUNTED_ON)


COUNTED_ON: frozenset[Kpi] = frozenset({"cvr", "cpa", "roas"})  # what a wrong count of conversions spoils


def verdict(analysis: Analysis, words: Words) -> str:
    """The first line of a card: S01 to S05, S07, S11 where the driver is undefined, or that it is doubted."""
    poor = unjudged(analysis, words)
    if poor:
        return poor
    lead = analysis.comparison.lead
    if "counting_doubted" in analysis.comparison.flags and analysis.comparison.driver in COUNTED_ON:
        return _doubted(analysis, words)
    if lead.verdict == "no forecast":
        return no_forecast(analysis.own_history, analysis, words)
    if lead.verdict == "not defined":
        return _undefined(analysis, words)
    return _against_forecast(analysis, lead, words)


def _doubted(analysis: Analysis, words: Words) -> str:
    """More was counted as a conversion than was clicked, and the forecast knew nothing of that."""
    actual, f = analysis.retrospective.campaign.actual_metrics, words.formats
    strong = words.style.strong("The counting is in doubt.")
    counted = f"{f.count(actual.conversions or 0, 'conversion')} from {f.count(actual.clicks or 0, 'click')}"
    return f"{strong} {counted}: views may be counted too. I judge no CPA until that is settled."


def _against_forecast(analysis: Analysis, lead: KpiComparison, words: Words) -> str:
    """S01 to S04: whichever is true of the driver."""
    f, name = words.formats, analysis.comparison.driver
    currency = analysis.retrospective.campaign.currency
    if lead.verdict == "too early":
        return _too_early(analysis, lead, words)
    number = "S03" if lead.verdict == "noise" else "S01" if lead.favourable else "S02"
    return stated(
        number,
        lead,
        opening=words.style.strong(OPENINGS[number]),
        kpi=NAMES[name],
        a=f.kpi(name, lead.actual or 0, currency),
        f=f.kpi(name, lead.expected or 0, currency, code=False),
        d=f.change(lead.delta_pct or 0),
    )


def _too_early(analysis: Analysis, lead: KpiComparison, words: Words) -> str:
    """S04; where nobody can tell how much is missing, without it."""
    name, needed = analysis.comparison.driver, analysis.comparison.need
    strong, kpi = words.style.strong(OPENINGS["S04"]), NAMES[name]
    value, after = _kpi(analysis, lead.actual, words), sample(name, lead.n, words)
    more = need(needed, words) if needed else ""
    said = say("S04", lead, needed, opening=strong, kpi=kpi, a=value, n=after, need=more)
    return said or f"{strong} {kpi} {value} after {after}."


def need(needed: Need, words: Words) -> str:
    """How much more is needed to tell, and how many days that is: "about 148 more clicks, about 64 days"."""
    more = words.formats.count(needed.more, *(f"more {noun}" for noun in UNITS[needed.unit]))
    days = "" if needed.days is None else f", about {words.formats.count(needed.days, 'day')}"
    return f"about {more}{days}"


def _undefined(analysis: Analysis, words: Words) -> str:
    name = analysis.comparison.driver
    opening = f"{NAMES[name]} not defined"
    said = f"{opening} ({_why_undefined(name, analysis)})."
    if name == "cpa":
        said = undefined_cpa(analysis, words)
    return said.replace(opening, words.style.strong(opening), 1)


def undefined_cpa(analysis: Analysis, words: Words) -> str:
    """S11: no conversions, so no CPA; bounded from below by the rule of three."""
    lead = analysis.comparison.metrics["cpa"]
    campaign = analysis.retrospective.campaign
    spend = words.formats.total(campaign.actual_metrics.spend or 0, campaign.currency)
    if lead.interval is None or lead.interval.low is None:
        return "CPA not defined (nothing was spent)."
    bound = _money(analysis, lead.interval.low, words)
    percent = words.formats.percent(95)
    spent, made = float(campaign.actual_metrics.spend or 0), campaign.actual_metrics.conversions
    return stated("S11", lead, made, spent, spend=spend, level=percent, x=bound)


def newer_known(analysis: Analysis, words: Words) -> str | None:
    """Of an older window: newer figures are known, and those are what proposals rest on."""
    if analysis.newer_until is None:
        return None
    name = words.style.name(analysis.retrospective.name)
    day = words.formats.day(analysis.newer_until)
    return f"Newer figures of {name} are known, up to {day}; what to do follows from those."


def tracking_first(analysis: Analysis, words: Words) -> str | None:
    """Clicks as usual and not one conversion: the counting is to be doubted before the campaign."""
    actual = analysis.retrospective.campaign.actual_metrics
    if actual.conversions != 0 or analysis.comparison.metrics["cpa"].favourable is not False:
        return None
    clicks = words.formats.count(actual.clicks or 0, "click")
    return f"Not one conversion in {clicks}: please check the tracking before anything is changed."


def no_forecast(history: OwnHistory | None, analysis: Analysis, words: Words) -> str:
    """S05: without a forecast the campaign's own earlier window stands in."""
    strong = words.style.strong(OPENINGS["S05"])
    lead, name = analysis.comparison.lead, analysis.comparison.driver
    if history is None:
        value = "" if lead.actual is None else f" {NAMES[name]} {_kpi(analysis, lead.actual, words)}."
        return f"{strong}{value} I know no earlier window of it to compare with."
    f, currency = words.formats, analysis.retrospective.campaign.currency
    window = f.days(history.first_day, history.last_day)
    before = f.kpi(name, history.before, currency, code=False)
    after = f.kpi(name, history.actual, currency)
    return stated(
        "S05",
        lead,
        history,
        opening=strong,
        w=window,
        kpi=NAMES[name],
        b=before,
        a=after,
        d=f.change(history.delta_pct),
        verdict=history.verdict,
    )


def contrary(analysis: Analysis, words: Words) -> list[str]:
    """S08: what really went against the driver."""
    comparison, f = analysis.comparison, words.formats
    lead = comparison.lead
    if lead.verdict != "real" or "counting_doubted" in comparison.flags or analysis.is_unjudged:
        return []
    currency = analysis.retrospective.campaign.currency
    found = []
    for name, each in comparison.metrics.items():
        said = say(
            "S08",
            each,
            lead,
            kpi=NAMES[name],
            f=f.kpi(name, each.expected or 0, currency, code=False),
            a=f.kpi(name, each.actual or 0, currency),
            d=f.change(each.delta_pct or 0),
            dir="better" if each.favourable else "worse",
        )
        found += [said] if said else []
    return found


def beside(analysis: Analysis) -> str | None:
    """Name what really moved while the driver did not: "no real change" is said of the driver alone."""
    comparison = analysis.comparison
    doubted = "counting_doubted" in comparison.flags or analysis.is_unjudged
    if comparison.lead.verdict != "noise" or doubted:
        return None
    moved = [
        f"{NAMES[name]} ({'better' if each.favourable else 'worse'})"
        for name, each in comparison.metrics.items()
        if each.verdict == "real" and name != comparison.driver
    ]
    return f"Beside the {NAMES[comparison.driver]}, real: {', '.join(moved)}." if moved else None


def field(name: Kpi, analysis: Analysis, words: Words) -> tuple[str, str]:
    """S09 and S10 in two lines: the pair of values, and what to make of it."""
    each, f = analysis.comparison.metrics[name], words.formats
    currency = analysis.retrospective.campaign.currency
    if each.actual is None and name == "roas" and (estimate := _estimated_roas(analysis)) is not None:
        return f"ROAS about {f.number(estimate, 2)}", "estimate"
    if each.actual is None:
        return f"{NAMES[name]} not defined", _why_undefined(name, analysis)
    after = f.kpi(name, each.actual, currency)
    if analysis.is_unjudged:
        return f"{NAMES[name]} {after}", "not judged"
    if each.expected is None:
        return f"{NAMES[name]} {after}", "no forecast"
    before, change = f.kpi(name, each.expected, currency, code=False), f.change(each.delta_pct or 0)
    pair = f"{NAMES[name]} {before} → {after}"
    if name in COUNTED_ON and "counting_doubted" in analysis.comparison.flags:
        return pair, "doubted"
    sense = "better" if each.favourable else "worse"
    parts = {"kpi": NAMES[name], "f": before, "a": after, "d": change}
    said = say("S09", each, **parts, dir=sense) or say("S10", each, **parts)
    first, second = said.split("\n") if said else (pair, f"{change} · {each.verdict}")
    return first, second


def _why_undefined(name: Kpi, analysis: Analysis) -> str:
    if name == "roas" and "revenue_missing" in analysis.comparison.flags:
        return "no revenue"
    actual = analysis.retrospective.campaign.actual_metrics
    unknown = [each for each in RATIOS[name][:2] if getattr(actual, each) is None]
    if unknown:
        return f"no {unknown[-1]}"
    if not actual.spend and name not in {"ctr", "cvr"}:
        return "nothing was spent"
    return {"ctr": "0 impressions", "cvr": "0 clicks", "cpc": "0 clicks", "cpm": "0 impressions"}.get(
        name, "0 conversions"
    )


def revenue_missing(analysis: Analysis) -> str | None:
    """S12: no revenue was given."""
    flags = analysis.comparison.flags
    if "revenue_missing" not in flags or analysis.order_value is not None or "conversions_missing" in flags:
        return None
    return say("S12", analysis.comparison)


def estimated_roas(analysis: Analysis, words: Words) -> str | None:
    """S13: an order value that a person entered stands in for revenue, labelled as an estimate."""
    estimate = _estimated_roas(analysis)
    if estimate is None or analysis.order_value is None:
        return None
    value = _money(analysis, analysis.order_value, words)
    actual = analysis.retrospective.campaign.actual_metrics
    made, spent = float(actual.conversions or 0), float(actual.spend or 0)
    x = words.formats.number(estimate, 2)
    return say("S13", estimate, made, analysis.order_value, spent, x=x, aov=value)


def _estimated_roas(analysis: Analysis) -> float | None:
    actual = analysis.retrospective.campaign.actual_metrics
    if analysis.order_value is None or actual.revenue is not None or not actual.spend:
        return None
    if actual.conversions is None:
        return None
    return float(actual.conversions) * analysis.order_value / float(actual.spend)


def why(analysis: Analysis, words: Words) -> str | None:
    """S14: the shares of the CPA change, largest first, what worked against it last.

    Large parts that all but cancel each other are told without shares ("442 %" of a small change).
    """
    if analysis.comparison.driver == "roas":
        return why_roas(analysis, words)
    split = analysis.comparison.cpa_decomposition
    if split is None or "counting_doubted" in analysis.comparison.flags or analysis.is_unjudged:
        return None
    shares = {"cpm": split.cpm, "ctr": split.ctr, "cvr": split.cvr}
    logs = {"cpm": split.log.cpm, "ctr": split.log.ctr, "cvr": split.log.cvr}
    parts: list[str] = []
    against: list[str] = []
    undone = sum(share for share in shares.values() if share > 0) > LARGEST_SHARES
    for name in sorted(shares, key=lambda each: -abs(shares[each])):
        if abs(shares[name]) < SMALLEST_SHARE:
            continue
        noise = name != "cpm" and analysis.comparison.metrics[_rate(name)].verdict == "noise"
        said = PARTS[name][0 if logs[name] > 0 else 1]
        share = "" if undone else f" {words.formats.percent(abs(shares[name]) * 100)}"
        text = f"{said}{share}{' (noise)' if noise else ''}"
        (parts if shares[name] > 0 else against).append(text)
    verb = "fell" if split.log.total < 0 else "rose"
    opposed = "against it, undoing most of that" if undone else "against it"
    tail = f"; {opposed}: {', '.join(against)}" if against else ""
    change = analysis.comparison.metrics["cpa"].delta_pct or 0.0
    return say("S14", split.log, change, kpi="CPA", verb=verb, parts=", ".join(parts), against=tail)


def _rate(name: str) -> Kpi:
    return "ctr" if name == "ctr" else "cvr"


def action(act: Action, words: Words, *, dated: bool = True) -> str:
    """S17: one form for each typed action, rendered from its value; ``dated`` adds the next look."""
    f = words.formats
    if isinstance(act, SetSpend):
        verb = "Raise" if act.change > 0 else "Lower"
        before = f.money(act.previous, act.currency, code=False)
        after = f.money(act.to, act.currency)
        change = f.change(act.change * 100)
        return stated("S17", act, verb=verb, field=act.field, from_=before, to=after, d=change)
    text = "Wait." if isinstance(act, Wait) else "Keep as it is."
    return f"{text} Next look {f.day(act.next_look)}." if dated else text


def expected(expectation: Expectation, currency: str | None, words: Words) -> str:
    """S18: what we expect, written down before anybody decides."""
    f = words.formats
    low = f.kpi(expectation.kpi, expectation.low, currency, code=False)
    high = f.kpi(expectation.kpi, expectation.high, currency)
    level = f.percent(expectation.level * 100)
    day, kpi = f.day(expectation.by), NAMES[expectation.kpi]
    return stated("S18", expectation, day=day, kpi=kpi, lo=low, hi=high, level=level)


def worst_case(worst: WorstCase, words: Words) -> str:
    """S19: the most that can be lost."""
    f = words.formats
    if worst.kind == "spent_for_nothing":
        return stated("S19a", worst, x=f.total(worst.amount, worst.currency))
    events = worst.conversions or worst.clicks or 0
    lost = f.count(events, worst.kind.removesuffix("s_not_made"))
    price = f.money(worst.unit_price or Decimal(0), worst.currency, code=False)
    return stated("S19b", worst, events, n=lost, x=f.total(worst.amount, worst.currency), f=price)


def confidence(proposal: Proposal, words: Words) -> str | None:
    """S20: the probability, and how often it came true; below 20 measured it is not yet checked."""
    if proposal.confidence is None:
        return None
    p, f = words.formats.percent(proposal.confidence * 100), words.formats
    right, checked = proposal.right, proposal.checked
    told = say("S20a", right, checked, p=p, x=f.number(right), y=f.number(checked))
    return told or stated("S20b", checked, p=p)


def precedent(similar: tuple[SimilarCampaign, ...], words: Words) -> str:
    """S22: what came of similar campaigns, as far as anything was measured."""
    kinds = ("improved", "worsened", "cannot tell")
    counts = [sum(each.outcome == kind for each in similar) for kind in kinds]
    many, (i, w, u) = words.formats.count(sum(counts), "similar campaign"), map(str, counts)
    return say("S22a", similar, n=many, i=i, w=w, u=u) or stated("S22b", similar)


def approved(decision: Decision, words: Words) -> str:
    """S23."""
    who, when = words.style.person(decision.by), words.style.moment(decision.at)
    return stated("S23", (decision,), who=who, when=when)


def rejected(decision: Decision, words: Words) -> str:
    """S25, without a promise to measure what nobody measures yet."""
    reason = REASONS[decision.reason or "other"]
    return f"Rejected by {words.style.person(decision.by)}, {words.style.moment(decision.at)}: {reason}."


def decided(recommendation: Recommendation, words: Words) -> str:
    """Who decided what: the record of a decision whose result is not measured yet."""
    last = recommendation.decisions[-1]
    proposed = action(recommendation.decided_action, words, dated=False)
    name = words.style.name(recommendation.analysis.retrospective.name)
    reason = f" ({REASONS[last.reason]})" if last.reason else ""
    return f"{name}: {words.style.person(last.by)} {DID[last.verb]}{reason}: {proposed}"


def learned(effect: LevelEffect, words: Words) -> str:
    """S38: a level against the rest, with its range, its sample and its standing."""
    f = words.formats
    change, span = f.change(effect.lift_pct), f.change_range(effect.interval)
    level = f.percent(effect.interval.level * 100)
    return stated(
        "S38",
        effect,
        level=words.style.name(effect.name),
        d=change,
        share=level,
        r=span,
        n=f.count(effect.campaigns, "campaign"),
        status=effect.status.capitalize(),
        day=f.day(effect.last_tested),
    )


def wasted(found: Inefficiency, words: Words) -> str:
    """Money above an achievable benchmark."""
    f = words.formats
    low, high = found.interval.low or 0.0, found.interval.high or 0.0
    level = f.percent(found.interval.level * 100)
    return (
        f"{words.style.name(found.name)}: {f.total(found.wasted, found.currency)} above what is achievable "
        f"({level} range {f.total(low, None)} to {f.total(high, found.currency)}), "
        f"CPA {f.money(found.actual_cpa, found.currency)} against {f.money(found.benchmark_cpa, None)}."
    )


def trend(found: PlatformTrend, words: Words) -> str:
    """A platform that gets better or worse over the campaigns' dates."""
    f = words.formats
    change, span = f.change(found.slope_pct_per_30_days), f.change_range(found.interval)
    return (
        f"{words.style.name(found.name)}: CPA against forecast {change} in 30 days "
        f"({f.percent(80)} range {span}), {f.count(found.campaigns, 'campaign')}, "
        f"{f.days(found.since, found.until)}."
    )


def moved(found: Moved, words: Words) -> str:
    """One campaign whose driver moved for real, as in the digest."""
    f, name = words.formats, found.kpi
    before = f.kpi(name, found.expected, found.currency, code=False)
    after = f.kpi(name, found.actual, found.currency)
    sense = "better" if found.favourable else "worse"
    return (
        f"{words.style.name(found.name)}: {NAMES[name]} {before} → {after}, {f.change(found.delta_pct)} "
        f"({f.percent(found.interval.level * 100)} range {f.change_range(found.interval)}), "
        f"{sample(name, found.n, words)}, {f.days(found.first_day, found.last_day)}; {sense}."
    )


def quiet_week(first: date, last: date, campaigns: int, spend: dict[str, Decimal], words: Words) -> str:
    """S37."""
    f = words.formats
    sums = " and ".join(f.total(amount, code or None) for code, amount in sorted(spend.items()))
    parts = [f.count(campaigns, "campaign"), *([sums] if sums else [])]
    return stated("S37", 0, 0, days=f.days(first, last), parts=", ".join(parts))


def late(due: datetime, posted: datetime, last: date, words: Words) -> str:
    """A digest whose hour passed while Marko was down."""
    style = words.style
    return (
        f"Late: due {style.moment(due)}, posted {style.moment(posted)}; Marko was down. "
        f"Figures end {words.formats.day(last)}."
    )


def _kpi(analysis: Analysis, value: float | None, words: Words) -> str:
    campaign = analysis.retrospective.campaign
    return words.formats.kpi(analysis.comparison.driver, value or 0.0, campaign.currency)


def _money(analysis: Analysis, value: float | Decimal, words: Words) -> str:
    return words.formats.money(value, analysis.retrospective.campaign.currency)


def sample(name: Kpi, n: float, words: Words) -> str:
    """Write the sample a KPI rests on: "140,000 impressions"."""
    return words.formats.count(n, *UNITS[COUNTED[name]])
