"""``Retry-After`` in one place: what Slack told one thread to wait for, no other thread asks for meanwhile.

Slack's limits go by method, and for new messages by channel too. A client that *waits* sleeps until the time
has come; one in a hurry is refused here at once, in Slack's own words, and nothing goes over the line.
"""

import math
import threading
import time
from collections.abc import Callable
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

Line = tuple[str, str]
"""A method, and the channel where its limit goes by channel, else ""."""

BUSY_STATUS = 429
MOST_S = 3600.0  # nothing rests for longer, whatever was told
UNTOLD_S = 5.0  # where Slack does not say for how long
LONGEST_WAIT_S = 30.0
MOST_TRIES = 3
BY_CHANNEL = frozenset({"chat.postMessage"})


class Patience:
    """Until when each line rests. Safe to use from several threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """``now`` gives seconds that never go back."""
        self._now = now
        self._lock = threading.Lock()
        self._until: dict[Line, float] = {}

    def rest(self, line: Line, seconds: float) -> None:
        """Nobody uses this line for so long; never shortens what was told before."""
        now = self._now()
        with self._lock:
            self._until = {each: until for each, until in self._until.items() if until > now}
            self._until[line] = max(now + seconds, self._until.get(line, 0.0))

    def left(self, line: Line) -> float:
        """For how many seconds the line still rests; 0 where it may be used."""
        with self._lock:
            return max(0.0, self._until.get(line, 0.0) - self._now())


class PatientClient(WebClient):
    """Slack's client, with a patience that it shares with others."""

    def __init__(
        self, token: str | None, base_url: str, *, patience: Patience, timeout: float, waits: bool
    ) -> None:
        """With ``waits`` a call sleeps where it was told to, 30 s at most; else it is refused at once."""
        super().__init__(token=token, base_url=base_url, timeout=math.ceil(timeout), retry_handlers=[])
        self.patience = patience
        self._waits = waits

    def hasty(self, timeout: float) -> "PatientClient":
        """Make a client of the same patience that waits for nothing."""
        return PatientClient(self.token, self.base_url, patience=self.patience, timeout=timeout, waits=False)

    def api_call(self, api_method: str, **told: Any) -> SlackResponse:
        line = _line(api_method, told)
        deadline = time.monotonic() + (LONGEST_WAIT_S if self._waits else 0.0)
        for last in (*[False] * (MOST_TRIES - 1), True):
            while (left := self.patience.left(line)) > 0:
                if time.monotonic() + left > deadline:
                    raise self._refusal(api_method, left)
                time.sleep(left)
            try:
                return super().api_call(api_method, **told)
            except SlackApiError as refused:
                if refused.response.status_code != BUSY_STATUS:
                    raise
                self.patience.rest(line, asked_s(refused))
                if last:
                    raise
        raise AssertionError  # the last try returns or raises

    def _refusal(self, api_method: str, left: float) -> SlackApiError:
        """What Slack would say if it were asked again too early."""
        answer = SlackResponse(
            client=self,
            http_verb="POST",
            api_url=f"{self.base_url}{api_method}",
            req_args={},
            data={"ok": False, "error": "ratelimited"},
            headers={"Retry-After": f"{left:.3f}"},
            status_code=BUSY_STATUS,
        )
        words = "Slack asked us to wait, and the time is not over."
        return SlackApiError(words, answer)  # type: ignore[no-untyped-call]


def in_a_hurry(client: WebClient, timeout: float) -> WebClient:
    """Make a client for what waits for nobody, of the same patience where the given one has any."""
    if isinstance(client, PatientClient):
        return client.hasty(timeout)
    seconds = math.ceil(timeout)
    return WebClient(token=client.token, base_url=client.base_url, timeout=seconds, retry_handlers=[])


def _line(api_method: str, told: dict[str, Any]) -> Line:
    if api_method not in BY_CHANNEL:
        return api_method, ""
    arguments = told.get("json") or told.get("data") or told.get("params") or {}
    return api_method, str(arguments.get("channel", ""))


def asked_s(refused: SlackApiError) -> float:
    """For how many seconds Slack asks to wait, an hour at most; whoever repeats a call adds its own patience.

    What is no number, or none that ends, may come from anything on the line between us and Slack.
    """
    try:
        told = float(refused.response.headers.get("Retry-After", UNTOLD_S))
    except ValueError:
        return UNTOLD_S
    return UNTOLD_S if math.isnan(told) else min(max(0.0, told), MOST_S)
