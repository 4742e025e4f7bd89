"""A ping: one person's share in a notice, and what that person chose to be told."""

from typing import Literal

from engine.models.campaign import Moment
from engine.models.value import Value

Notice = Literal["failed", "unknown", "expiring", "second", "woken", "undo_refused"]
UNASKED: frozenset[Notice] = frozenset({"expiring", "second"})
"""Nobody asked to be told: these have a budget. What was snoozed was asked for."""
URGENT: frozenset[Notice] = frozenset({"failed", "unknown", "undo_refused"})
"""What failed, or nobody knows: these come at night too, and to who wants only what is critical."""
PingState = Literal["sent", "held", "told", "over"]
WhyHeld = Literal["", "muted", "critical", "budget"]
PingChoice = Literal["mute", "critical", "all"]


class Ping(Value):
    """That one person is told of one thing, once. ``id`` is the thing's key and the person.

    ``state``: "sent" counts, from ``at`` on, when its message goes out; ``message`` is the key of that, and
    ``gone`` says that it went out.
    "held" was kept back (``why``) and "told" was told as such; "over" was settled before it went out.
    ``acted_at`` is when this person decided something about the record after that.
    """

    id: str
    thing: str
    message: str
    person: str
    what: Notice
    record: str
    name: str
    channel: str
    at: Moment
    state: PingState
    why: WhyHeld = ""
    gone: bool = False
    acted_at: Moment | None = None


class PingChoices(Value):
    """What one person chose, and what Slack says of them. Without a ``zone`` the team's holds."""

    muted_until: Moment | None = None
    only_critical: bool = False
    zone: str = ""
    is_outsider: bool = False


class PingStanding(Value):
    """How the pings of one person stand: ``used`` of ``budget`` in the last seven days.

    ``acted`` of ``judged`` were acted on in four weeks; ``fewer`` is how much less the budget is for it.
    """

    used: int = 0
    budget: int = 0
    acted: int = 0
    judged: int = 0
    fewer: int = 0
    held: tuple[Ping, ...] = ()
    muted_until: Moment | None = None
    only_critical: bool = False
