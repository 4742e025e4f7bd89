"""From an intent to the message that shows its record as it is now: the table of everything posted."""

from collections.abc import Callable, Mapping
from typing import cast

from bot.blocks.budget import budget_mark
from bot.blocks.card import card
from bot.blocks.card_states import Links
from bot.blocks.digest import draw_digest
from bot.blocks.exported import exported, is_export
from bot.blocks.headway import headway
from bot.blocks.hooks import burst
from bot.blocks.imported import imported
from bot.blocks.kit import Message
from bot.blocks.learnings import retraction
from bot.blocks.notice import notice
from bot.blocks.parked import parked
from bot.blocks.preview import preview
from bot.blocks.reply import reply
from bot.blocks.settings_told import settings_told
from bot.blocks.study import study
from bot.blocks.thread import Votes, evidence, picture, reasoning, reminder, wording
from bot.blocks.voice import Voice
from bot.blocks.welcome import welcome
from bot.links import link_of
from engine.decide.policy import needs_two
from engine.engine import Engine
from engine.errors import EngineError
from engine.models.action import SetSpend
from engine.models.delivery import Intent
from engine.models.digest import Digest
from engine.models.ping import Notice
from engine.models.recommendation import Proposal, Recommendation

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
    return card(recommendation, voice, links_of(recommendation, engine))


def links_of(recommendation: Recommendation, engine: Engine) -> Links:
    """Say what holds for a record now, beside what it says itself."""
    newer, proposal = recommendation.superseded_by, recommendation.analysis.proposal
    worst, is_open = proposal.worst_case, recommendation.status == "proposed"
    edited = _edited(recommendation, engine) if is_open and recommendation.approvals else None
    return Links(
        newer=link_of(engine, newer) if newer else None,
        connected=engine.is_connected(proposal.workflow),
        beyond=engine.limits_exceeded(recommendation) if is_open else None,
        two_above=engine.preferences().two_above.in_currency(worst.currency if worst else None),
        edited=edited,
        one_is_enough=not needs_two(engine.preferences(), edited or proposal),
        on_hold=engine.on_hold(recommendation),
        frozen=engine.frozen() if is_open else None,
        source=_source(recommendation, engine) if recommendation.analysis.is_unjudged else None,
    )


def _source(recommendation: Recommendation, engine: Engine) -> str | None:
    """The message of the newest import that the figures are from, where one has a message."""
    rows = recommendation.analysis.retrospective.rows
    told = [engine.file_import(each) for each in (rows.imports if rows else ())]
    newest = sorted((each for each in told if each), key=lambda each: each.at, reverse=True)
    return next((link for each in newest if (link := link_of(engine, each.id, "import"))), None)


def _edited(recommendation: Recommendation, engine: Engine) -> Proposal | None:
    """What the first of two made of it; ``None`` where that is over a limit of now."""
    action = recommendation.decided_action
    if not isinstance(action, SetSpend) or action == recommendation.analysis.proposal.action:
        return None
    try:
        found = engine.amended(recommendation.id, action.change)
    except EngineError:
        return None
    return found.model_copy(update={"action": action})


def _digest(intent: Intent, engine: Engine, voice: Voice) -> Message:
    digest = engine.digest(intent.record)
    if digest is None:
        raise LookupError(intent.record)
    return edition(digest, engine, voice)


def edition(digest: Digest, engine: Engine, voice: Voice) -> Message:
    """Draw a digest with the records it names as they are now."""
    recommendations = {each: engine.recommendation(each) for each in digest.named}
    links = {each: link for each in digest.named if (link := link_of(engine, each))}
    about = {each: links_of(recommendations[each], engine) for each in digest.waiting}
    return draw_digest(digest, recommendations, voice, links, about)


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
    told = [each.recommendation for each in found.league if each.recommendation]
    before = engine.file_import(found.before) if found.before else None
    if is_export(found):
        verdicts = {each: engine.recommendation(each).analysis for each in told}
        link = link_of(engine, before.id, "import") if before else None
        return exported(found, verdicts, voice, link=link, before=before)
    return imported(
        found,
        {each: engine.recommendation(each).analysis for each in told},
        voice,
        link=link_of(engine, before.id, "import") if before else link_of(engine, told[0]) if told else None,
        before=before,
    )


def _hooks(intent: Intent, engine: Engine, voice: Voice) -> Message:
    found = engine.hook_burst(intent.record)
    if found is None:
        raise LookupError(intent.record)
    return burst(found, voice)


def _budget(intent: Intent, engine: Engine, voice: Voice) -> Message:
    passed = engine.budget_mark(intent.record)
    if passed is None:
        raise LookupError(intent.record)
    return budget_mark(*passed, voice.plain.formats)


def _notice(intent: Intent, engine: Engine, voice: Voice) -> Message:
    _, what, identifier = intent.record.split(":", 2)
    recommendation = engine.recommendation(identifier)
    about = links_of(recommendation, engine)
    return notice(cast(Notice, what), recommendation, engine.is_pinged(intent), about.two_above, voice)


def _settings(intent: Intent, engine: Engine, voice: Voice) -> Message:
    told = engine.settings_told(intent.record)
    if told is None:
        raise LookupError(intent.record)
    return settings_told(told, voice)


def _parked(intent: Intent, engine: Engine, voice: Voice) -> Message:
    posting = engine.posting(intent.record.removeprefix("parked:"))
    if posting is None:
        raise LookupError(intent.record)
    due_at, until = engine.digest_due_at(posting.intent), engine.tried_until(posting.intent)
    tried = until if posting.status == "pending" else None
    return parked(posting, voice, due_at=due_at, until=tried)


def _reply(intent: Intent, engine: Engine, voice: Voice) -> Message:
    found = engine.reply(intent.record)
    if found is None:
        raise LookupError(intent.record)
    card = found.answered.card
    return reply(found, voice, engine.tally(found.id, "answer"), link_of(engine, card) if card else None)


def _study(intent: Intent, engine: Engine, voice: Voice) -> Message:
    """In words alone, as ``_picture``."""
    return study(engine.study_shown(intent.record), voice)


def _welcome(_: Intent, engine: Engine, __: Voice) -> Message:
    return welcome(len(engine.approvers))


DRAWN: Mapping[str, Draw] = {
    "budget": _budget,
    "card": _card,
    "digest": _digest,
    "evidence": _evidence,
    "headway": _headway,
    "hooks": _hooks,
    "import": _import,
    "notice": _notice,
    "parked": _parked,
    "picture": _picture,
    "preview": _preview,
    "reasoning": _reasoning,
    "reminder": _reminder,
    "reply": _reply,
    "retraction": _retraction,
    "settings": _settings,
    "study": _study,
    "welcome": _welcome,
    "wording": _wording,
}
