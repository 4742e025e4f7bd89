"""A question that a person asked in words, and the one answer it got."""

from engine.models.campaign import Moment
from engine.models.value import Value


class Reply(Value):
    """One answer, in the thread of its question: there is one reply per question.

    ``id`` is "reply:", the channel and the question's ts. The texts are plain, without Slack's marks.
    ``known`` is False where the answer is "I don't know".
    """

    id: str
    channel: str
    thread: str
    question: str
    asked_by: str
    asked_at: Moment
    known: bool
    answer: str
    how: str
    caveats: tuple[str, ...] = ()
    corrected_at: Moment | None = None
