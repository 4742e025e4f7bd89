"""What a program delivered by webhook: one file, kept before it is acknowledged, and what became of it."""

from typing import Literal, NamedTuple

from pydantic import Field

from engine.models.campaign import Day, Moment, Total
from engine.models.value import Value

HookStatus = Literal["waiting", "working", "done", "double", "dead", "dropped"]
HookOutcome = Literal["", "taken", "same"]
LETTERS: frozenset[HookStatus] = frozenset({"double", "dead"})  # what a person may settle
ACTOR = "hook:"  # before the source: who is named in the ledger for what a webhook brought


class HookDelivery(Value):
    """One accepted delivery. ``id`` is made of source and ``webhook_id``, so that it is accepted once.

    "waiting" to be read, again after ``not_before``; "working": a bot reads it; "done", with its
    ``outcome``: "taken", or "same" where these very bytes are known; "double": its money is held by another
    import, as ``reason`` says, and a person may say that it is not; "dead": it could not be read, and
    ``reason`` says why; "dropped" by ``settled_by``.

    ``file``, ``media`` and ``size`` are as it was sent, ``checksum`` is the SHA-256 of its bytes. ``day`` is
    the team's day on which it came, ``burst`` the id of the first of those it came with. ``attempts`` counts
    readings that began since it came, or since a person had it read again. ``record`` is its import.
    """

    id: str
    source: str
    webhook_id: str
    file: str
    media: str
    size: int
    checksum: str
    received_at: Moment
    day: Day
    burst: str
    status: HookStatus = "waiting"
    attempts: int = 0
    not_before: Moment | None = None
    outcome: HookOutcome = ""
    reason: str = ""
    record: str = ""
    settled_by: str | None = None

    @property
    def actor(self) -> str:
        return f"{ACTOR}{self.source}"


class Accepted(NamedTuple):
    """What became of a delivery at the door."""

    status: Literal["accepted", "duplicate", "conflict"]
    id: str


class Burst(Value):
    """Deliveries of one source that came close together, as they stand now.

    ``refused_rows`` are those of files that were taken. The figures are of what counts now of all that was
    taken: ``spend`` by currency ("" where nobody knows it), and both ends of its days.
    """

    id: str
    source: str
    deliveries: int
    waiting: int = 0
    taken: int = 0
    same: int = 0
    double: int = 0
    dead: int = 0
    dropped: int = 0
    rows: int = 0
    refused_rows: int = 0
    campaigns: int = 0
    forecasts: int = 0  # windows with forecast and actual
    first_day: Day | None = None
    last_day: Day | None = None
    spend: dict[str, Total] = Field(default_factory=dict)


class HookLetters(Value):
    """What a person may settle, newest first; how much there is in all, and how many still wait."""

    letters: tuple[HookDelivery, ...]
    total: int
    waiting: int
