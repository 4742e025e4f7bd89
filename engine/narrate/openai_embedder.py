"""OpenAI's embedder, or any compatible endpoint's (``engine.ports.Embedder``).

Whatever goes wrong is one error, ``EmbedderFailed``, in good time: the local embedder then answers.
Money, time and trouble are those of every model, in ``paid_model.py``.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.narrate.breaker import Breaker
from engine.narrate.model_errors import ModelFailed
from engine.narrate.paid_model import Errand, ModelSettings, PaidModel
from engine.narrate.prices import Usage
from engine.narrate.purse import Purse
from engine.ports import EmbedderFailed

if TYPE_CHECKING:
    from openai import OpenAI

MODEL = "text-embedding-3-small"
DEADLINE_S = 3.0
LONGEST_TEXT = 8_000  # characters; the models take about four times as much
QUESTIONS_KEPT = 64
PROMPT = "embedding"


class OpenAIEmbedder:
    """Embeds by one request; safe to call from several threads."""

    def __init__(self, settings: ModelSettings, purse: Purse, *, breaker: Breaker | None = None) -> None:
        self._model = PaidModel(settings, purse, breaker=breaker)
        self._question = lru_cache(maxsize=QUESTIONS_KEPT)(self._embed_one)

    @property
    def name(self) -> str:
        return f"openai:{self._model.settings.base_url or ''}:{self._model.name}"

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
        sent = [self._model.settings.hide(each)[:LONGEST_TEXT] or " " for each in texts]

        def send(client: "OpenAI") -> bytes:
            return client.embeddings.with_raw_response.create(
                input=sent, model=self._model.name, encoding_format="float"
            ).content

        try:
            return self._model.ask(_errand(sent), send, lambda body: _rows(body, len(sent)))
        except ModelFailed as failed:
            raise EmbedderFailed(f"no vectors from {self._model.name}: {failed.kind}: {failed}") from None


def _errand(texts: Sequence[str]) -> Errand:
    """A token is a byte at least, so bytes are the most that texts can cost."""
    content = "\0".join(texts).encode("utf-8", "replace")
    context = hashlib.sha256(content).hexdigest()[:24]
    subject = f"{len(texts)} text{'s' if len(texts) > 1 else ''}"
    return Errand(subject, context, PROMPT, Usage(len(content), 0))


def _rows(body: Any, expected: int) -> NDArray[np.float32]:
    """Check an answer and bring every vector to length 1; raises ``ModelFailed`` for anything odd."""
    data = body.get("data") if isinstance(body, dict) else None
    if not data:
        raise ModelFailed("empty", "the answer holds nothing")
    try:
        ordered = sorted(data, key=lambda each: int(each["index"]))
        numbers = [each["index"] for each in ordered]
        rows = np.array([each["embedding"] for each in ordered], dtype=np.float64)
    except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError):
        raise ModelFailed("wrong_schema", "vectors that are none") from None
    if numbers != list(range(expected)):
        raise ModelFailed("wrong_schema", "not one vector for each text")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True) if rows.ndim == 2 else np.zeros((1, 1))
    if not np.isfinite(rows).all() or not np.isfinite(lengths).all() or not (lengths > 0).all():
        raise ModelFailed("wrong_schema", "vectors that are none")
    return np.asarray(rows / lengths, dtype=np.float32)
