"""Whatever an embedder elsewhere comes up with, similar campaigns are found, at worst by the local one."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import StoreTrouble
from engine.recollection import Recollection
from store.vectors import VectorIndex

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
