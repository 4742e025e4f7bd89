"""Our own embedder (``engine.ports.Embedder``): signed hashing, no network and no model file.

Words, stems, character 3- to 5-grams and shared meanings are hashed into 1,024 dimensions with a
sign each (Weinberger et al. 2009), so that what collides cancels out on average.
"""

import hashlib
import math
from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.explain.vocabulary import Word, listed, meanings, telling, words_of

DIMENSIONS = 1_024
RECIPE = 1  # raise it with any change below or in vocabulary.py, so that no old vector is compared
WORD, STEM, GRAMS, MEANING = 0.5, 1.0, 0.8, 1.3
GRAM_SIZES = (3, 4, 5)


class LocalEmbedder:
    """Turns texts into vectors: the same text, the same vector, on every machine and in every run."""

    @cached_property
    def name(self) -> str:
        """Recipe and lists of words: a change of any makes other vectors."""
        lists = listed("synonyms.txt") + listed("common_words.txt")
        digest = hashlib.sha256(lists.encode()).hexdigest()[:8]
        return f"local-{RECIPE}-{digest}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts, shape (n, 1024); rows have length 1, or 0 where a text holds no word."""
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float64)
        for row, text in zip(rows, texts, strict=True):
            _fill(row, text)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def _fill(row: NDArray[np.float64], text: str) -> None:
    """Add a text's features to its row; a word said three times weighs less than three words."""
    words = words_of(text)
    counts: dict[Word, int] = {}
    for each in telling(words):
        counts[each] = counts.get(each, 0) + 1
    for word, count in counts.items():
        places, weights = _word_features(word)
        row[places] += weights * math.sqrt(count)
    for meaning in meanings(words):
        place, sign = _place(f"meaning:{meaning.name}")
        row[place] += sign * MEANING


@lru_cache(maxsize=16_384)
def _word_features(word: Word) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Places and signed weights of one word, each place once."""
    padded = f"<{word.text}>"
    grams = {padded[at : at + size] for size in GRAM_SIZES for at in range(len(padded) - size + 1)}
    features = [(f"word:{word.text}", WORD), (f"stem:{word.stem}", STEM)]
    features += [(f"gram:{each}", GRAMS / math.sqrt(len(grams))) for each in sorted(grams)]
    summed: dict[int, float] = {}
    for feature, weight in features:
        place, sign = _place(feature)
        summed[place] = summed.get(place, 0.0) + sign * weight
    return np.fromiter(summed, dtype=np.intp), np.fromiter(summed.values(), dtype=np.float64)


@lru_cache(maxsize=65_536)
def _place(feature: str) -> tuple[int, int]:
    """Hash a feature to a dimension and a sign; never by ``hash()``, which differs in every process."""
    digest = int.from_bytes(hashlib.blake2b(feature.encode("utf-8", "replace"), digest_size=8).digest())
    return digest % DIMENSIONS, 1 if digest >> 63 else -1
