"""Switches that make the sandbox fail on purpose, as networks and Slack do now and then."""

import threading

# What each does, as a person reads it.
LABELS = {
    "ratelimit_next": "The next post is refused with 429 (ratelimited, one second)",
    "server_error": "The next call gets status 500 (internal_error)",
    "drop_response_after_post": "The next post is stored and its answer lost",
    "late_ack": "The next answer comes too late (operation_timeout; an event is sent again)",
    "expired_trigger": "The next dialog is opened too late (expired_trigger_id)",
    "deliver_twice": "Everything is delivered twice, until turned off",
    "refuse_posts": "Every post is refused (fatal_error), until turned off",
    "unreachable": "No call gets an answer, until turned off",
}
LASTING = frozenset({"deliver_twice", "refuse_posts", "unreachable"})


class Switches:
    """The faults that are on; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: set[str] = set()

    def state(self) -> dict[str, bool]:
        """Each switch by name, in the order of LABELS."""
        with self._lock:
            return {name: name in self._on for name in LABELS}

    def set(self, name: str, *, on: bool) -> None:
        """Turn a switch. Raises ValueError for an unknown name."""
        if name not in LABELS:
            raise ValueError(f"No switch is called {name!r}; there are {', '.join(LABELS)}.")
        with self._lock:
            (self._on.add if on else self._on.discard)(name)

    def strikes(self, name: str) -> bool:
        """Whether the fault happens now; a switch that happens once turns itself off here."""
        with self._lock:
            on = name in self._on
            if on and name not in LASTING:
                self._on.discard(name)
            return on
