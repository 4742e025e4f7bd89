"""What is near in meaning: the index when it can answer, and otherwise every text compared exactly."""

import logging
from collections.abc import Iterable, Mapping
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from engine.explain.embedder import LocalEmbedder
from engine.explain.standing import Standing, newest_by_campaign
from engine.explain.summary import summary
from engine.ports import Embedder, EmbedderFailed, TextKind, Vectors

log = logging.getLogger(__name__)


class Recollection:
    """Cosines of texts to a question, by key. Safe to call from several threads.

    The vectors of two embedders are never compared: where ``embedder`` fails, or its index is being
    made, the local one answers for question and texts alike.
    """

    def __init__(self, embedder: Embedder | None = None, vectors: Vectors | None = None) -> None:
        self._embedder = embedder or LocalEmbedder()
        self._vectors = vectors
        self._exact = _Exact(self._embedder if isinstance(self._embedder, LocalEmbedder) else LocalEmbedder())
        self._summaries: dict[str, tuple[Standing, str]] = {}
        self._failing = False

    def campaigns(
        self, question: str, standings: Iterable[Standing], generation: int, *, most: int
    ) -> dict[str, float]:
        """Give cosines by campaign key of at least the ``most`` nearest campaigns."""
        return self.near("campaign", question, self._texts(standings), generation, most=most)

    def near(
        self, kind: TextKind, question: str, texts: Mapping[str, str], generation: int, *, most: int
    ) -> dict[str, float]:
        """Give cosines by key of at least the ``most`` nearest of ``texts``, which are by key as well."""
        if self._vectors is not None:
            try:
                if self._vectors.refresh(kind, texts, generation):
                    found = self._vectors.search(kind, self._embedder.embed([question])[0], most)
                    self._failing = False
                    return {key: cosine for key, cosine in found.items() if key in texts}
            except EmbedderFailed as failed:
                if not self._failing:  # an outage is one line, not one for every question
                    log.warning("%s; the local embedder answers", failed)
                self._failing = True
        return self._exact.near(kind, question, texts)

    def _texts(self, standings: Iterable[Standing]) -> dict[str, str]:
        """Summaries by campaign key; one is written again only when its campaign changed."""
        held, fresh = self._summaries, dict[str, tuple[Standing, str]]()
        for each in newest_by_campaign(standings):
            known = held.get(each.retrospective.campaign_key)
            fresh[each.retrospective.campaign_key] = (
                known if known and known[0] is each else (each, summary(each))
            )
        self._summaries = fresh
        return {key: text for key, (_, text) in fresh.items()}


class _Exact:
    """Every text against the question; vectors are kept while their texts stay the same."""

    def __init__(self, embedder: LocalEmbedder) -> None:
        self._embedder = embedder
        self._lock = Lock()
        self._rows: dict[TextKind, dict[str, tuple[str, NDArray[np.float32]]]] = {}

    def near(self, kind: TextKind, question: str, texts: Mapping[str, str]) -> dict[str, float]:
        with self._lock:
            held = self._rows.get(kind, {})
            new = [key for key, text in texts.items() if key not in held or held[key][0] != text]
            made = zip(new, self._embedder.embed([texts[key] for key in new]), strict=True)
            held = {key: held[key] for key in texts if key in held} | {
                key: (texts[key], row) for key, row in made
            }
            self._rows[kind] = held
        asked = self._embedder.embed([question])[0]
        if not held:
            return {}
        cosines = np.stack([row for _, row in held.values()]) @ asked
        return {key: round(float(cosine), 6) for key, cosine in zip(held, cosines, strict=True) if cosine > 0}
