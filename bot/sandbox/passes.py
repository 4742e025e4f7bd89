"""Passes that Slack hands out with an interaction: trigger ids and response URLs. They live in real time."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class Trigger:
    """Leave to open one view: for whom, from which view, until when."""

    user: str
    view_id: str | None
    expires: float
    used: bool = False


@dataclass
class ResponseUrl:
    """Leave to answer an interaction: where, to whom, from which message, how often and until when."""

    channel: str
    user: str
    message_ts: str | None
    expires: float
    thread_ts: str | None = None
    uses_left: int = RESPONSE_USES


class Passes:
    """Hands out and takes back passes. `seconds` is a clock that only real time moves."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseUrl] = {}

    def trigger(self, user: str, view_id: str | None = None) -> str:
        """A new trigger id for a person, valid for TRIGGER_SECONDS and one use."""
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        with self._lock:
            self._triggers[trigger_id] = Trigger(user, view_id, self._seconds() + TRIGGER_SECONDS)
        return trigger_id

    def use_trigger(self, trigger_id: str) -> tuple[Trigger | None, str]:
        """The trigger and "", or None and Slack's error code."""
        with self._lock:
            trigger = self._triggers.get(trigger_id)
            if trigger is None:
                return None, "invalid_trigger_id"
            if self._seconds() > trigger.expires:
                return None, "expired_trigger_id"
            if trigger.used:
                return None, "exchanged_trigger_id"
            trigger.used = True
            return trigger, ""

    def response(
        self, channel: str, user: str, *, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """The id of a new response URL."""
        response_id = secrets.token_urlsafe(18)
        expires = self._seconds() + RESPONSE_SECONDS
        with self._lock:
            self._responses[response_id] = ResponseUrl(channel, user, message_ts, expires, thread_ts)
        return response_id

    def use_response(self, response_id: str) -> ResponseUrl | None:
        """Take one use of a response URL; None when it has none left or is too old."""
        with self._lock:
            response = self._responses.get(response_id)
            if response is None or response.uses_left == 0 or self._seconds() > response.expires:
                return None
            response.uses_left -= 1
            return response
