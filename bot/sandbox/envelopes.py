"""What is brought to the bot, and what became of it; the same over a socket and by HTTP."""

from dataclasses import dataclass, field
from typing import Any

NOT_CONNECTED = "connection_failed"
TIMEOUT = "timeout"
BAD_ANSWER = "http_error"


@dataclass(frozen=True)
class Envelope:
    """A payload with its kind: "slash_commands", "interactive" or "events_api".

    `accepts_payload` when the answer may hold something; `retry` has the number of a repeated try and
    why the one before it failed.
    """

    kind: str
    payload: dict[str, Any]
    accepts_payload: bool = False
    retry: tuple[int, str] | None = None


@dataclass(frozen=True)
class Ack:
    """What became of an envelope: `reason` is "" when it was answered, `payload` what the answer held.

    `is_final` when the bot asked not to be sent it again.
    """

    reason: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    is_final: bool = False

    @property
    def answered(self) -> bool:
        return not self.reason
