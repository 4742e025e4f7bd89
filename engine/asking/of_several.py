"""Answers about several campaigns that were named: each by itself, one line each."""

from collections import Counter
from collections.abc import Sequence

from engine.models.question import Question
from engine.models.reply import Answered

MOST = 5


def answer_of_several(question: Question, found: Sequence[tuple[str, Answered]]) -> Answered:
    """Put the answers about each campaign together, ``found`` with its name; nothing is added up.

    Known where one of them is: the others say in their line what is missing.
    """
    told = found[:MOST]
    more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    known = [(name, each) for name, each in told if each.known]
    return Answered(
        question=question,
        form="answer" if known else "unknown",
        answer="\n".join([*(each.answer for _, each in told), *more]),
        how=" ".join(f"{name}: {each.how}" for name, each in known),
        caveats=_caveats(known),
        cites=tuple(cite for _, each in told for cite in each.cites),
    )


def _caveats(known: Sequence[tuple[str, Answered]]) -> tuple[str, ...]:
    """What holds for all is said once; what holds for some, with their names."""
    counts = Counter(caveat for _, each in known for caveat in each.caveats)
    shared = [caveat for caveat, times in counts.items() if times == len(known)]
    own = [
        f"{name}: {caveat}" for name, each in known for caveat in each.caveats if counts[caveat] < len(known)
    ]
    return (*shared, *own)
