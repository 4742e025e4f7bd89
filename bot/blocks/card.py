"""The card: what happened, what is real, what to do; its end is drawn by its state."""

from bot.blocks import kit
from bot.blocks.card_states import Links, state
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, SECTION, clip
from bot.blocks.mrkdwn import LONGEST_NAME, escape, word
from bot.blocks.voice import Voice
from engine.models.comparison import Kpi
from engine.models.recommendation import Analysis, Recommendation, Status
from engine.narrate import baselines, basis, sentences
from engine.narrate.words import Words

OLD_DAYS = 14  # a window that ended longer ago is told as such: its campaign may be over
WAITING: dict[Status, str] = {
    "proposed": " 1 decision waits.",
    "approved": " Approved, to be carried out.",
    "executing": " Approved, being sent.",
    "executed": " Approved, carried out.",
    "done": " Approved, carried out.",
    "failed": " Approved, but not done.",
    "unknown": " Nobody knows if it arrived.",
    "undone": " Carried out, then undone.",
}


def card(recommendation: Recommendation, voice: Voice, links: Links | None = None) -> Message:
    """Draw the record as it is now. The evidence stays through every state; the buttons change."""
    words, analysis = voice.marked, recommendation.analysis
    blocks = [
        kit.context(_heading(recommendation, words)),
        _short(_verdict(analysis, words)),
        kit.fields([_field(name, analysis, words) for name in _shown(analysis)]),
    ]
    advice = None if analysis.is_unjudged else _proposal(recommendation, words)
    blocks += [_short(text) for text in (_reasons(analysis, words), advice) if text]
    blocks += state(recommendation, voice, links or Links())
    blocks.append(kit.context(_footer(recommendation, words)))
    return Message(fallback(recommendation, voice.plain), blocks)


def _verdict(analysis: Analysis, words: Words) -> str:
    """What happened, and what of the same days says otherwise."""
    said = [sentences.verdict(analysis, words), *sentences.contrary(analysis, words)]
    return " ".join([*said, *filter(None, [basis.disagreement(analysis, words)])])


def _short(text: str) -> Block:
    """A section within our own limit; only figures beyond all measure are ever cut."""
    return kit.section(clip(text, SECTION))


def fallback(recommendation: Recommendation, words: Words) -> str:
    """Campaign, verdict and what waits: the push notice, also what a screen reader says."""
    analysis = recommendation.analysis
    waits = _waits(recommendation)
    name = clip(analysis.retrospective.name, LONGEST_NAME)
    # Slack reads tokens in this text as well, so it is escaped although it has no marks.
    text = escape(f"{name}: {sentences.verdict(analysis, words)}")
    return clip(text, FALLBACK - len(waits)) + waits


def _waits(recommendation: Recommendation) -> str:
    if recommendation.status == "proposed" and recommendation.approvals:
        return " A second approval waits."
    return WAITING.get(recommendation.status, "")


def _heading(recommendation: Recommendation, words: Words) -> str:
    analysis = recommendation.analysis
    campaign = analysis.retrospective.campaign
    name = words.style.name(analysis.retrospective.name)
    first = " · ".join([name, word(campaign.platform), word(campaign.objective)])
    window = words.formats.days(campaign.window_start, analysis.retrospective.last_day)
    second = [window, word(campaign.attribution_window or "attribution window not given")]
    ended = (recommendation.created_at.date() - analysis.retrospective.last_day).days
    if ended > OLD_DAYS:
        second.append(f"ended {words.formats.count(ended, 'day')} ago")
    second += filter(None, [basis.rows_begin(analysis, words), basis.figures_end(analysis, words)])
    rows = analysis.retrospective.rows
    as_of = campaign.as_of or (rows.read_at if rows else None)
    if as_of:
        second.append(f"as of {words.style.moment(as_of)}")
    second += filter(None, [baselines.maturity(analysis, words)])
    return f"{first}\n{' · '.join(second)}"


def _shown(analysis: Analysis) -> list[Kpi]:
    """Four fields; where traffic or reach drives, its cost takes the place of the CPA."""
    driver = analysis.comparison.driver
    if "conversions_missing" in analysis.comparison.flags:
        return [name for name in ("ctr", "cpc", "cpm") if name in analysis.comparison.metrics]
    return ["ctr", "cvr", driver if driver in {"cpc", "cpm"} else "cpa", "roas"]


def _field(name: Kpi, analysis: Analysis, words: Words) -> str:
    pair, says = sentences.field(name, analysis, words)
    return f"{pair}\n{says}"


def _reasons(analysis: Analysis, words: Words) -> str:
    """Why it moved, and what is missing or estimated."""
    real = analysis.comparison.lead.verdict == "real" and analysis.comparison.driver == "cpa"
    said = [
        basis.faults_first(analysis, words),
        sentences.why(analysis, words) if real else None,
        basis.conversions_missing(analysis),
        basis.left_out(analysis, words),
        sentences.beside(analysis),
        sentences.newer_known(analysis, words),
        sentences.tracking_first(analysis, words),
        sentences.revenue_missing(analysis),
        sentences.estimated_roas(analysis, words),
    ]
    return " ".join(text for text in said if text)


def _proposal(recommendation: Recommendation, words: Words) -> str:
    proposal = recommendation.analysis.proposal
    lines = [f"→ {words.style.strong(sentences.action(proposal.action, words))}"]
    if proposal.expectation:
        currency = recommendation.analysis.retrospective.campaign.currency
        lines.append(sentences.expected(proposal.expectation, currency, words))
    if proposal.worst_case:
        lines.append(sentences.worst_case(proposal.worst_case, words) + _risk(recommendation))
    sure = sentences.confidence(proposal, words)
    return "\n".join([*lines, *([sure] if sure else [])])


def _risk(recommendation: Recommendation) -> str:
    risk = recommendation.analysis.proposal.risk
    return f" Risk {risk}." if risk else ""


def _footer(recommendation: Recommendation, words: Words) -> str:
    analysis, f = recommendation.analysis, words.formats
    comparison = analysis.comparison
    driver = comparison.driver
    parts = [sentences.sample(driver, comparison.lead.n, words)]
    parts.append(
        f.count(len(analysis.similar), "similar campaign") if analysis.similar else "no similar campaign"
    )
    if analysis.retrospective.campaign.currency is None:
        parts.append("currency not given")
    doubted = "counting_doubted" in comparison.flags or analysis.is_unjudged
    if comparison.size_free_score is not None and not doubted:
        parts.append(f"score {f.number(comparison.size_free_score)} of 100")
    parts += filter(None, [basis.quality_short(analysis)])
    if recommendation.status == "proposed" and recommendation.expires_at:
        parts.append(f"expires {words.style.moment(recommendation.expires_at)}")
    return " · ".join(parts)
