"""Whatever an embedder elsewhere comes up with, similar campaigns are found, at worst by the local one."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import StoreTrouble
from engine.explain.embedder import LocalEmbedder
from engine.recollection import Recollection
from store.vectors import AT_ONCE, VectorIndex

TEXTS = {"a": "student video", "b": "parents newsletter"}


class Odd:
    """An endpoint's embedder that raises what nobody expected."""

    name = "odd"

    def __init__(self, problem: Exception) -> None:
        self._problem = problem

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise self._problem


@pytest.mark.parametrize("problem", [StoreTrouble("busy"), AssertionError(), OverflowError("too large")])
def test_an_odd_failure_costs_neither_the_answer_nor_its_order(
    problem: Exception, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    odd = Odd(problem)
    local = Recollection().near("learning", "videos for students", TEXTS, 1, most=2)
    recollection = Recollection(odd, VectorIndex(tmp_path / "vectors.faiss", odd))
    with caplog.at_level(logging.ERROR):
        found = recollection.near("learning", "videos for students", TEXTS, 1, most=2)
    recollection.close()
    assert found == local != {}
    assert "the local embedder answers" in caplog.text


class Counting(LocalEmbedder):
    """Ours, and it remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return super().embed(texts)


def test_a_large_memory_without_an_index_is_answered_at_once_and_embedded_once(tmp_path: Path) -> None:
    texts = {f"c{number}": f"sale number {number} for students" for number in range(AT_ONCE + 1)}
    embedder = Counting()
    index = VectorIndex(tmp_path / "vectors.faiss", embedder)
    recollection = Recollection(embedder, index)
    compared = recollection.near("campaign", "number 7", texts, 1, most=5)
    assert index.settled(30)
    assert len(embedder.asked) == len(texts) + 1, "the question's vectors were handed on"
    found = recollection.near("campaign", "number 7", texts, 1, most=5)
    assert len(embedder.asked) == len(texts) + 2
    nearest = sorted(compared, key=lambda key: (-compared[key], key))[: len(found)]
    assert len(found) >= 5
    assert found == pytest.approx({key: compared[key] for key in nearest}, abs=1e-5)
    recollection.close()
    index.close()
