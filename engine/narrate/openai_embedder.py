"""OpenAI's embedder, or any compatible endpoint's (``engine.ports.Embedder``).

Whatever goes wrong is one error, ``EmbedderFailed``, in good time: the local embedder then answers.
"""

import math
import threading
import time
from collections.abc import Sequence
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.ports import EmbedderFailed

if TYPE_CHECKING:
    from openai import OpenAI

MODEL = "text-embedding-3-small"
DEADLINE_S = 3.0
REST_S = 60.0  # after a failure nobody waits for the next one
LONGEST_TEXT = 8_000  # characters; the models take about four times as much


class OpenAIEmbedder:
    """Embeds by one request; safe to call from several threads. ``base_url`` names another endpoint."""

    def __init__(self, api_key: str, *, model: str = MODEL, base_url: str | None = None) -> None:
        self._api_key = api_key
        self._model = model
        self._base_url = base_url
        self._lock = threading.Lock()
        self._rests_until = -math.inf
        self._client: OpenAI | None = None
        self._question = lru_cache(maxsize=64)(self._embed_one)

    @property
    def name(self) -> str:
        return f"openai:{self._base_url or ''}:{self._model}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts, shape (n, d); a single text is remembered, since it is asked again at once."""
        if len(texts) == 1:
            return self._question(texts[0]).copy()
        return self._request(texts)

    def _embed_one(self, text: str) -> NDArray[np.float32]:
        return self._request([text])

    def _request(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        if time.monotonic() < self._rests_until:
            raise EmbedderFailed(f"{self._model} failed a moment ago")
        try:
            return _rows(self._in_time([each[:LONGEST_TEXT] or " " for each in texts]), len(texts))
        except Exception as problem:  # noqa: BLE001 - a server can answer with anything at all
            self._rests_until = time.monotonic() + REST_S
            # The kind of error alone: messages of servers repeat keys and texts.
            raise EmbedderFailed(f"{self._model} gave no vectors ({type(problem).__name__})") from None

    def _in_time(self, texts: list[str]) -> Any:
        """Ask in a thread of its own, and go on without it when the deadline is over."""
        answers: SimpleQueue[Any] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._ask(texts))
            except Exception as problem:  # noqa: BLE001 - it is raised again where it is waited for
                answers.put(problem)

        threading.Thread(target=ask, name="embedder", daemon=True).start()
        try:
            answer = answers.get(timeout=DEADLINE_S)
        except Empty:
            raise TimeoutError from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _ask(self, texts: list[str]) -> Any:
        with self._lock:
            if self._client is None:
                # Imported here: it is large, and without a key nobody needs it.
                from openai import OpenAI  # noqa: PLC0415

                self._client = OpenAI(
                    api_key=self._api_key, base_url=self._base_url, max_retries=0, timeout=DEADLINE_S
                )
        return self._client.embeddings.create(input=texts, model=self._model, encoding_format="float")


def _rows(answer: Any, expected: int) -> NDArray[np.float32]:
    """Check an answer and bring every vector to length 1; raises ``ValueError`` for anything odd."""
    data = sorted(answer.data, key=lambda each: each.index)
    if [each.index for each in data] != list(range(expected)):
        raise ValueError("not one vector for each text")
    rows = np.array([each.embedding for each in data], dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if rows.ndim != 2 or not np.isfinite(rows).all() or not (lengths > 0).all():
        raise ValueError("vectors that are none")
    return np.asarray(rows / lengths, dtype=np.float32)
