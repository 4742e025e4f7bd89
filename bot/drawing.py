"""From an intent to the message that shows its record as it is now: the table of everything posted."""

from collections.abc import Callable, Mapping

from bot.blocks.budget import budget_mark
from bot.blocks.card import Links, card
from bot.blocks.digest import draw_digest
from bot.blocks.headway import headway
from bot.blocks.imported import imported
from bot.blocks.kit import Message
from bot.blocks.learnings import retraction
from bot.blocks.preview import preview
from bot.blocks.reply import reply
from bot.blocks.thread import Votes, evidence, picture, reasoning, reminder, wording
from bot.blocks.voice import Voice
from bot.blocks.welcome import welcome
from bot.links import link_of
from engine.engine import Engine
from engine.models.delivery import Intent
from engine.models.digest import Digest

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
    return edition(digest, engine, voice)


def edition(digest: Digest, engine: Engine, voice: Voice) -> Message:
    """Draw a digest with the records it names as they are now."""
    recommendations = {each: engine.recommendation(each) for each in digest.named}
    links = {each: link for each in digest.named if (link := link_of(engine, each))}
    return draw_digest(digest, recommendations, voice, links)


def _preview(intent: Intent, engine: Engine, voice: Voice) -> Message:
    channel = intent.record.removeprefix("preview:")
    return preview(edition(engine.preview_digest(channel), engine, voice), channel)


def _evidence(intent: Intent, engine: Engine, voice: Voice) -> Message:
    return evidence(engine.recommendation(intent.record), voice)


def _reasoning(intent: Intent, engine: Engine, voice: Voice) -> Message:
    identifier = intent.record.removeprefix("reasoning:")
    votes = Votes(engine.tally(identifier, "verdict"), engine.tally(identifier, "reasoning"))
    return reasoning(engine.recommendation(identifier), voice, votes)


def _picture(intent: Intent, engine: Engine, voice: Voice) -> Message:
    """In words alone; ``bot.pictures`` has the drawn one."""
    return picture(engine.recommendation(intent.record), voice, None)


def _reminder(intent: Intent, engine: Engine, voice: Voice) -> Message:
    return reminder(engine.recommendation(intent.record), intent.person or "", voice)


def _retraction(intent: Intent, engine: Engine, voice: Voice) -> Message:
    mistake = engine.mistake_told(intent.record, channel=intent.channel, ts=intent.ts or "")
    return retraction(mistake, voice)


def _wording(intent: Intent, engine: Engine, voice: Voice) -> Message:
    return wording(engine.recommendation(intent.record), voice)


def _headway(intent: Intent, engine: Engine, voice: Voice) -> Message:
    known = engine.headway(intent.record)
    if known is None:
        raise LookupError(intent.record)
    return headway(*known, voice)


def _import(intent: Intent, engine: Engine, voice: Voice) -> Message:
    found = engine.file_import(intent.record)
    if found is None:
        raise LookupError(intent.record)
    told = [each.recommendation for each in found.league]
    before = engine.file_import(found.before) if found.before else None
    return imported(
        found,
        {each: engine.recommendation(each).analysis for each in told},
        voice,
        link=link_of(engine, before.id, "import") if before else link_of(engine, told[0]) if told else None,
        before=before,
    )


def _budget(intent: Intent, engine: Engine, voice: Voice) -> Message:
    passed = engine.budget_mark(intent.record)
    if passed is None:
        raise LookupError(intent.record)
    return budget_mark(*passed, voice.plain.formats)


def _reply(intent: Intent, engine: Engine, voice: Voice) -> Message:
    found = engine.reply(intent.record)
    if found is None:
        raise LookupError(intent.record)
    card = found.answered.card
    return reply(found, voice, engine.tally(found.id, "answer"), link_of(engine, card) if card else None)


def _welcome(_: Intent, engine: Engine, __: Voice) -> Message:
    return welcome(len(engine.approvers))


DRAWN: Mapping[str, Draw] = {
    "budget": _budget,
    "card": _card,
    "digest": _digest,
    "evidence": _evidence,
    "headway": _headway,
    "import": _import,
    "picture": _picture,
    "preview": _preview,
    "reasoning": _reasoning,
    "reminder": _reminder,
    "reply": _reply,
    "retraction": _retraction,
    "welcome": _welcome,
    "wording": _wording,
}
