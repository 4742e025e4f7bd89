"""What is known, as lists for one person's eyes: each says what it rests on, and how much more there is."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot import ids
from bot.blocks import kit
from bot.blocks.home import LONGEST
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, SECTION, clip
from bot.blocks.mrkdwn import escape, word
from bot.blocks.voice import Voice
from engine.errors import UnknownSignal
from engine.models.listing import KnownInsight, RecommendationPage
from engine.models.overview import Basis
from engine.models.recommendation import Recommendation, Status
from engine.models.weight import SignalWeight, WeightEvent, Weights
from engine.narrate import sentences
from engine.narrate.words import Words

MOST = 5
ROWS = 15
STATES: Mapping[Status, str] = {
    "proposed": "⏳ Waits",
    "snoozed": "Snoozed",
    "approved": "⏳ Approved, to be carried out",
    "executing": "⏳ Approved, being sent",
    "executed": "✅ Done",
    "failed": "⚠️ Approved, refused by the platform",
    "unknown": "⚠️ Sent, nobody knows whether it arrived",
    "undoing": "⏳ Being undone",
    "undone": "Undone",
    "expired": "Expired, nobody decided",
    "withdrawn": "Withdrawn, its reason is gone",
    "done": "✅ Done",
    "dropped": "✋ Dropped",
    "rejected": "✋ Rejected",
    "superseded": "Replaced",
    "noted": "Nothing to decide",
}

BY: frozenset[Status] = frozenset(
    {"snoozed", "approved", "executing", "undoing", "undone", "done", "dropped", "rejected", "superseded"}
)


def insights(found: Sequence[KnownInsight], basis: Basis, voice: Voice) -> Message:
    """The most urgent first; each with its first figure's window and sample."""
    if not found:
        return _nothing("No insight yet: no campaign was analyzed.")
    blocks = [_title("What the newest analyses say", len(found))]
    blocks += [kit.section(_insight(each)) for each in found[:MOST]]
    return _list(_count(found, "insight", voice), blocks, len(found) - MOST, basis, voice.marked)


def recommendations(
    page: RecommendationPage, links: Mapping[str, str], basis: Basis, voice: Voice
) -> Message:
    """The newest first, with how each stands; one without a card can be shown here."""
    if not page.total:
        known = "No recommendation like that." if basis.campaigns else "No campaign was analyzed yet."
        return _nothing(known, basis, voice)
    blocks = [_title("What was proposed, the newest first", page.total)]
    count = voice.plain.formats.count(page.total, "recommendation")
    for place, each in enumerate(page.recommendations[:MOST]):
        blocks.append(_recommendation(each, links.get(each.id), place, voice.marked))
    return _list(count, blocks, page.total - MOST, basis, voice.marked)


def weights(found: Weights, basis: Basis, voice: Voice) -> Message:
    """A table of signals, those that say most first."""
    if not found.signals:
        return _nothing("No signal has a weight yet: no campaign really beat or missed its forecast.")
    f = voice.plain.formats
    ordered = sorted(found.signals, key=lambda each: (-abs(math.log(each.weight)), each.signal))
    rows = [["Signal", "Weight", "Won"]]  # three columns fit on a phone
    rows += [
        [
            each.signal,
            f.number(each.weight, 2),
            _won(each, voice.plain),
        ]
        for each in ordered[:ROWS]
    ]
    means = (
        "1.00 means nothing is known, above is better than usual; 0.25 to 5 are the bounds. "
        "Trials are counted whole; older trials counting for less."
    )
    blocks = [_title("What each signal weighs", len(ordered)), kit.section(means), kit.table(rows)]
    return _list(_count(ordered, "signal", voice), blocks, len(ordered) - ROWS, basis, voice.marked)


def why(found: SignalWeight, voice: Voice) -> Message:
    """A weight, and every campaign that moved it, the newest first."""
    f, shown = voice.plain.formats, voice.marked.style.name(found.signal)
    text = (
        f"*{shown} weighs {f.number(found.weight, 2)}.* {f.number(found.successes, 1)} of "
        f"{f.number(found.trials, 1)} trials won; older ones count for less."
    )
    events = sorted(found.events, key=lambda each: (each.day, each.campaign_id), reverse=True)
    rows = [["Day", "Campaign", "Forecast"], *(_event(each, voice.plain) for each in events[:ROWS])]
    blocks = [kit.section(text), *([kit.table(rows)] if events else [])]
    blocks += _more(len(events) - ROWS)
    return Message(clip(escape(f"{found.signal} weighs {f.number(found.weight, 2)}"), FALLBACK), blocks)


def which_signal(signals: Sequence[str], asked: UnknownSignal | None, words: Words) -> Message:
    """Nobody was named, or nobody is called so: the nearest as buttons."""
    if asked is None:
        text = "Which signal? `/marko why audience:students-18-25`, or one of these:"
    else:
        text = f"I know no signal {words.style.name(asked.asked)}."
        text += " Nearest:" if signals else " `/marko weights` lists them."
    buttons = [
        kit.button(clip(_end(each), 24), f"{ids.WHY_SIGNAL}:{place}", each, says=f"Why {each}")
        for place, each in enumerate(signals[:3])
    ]
    plain = text.replace("`", "").split(".", 1)[0] if asked is None else "I know no such signal."
    return Message(clip(plain, FALLBACK), [kit.section(text), *([kit.actions(buttons)] if buttons else [])])


def _insight(each: KnownInsight) -> str:
    basis = ""
    if each.evidence:
        first = each.evidence[0]
        basis = f"\n{escape(first.window)} · {escape(first.n)}"
    head = f"*{each.priority.capitalize()}* · `{word(each.campaign_id)}`: "
    return f"{clip(head + escape(each.text), SECTION - len(basis))}{basis}"


def _recommendation(each: Recommendation, link: str | None, place: int, words: Words) -> Block:
    name = each.analysis.retrospective.name
    state, at = _standing(each, words)
    said = sentences.action(each.decided_action, words)
    text = f"{clip(f'{words.style.name(name)}: {said}', LONGEST)}\n{state}, {words.style.moment(at)}"
    card = kit.link("Open card", link, says=f"Open the card of {name}") if link else None
    if card is None and each.status != "superseded":
        action_id = f"{ids.ANALYZE_NAMED}:{place}"
        card = kit.button("Show card here", action_id, each.campaign_key, says=f"Show the card of {name}")
    return kit.section(text, accessory=card) | {"block_id": each.id}


def _standing(each: Recommendation, words: Words) -> tuple[str, datetime]:
    """How it stands, by whom where a person brought it there, and since when."""
    state = STATES[each.status]
    if each.ended_at and each.status in {"expired", "withdrawn"}:
        return state, each.ended_at
    if each.status == "proposed" and each.approvals:
        first = each.approvals[-1]
        return f"⏳ 1 of 2 approvals, {words.style.person(first.by)}", first.at
    last = each.last_decision
    if last is None or each.status == "proposed":
        return state, each.created_at
    return f"{state} by {words.style.person(last.by)}" if each.status in BY else state, last.at


def _won(each: SignalWeight, words: Words) -> str:
    """ "0 of 3"; of what is less than one trial, its tenths."""
    digits = 0 if each.trials >= 0.5 else 1
    number = words.formats.number
    return f"{number(each.successes, digits)} of {number(each.trials, digits)}"


def _event(event: WeightEvent, words: Words) -> list[str]:
    """What a campaign brought; where it had several signals, each gets its share of the credit."""
    came = "beaten" if event.success else "missed"
    share = "" if event.share == 1 else f", {words.formats.percent(event.share * 100)} of it"
    return [words.formats.day(event.day), event.campaign_id, f"{came}{share}"]


def _title(text: str, count: int) -> Block:
    return kit.section(f"*{text}* ({count})")


def _list(count: str, blocks: list[Block], rest: int, basis: Basis, words: Words) -> Message:
    return Message(count, [*blocks, *_more(rest), kit.context(_basis(basis, words))])


def _count(found: Sequence[object], one: str, voice: Voice) -> str:
    return voice.plain.formats.count(len(found), one)


def _more(rest: int) -> list[Block]:
    return [kit.context(f"and {rest} more")] if rest > 0 else []


def _basis(basis: Basis, words: Words) -> str:
    campaigns = words.formats.count(basis.campaigns, "campaign")
    return f"{campaigns}, data up to {words.formats.day(basis.last_day)}" if basis.last_day else campaigns


def _nothing(text: str, basis: Basis | None = None, voice: Voice | None = None) -> Message:
    rests = [kit.context(_basis(basis, voice.marked))] if basis and voice else []
    return Message(clip(text, FALLBACK), [kit.section(text), *rests])


def _end(signal: str) -> str:
    """The part that tells signals apart on a short button."""
    return signal.rsplit(":", 1)[-1]
