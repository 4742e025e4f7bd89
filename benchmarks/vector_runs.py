"""``python -m benchmarks.vector_runs SIZE DIMENSIONS``: measure an index of that size, print JSON."""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.goal import interleaved, seconds_of
from store.vectors import VectorIndex

MOST = 10
SEARCHES, SAVES, QUESTIONS = 41, 5, 20
Vectors = NDArray[np.float32]


class Given:
    """An embedder whose vectors are all known before."""

    name = "given"

    def __init__(self, known: dict[str, Vectors]) -> None:
        self._known = known

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._known[text] for text in texts])


def main(size: int, dimensions: int) -> dict[str, float]:
    """Give seconds by work, the recall of the ten nearest, and the file's megabytes."""
    chance = np.random.default_rng(20260330)
    matrix = chance.standard_normal((size + 1, dimensions), dtype=np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    texts = {f"campaign-{number}": f"text {number}" for number in range(size)}
    known = dict(zip([*texts.values(), "another text"], matrix, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.faiss"
        index = VectorIndex(path, Given(known))
        index.rebuild("campaign", texts, 1, known)
        index.settled()
        found = _searched(
            index, matrix[:-1], chance.standard_normal((QUESTIONS, dimensions), dtype=np.float32)
        )
        index.close()
        return found | _saved(path, texts, known)


def _searched(index: VectorIndex, matrix: Vectors, questions: Vectors) -> dict[str, float]:
    question = questions[0]
    works = {
        "search": lambda: index.search("campaign", question, MOST),
        "dot": lambda: np.dot(matrix, question),
    }
    interleaved(works)
    return interleaved(works, SEARCHES) | {"recall": _recall(index, matrix, questions)}


def _recall(index: VectorIndex, matrix: Vectors, questions: Vectors) -> float:
    """Say which share of the ten nearest of each question is found."""
    met = 0
    for question in questions:
        nearest = np.argsort(-np.dot(matrix, question))[:MOST]
        met += len({f"campaign-{row}" for row in nearest} & set(index.search("campaign", question, MOST)))
    return met / (len(questions) * MOST)


def _saved(path: Path, texts: dict[str, str], known: dict[str, Vectors]) -> dict[str, float]:
    """Open, change one text, and save at the close; then all of it anew, from vectors that are known."""
    content = path.read_bytes()
    taken: dict[str, list[float]] = {"save": [], "raw": [], "rebuild": []}
    for number in range(SAVES):
        index = VectorIndex(path, Given(known))
        changed = texts | {"campaign-0": "another text" if number % 2 == 0 else texts["campaign-0"]}
        index.refresh("campaign", changed, number + 2)
        taken["save"].append(seconds_of(index.close))
        taken["raw"].append(seconds_of(lambda: _written(path.with_name("raw"), content)))
        path.unlink()
        taken["rebuild"].append(seconds_of(lambda: _rebuilt(path, texts, known)))
    medians = {work: float(np.median(each)) for work, each in taken.items()}
    return medians | {"megabytes": len(content) / 1e6}


def _written(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _rebuilt(path: Path, texts: dict[str, str], known: dict[str, Vectors]) -> None:
    index = VectorIndex(path, Given(known))
    index.rebuild("campaign", texts, 2, known)
    index.settled()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
