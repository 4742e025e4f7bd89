"""What the engine hands back to those who ask."""

from engine.models.recommendation import Recommendation
from engine.models.value import Value
from engine.models.weight import Weights


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


class Person(Value):
    """Who asks or decides, as Slack knows them. Unknown means: treat as a stranger."""

    id: str
    is_known: bool = True
    is_bot: bool = False
    is_deactivated: bool = False
    is_guest: bool = False
    is_foreign: bool = False
    is_admin: bool = False
