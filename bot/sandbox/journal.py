"""What changed, in order: the one lock of the sandbox's state, and the feed that the page listens to."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

_LONGEST_FEED = 20_000


@dataclass(frozen=True)
class Happening:
    """One entry of the feed, for the members of `channel`, for `user` alone, or (both None) for all."""

    seq: int
    type: str
    body: dict[str, Any]
    channel: str | None = None
    user: str | None = None

    def to_page(self) -> dict[str, Any]:
        """The JSON of one server-sent event."""
        return {"seq": self.seq, "type": self.type, **self.body}


class Watched:
    """Calls whoever watches, so that a page's feed knows when there is something to tell."""

    def __init__(self) -> None:
        self._watchers: list[Callable[[], object]] = []

    def watch(self, watcher: Callable[[], object]) -> Callable[[], None]:
        """Call `watcher` after each change, in the thread that made it; returns how to stop it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def wake(self) -> None:
        """Call every watcher, also without a change (at shutdown)."""
        for watcher in list(self._watchers):
            watcher()


class Journal(Watched):
    """Guards the state with one condition and tells whoever waits that something changed."""

    def __init__(self) -> None:
        super().__init__()
        self.condition = threading.Condition(threading.RLock())
        self._feed: list[Happening] = []
        # Starts at the real time, so that a page that outlived a restart never waits for old numbers.
        self._seq = int(time.time() * 1000)

    @property
    def last_seq(self) -> int:
        """The number of the newest entry."""
        return self._seq

    def tell(
        self, type_: str, body: dict[str, Any], *, channel: str | None = None, user: str | None = None
    ) -> None:
        """Add an entry and wake everybody who waits."""
        with self.condition:
            self._seq += 1
            self._feed.append(Happening(self._seq, type_, body, channel, user))
            del self._feed[:-_LONGEST_FEED]
            self.condition.notify_all()
        self.wake()

    def notice(self, text: str, *, user: str | None = None, level: str = "error") -> None:
        """Show a sentence on the page: to `user`, or to everybody."""
        self.tell("notice", {"text": text, "level": level}, user=user)

    def since(self, seq: int) -> list[Happening]:
        """The entries after `seq`, oldest first."""
        with self.condition:
            return [happening for happening in self._feed if happening.seq > seq]

    def wait_for(self, predicate: Callable[[], T], timeout: float = 5.0) -> T:
        """Wait until `predicate()` is true and return its value. Raises TimeoutError after `timeout` s."""
        with self.condition:
            value = self.condition.wait_for(predicate, timeout)
        if not value:
            raise TimeoutError(f"It did not become true within {timeout:g} s.")
        return value
