"""The names that a question may hold, put together once for each generation of the memory."""

from collections.abc import Callable, Iterable
from threading import Lock

from engine.asking.mentions import KnownCampaigns, known_campaigns
from engine.models.retrospective import Retrospective


class Namebook:
    """Safe to ask from several threads: what two of them put together at once is the same."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._generation: int | None = None
        self._known = KnownCampaigns()

    def of(self, generation: int, retrospectives: Callable[[], Iterable[Retrospective]]) -> KnownCampaigns:
        """Give the names as of a generation; ``retrospectives`` are asked for only where it is another."""
        with self._lock:
            if self._generation == generation:
                return self._known
        fresh = known_campaigns(retrospectives())
        with self._lock:
            self._generation, self._known = generation, fresh
        return fresh
