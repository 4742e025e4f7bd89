"""What somebody thinks of a record: one vote a person and question, changeable."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from engine.models.campaign import Moment
from engine.models.value import Value

About = Literal["verdict", "reasoning", "answer"]


class Vote(Value):
    """``record`` is a recommendation's or a reply's id; ``right`` also stands for "good"."""

    record: str
    about: About
    by: str
    right: bool
    at: Moment


class Tally(NamedTuple):
    """How many find it right (or good), and how many find it wrong (or poor)."""

    right: int = 0
    wrong: int = 0


def tally(votes: Iterable[Vote], about: About) -> Tally:
    """Count the votes on one question."""
    asked = [each.right for each in votes if each.about == about]
    return Tally(right=asked.count(True), wrong=asked.count(False))
