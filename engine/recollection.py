"""What is near in meaning: the index when it can answer, and otherwise every text compared exactly.

An embedder that lives elsewhere is asked beside the question: whoever waits for a card does not wait
for it any longer than its patience, and not at all while it fails.
"""

import logging
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import BoundedSemaphore, Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.explain.embedder import LocalEmbedder
from engine.explain.standing import Standing, newest_by_campaign
from engine.explain.summary import summary
from engine.ports import Embedder, EmbedderFailed, TextKind, Vectors

log = logging.getLogger(__name__)

SEARCH_PATIENCE_S = 3.5  # somebody searches by words: an answer in good time is worth it
CARD_PATIENCE_S = 1.5  # somebody waits for a card, of which this is the least part
AT_ONCE = 4
BATCH = 256  # texts embedded at a time
_Asked = Future[dict[str, float] | None]


class Recollection:
    """Cosines of texts to a question, by key. Safe to call from several threads.

    The vectors of two embedders are never compared: where ``embedder`` fails or is slow, or its index
    is being made, the local one answers for question and texts alike. What a slow one makes is kept for
    the next question.
    """

    def __init__(
        self,
        embedder: Embedder | None = None,
        vectors: Vectors | None = None,
        *,
        pool: Executor | None = None,
    ) -> None:
        """An embedder that lives elsewhere is asked on ``pool``, four times at once at most."""
        self._embedder = embedder or LocalEmbedder()
        self._is_local = isinstance(self._embedder, LocalEmbedder)
        self._vectors = vectors
        self._exact = _Exact(self._embedder if isinstance(self._embedder, LocalEmbedder) else LocalEmbedder())
        self._summaries: dict[str, tuple[Standing, str]] = {}
        self._outage = _Outage()
        self._pool = pool or ThreadPoolExecutor(AT_ONCE, thread_name_prefix="vectors")
        self._room = BoundedSemaphore(AT_ONCE)
        self._behind: set[_Asked] = set()  # what took longer than somebody's patience, and goes on

    @property
    def is_failing(self) -> bool:
        """Whether the embedder gave no vectors when it was last asked, so that the local one answers."""
        return self._outage.lasts

    def campaigns(
        self,
        question: str,
        standings: Iterable[Standing],
        generation: int,
        *,
        most: int,
        patience_s: float = SEARCH_PATIENCE_S,
    ) -> dict[str, float]:
        """Give cosines by campaign key of at least the ``most`` nearest campaigns."""
        texts = self._texts(standings)
        return self.near("campaign", question, texts, generation, most=most, patience_s=patience_s)

    def near(
        self,
        kind: TextKind,
        question: str,
        texts: Mapping[str, str],
        generation: int,
        *,
        most: int,
        patience_s: float = SEARCH_PATIENCE_S,
    ) -> dict[str, float]:
        """Give cosines by key of at least the ``most`` nearest of ``texts``, which are by key as well.

        ``patience_s`` is how long to wait for an embedder that lives elsewhere.
        """
        query = _Query(kind, question, texts, generation, most)
        found = self._indexed(query) if self._is_local else self._beside(query, patience_s)
        if found is None:
            return self._compared(query)
        if self._is_local:
            self._exact.forget(kind)
        return found

    def close(self) -> None:
        """Wait for what is being asked elsewhere, which is a call's deadline at most."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _compared(self, query: "_Query") -> dict[str, float]:
        """Compare every text; the local embedder's vectors then go to the index that could not answer."""
        found, rows = self._exact.near(query.kind, query.question, query.texts)
        if self._is_local and self._vectors is not None:
            self._vectors.rebuild(query.kind, query.texts, query.generation, rows)
        return found

    def _beside(self, query: "_Query", patience_s: float) -> dict[str, float] | None:
        """Ask the index in a thread of its own; ``None`` where that takes longer than one waits.

        While it fails, or is behind with an earlier question, nobody waits at all.
        """
        if not self._room.acquire(blocking=False):
            return None
        asked = self._pool.submit(self._indexed, query)
        asked.add_done_callback(lambda _: self._room.release())
        try:
            return asked.result(0.0 if self._outage.lasts or self._behind else patience_s)
        except TimeoutError:
            self._behind.add(asked)
            asked.add_done_callback(self._caught_up)
            return None
        except Exception:
            # Whatever an endpoint or its index comes up with: similar campaigns are the least part of
            # an analysis, and the local embedder can always say which they are.
            log.exception("the vectors could not be asked; the local embedder answers")
            return None

    def _caught_up(self, asked: _Asked) -> None:
        """Nobody waits for it any more, so the log has to tell what is no failure of the embedder."""
        self._behind.discard(asked)
        problem = None if asked.cancelled() else asked.exception()
        if problem is not None:
            log.error("the vectors were not brought up to date: %s", problem)

    def _indexed(self, query: "_Query") -> dict[str, float] | None:
        """Ask the index; ``None`` where it cannot be brought up to date, or there is no vector."""
        if self._vectors is None:
            return None
        try:
            if not self._vectors.refresh(query.kind, query.texts, query.generation):
                if not self._is_local:
                    self._vectors.rebuild(query.kind, query.texts, query.generation, {})
                return None
            asked = self._embedder.embed([query.question])[0]
            found = self._vectors.search(query.kind, asked, query.most)
        except EmbedderFailed as failed:
            self._outage.note(str(failed))
            return None
        self._outage.end()
        return {key: cosine for key, cosine in found.items() if key in query.texts}

    def _texts(self, standings: Iterable[Standing]) -> dict[str, str]:
        """Summaries by campaign key; one is written again only when its campaign changed."""
        held, fresh = self._summaries, dict[str, tuple[Standing, str]]()
        for each in newest_by_campaign(standings):
            known = held.get(each.campaign_key)
            fresh[each.campaign_key] = known if known and known[0] is each else (each, summary(each))
        self._summaries = fresh
        return {key: text for key, (_, text) in fresh.items()}


class _Query(NamedTuple):
    kind: TextKind
    question: str
    texts: Mapping[str, str]
    generation: int
    most: int


class _Outage:
    """Whether the embedder fails, told in the log once for each reason and not for every question."""

    def __init__(self) -> None:
        self._reasons: set[str] = set()

    @property
    def lasts(self) -> bool:
        return bool(self._reasons)

    def note(self, reason: str) -> None:
        if reason not in self._reasons:
            self._reasons.add(reason)
            log.warning("%s; the local embedder answers", reason)

    def end(self) -> None:
        self._reasons.clear()


class _Exact:
    """Every text against the question; vectors are kept while their texts stay the same."""

    def __init__(self, embedder: LocalEmbedder) -> None:
        self._embedder = embedder
        self._lock = Lock()
        self._rows: dict[TextKind, dict[str, NDArray[np.float32]]] = {}  # by text

    def near(
        self, kind: TextKind, question: str, texts: Mapping[str, str]
    ) -> tuple[dict[str, float], dict[str, NDArray[np.float32]]]:
        """Give the cosines by key, and the vectors by text that they were counted with."""
        with self._lock:
            held = self._rows.get(kind, {})
            new = [text for text in dict.fromkeys(texts.values()) if text not in held]
            held = {text: held[text] for text in texts.values() if text in held}
            for at in range(0, len(new), BATCH):
                batch = new[at : at + BATCH]
                held.update(zip(batch, self._embedder.embed(batch), strict=True))
            self._rows[kind] = held
        asked = self._embedder.embed([question])[0]
        if not held:
            return {}, {}
        cosines = np.stack([held[text] for text in texts.values()]) @ asked
        near = zip(texts, (round(float(each), 6) for each in cosines), strict=True)
        return {key: cosine for key, cosine in near if cosine > 0}, held

    def forget(self, kind: TextKind) -> None:
        """Let go of vectors that the index has now."""
        with self._lock:
            self._rows.pop(kind, None)
