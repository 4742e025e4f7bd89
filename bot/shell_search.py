"""What a search in the memory found, as plain text for a shell."""

from collections.abc import Sequence
from typing import Any

from engine.models.learning import Learning, Learnings
from engine.models.pattern import SimilarCampaign
from engine.models.recommendation import Recommendation
from engine.models.weight import SignalWeight, WeightEvent
from engine.narrate import sentences
from engine.narrate.learnings import doubted, sentence, standing_line
from engine.narrate.precedent import similar_line
from engine.narrate.words import Words


def similar_text(asked: str, found: Sequence[SimilarCampaign], words: Words) -> str:
    """One campaign a line, the nearest first."""
    lines = [f"{words.formats.number(each.score, 2)}  {similar_line(each, words)}" for each in found]
    return "\n".join(lines) or f"I remember no campaign like “{asked}”."


def learnings_text(found: Learnings, words: Words) -> str:
    """One learning a line, with what people say of it below; the surest first, candidates last."""
    if found.found:
        return "\n".join(line for each in found.found for line in _learning_lines(each, words))
    if not found.total:
        return "No learning yet: it needs three campaigns with it and three without."
    near = f" Nearest: {', '.join(found.nearest)}." if found.nearest else ""
    return f"No learning about “{found.asked}”.{near}"


def _learning_lines(learning: Learning, words: Words) -> list[str]:
    doubts = [doubted(each, " ".join(each.note.split()), words) for each in learning.objections]
    more = [standing_line(learning, learning.found_in, words), *doubts]
    return [sentence(learning, words), *(f"  {line}" for line in more)]


def insights_text(found: Sequence[dict[str, Any]]) -> str:
    """``found`` are entries as machines read them."""
    lines = [f"{each['priority']:<6}  {each['campaign_id']}: {each['text']}" for each in found]
    return "\n".join(lines) or "No insight yet: no campaign was analyzed."


def recommendations_text(found: Sequence[Recommendation], words: Words) -> str:
    """What was proposed, or what was made of it before it was approved."""
    lines = [
        f"{each.id}  {each.status:<10}  {each.analysis.retrospective.campaign.campaign_id}: "
        f"{sentences.action(each.decided_action, words)}"
        for each in found
    ]
    return "\n".join(lines) or "No recommendation like that."


def why_text(found: SignalWeight, words: Words) -> str:
    """The weight, then every campaign that moved it, oldest first."""
    f = words.formats
    opening = (
        f"{found.signal} weighs {f.number(found.weight, 2)}: "
        f"{f.number(found.successes, 1)} of {f.number(found.trials, 1)} trials won, "
        "older ones counting for less."
    )
    return "\n".join([opening, *(_event(each, words) for each in found.events)])


def _event(event: WeightEvent, words: Words) -> str:
    came = "beat its forecast" if event.success else "missed its forecast"
    share = "" if event.share == 1 else f", {words.formats.percent(event.share * 100)} of the credit"
    return f"{words.formats.day(event.day)}  {event.campaign_id} {came}{share}"
