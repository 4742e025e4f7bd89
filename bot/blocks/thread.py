"""The thread behind a card: the figures as a table, then the other ways and how it was computed."""

from bot.blocks import kit
from bot.blocks.kit import Message
from bot.blocks.limits import FALLBACK, SECTION, clip, few
from bot.blocks.mrkdwn import escape
from bot.blocks.voice import Voice
from engine.models.comparison import Kpi
from engine.models.recommendation import Analysis, Recommendation
from engine.narrate import sentences
from engine.narrate.precedent import similar_line
from engine.narrate.words import Words

MOST_WORDED = 10
FAR = 10.0**15
WHY_NOT = {
    "smaller_step": "Moves less money, and shows less.",
    "win_unused": "The win is real, and would stay as small as it is.",
    "loss_goes_on": "The miss is real, and would go on.",
}


def evidence(recommendation: Recommendation, voice: Voice) -> Message:
    """M2: every figure with its sample and what it says, as a table and in words."""
    analysis, words = recommendation.analysis, voice.marked
    rows = [["What", "Forecast", "Actual", "95 % range", "n", "Says"]]
    rows += [_row(name, analysis, voice.plain) for name in analysis.comparison.metrics]
    against = _against(analysis, words)
    name = analysis.retrospective.name
    return Message(_notice(name, "the figures"), [kit.table(rows), kit.section(against)])


def reasoning(recommendation: Recommendation, voice: Voice) -> Message:
    """M3: what could be done instead, what is similar, and how the figures came about."""
    analysis, words = recommendation.analysis, voice.marked
    blocks = [
        kit.section(text) for text in (_instead(recommendation, words), _patterns(analysis, words)) if text
    ]
    blocks.append(kit.section(_similar(analysis, words)))
    blocks.append(kit.section(_how(analysis, words)))
    return Message(_notice(analysis.retrospective.name, "how I came to this"), blocks)


def wording(recommendation: Recommendation, voice: Voice) -> Message:
    """The insights as a model words them, each figure checked; the card itself is worded by code."""
    insights, words = recommendation.analysis.insights, voice.marked
    said = [*insights.key_learnings, *insights.recommendations, *insights.anomalies]
    blocks = [kit.section(words.style.strong("Worded by a model, figures checked"))]
    blocks += [kit.section(clip(f"• {escape(each.text)}", SECTION)) for each in said[:MOST_WORDED]]
    blocks.append(kit.context(escape(insights.source)))
    name = recommendation.analysis.retrospective.name
    return Message(_notice(name, "worded by a model, figures checked"), blocks)


def reminder(recommendation: Recommendation, person: str, voice: Voice) -> Message:
    """The day of the next look has come; figures are still needed, since none arrive by themselves."""
    words, name = voice.marked, recommendation.analysis.retrospective.name
    shown = words.style.name(name)
    if recommendation.status == "superseded":
        text = f"{words.style.person(person)} {shown} was judged again meanwhile; its newer card says more."
    else:
        text = (
            f"{words.style.person(person)} Time to look at {shown} again. Hand in its newer figures, "
            f"then type `/analyze {escape(name)}`."
        )
    return Message(_notice(name, "time to look again"), [kit.section(text)])


def _notice(name: str, text: str) -> str:
    return f"{clip(escape(name), FALLBACK - len(text) - 2)}: {text}"


def _row(name: Kpi, analysis: Analysis, words: Words) -> list[str]:
    each, f = analysis.comparison.metrics[name], words.formats
    currency = analysis.retrospective.campaign.currency

    def shown(value: float | None) -> str:
        # A sample of next to nothing has an upper end without meaning, too far away to be written.
        return "–" if value is None or value > FAR else f.kpi(name, value, currency)

    span = each.interval
    ends = f"{shown(span.low)} to {shown(span.high)}" if span and each.actual is not None else "–"
    _, says = sentences.field(name, analysis, words)
    return [
        sentences.NAMES[name],
        shown(each.expected),
        shown(each.actual),
        ends,
        sentences.sample(name, each.n, words),
        says,
    ]


def _against(analysis: Analysis, words: Words) -> str:
    """Evidence against is never empty: what speaks against it, or that nothing does in what there is."""
    strong = words.style.strong("Against it:")
    said = sentences.contrary(analysis, words)
    flags = analysis.comparison.flags
    missing = ["daily rows"] + (["revenue"] if "revenue_missing" in flags else [])
    if said:
        return f"{strong} {' '.join(said)} Not available: {' and '.join(missing)}."
    verb = "was" if len(missing) == 1 and missing != ["daily rows"] else "were"
    return f"{strong} nothing in the totals of this window; {' and '.join(missing)} {verb} not available."


def _instead(recommendation: Recommendation, words: Words) -> str:
    analysis = recommendation.analysis
    currency = analysis.retrospective.campaign.currency
    lines = []
    for each in analysis.proposal.alternatives:
        said = sentences.action(each.action, words)
        hoped = f" {sentences.expected(each.expectation, currency, words)}" if each.expectation else ""
        lines.append(f"• {said}{hoped} {WHY_NOT[each.why_not]}")
    return "\n".join([words.style.strong("Instead"), *lines]) if lines else ""


def _patterns(analysis: Analysis, words: Words) -> str:
    tags = set(analysis.patterns.tags)
    own = [each for each in analysis.patterns.winners if each.signal in tags]
    lines = [f"• {sentences.learned(each, words)}" for each in own]
    return "\n".join([words.style.strong("What repeats"), *few(lines, 3)]) if lines else ""


def _similar(analysis: Analysis, words: Words) -> str:
    lines = [f"• {similar_line(each, words)}" for each in analysis.similar]
    precedent = sentences.precedent(analysis.similar, words)
    return "\n".join([words.style.strong("Similar campaigns"), *lines, precedent])


def _how(analysis: Analysis, words: Words) -> str:
    actual, f = analysis.retrospective.campaign.actual_metrics, words.formats
    currency = analysis.retrospective.campaign.currency
    lines = [words.style.strong("How computed.")]
    if actual.conversions and actual.spend:
        spend, conversions = f.money(actual.spend, currency), f.count(actual.conversions, "conversion")
        lines.append(f"CPA = spend / conversions = {spend} / {conversions}.")
    lines.append("Confidence: how sure it is that the change is real, not that the action works.")
    lines.append("Real: 90 % sure of a change beyond 5 %. Noise: could be chance, and within 20 %.")
    if analysis.comparison.size_free_score is not None:
        lines.append("Score: 50 is on forecast, 100 far better, 0 far worse; few conversions pull it to 50.")
    if "order_values_unknown" in analysis.comparison.flags:
        lines.append("Order values unknown: the ROAS range counts conversions only.")
    if analysis.retrospective.campaign.window_start is None:
        lines.append("The window's first day was not given.")
    return " ".join(lines)
