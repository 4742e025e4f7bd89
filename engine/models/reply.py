"""A question that a person asked in words, and the one answer it got."""

from typing import Any, Literal

from pydantic import Field

from engine.models.campaign import Moment
from engine.models.question import Question
from engine.models.value import Value

Form = Literal["answer", "unknown", "talk"]


class Answered(Value):
    """An answer out of what is stored.

    Texts are kept ones (``engine.narrate.kept_text``): names, people and moments are marked in them.
    ``form`` is "unknown" for "I don't know", and "talk" where nothing was asked of the memory. ``about``
    is the key of the one campaign it speaks of, ``card`` the recommendation whose card shows more, and
    ``cites`` names the windows its figures are from, each as their key, "#" and the evidence's digest.
    Of a study ``table`` is shown as well, the head first, and ``picture``, packed by
    ``engine.narrate.pictured``; both are plain text.
    """

    question: Question
    form: Form
    answer: str
    how: str = ""
    caveats: tuple[str, ...] = ()
    about: str | None = None
    card: str | None = None
    cites: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = Field(default=(), exclude_if=lambda table: not table)
    picture: dict[str, Any] | None = Field(default=None, exclude_if=lambda picture: picture is None)

    @property
    def known(self) -> bool:
        return self.form != "unknown"


class Reply(Value):
    """One answer, in the thread of its question: there is one reply per question.

    ``id`` is "reply:", the channel and the question's ts. ``about`` is the answer's. ``file`` is that of its
    picture in Slack, "" where there is none to be had.
    """

    id: str
    channel: str
    thread: str
    asked_by: str
    asked_at: Moment
    answered: Answered
    about: str | None = None
    corrected_at: Moment | None = None
    file: str | None = Field(default=None, exclude_if=lambda file: file is None)
