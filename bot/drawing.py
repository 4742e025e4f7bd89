"""From an intent to the message that shows its record as it is now: the table of everything posted."""

from collections.abc import Callable, Mapping

from bot.blocks.card import Links, card
from bot.blocks.digest import draw_digest
from bot.blocks.headway import headway
from bot.blocks.kit import Message
from bot.blocks.thread import evidence, reasoning, reminder, wording
from bot.blocks.voice import Voice
from bot.links import link_of
from engine.engine import Engine
from engine.models.delivery import Intent

Draw = Callable[[Intent, Engine, Voice], Message]


def draw(intent: Intent, engine: Engine, voice: Voice) -> Message:
    """Draw what the intent names. A redraw is drawn as what stands there: its record's id tells."""
    kind = intent.kind if intent.kind != "redraw" else _kind_of(intent.record)
    return DRAWN[kind](intent, engine, voice)


def _kind_of(record: str) -> str:
    """Digests and the like have ids that begin with their kind; a recommendation's has none."""
    kind, colon, _ = record.partition(":")
    return kind if colon and kind in DRAWN else "card"


def _card(intent: Intent, engine: Engine, voice: Voice) -> Message:
    recommendation = engine.recommendation(intent.record)
    newer = link_of(engine, recommendation.superseded_by) if recommendation.superseded_by else None
    return card(recommendation, voice, Links(newer=newer))


def _digest(intent: Intent, engine: Engine, voice: Voice) -> Message:
    digest = engine.digest(intent.record)
    if digest is None:
        raise LookupError(intent.record)
    named = (*digest.waiting, *digest.decided)
    recommendations = {each: engine.recommendation(each) for each in named}
    links = {each: link for each in named if (link := link_of(engine, each))}
    return draw_digest(digest, recommendations, voice, links)


def _evidence(intent: Intent, engine: Engine, voice: Voice) -> Message:
    return evidence(engine.recommendation(intent.record), voice)


def _reasoning(intent: Intent, engine: Engine, voice: Voice) -> Message:
    return reasoning(engine.recommendation(intent.record), voice)


def _reminder(intent: Intent, engine: Engine, voice: Voice) -> Message:
    return reminder(engine.recommendation(intent.record), intent.person or "", voice)


def _wording(intent: Intent, engine: Engine, voice: Voice) -> Message:
    return wording(engine.recommendation(intent.record), voice)


def _headway(intent: Intent, engine: Engine, voice: Voice) -> Message:
    known = engine.headway(intent.record)
    if known is None:
        raise LookupError(intent.record)
    return headway(*known, voice)


DRAWN: Mapping[str, Draw] = {
    "card": _card,
    "digest": _digest,
    "evidence": _evidence,
    "headway": _headway,
    "reasoning": _reasoning,
    "reminder": _reminder,
    "wording": _wording,
}
