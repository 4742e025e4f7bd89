"""How an answer is known, and what has to be said beside it: sums, windows, origins, what lacks."""

from datetime import date

from engine.measure.kpi import LOWER_IS_BETTER, value
from engine.models.campaign import Metrics
from engine.models.comparison import Kpi
from engine.models.recommendation import Analysis, Recommendation
from engine.narrate import sentences
from engine.narrate.formats import listed
from engine.narrate.words import Words

STALE_DAYS = 14  # a window that ended longer ago is said to be old
# Each KPI as people write it: what is over what.
RATIOS: dict[Kpi, tuple[str, str, str]] = {
    "ctr": ("CTR", "clicks", "impressions"),
    "cvr": ("CVR", "conversions", "clicks"),
    "cpa": ("CPA", "spend", "conversions"),
    "roas": ("ROAS", "revenue", "spend"),
    "cpc": ("CPC", "spend", "clicks"),
    "cpm": ("CPM", "1,000 × spend", "impressions"),
}
MONEY = frozenset({"spend", "revenue"})


def amount(name: str, metrics: Metrics, currency: str | None, words: Words) -> str | None:
    """One sum with its unit: "12,090.00 EUR", "390 conversions"; ``None`` where it is not known."""
    f = words.formats
    sum_ = getattr(metrics, name)
    if sum_ is None:
        return None
    return f.money(sum_, currency) if name in MONEY else f.count(sum_, *sentences.UNITS[name])


def window(analysis: Analysis, words: Words) -> str:
    retrospective = analysis.retrospective
    return words.formats.days(retrospective.campaign.window_start, retrospective.last_day)


def sums(name: Kpi, analysis: Analysis, words: Words) -> str | None:
    """Say a KPI as the ratio of its sums: "CPA = spend / conversions = 28,080.00 EUR / 480 conversions"."""
    campaign = analysis.retrospective.campaign
    said, top, bottom = RATIOS[name]
    over = amount(top.removeprefix("1,000 × "), campaign.actual_metrics, campaign.currency, words)
    under = amount(bottom, campaign.actual_metrics, campaign.currency, words)
    if over is None or under is None:
        return None
    times = f"{words.formats.number(1000)} × " if top.startswith("1,000") else ""
    return f"{said} = {top.replace('1,000', words.formats.number(1000))} / {bottom} = {times}{over} / {under}"


def origin(recommendation: Recommendation, words: Words) -> str:
    """Where the figures are from: their window, the moment of the data, and when they were handed in."""
    analysis = recommendation.analysis
    retrospective = analysis.retrospective
    parts = [window(analysis, words)]
    if retrospective.campaign.as_of:
        parts.append(f"as of {words.style.moment(retrospective.campaign.as_of)}")
    rows = retrospective.rows
    if rows is not None:
        parts.append(f"rows read {words.style.moment(rows.read_at or retrospective.received_at)}")
    else:
        parts.append(f"handed in {words.style.moment(retrospective.received_at)}")
    if retrospective.revision > 1:
        parts.append(f"corrected {words.formats.count(retrospective.revision - 1, 'time')}")
    return ", ".join(parts)


def cited(recommendation: Recommendation) -> str:
    retrospective = recommendation.analysis.retrospective
    return f"{retrospective.key}#{retrospective.evidence_hash}"


def caveats(recommendation: Recommendation, today: date, words: Words) -> tuple[str, ...]:
    """What the reader has to know beside the answer, the weightiest first."""
    analysis = recommendation.analysis
    campaign = analysis.retrospective.campaign
    lacks = [
        name
        for name, is_missing in (
            ("attribution window", campaign.attribution_window is None),
            ("currency", campaign.currency is None),
            ("first day", campaign.window_start is None),
            ("revenue", campaign.actual_metrics.revenue is None),
        )
        if is_missing
    ]
    found = []
    age = (today - analysis.retrospective.last_day).days
    if age > STALE_DAYS:
        found.append(f"The window ended {words.formats.count(age, 'day')} ago.")
    if analysis.comparison.lead.verdict == "no forecast":
        found.append("There was no forecast.")
    if lacks:
        found.append(f"Not given: {listed(lacks)}.")
    return tuple(found)


def compared(name: Kpi, analysis: Analysis, words: Words) -> str:
    """One KPI with its forecast and what to make of it; noise gets no direction word."""
    each = analysis.comparison.metrics.get(name)
    if each is None:
        return bare(name, analysis, words)
    pair, says = sentences.field(name, analysis, words)
    if name == "cpa" and each.actual is None:
        return sentences.undefined_cpa(analysis, words)
    if each.verdict == "too early":
        sample = sentences.sample(name, each.n, words)
        now = words.formats.kpi(name, each.actual or 0, analysis.retrospective.campaign.currency)
        return f"{sentences.NAMES[name]} {now} after {sample}; too early to say more."
    if each.actual is None or each.expected is None:
        return f"{pair} ({says})."
    currency = analysis.retrospective.campaign.currency
    after = words.formats.kpi(name, each.actual, currency)
    before = words.formats.kpi(name, each.expected, currency, code=False)
    change = words.formats.change(each.delta_pct or 0)
    if each.verdict != "real":
        return f"{sentences.NAMES[name]} {after} instead of {before} ({change}), within noise."
    sense = "better" if (each.actual < each.expected) == (name in LOWER_IS_BETTER) else "worse"
    return f"{sentences.NAMES[name]} {after} instead of {before} ({change}, real, {sense})."


def bare(name: Kpi, analysis: Analysis, words: Words) -> str:
    """A KPI that no verdict is made of: its value out of its sums, and its forecast."""
    campaign = analysis.retrospective.campaign
    said, top, bottom = RATIOS[name]
    actual, expected = (value(name, each) for each in (campaign.actual_metrics, campaign.expected_metrics))
    if actual is None:
        return f"{said} not defined (no {top.removeprefix('1,000 × ')} or {bottom})."
    shown = words.formats.kpi(name, actual, campaign.currency)
    if not expected:
        return f"{said} {shown}; no forecast."
    meant = words.formats.kpi(name, expected, campaign.currency, code=False)
    return f"{said} {shown}; the forecast was {meant}."
