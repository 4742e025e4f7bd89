"""Switches that make the sandbox fail on purpose, as networks and Slack do now and then."""

import threading

# What each does, and whether it turns itself off once it has happened.
ONCE = {
    "ratelimit_next": True,
    "drop_response_after_post": True,
    "deliver_twice": False,
    "refuse_posts": False,
    "server_error": True,
}


class Switches:
    """The faults that are on; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: set[str] = set()

    def state(self) -> dict[str, bool]:
        """Each switch by name, in the order of ONCE."""
        with self._lock:
            return {name: name in self._on for name in ONCE}

    def set(self, name: str, *, on: bool) -> None:
        """Turn a switch. Raises ValueError for an unknown name."""
        if name not in ONCE:
            raise ValueError(f"No switch is called {name!r}; there are {', '.join(ONCE)}.")
        with self._lock:
            (self._on.add if on else self._on.discard)(name)

    def strikes(self, name: str) -> bool:
        """Whether the fault happens now; a switch that works once turns itself off here."""
        with self._lock:
            on = name in self._on
            if on and ONCE[name]:
                self._on.discard(name)
            return on
