"""What is remembered, read once: standings are kept while the memory's generation stands still."""

from dataclasses import replace
from threading import Lock

from engine.explain.standing import Standing, standing
from engine.models.retrospective import Retrospective
from engine.models.rules import Rules
from engine.ports import Reading


class Portfolio:
    """A cache of standings by retrospective key; always right, since the generation guards it."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._lock = Lock()
        self._generation: int | None = None
        self._standings: dict[str, Standing] = {}

    def read(self, reading: Reading) -> tuple[int, dict[str, Standing]]:
        """Give the generation and all standings by key, in the order of their timestamps."""
        generation = reading.generation()
        with self._lock:
            if self._generation == generation:
                return generation, dict(self._standings)
            held = self._standings
        links = reading.links()
        every = reading.retrospectives()
        fresh = {each.key: self._reuse(held, each, links.get(each.campaign_key)) for each in every}
        with self._lock:
            self._generation, self._standings = generation, fresh
        return generation, dict(fresh)

    def advance(self, before: int, after: int, changed: Standing | None) -> None:
        """Follow our own write, so that a long list is not read again for every campaign."""
        with self._lock:
            if self._generation != before:
                return
            self._generation = after
            if changed is not None:
                self._standings[changed.retrospective.key] = changed

    def _reuse(self, held: dict[str, Standing], each: Retrospective, linked_to: str | None) -> Standing:
        known = held.get(each.key)
        if known and known.retrospective == each and known.linked_to == linked_to:
            return known
        return replace(standing(each, self._rules), linked_to=linked_to)
