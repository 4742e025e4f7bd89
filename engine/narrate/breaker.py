"""A breaker: after five failures in a row a dependency rests, then one call tries it."""

import threading
import time
from collections.abc import Callable

FAILURES = 5
REST_S = 60.0


class Breaker:
    """Closed lets all pass, open none, half-open one at a time. Safe to use from several threads."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._probing = False

    @property
    def is_resting(self) -> bool:
        """Whether it opened and no call has succeeded since."""
        with self._lock:
            return self._opened_at is not None

    def enter(self) -> bool:
        """Ask to pass; False while it rests. Whoever passes reports what became of it, or turns back."""
        with self._lock:
            if self._opened_at is None:
                return True
            if self._probing or self._monotonic() - self._opened_at < REST_S:
                return False
            self._probing = True
            return True

    def turned_back(self) -> None:
        """Give a pass back that was not used: the next one may try."""
        with self._lock:
            self._probing = False

    def succeeded(self) -> None:
        with self._lock:
            self._failures, self._opened_at, self._probing = 0, None, False

    def failed(self) -> bool:
        """Count a failure; True when this one opens the breaker."""
        with self._lock:
            self._failures += 1
            opens = self._probing or self._failures == FAILURES
            if opens or self._failures > FAILURES:
                self._opened_at = self._monotonic()
            self._probing = False
            return opens
