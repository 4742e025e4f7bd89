"""What is told in a card's thread: an edit of the card pings nobody, so what needs somebody is a reply.

One or two lines each, to the people it is for and to nobody else.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, clip
from bot.blocks.mrkdwn import LONGEST_NAME, escape, word
from bot.blocks.voice import Voice
from engine.models.ping import Notice
from engine.models.recommendation import Recommendation
from engine.narrate import carried, sentences
from engine.narrate.words import Words

CHOICES: Mapping[str, str] = {
    "mute": "Mute 1 week",
    "critical": "Only critical",
    "why": "Why did I get this?",
}
Told = tuple[str, str]
"""The push notice without its campaign, and the line in the thread."""


def notice(
    what: Notice,
    recommendation: Recommendation,
    people: Sequence[str],
    two_above: Decimal | None,
    voice: Voice,
) -> Message:
    """Draw the notice called ``what``, as its record is now, and mention ``people``: that pings them."""
    told, text = NOTICES[what](recommendation, two_above, voice.marked)
    whom = [voice.marked.style.person(each) for each in people]
    line = " ".join([*whom, text])
    name = clip(recommendation.analysis.retrospective.name, LONGEST_NAME)
    block = kit.section(line, accessory=_menu(what, recommendation.id))
    return Message(clip(escape(f"{name}: {told}"), FALLBACK), [block])


def _menu(what: Notice, identifier: str) -> Block:
    """How to stop it: each for oneself."""
    about = f"{what}:{identifier}"
    choices = [kit.option(label, f"{choice}:{about}") for choice, label in CHOICES.items()]
    return kit.overflow(ids.PING_MENU, choices)


def _failed(recommendation: Recommendation, _: Decimal | None, words: Words) -> Told:
    tried = carried.open_execution(recommendation)
    if recommendation.status != "failed" or tried is None:
        return _settled(recommendation, words)
    where = word(recommendation.analysis.retrospective.campaign.platform)
    return "not done, nothing was changed", f"⚠️ {carried.failed(tried, where, words)}"


def _unknown(recommendation: Recommendation, _: Decimal | None, words: Words) -> Told:
    tried = carried.open_execution(recommendation)
    if recommendation.status != "unknown" or tried is None:
        return _settled(recommendation, words)
    where = word(recommendation.analysis.retrospective.campaign.platform)
    asked = f"Please look in {where}, then press *It arrived* or *Send again* on the card."
    told = "nobody knows if it arrived" if tried.shown is None else "it says done, and shows another value"
    return told, f"⚠️ {carried.unknown(tried, where, words)} {asked}"


def _expiring(recommendation: Recommendation, _: Decimal | None, words: Words) -> Told:
    if recommendation.status != "proposed" or recommendation.expires_at is None:
        return _settled(recommendation, words)
    when = words.style.moment(recommendation.expires_at)
    return "expires soon", f"⏳ Expires {when}: {_what(recommendation, words)}"


def _second(recommendation: Recommendation, above: Decimal | None, words: Words) -> Told:
    if recommendation.status != "proposed" or not recommendation.approvals:
        return _settled(recommendation, words)
    half = carried.one_of_two(recommendation, above, words)
    return "a second approval is due", f"⏳ A second approval is due: {_what(recommendation, words)} {half}"


def _woken(recommendation: Recommendation, _: Decimal | None, words: Words) -> Told:
    if recommendation.status != "proposed":
        return _settled(recommendation, words)
    return "waits for a decision again", f"⏳ Waits for a decision again: {_what(recommendation, words)}"


def _undo_refused(recommendation: Recommendation, _: Decimal | None, words: Words) -> Told:
    undo = recommendation.undoing
    if undo is None:
        return _settled(recommendation, words)
    return "not undone", f"⚠️ {carried.not_undone(undo, words)}"


def _settled(recommendation: Recommendation, words: Words) -> Told:
    """It was settled before this could be told."""
    return "settled meanwhile", f"Settled meanwhile. {carried.told(recommendation, words)}"


def _what(recommendation: Recommendation, words: Words) -> str:
    name = words.style.name(recommendation.analysis.retrospective.name)
    worst = carried.worst_by(recommendation.analysis.proposal, words)
    is_edited = recommendation.decided_action != recommendation.analysis.proposal.action
    parts = [sentences.action(recommendation.decided_action, words), "" if is_edited else worst]
    return f"{name}: {' '.join(filter(None, parts))}"


NOTICES: Mapping[Notice, Callable[[Recommendation, Decimal | None, Words], Told]] = {
    "failed": _failed,
    "unknown": _unknown,
    "expiring": _expiring,
    "second": _second,
    "woken": _woken,
    "undo_refused": _undo_refused,
}
