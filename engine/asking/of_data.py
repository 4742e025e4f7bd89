"""Which exports there are and how fresh they are, asked in words."""

from collections.abc import Collection, Sequence

from engine.asking.of_many import answered
from engine.asking.unknown import dont_know
from engine.models.export import SourceState
from engine.models.question import Question
from engine.models.reply import Answered
from engine.narrate import sources
from engine.narrate.words import Words

HOW = "Rows of exports that count; what was handed in with a forecast is a campaign of its own."
NONE = "I have no export{whom}. A file with its days would tell: drop it into a channel."


def data(
    question: Question, found: Sequence[SourceState], platforms: Collection[str], whom: str, words: Words
) -> Answered:
    """Tell what is known of these platforms, or of all, the freshest first."""
    asked = {each.casefold() for each in platforms}
    found = [each for each in found if not asked or each.platform.casefold() in asked]
    if not found:
        return dont_know(question, NONE.format(whom=f" of {whom}" if whom else " yet"))
    lines = [
        f"{sources.named(each, words)}: {sources.fresh(each, words)}; {sources.counts(each, words)}."
        for each in found
    ]
    return answered(question, lines, HOW)
