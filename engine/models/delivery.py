"""What comes in from Slack and what goes out to it, as durable rows."""

from datetime import timedelta
from typing import Any, Literal, NamedTuple

from engine.models.campaign import Moment
from engine.models.value import Value

DeliveryKind = Literal["command", "action", "view", "event", "shortcut"]
IntentKind = Literal[
    "card",
    "digest",
    "redraw",
    "evidence",
    "reasoning",
    "reminder",
    "wording",
    "reply",
    "import",
    "welcome",
    "picture",
    "headway",
    "budget",
    "retraction",
    "preview",
    "notice",
    "settings",
    "parked",
    "rejects",
    "hooks",
    "study",
]


class Delivery(Value):
    """One accepted payload. ``key`` is unique, so the same event acts once."""

    key: str
    kind: DeliveryKind
    name: str
    payload: dict[str, Any]
    received_at: Moment


class Intent(Value):
    """One thing to show: what to draw and where, not how. ``key`` is unique and travels along.

    ``record`` is the id of what is drawn: a recommendation, or "reasoning:" and one, "digest:…",
    "reply:…", "import:…" (of its refused rows too), "hooks:" and a burst of webhooks, "notice:" with what is
    told and a recommendation ("notice:failed:…"), "welcome:" or "preview:" and a channel, "study:" with its
    kind, the day it was asked on and the words behind the verb, or of a retraction the key of a pattern.
    ``ts`` names the message to update (redraw) or the thread to answer in (evidence, reasoning, reminder,
    wording, picture, reply, import, notice). ``person`` is who asked to be reminded, or to have it shown.
    ``over`` is the headway whose message a card takes the place of, if one was shown.
    """

    key: str
    kind: IntentKind
    record: str
    channel: str
    ts: str | None = None
    person: str | None = None
    over: str | None = None


UNKNOWN = "unknown"
"""The error of a message of which nobody can tell whether it arrived."""


class Posting(Value):
    """How a message stands: pending, sending, sent or parked; ``error`` is Slack's code, or ``UNKNOWN``."""

    intent: Intent
    status: str
    error: str
    changed_at: Moment


class OutboxItem(Value):
    """An intent on its way. ``doubtful`` means: a send began and nobody knows how it ended.

    ``since``: it cannot have been sent before that moment.
    """

    intent: Intent
    attempts: int
    doubtful: bool
    since: Moment | None = None


class LedgerEntry(Value):
    """One line of the append-only ledger, chained to the line before by ``digest``."""

    seq: int
    at: Moment
    actor: str
    deed: str
    subject: str
    detail: dict[str, Any]
    digest: str


class Often(NamedTuple):
    """How often something may be asked for within a window: by one person, and in one channel."""

    person: int
    channel: int
    window: timedelta = timedelta(minutes=1)
