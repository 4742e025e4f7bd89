"""What the engine hands back to those who ask."""

from typing import Literal

from engine.models.campaign import Day
from engine.models.recommendation import Recommendation
from engine.models.value import Value
from engine.models.weight import Weights

Act = Literal["look", "analyze", "hand_in", "vote", "ask", "read", "digest", "doubt", "calendar"]
"""What a person may take part in; ``engine.decide.policy`` says who. Deciding has rules of its own."""


class Answer(Value):
    """One analysis, done or found again.

    ``stored``: the campaign's window was new or changed, and was remembered by this call.
    ``made``: the recommendation was written by this call; otherwise it was found again.
    ``kept_newer``: other figures of this window are known from a later moment, and these were not taken.
    ``shown``: the key of the intent that this call put on its way; ``None`` when no card was asked
    for, or when it stands in a channel already.
    """

    recommendation: Recommendation
    weights: Weights
    stored: bool
    kept_newer: bool = False
    made: bool = False
    shown: str | None = None


class Submission(Value):
    """Answers in the order in which the campaigns were handed in."""

    answers: tuple[Answer, ...]
    was_list: bool


class Reminder(Value):
    """A promise to come back to a campaign in its thread; ``is_new`` where it was not made before."""

    name: str
    day: Day
    is_new: bool


class Person(Value):
    """Who asks or decides, as Slack knows them. Unknown means: treat as a stranger."""

    id: str
    is_known: bool = True
    lacks: str = ""  # the scope without which Slack tells nobody who this is
    is_bot: bool = False
    is_deactivated: bool = False
    is_guest: bool = False
    is_foreign: bool = False
    is_admin: bool = False
