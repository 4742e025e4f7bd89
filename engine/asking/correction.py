"""Replies whose figures were corrected meanwhile are answered again, in the place where they stand."""

from datetime import UTC, datetime

from engine.asking.of_campaign import Asked, answer_of_one
from engine.models.delivery import Intent
from engine.models.question import OF_ONE
from engine.models.recommendation import Recommendation
from engine.models.reply import Reply
from engine.narrate.words import Words
from engine.ports import Unit


def correct_replies(unit: Unit, recommendation: Recommendation, words: Words, now: datetime) -> None:
    """Answer again what was answered from an earlier revision of this window, and redraw it.

    ``words`` keep their marks; ``now`` is in the team's zone. Answers over many campaigns stay what
    they were on their day.
    """
    retrospective = recommendation.analysis.retrospective
    if retrospective.revision == 1:
        return
    for each in unit.replies(about=recommendation.campaign_key):
        shown = bool(unit.views(recommendation.id))
        asked = Asked(each.answered.question, recommendation, now, words, shown)
        changed = _corrected(each, asked)
        if changed is None:
            continue
        unit.keep_reply(changed)
        for view in unit.views(each.id):
            key = f"redraw:{view.channel}:{view.ts}:{each.id}:{retrospective.revision}"
            unit.post(Intent(key=key, kind="redraw", record=each.id, channel=view.channel, ts=view.ts))


def _corrected(reply: Reply, asked: Asked) -> Reply | None:
    """Give the reply with its new answer; ``None`` where the answer stays the same."""
    held = reply.answered
    if held.question.topic not in OF_ONE or not _cites(held.cites, asked.recommendation):
        return None
    fresh = answer_of_one(asked)
    if fresh.answer == held.answer:
        return None
    return reply.model_copy(update={"answered": fresh, "corrected_at": asked.now.astimezone(UTC)})


def _cites(cites: tuple[str, ...], recommendation: Recommendation) -> bool:
    """Whether an earlier revision of this very window was cited."""
    retrospective = recommendation.analysis.retrospective
    windows = {each.rsplit("#", 1)[0]: each.rsplit("#", 1)[1] for each in cites}
    return windows.get(retrospective.key, retrospective.evidence_hash) != retrospective.evidence_hash
