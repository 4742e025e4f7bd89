"""How far a slow analysis has come, for the message that stands in for its card meanwhile."""

from typing import Literal

from engine.models.value import Value

Step = Literal["reading", "comparing", "explaining", "replaced", "stands", "failed"]
ENDED: frozenset[Step] = frozenset({"replaced", "stands", "failed"})


class Headway(Value):
    """One request's progress. ``id`` is "headway:" and the request's key; ``window`` a retrospective's key.

    It ends in "replaced" where the card takes the message's place, "stands" where the card was there
    already, or "failed".
    """

    id: str
    window: str
    step: Step
