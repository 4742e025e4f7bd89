"""The index of vectors is a cache: whatever happens to its files, the answers are those of the texts."""

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.ports import EmbedderFailed
from store import vectors
from store.vectors import SAVED_AFTER, VectorIndex

WORDS = ("sale", "student", "parent", "video", "report", "travel", "coffee", "winter")
TEXTS = {f"c{number}": f"{WORDS[number % 8]} {WORDS[number % 7]} {WORDS[number % 5]}" for number in range(40)}


class CountingEmbedder:
    """Counts the words it knows; remembers what it was asked to embed."""

    def __init__(self, name: str = "counting", dimensions: int = len(WORDS)) -> None:
        self.name = name
        self.asked: list[str] = []
        self._dimensions = dimensions

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        rows = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.split():
                row[WORDS.index(word)] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vectors.faiss"


def _exactly(texts: dict[str, str], words: str, most: int) -> dict[str, float]:
    """Every text compared; those that tie with the last are in."""
    embedder = CountingEmbedder()
    asked = embedder.embed([words])[0]
    cosines = {key: round(float(embedder.embed([text])[0] @ asked), 6) for key, text in texts.items()}
    least = sorted(cosines.values(), reverse=True)[:most][-1]
    kept = [(key, each) for key, each in cosines.items() if each > 0 and each >= least - 1e-5]
    return dict(sorted(kept, key=lambda pair: (-pair[1], pair[0])))


def _search(index: VectorIndex, words: str, most: int = 5) -> dict[str, float]:
    return index.search("campaign", CountingEmbedder().embed([words])[0], most)


def _saved(path: Path, generation: int = 7) -> None:
    index = VectorIndex(path, CountingEmbedder())
    assert index.refresh("campaign", TEXTS, generation)
    index.close()
    assert path.exists()


@pytest.mark.parametrize("words", ["sale", "student video", "coffee coffee winter", "report travel parent"])
def test_the_index_answers_as_comparing_every_text_does(path: Path, words: str) -> None:
    index = VectorIndex(path, CountingEmbedder())
    index.refresh("campaign", TEXTS, 1)
    found = _search(index, words)
    assert found == pytest.approx(_exactly(TEXTS, words, 5), abs=1e-5)
    assert list(found) == sorted(found, key=lambda key: (-found[key], key))
    assert _search(index, "") == {}


def test_all_that_tie_with_the_last_are_found_in_whatever_order_they_came(path: Path, tmp_path: Path) -> None:
    texts = {f"same-{number}": "sale video" for number in range(9)}
    index = VectorIndex(path, CountingEmbedder())
    index.refresh("campaign", texts, 1)
    other = VectorIndex(tmp_path / "other.faiss", CountingEmbedder())
    other.refresh("campaign", dict(reversed(texts.items())), 1)
    assert list(_search(index, "sale", most=2)) == list(_search(other, "sale", most=2)) == sorted(texts)


def test_only_what_is_new_is_embedded_and_what_is_gone_is_forgotten(path: Path) -> None:
    embedder = CountingEmbedder()
    index = VectorIndex(path, embedder)
    index.refresh("campaign", {"a": "sale", "b": "video"}, 1)
    index.refresh("campaign", {"a": "sale", "b": "coffee", "c": "winter"}, 2)
    assert embedder.asked == ["sale", "video", "coffee", "winter"]
    assert _search(index, "video") == {}
    assert list(_search(index, "coffee")) == ["b"]
    index.refresh("campaign", {"c": "winter"}, 3)
    assert list(_search(index, "sale coffee winter")) == ["c"]


def test_campaigns_and_learnings_do_not_meet(path: Path) -> None:
    index = VectorIndex(path, CountingEmbedder())
    index.refresh("campaign", {"same": "sale", "a": "video"}, 1)
    index.refresh("learning", {"same": "sale", "b": "video"}, 1)
    assert list(_search(index, "video sale video")) == ["a", "same"]
    assert list(index.search("learning", CountingEmbedder().embed(["video"])[0], 5)) == ["b"]


def test_a_restart_reads_the_index_and_embeds_nothing(path: Path) -> None:
    _saved(path)
    embedder = CountingEmbedder()
    index = VectorIndex(path, embedder)
    index.refresh("campaign", TEXTS, 7)
    assert embedder.asked == []
    assert _search(index, "sale") == pytest.approx(_exactly(TEXTS, "sale", 5), abs=1e-5)


def test_an_older_index_is_brought_up_to_date_text_by_text(path: Path) -> None:
    _saved(path, generation=7)
    embedder = CountingEmbedder()
    VectorIndex(path, embedder).refresh("campaign", {**TEXTS, "new": "coffee"}, 9)
    assert embedder.asked == ["coffee"]


def _change(name: str, value: Any) -> Callable[[Path], None]:
    def changed(path: Path) -> None:
        """Change one field, and seal it again as if it had always said so."""
        from store.vectors import _seal  # noqa: PLC0415

        manifest = path.with_suffix(".json")
        body = json.loads(manifest.read_text())
        body.pop("seal")
        body[name] = value
        manifest.write_text(json.dumps({**body, "seal": _seal(body)}))

    return changed


def _flip(suffix: str, at: float) -> Callable[[Path], None]:
    def flipped(path: Path) -> None:
        file = path.with_suffix(suffix)
        content = bytearray(file.read_bytes())
        content[int(at * (len(content) - 1))] ^= 0x10
        file.write_bytes(content)

    return flipped


def _cut(suffix: str, share: float) -> Callable[[Path], None]:
    def cut(path: Path) -> None:
        file = path.with_suffix(suffix)
        content = file.read_bytes()
        file.write_bytes(content[: int(share * len(content))])

    return cut


DAMAGE = {
    "embedder": _change("embedder", "another"),
    "count": _change("count", 39),
    "checksum": _change("checksum", "0" * 64),
    "generation of the future": _change("generation", 8),
    "form": _change("form", 0),
    "entries": _change("entries", []),
    "no index": lambda path: path.unlink(),
    "no manifest": lambda path: path.with_suffix(".json").unlink(),
    "no JSON": lambda path: path.with_suffix(".json").write_text("[1, 2"),
    "another JSON": lambda path: path.with_suffix(".json").write_text("[1, 2]"),
    "an empty index": lambda path: path.write_bytes(b""),
    **{f"index cut at {share}": _cut(".faiss", share) for share in (0.01, 0.5, 0.99)},
    **{f"manifest cut at {share}": _cut(".json", share) for share in (0.1, 0.9)},
    **{f"index flipped at {at}": _flip(".faiss", at) for at in (0, 0.02, 0.3, 0.7, 1)},
    **{f"manifest flipped at {at}": _flip(".json", at) for at in (0, 0.2, 0.5, 0.8, 1)},
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_whatever_does_not_fit_is_made_again_and_kept(path: Path, damage: Callable[[Path], None]) -> None:
    _saved(path)
    damage(path)
    embedder = CountingEmbedder()
    index = VectorIndex(path, embedder)
    index.refresh("campaign", TEXTS, 7)
    assert sorted(embedder.asked) == sorted(TEXTS.values())
    assert _search(index, "student") == pytest.approx(_exactly(TEXTS, "student", 5), abs=1e-5)
    index.close()
    again = CountingEmbedder()
    VectorIndex(path, again).refresh("campaign", TEXTS, 7)
    assert again.asked == []


def test_another_embedder_s_vectors_are_never_used(path: Path) -> None:
    _saved(path)
    embedder = CountingEmbedder("another", dimensions=len(WORDS) + 3)
    index = VectorIndex(path, embedder)
    index.refresh("campaign", TEXTS, 7)
    assert len(embedder.asked) == len(TEXTS)
    assert index.search("campaign", embedder.embed(["sale"])[0], 5)


def test_an_embedder_that_changes_its_length_under_one_name_is_made_again(path: Path) -> None:
    _saved(path)
    embedder = CountingEmbedder(dimensions=len(WORDS) + 3)
    index = VectorIndex(path, embedder)
    assert index.refresh("campaign", {**TEXTS, "new": "coffee"}, 8)
    assert next(iter(index.search("campaign", embedder.embed(["coffee"])[0], 1))) == "new"


def test_an_embedder_that_fails_leaves_the_index_as_it_was(path: Path) -> None:
    class Failing(CountingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if "winter" in texts:
                raise EmbedderFailed("no answer")
            return super().embed(texts)

    index = VectorIndex(path, Failing())
    index.refresh("campaign", {"a": "sale"}, 1)
    with pytest.raises(EmbedderFailed):
        index.refresh("campaign", {"a": "video", "b": "winter"}, 2)
    assert list(_search(index, "sale")) == ["a"]
    assert index.refresh("campaign", {"a": "video"}, 2)  # nobody is shut out by the failure


def test_what_was_embedded_before_a_failure_is_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "BATCH", 10)

    class Flaky(CountingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if len(self.asked) == 20:
                self.asked += ["a failure"]
                raise EmbedderFailed("no answer")
            return super().embed(texts)

    embedder = Flaky()
    index = VectorIndex(path, embedder)
    with pytest.raises(EmbedderFailed):
        index.refresh("campaign", TEXTS, 1)
    assert index.refresh("campaign", TEXTS, 1)
    assert len(embedder.asked) == len(TEXTS) + 1, "nothing is embedded twice"
    assert _search(index, "sale") == _exactly(TEXTS, "sale", 5)


def test_a_question_of_another_length_makes_everything_anew(path: Path) -> None:
    _saved(path)
    index = VectorIndex(path, CountingEmbedder())
    index.refresh("campaign", TEXTS, 7)
    longer = CountingEmbedder(dimensions=len(WORDS) + 3)
    with pytest.raises(EmbedderFailed, match="have not one length"):
        index.search("campaign", longer.embed(["sale"])[0], 5)
    index.refresh("campaign", TEXTS, 7)
    assert _search(index, "sale") == _exactly(TEXTS, "sale", 5)


def test_an_embedder_without_one_length_is_a_failure_and_not_a_loop(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "BATCH", 1)

    class Restless(CountingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            self._dimensions += 1
            return super().embed(texts)

    index = VectorIndex(path, Restless())
    with pytest.raises(EmbedderFailed, match="have not one length"):
        index.refresh("campaign", TEXTS, 1)


def test_many_changes_are_written_before_the_close(path: Path) -> None:
    index = VectorIndex(path, CountingEmbedder())
    index.refresh("campaign", {"a": "sale"}, 1)
    assert not path.exists()
    index.refresh("campaign", {f"c{number}": "video" for number in range(SAVED_AFTER)}, 2)
    assert path.exists()


def test_a_place_that_cannot_be_written_costs_the_cache_and_not_the_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    index = VectorIndex(tmp_path / "file" / "vectors.faiss", CountingEmbedder())
    index.refresh("campaign", {"a": "sale"}, 1)
    assert list(_search(index, "sale")) == ["a"]
    index.close()


def test_the_files_are_for_nobody_else(path: Path) -> None:
    _saved(path)
    assert [each.stat().st_mode & 0o077 for each in (path, path.with_suffix(".json"))] == [0, 0]
    assert sorted(each.name for each in path.parent.iterdir()) == ["vectors.faiss", "vectors.json"]


def test_threads_that_read_while_others_add_find_what_was_there(path: Path) -> None:
    index = VectorIndex(path, CountingEmbedder())
    index.refresh("campaign", TEXTS, 1)
    expected, wrong = _search(index, "sale", most=40), list[object]()

    def read() -> None:
        for _ in range(60):
            found = _search(index, "sale", most=60)
            if {key: found[key] for key in expected if key in found} != expected:
                wrong.append(found)

    def add(mine: int) -> None:
        for number in range(20):
            index.refresh("campaign", {**TEXTS, f"more-{mine}-{number}": "sale winter"}, number)

    threads = [threading.Thread(target=read) for _ in range(4)]
    threads += [threading.Thread(target=add, args=(mine,)) for mine in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []


def test_whoever_comes_while_another_refreshes_is_told_to_find_another_way(path: Path) -> None:
    began, go_on = threading.Event(), threading.Event()

    class Slow(CountingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            began.set()
            assert go_on.wait(30)
            return super().embed(texts)

    index = VectorIndex(path, Slow())
    thread = threading.Thread(target=index.refresh, args=("campaign", TEXTS, 1))
    thread.start()
    assert began.wait(30)
    assert index.refresh("campaign", TEXTS, 1) is False
    go_on.set()
    thread.join()
    assert index.refresh("campaign", TEXTS, 1) is True
