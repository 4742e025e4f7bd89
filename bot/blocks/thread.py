"""The thread behind a card: why it moved, the figures, then the other ways and how it was computed."""

from typing import NamedTuple

from bot import ids
from bot.blocks import kit
from bot.blocks.card_states import MARK, sealed
from bot.blocks.decision_views import alternative_text, choices
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, SECTION, clip, few
from bot.blocks.mrkdwn import LONGEST_NAME, escape
from bot.blocks.voice import Voice
from bot.blocks.votes import Choice, vote_buttons
from engine.models.comparison import Kpi
from engine.models.recommendation import Analysis, Recommendation
from engine.models.rules import Rules
from engine.models.vote import Tally
from engine.narrate import baselines, basis, how, mixes, sentences
from engine.narrate.precedent import NOTHING, came_of_it, why_similar
from engine.narrate.waterfall import in_words, waterfall
from engine.narrate.words import Words

MOST_WORDED = 10
FAR = 10.0**15


class Votes(NamedTuple):
    """How people find the verdict of a card, and its reasoning."""

    verdict: Tally = Tally()
    reasoning: Tally = Tally()


def picture(recommendation: Recommendation, voice: Voice, file: str | None) -> Message:
    """M1: why the CPA moved, drawn where there is a ``file``, and in any case in words."""
    analysis = recommendation.analysis
    drawn = waterfall(analysis)
    if drawn is None:
        raise LookupError(recommendation.id)
    said = in_words(drawn, voice.plain)
    shown = kit.image(file, said) if file else kit.section(escape(said))
    name = clip(analysis.retrospective.name, LONGEST_NAME)
    why = sentences.why(analysis, voice.marked) or ""
    return Message(clip(escape(f"{name}: {said}"), FALLBACK), [shown, kit.section(why)])


def evidence(recommendation: Recommendation, voice: Voice) -> Message:
    """M2: every figure with its sample and what it says, as a table and in words."""
    analysis, words = recommendation.analysis, voice.marked
    rows = [["What", "Forecast", "Actual", "Says", "95 % range", "n"]]
    rows += [_row(name, analysis, voice.plain) for name in sentences.shown_kpis(analysis)]
    against = _against(analysis, words)
    name = analysis.retrospective.name
    mix = mixes.own_mix(analysis, words)
    told = [kit.section(text) for text in (against, mix) if text]
    return Message(_notice(name, "the figures"), [kit.table(rows, wrapped=(3, 4)), *told])


def reasoning(recommendation: Recommendation, voice: Voice, votes: Votes | None = None) -> Message:
    """M3: what could be done instead, what is similar, how the figures came about, and the votes."""
    analysis, words = recommendation.analysis, voice.marked
    texts = [*_patterns(analysis, words), *_similar(analysis, words)]
    blocks = [*_instead(recommendation, words), *(kit.section(text) for text in texts)]
    if analysis.similar:
        blocks.append(kit.table(_similar_rows(analysis, voice.plain), wrapped=(0, 1, 2)))
    held_against = baselines.table(analysis, voice.plain)
    if held_against and not analysis.similar:  # one table a message
        blocks.append(kit.table(held_against, wrapped=(3, 4)))
    blocks += [kit.section(text) for text in _how(analysis, words)]
    known = f"As it was known {words.style.moment(recommendation.created_at)}."
    blocks.append(kit.context(" ".join(filter(None, [basis.quality(analysis, words), known]))))
    # A name of its own outlasts a redraw, so that a click on what stood there before is still found.
    blocks.append(kit.actions(_vote_buttons(recommendation, votes or Votes())) | {"block_id": ids.VOTE})
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
        "–" if each.expected is None else f.kpi(name, each.expected, currency, code=False),
        shown(each.actual),
        says,
        ends,
        sentences.sample(name, each.n, words),
    ]


def _against(analysis: Analysis, words: Words) -> str:
    """Evidence against is never empty: what speaks against it, or that nothing does in what there is."""
    strong = words.style.strong("Against it:")
    said = sentences.contrary(analysis, words)
    flags = analysis.comparison.flags
    rows = analysis.retrospective.rows
    missing = ["daily rows"] if rows is None or not rows.by_day else []
    missing += ["revenue"] if "revenue_missing" in flags else []
    if not missing:
        return f"{strong} {' '.join(said) or 'nothing in the rows of this window.'}"
    if said:
        return f"{strong} {' '.join(said)} Not available: {' and '.join(missing)}."
    verb = "was" if len(missing) == 1 and missing != ["daily rows"] else "were"
    return f"{strong} nothing in the totals of this window; {' and '.join(missing)} {verb} not available."


def _instead(recommendation: Recommendation, words: Words) -> list[Block]:
    """One section for each other way; what changes something can be chosen while it is to be decided."""
    every = recommendation.analysis.proposal.alternatives
    if not every:
        return []
    offered = [place for place, _ in choices(recommendation)] if recommendation.status == "proposed" else []
    sections = [
        kit.section(
            f"• {alternative_text(recommendation, each, words)}",
            accessory=_choose(recommendation, place, words) if place in offered else None,
        )
        for place, each in enumerate(every)
    ]
    first = sections[0]["text"]
    first["text"] = clip(f"{words.style.strong('Instead')}\n{first['text']}", SECTION)
    return sections


def _choose(recommendation: Recommendation, place: int, words: Words) -> Block:
    said = sentences.action(recommendation.analysis.proposal.alternatives[place].action, words)
    value = f"{sealed(recommendation)}{MARK}{place}"
    return kit.button("Choose this…", ids.CHOOSE, value, says=f"Choose: {said}")


def _patterns(analysis: Analysis, words: Words) -> list[str]:
    tags = set(analysis.patterns.tags)
    own = [each for each in analysis.patterns.winners if each.signal in tags]
    lines = [f"• {sentences.learned(each, words)}" for each in own]
    return _sections([words.style.strong("What repeats"), *few(lines, 3)]) if lines else []


def _similar(analysis: Analysis, words: Words) -> list[str]:
    """Why each is similar; what was done there and what came of it stands in the table."""
    if not analysis.similar:
        return [f"{words.style.strong('Similar campaigns')}\nI know none yet."]
    lines = [f"• {why_similar(each, words)}" for each in analysis.similar]
    precedent = sentences.precedent(analysis.similar, words)
    return _sections([words.style.strong("Similar campaigns"), *lines, precedent])


def _similar_rows(analysis: Analysis, words: Words) -> list[list[str]]:
    head = ["Similar", "What was done", "What came of it"]
    return [
        head,
        *[[each.name, each.done or NOTHING, came_of_it(each, words)] for each in analysis.similar],
    ]


def _how(analysis: Analysis, words: Words) -> list[str]:
    actual, rows = analysis.retrospective.campaign.actual_metrics, analysis.retrospective.rows
    currency = analysis.retrospective.campaign.currency
    lines = [words.style.strong("How computed.")]
    metrics = analysis.comparison.metrics
    shown = [name for name in sentences.shown_kpis(analysis) if metrics[name].actual is not None]
    computed = shown if rows else [name for name in shown if name == "cpa"]
    if computed:
        lines = [f"{lines[0]} {how.ratio(computed[0], actual, currency, words)}."]
        lines += [f"{how.ratio(name, actual, currency, words)}." for name in computed[1:]]
    lines += filter(None, [basis.origin(analysis, words)])
    if rows:
        lines.append(f"{how.frequency(actual, words)}.")
        lines += [f"The market moved: {basis.drift(each, words)}" for each in rows.drifts]
    lines += filter(None, [baselines.still_to_come(analysis, words), baselines.scatter(analysis, words)])
    lines += baselines.lines(analysis, words) if analysis.similar else []
    lines += filter(None, [baselines.size(analysis, Rules(), words), baselines.drives(analysis, words)])
    lines.append("Confidence: how sure it is that the change is real, not that the action works.")
    lines.append("Real: 90 % sure of a change beyond 5 %. Noise: could be chance, and within 20 %.")
    if analysis.comparison.size_free_score is not None:
        lines.append("Score: 50 is on forecast, 100 far better, 0 far worse; few conversions pull it to 50.")
    if "order_values_unknown" in analysis.comparison.flags:
        lines.append("Order values unknown: the ROAS range counts conversions only.")
    if analysis.retrospective.campaign.window_start is None:
        lines.append("The window's first day was not given.")
    return _sections(lines)


def _sections(lines: list[str]) -> list[str]:
    """Whole lines, in as few texts as our own limit for a section allows."""
    texts = [clip(lines[0], SECTION)]
    for line in (clip(each, SECTION) for each in lines[1:]):
        together = f"{texts[-1]}\n{line}"
        texts = [*texts[:-1], together] if len(together) <= SECTION else [*texts, line]
    return texts


def _vote_buttons(recommendation: Recommendation, votes: Votes) -> list[Block]:
    name = recommendation.analysis.retrospective.name
    choices = (
        Choice("Verdict right", "verdict:right", votes.verdict.right),
        Choice("Verdict wrong", "verdict:wrong", votes.verdict.wrong),
        Choice("Reasoning good", "reasoning:right", votes.reasoning.right),
        Choice("Reasoning poor", "reasoning:wrong", votes.reasoning.wrong),
    )
    return vote_buttons(choices, recommendation.id, name)
