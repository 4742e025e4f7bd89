"""The index of vectors is a cache: whatever happens to its files, the answers are those of the texts."""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.ports import EmbedderFailed
from store import vector_file, vectors
from store.vectors import AT_ONCE, SAVED_AFTER, VectorIndex, is_whole

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


def _change(**fields: Any) -> Callable[[Path], None]:
    def changed(path: Path) -> None:
        """Change fields of the manifest, and seal it again as if it had always said so."""
        content = path.read_bytes()[: -vector_file.CHECKSUM]
        end = len(content) - vector_file.LENGTH
        start = end - int.from_bytes(content[end:])
        manifest = json.dumps(json.loads(content[start:end]) | fields).encode()
        sealed = manifest + len(manifest).to_bytes(vector_file.LENGTH)
        path.write_bytes(content[:start] + sealed + hashlib.sha256(sealed).digest())

    return changed


def _flip(at: float) -> Callable[[Path], None]:
    def flipped(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[int(at * (len(content) - 1))] ^= 0x10
        path.write_bytes(content)

    return flipped


def _cut(share: float) -> Callable[[Path], None]:
    def cut(path: Path) -> None:
        content = path.read_bytes()
        path.write_bytes(content[: int(share * len(content))])

    return cut


DAMAGE = {
    "embedder": _change(embedder="another"),
    "count": _change(count=39),
    "generation of the future": _change(generation=8),
    "form": _change(form=0),
    "checksums": _change(checksums=[1]),
    "no shelves": _change(shelves={}),
    "shelves of another kind": _change(shelves=[1, 2]),
    "a manifest that names too few": _change(
        count=0, shelves={"campaign": {"length": 8, "keys": [], "digests": []}}
    ),
    "no index": lambda path: path.unlink(),
    "an empty index": lambda path: path.write_bytes(b""),
    "a text": lambda path: path.write_text("[1, 2]" * 40),
    **{f"cut at {share}": _cut(share) for share in (0.01, 0.1, 0.5, 0.9, 0.99)},
    **{f"flipped at {at}": _flip(at) for at in (0, 0.02, 0.3, 0.5, 0.7, 0.9, 0.985, 0.99, 1)},
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
    assert index.settled(30)
    assert path.exists()


def test_a_place_that_cannot_be_written_costs_the_cache_and_not_the_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    index = VectorIndex(tmp_path / "file" / "vectors.faiss", CountingEmbedder())
    index.refresh("campaign", {"a": "sale"}, 1)
    assert list(_search(index, "sale")) == ["a"]
    index.close()


def test_the_file_is_for_nobody_else_and_nothing_lies_beside_it(path: Path) -> None:
    _saved(path)
    assert path.stat().st_mode & 0o077 == 0
    assert [each.name for each in path.parent.iterdir()] == ["vectors.faiss"]


def test_what_a_killed_writer_left_is_removed_and_what_one_writes_is_not(path: Path) -> None:
    path.parent.mkdir(parents=True)
    left, written = (path.parent / f".vectors.faiss.{name}.tmp" for name in ("left", "written"))
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    written.write_bytes(b"half")
    _saved(path)
    assert sorted(each.name for each in path.parent.iterdir()) == [written.name, path.name]


def test_two_indexes_on_one_path_leave_one_of_them_whole(path: Path) -> None:
    """Two bots on one PostgreSQL may have one folder; each writes what it holds, whole."""

    def write(mine: int) -> None:
        for generation in range(10):
            index = VectorIndex(path, CountingEmbedder())
            index.refresh("campaign", {f"c{mine}-{generation}-{each}": "sale" for each in range(50)}, 99)
            index.close()
            torn.append(not is_whole(path))

    torn: list[bool] = []
    threads = [threading.Thread(target=write, args=(mine,)) for mine in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert torn == [False] * 30


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


MANY = {f"c{number}": f"{WORDS[number % 8]} {WORDS[number % 7]}" for number in range(AT_ONCE + 1)}


def test_what_is_too_much_for_a_question_is_made_beside_it(path: Path) -> None:
    embedder = CountingEmbedder()
    index = VectorIndex(path, embedder)
    assert index.refresh("campaign", MANY, 3) is False
    assert embedder.asked == []
    index.rebuild("campaign", MANY, 3, {})
    assert index.settled(30)
    assert is_whole(path)
    assert index.refresh("campaign", MANY, 3) is True
    assert len(embedder.asked) == len(MANY)
    assert _search(index, "student") == _exactly(MANY, "student", 5)


def test_vectors_that_are_known_are_not_made_again(path: Path) -> None:
    embedder = CountingEmbedder()
    rows = {text: CountingEmbedder().embed([text])[0] for text in MANY.values()}
    index = VectorIndex(path, embedder)
    index.rebuild("campaign", MANY, 3, rows)
    assert index.settled(30)
    assert index.refresh("campaign", MANY, 3) is True
    assert embedder.asked == []
    assert _search(index, "student") == _exactly(MANY, "student", 5)


class Held(CountingEmbedder):
    """Embeds nothing before it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.go_on, self.at_once = threading.Event(), threading.Event(), 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.at_once += 1
        self.began.set()
        assert self.go_on.wait(30)
        self.at_once -= 1
        assert self.at_once == 0, "one at a time"
        return super().embed(texts)


def test_while_it_is_made_every_question_is_told_to_find_another_way_and_nobody_makes_it_twice(
    path: Path,
) -> None:
    embedder = Held()
    index = VectorIndex(path, embedder)
    index.rebuild("campaign", MANY, 3, {})
    assert embedder.began.wait(30)
    index.rebuild("campaign", MANY, 3, {})
    assert index.refresh("campaign", MANY, 3) is False
    assert index.refresh("learning", {"a": "sale"}, 3) is False
    embedder.go_on.set()
    assert index.settled(30)
    assert len(embedder.asked) == len(MANY)


def test_a_close_stops_it_after_a_batch_and_keeps_what_was_made(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "BATCH", 10)
    embedder = Held()
    index = VectorIndex(path, embedder)
    index.rebuild("campaign", MANY, 3, {})
    assert embedder.began.wait(30)
    closing = threading.Thread(target=index.close)
    closing.start()
    assert index._closing.wait(30)
    embedder.go_on.set()
    closing.join(30)
    assert len(embedder.asked) == 10
    again = CountingEmbedder()
    other = VectorIndex(path, again)
    other.rebuild("campaign", MANY, 3, {})
    assert other.settled(30)
    assert len(again.asked) == len(MANY) - 10
    other.close()
    other.rebuild("campaign", MANY, 4, {})
    assert other.settled(0), "nothing begins after the close"


def test_a_rebuild_that_fails_is_told_to_whoever_asks_next(path: Path) -> None:
    class Failing(CountingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            raise EmbedderFailed("no answer")

    index = VectorIndex(path, Failing())
    index.rebuild("campaign", MANY, 3, {})
    assert index.settled(30)
    with pytest.raises(EmbedderFailed, match="no answer"):
        index.refresh("campaign", MANY, 3)
    assert index.refresh("campaign", MANY, 3) is False, "and the one after may try again"
