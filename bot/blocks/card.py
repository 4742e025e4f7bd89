"""The card: what happened, what is real, what to do, and the buttons that its state allows."""

from typing import NamedTuple

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, SECTION, clip
from bot.blocks.mrkdwn import LONGEST_NAME, escape, word
from bot.blocks.voice import Voice
from engine.models.action import SetSpend, Wait
from engine.models.comparison import Kpi
from engine.models.recommendation import Analysis, Recommendation
from engine.narrate import sentences
from engine.narrate.words import Words

OLD_DAYS = 14  # a window that ended longer ago is told as such: its campaign may be over


class Links(NamedTuple):
    """Where other records stand, for the buttons that open them."""

    newer: str | None = None


def card(recommendation: Recommendation, voice: Voice, links: Links | None = None) -> Message:
    """Draw the record as it is now. The evidence stays through every state; the buttons change."""
    words, analysis = voice.marked, recommendation.analysis
    blocks = [
        kit.context(_heading(recommendation, words)),
        _short(" ".join([sentences.verdict(analysis, words), *sentences.contrary(analysis, words)])),
        kit.fields([_field(name, analysis, words) for name in _shown(analysis)]),
    ]
    blocks += [_short(text) for text in (_reasons(analysis, words), _proposal(recommendation, words)) if text]
    blocks += _state(recommendation, voice, links or Links())
    blocks.append(kit.context(_footer(analysis, words)))
    return Message(fallback(recommendation, voice.plain), blocks)


def _short(text: str) -> Block:
    """A section within our own limit; only figures beyond all measure are ever cut."""
    return kit.section(clip(text, SECTION))


def fallback(recommendation: Recommendation, words: Words) -> str:
    """Campaign, verdict and what waits: the push notice, also what a screen reader says."""
    analysis = recommendation.analysis
    waits = " 1 decision waits." if recommendation.status == "proposed" else ""
    name = clip(analysis.retrospective.name, LONGEST_NAME)
    # Slack reads tokens in this text as well, so it is escaped although it has no marks.
    text = escape(f"{name}: {sentences.verdict(analysis, words)}")
    return clip(text, FALLBACK - len(waits)) + waits


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
    if campaign.as_of:
        second.append(f"as of {words.style.moment(campaign.as_of)}")
    return f"{first}\n{' · '.join(second)}"


def _shown(analysis: Analysis) -> list[Kpi]:
    """Four fields; where traffic or reach drives, its cost takes the place of the CPA."""
    driver = analysis.comparison.driver
    return ["ctr", "cvr", driver if driver in {"cpc", "cpm"} else "cpa", "roas"]


def _field(name: Kpi, analysis: Analysis, words: Words) -> str:
    pair, says = sentences.field(name, analysis, words)
    return f"{pair}\n{says}"


def _reasons(analysis: Analysis, words: Words) -> str:
    """Why it moved, and what is missing or estimated."""
    real = analysis.comparison.lead.verdict == "real" and analysis.comparison.driver == "cpa"
    said = [
        sentences.why(analysis, words) if real else None,
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


def _state(recommendation: Recommendation, voice: Voice, links: Links) -> list[Block]:
    """Buttons while it is open; a status line and what remains to be done after that."""
    drawn = {
        "proposed": _proposed,
        "noted": _noted,
        "approved": _approved,
        "done": _done,
        "dropped": _dropped,
        "rejected": _rejected,
        "superseded": _superseded,
    }[recommendation.status]
    return drawn(recommendation, voice, links)


def _proposed(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    return [
        kit.actions(
            [
                *decision_buttons(recommendation, voice.plain),
                *_entry_buttons(recommendation),
                _more(recommendation),
                _menu(recommendation),
            ]
        )
    ]


def _noted(recommendation: Recommendation, _voice: Voice, _: Links) -> list[Block]:
    return [kit.actions([*_entry_buttons(recommendation), _more(recommendation), _menu(recommendation)])]


def _approved(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    decision = recommendation.decisions[0]
    platform = word(recommendation.analysis.retrospective.campaign.platform)
    status = sentences.approved(decision, voice.marked)
    sure = kit.confirmation(
        "Is it carried out?", "I record that the change was made. This cannot be taken back.", "It is done"
    )
    dropped = kit.confirmation("Drop it?", "It was approved. Nothing was changed yet.", "Drop it")
    return [
        kit.section(f"⏳ {status} Carry it out in {platform}, then press Done."),
        kit.actions(
            [
                kit.button("Done…", ids.DONE, recommendation.id, style="primary", confirm=sure),
                kit.button("Drop it…", ids.DROP, recommendation.id, confirm=dropped),
                _more(recommendation),
            ]
        ),
    ]


def _done(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    first, last = recommendation.decisions[0], recommendation.decisions[-1]
    style = voice.marked.style
    told = f"✅ Done {style.moment(last.at)}, by hand, says {style.person(last.by)}."
    return [
        kit.section(f"{told} {sentences.approved(first, voice.marked)}"),
        kit.actions([_more(recommendation)]),
    ]


def _dropped(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    last, style = recommendation.decisions[-1], voice.marked.style
    told = f"✋ Dropped by {style.person(last.by)}, {style.moment(last.at)}. Nothing was changed."
    return [kit.section(told), kit.actions([_again(recommendation), _more(recommendation)])]


def _rejected(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    last = recommendation.decisions[-1]
    note = "".join(f"\n> {escape(line)}" for line in last.note.splitlines())
    told = f"✋ {sentences.rejected(last, voice.marked)}{note}"
    return [kit.section(clip(told, 300)), kit.actions([_again(recommendation), _more(recommendation)])]


def _superseded(recommendation: Recommendation, voice: Voice, links: Links) -> list[Block]:
    opening = [kit.link("Open new card", links.newer)] if links.newer else []
    at = recommendation.superseded_at or recommendation.created_at
    told = f"Replaced by a newer card, {voice.marked.style.moment(at)}."
    return [kit.section(told), kit.actions([*opening, _more(recommendation)])]


def decision_buttons(recommendation: Recommendation, words: Words) -> list[Block]:
    """Approve and Reject…, on the card and in the digest."""
    action = recommendation.analysis.proposal.action
    name = recommendation.analysis.retrospective.name
    said = sentences.action(action, words).rstrip(".")
    confirm = _confirmation(recommendation, words)
    approve = kit.button(
        "Approve",
        ids.APPROVE,
        recommendation.id,
        style="primary",
        says=f"Approve: {said}, {name}",
        confirm=confirm,
    )
    return [approve, kit.button("Reject…", ids.REJECT, recommendation.id, says=f"Reject: {said}, {name}")]


def _confirmation(recommendation: Recommendation, words: Words) -> Block | None:
    """Ask once more, with the money at risk; plain text, since Slack's dialog knows no marks."""
    proposal, f = recommendation.analysis.proposal, words.formats
    action = proposal.action
    if not isinstance(action, SetSpend) or proposal.worst_case is None:
        return None
    verb, percent = ("Raise" if action.change > 0 else "Lower"), f.percent(abs(action.change) * 100)
    worst = sentences.worst_case(proposal.worst_case, words)
    worst = worst.replace("Worst case", f"Worst case by {f.day(proposal.worst_case.by)}")
    before, after = f.money(action.previous, action.currency, code=False), f.money(action.to, action.currency)
    name = clip(recommendation.analysis.retrospective.name, 80)
    text = f"{name}: {before} → {after}. {worst} I change nothing myself: it is carried out by hand."
    return kit.confirmation(f"{verb} the {action.field} by {percent}?", text, f"{verb} by {percent}")


def _entry_buttons(recommendation: Recommendation) -> list[Block]:
    """What a person can ask for or add where something is missing."""
    analysis = recommendation.analysis
    found = []
    if isinstance(analysis.proposal.action, Wait):
        found.append(kit.button("Tell me then", ids.TELL_THEN, recommendation.id))
    if analysis.comparison.lead.expected is None:
        found.append(kit.button("Enter forecast…", ids.ENTER_FORECAST, recommendation.id))
    if "revenue_missing" in analysis.comparison.flags and analysis.comparison.metrics["cpa"].actual:
        label = "Enter order value…" if analysis.order_value is None else "Change order value…"
        found.append(kit.button(label, ids.ENTER_ORDER_VALUE, recommendation.id))
    return found


def _more(recommendation: Recommendation) -> Block:
    name = recommendation.analysis.retrospective.name
    return kit.button("More", ids.MORE, recommendation.id, says=f"More about {name}")


def _again(recommendation: Recommendation) -> Block:
    return kit.button("Analyze again", ids.ANALYZE_AGAIN, recommendation.id)


def _menu(recommendation: Recommendation) -> Block:
    return kit.overflow(ids.MENU, [kit.option("Why did I get this?", f"{ids.WHY_ME}:{recommendation.id}")])


def _footer(analysis: Analysis, words: Words) -> str:
    f, comparison = words.formats, analysis.comparison
    driver = comparison.driver
    parts = [sentences.sample(driver, comparison.lead.n, words)]
    parts.append(
        f.count(len(analysis.similar), "similar campaign") if analysis.similar else "no similar campaign"
    )
    if analysis.retrospective.campaign.currency is None:
        parts.append("currency not given")
    if comparison.size_free_score is not None and "counting_doubted" not in comparison.flags:
        parts.append(f"score {f.number(comparison.size_free_score)} of 100")
    return " · ".join(parts)
