"""What this bot has in hand: the keys of deliveries that it surely took, and has not finished.

The memory's own word is not enough. Where the answer to a commit is lost, a delivery stands there as ours,
and nobody of ours was told to do it: held for ever by our heartbeat, it would never be done.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock


class Taken:
    """What came of taking something; ``sure`` once it is known to be ours."""

    sure = False


class Hands:
    """Safe to use from several threads. Counted, since the same event may come in twice at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: Counter[str] = Counter()

    @contextmanager
    def taking(self, keys: Sequence[str]) -> Iterator[Taken]:
        """Hold these before they are kept as ours; let go where that did not become ``sure``."""
        taken = Taken()
        with self._lock:
            self._held.update(keys)
        try:
            yield taken
        except BaseException:
            taken.sure = False
            raise
        finally:
            if not taken.sure:
                with self._lock:
                    self._held -= Counter(keys)

    def hold(self, key: str) -> bool:
        with self._lock:
            return key in self._held

    def drop(self, key: str) -> None:
        """It is finished."""
        with self._lock:
            self._held.pop(key, None)

    def empty(self) -> None:
        with self._lock:
            self._held.clear()
