"""What somebody thinks of a record: one vote a person and question, changeable."""

from typing import Literal

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
