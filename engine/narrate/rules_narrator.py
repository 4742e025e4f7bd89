"""The deterministic narrator: insights from the figures alone, the same words every time."""

from engine.models.comparison import Kpi
from engine.models.insight import Evidence, Insight, Insights, Priority
from engine.models.pattern import Inefficiency, LevelEffect, Patterns, PlatformTrend
from engine.models.recommendation import Analysis
from engine.narrate import sentences
from engine.narrate.words import Words

SOURCE = "rules"
_RANK: dict[Priority, int] = {"high": 0, "medium": 1, "low": 2}


def narrate(analysis: Analysis, words: Words) -> Insights:
    """Say what was learned, what to do and what is odd, most important first.

    ``analysis.insights`` is not read: it is what this function makes.
    """
    return Insights(
        key_learnings=_ordered(_learnings(analysis, words)),
        recommendations=_ordered(_advice(analysis, words)),
        anomalies=_ordered(_oddities(analysis, words)),
        source=SOURCE,
    )


def _learnings(analysis: Analysis, words: Words) -> list[Insight]:
    lead = analysis.comparison.lead
    driver = (_kpi_evidence(analysis.comparison.driver, analysis, words),)
    found = [_insight(sentences.verdict(analysis, words), _urgency(analysis), driver)]
    found += [
        _insight(text, "low", _all_evidence(analysis, words)) for text in sentences.contrary(analysis, words)
    ]
    split = sentences.why(analysis, words)
    if split and lead.verdict == "real":
        found.append(_insight(split, "low", _all_evidence(analysis, words)))
    return found + _pattern_learnings(analysis.patterns, words)


def _pattern_learnings(patterns: Patterns, words: Words) -> list[Insight]:
    found = [_effect_insight(each, words) for each in patterns.winners]
    for each in patterns.platform_trends:
        if isinstance(each, PlatformTrend):
            n = words.formats.count(each.campaigns, "campaign")
            window = words.formats.days(each.since, each.until)
            value = words.formats.change(each.slope_pct_per_30_days)
            evidence = Evidence(what=each.signal, value=value, window=window, n=n)
            found.append(_insight(sentences.trend(each, words), "low", (evidence,)))
        else:
            found.append(_effect_insight(each, words))
    return found


def _effect_insight(effect: LevelEffect, words: Words) -> Insight:
    f = words.formats
    evidence = Evidence(
        what=effect.signal,
        value=f.change(effect.lift_pct),
        window=f"up to {f.day(effect.until or effect.last_tested)}",
        n=f.count(effect.campaigns, "campaign"),
    )
    return _insight(sentences.learned(effect, words), "low", (evidence,))


def _advice(analysis: Analysis, words: Words) -> list[Insight]:
    """No day is named here: the same evidence reads the same on every day."""
    proposal = analysis.proposal
    parts = [sentences.action(proposal.action, words, dated=False)]
    if proposal.worst_case:
        parts.append(sentences.worst_case(proposal.worst_case, words))
    evidence = (_kpi_evidence(analysis.comparison.driver, analysis, words),)
    return [_insight(" ".join(parts), _urgency(analysis), evidence)]


def _urgency(analysis: Analysis) -> Priority:
    """High is what hurts and waits for somebody, or cannot be trusted; a win that asks for a yes can wait."""
    comparison = analysis.comparison
    if "counting_doubted" in comparison.flags:
        return "high"
    missed = comparison.lead.verdict == "real" and comparison.lead.favourable is False
    if analysis.proposal.needs_approval:
        return "high" if missed else "medium"
    return "medium" if missed else "low"


def _oddities(analysis: Analysis, words: Words) -> list[Insight]:
    flags, actual = analysis.comparison.flags, analysis.retrospective.campaign.actual_metrics
    found: list[Insight] = []
    missing = sentences.revenue_missing(analysis)
    if missing:
        found.append(_insight(missing, "low", (_fact("revenue", "not given", analysis, words),)))
    if "no_conversions" in flags:
        evidence = (_kpi_evidence("cpa", analysis, words),)
        doubt = sentences.tracking_first(analysis, words)
        said = [sentences.undefined_cpa(analysis, words), doubt]
        found.append(_insight(" ".join(filter(None, said)), "high" if doubt else "medium", evidence))
    if "conversions_exceed_clicks" in flags:
        clicks = words.formats.count(actual.clicks or 0, "click")
        text = f"More conversions than clicks ({clicks}): some were counted after a view, not a click."
        evidence = (_kpi_evidence("cvr", analysis, words),)
        found.append(_insight(text, "high" if "counting_doubted" in flags else "low", evidence))
    return [*found, *(waste_insight(each, words) for each in analysis.patterns.inefficiencies)]


def waste_insight(found: Inefficiency, words: Words) -> Insight:
    """Say what one campaign spent above what is achievable."""
    fact = Evidence(
        what=f"inefficiency:{found.campaign_id}",
        value=words.formats.total(found.wasted, found.currency),
        window="newest window",
        n=sentences.sample("cpa", found.conversions, words),
    )
    return _insight(sentences.wasted(found, words), "medium", (fact,))


def _kpi_evidence(name: Kpi, analysis: Analysis, words: Words) -> Evidence:
    each = analysis.comparison.metrics[name]
    pair, says = sentences.field(name, analysis, words)
    return Evidence(
        what=sentences.NAMES[name],
        value=f"{pair}, {says}",
        window=_window(analysis, words),
        n=sentences.sample(name, each.n, words),
    )


def _all_evidence(analysis: Analysis, words: Words) -> tuple[Evidence, ...]:
    defined = [name for name, each in analysis.comparison.metrics.items() if each.actual is not None]
    return tuple(_kpi_evidence(name, analysis, words) for name in defined)


def _fact(what: str, value: str, analysis: Analysis, words: Words) -> Evidence:
    n = sentences.sample("cpa", float(analysis.retrospective.campaign.actual_metrics.conversions or 0), words)
    return Evidence(what=what, value=value, window=_window(analysis, words), n=n)


def _window(analysis: Analysis, words: Words) -> str:
    retrospective = analysis.retrospective
    return words.formats.days(retrospective.campaign.window_start, retrospective.last_day)


def _insight(text: str, priority: Priority, evidence: tuple[Evidence, ...]) -> Insight:
    return Insight(text=text, priority=priority, evidence=evidence)


def _ordered(found: list[Insight]) -> tuple[Insight, ...]:
    return tuple(sorted(found, key=lambda each: _RANK[each.priority]))
