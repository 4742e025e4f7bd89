"""The FAISS index of vectors (``engine.ports.Vectors``): a cache beside ``marko.db``.

One file: the vectors that FAISS holds, then a manifest that says which embedder made them, of which
generation of the memory, how many there are and whose, with checksums, since FAISS loads flipped bits
silently. It is replaced whole, so index and manifest are always of one moment, whoever is killed and
however many bots write it. Whatever does not fit is made again from the texts, beside the questions.
Exact search: inner products, by one thread, because two are slower. Vectors of half the length in bytes
find the nearest, since reading them is what takes the time; the whole ones say how near those are.
"""

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.ports import Embedder, EmbedderFailed, TextKind
from store import vector_file
from store.vector_file import Saved

if TYPE_CHECKING:
    import faiss

log = logging.getLogger(__name__)
BATCH = 256  # texts embedded at a time
AT_ONCE = 500  # texts embedded while somebody waits; more are embedded beside the questions
PATIENCE_S = 0.5  # for somebody else who refreshes; afterwards the caller finds another way
SAVED_AFTER = 200  # changes that are written soon; fewer wait for the close
TIE = 1e-6
SPARE = 16  # found beyond what was asked for, to see whether more of them tie with the last
ROUNDED = 2.0**-10  # what a cosine of two rows of length 1 is off by at most, one of them in 16-bit floats
LENGTHS = "its vectors have not one length; all are made anew"
KINDS: tuple[TextKind, ...] = ("campaign", "learning")


class _Shelf:
    """The vectors of one kind: row ``n`` of the index is of ``keys[n]``, made of the text with its digest.

    ``rough`` has the same rows, rounded to 16-bit floats.
    """

    def __init__(self) -> None:
        self.index: faiss.IndexFlatIP | None = None
        self.rough: faiss.IndexScalarQuantizer | None = None
        self.keys: list[str] = []
        self.digests: dict[str, str] = {}

    def add(self, digests: Mapping[str, str], rows: NDArray[np.float32]) -> None:
        if self.index is None or self.rough is None:
            faiss = _faiss()
            self.index = faiss.IndexFlatIP(rows.shape[1])
            halves, product = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
            self.rough = faiss.IndexScalarQuantizer(rows.shape[1], halves, product)
        rows = np.ascontiguousarray(rows, dtype=np.float32)
        self.index.add(rows)
        self.rough.add(rows)
        self.keys += digests
        self.digests.update(digests)

    def forget(self, keys: set[str]) -> None:
        if not keys or self.index is None or self.rough is None:
            return
        places = [place for place, key in enumerate(self.keys) if key in keys]
        self.index.remove_ids(_faiss().IDSelectorBatch(places))
        self.rough.remove_ids(_faiss().IDSelectorBatch(places))
        self.keys = [key for key in self.keys if key not in keys]
        for key in keys & self.digests.keys():
            del self.digests[key]

    def nearest(self, question: NDArray[np.float32], most: int) -> dict[str, float]:
        """Give the ``most`` nearest and all that tie with the last, so that no order decides who is out."""
        if self.index is None or self.rough is None or not question.any():
            return {}
        count = min(most + SPARE, len(self.keys))
        if not count:
            return {}
        found, places = self.rough.search(question, count)
        rows = places[0]
        cosines = (self.index.reconstruct_batch(rows) * question).sum(axis=1)
        least = _least(cosines, most)
        if count < len(self.keys) and found[0][-1] > least - ROUNDED * float(np.linalg.norm(question)):
            _, cosines, rows = self.index.range_search(question, least)
            least = _least(cosines, most)
        near = [
            (self.keys[int(row)], round(float(each), 6))
            for row, each in zip(rows, cosines, strict=True)
            if each > least
        ]
        return dict(sorted(near, key=lambda pair: (-pair[1], pair[0])))


def _least(cosines: NDArray[np.float32], most: int) -> float:
    """Give what a row has to exceed to be among the ``most`` nearest, or to tie with the last of them."""
    if cosines.size < most:
        return 0.0
    return max(float(np.sort(cosines)[-most]) - TIE, 0.0)


class _Held:
    """What is in memory, of one generation."""

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.shelves: dict[TextKind, _Shelf] = {kind: _Shelf() for kind in KINDS}

    @property
    def length(self) -> int | None:
        """How many numbers a vector has; ``None`` while there is none."""
        return next((each.index.d for each in self.shelves.values() if each.index is not None), None)


class VectorIndex:
    """One index for one embedder. Safe to call from several threads; nothing is read before it is needed."""

    def __init__(self, path: Path, embedder: Embedder) -> None:
        self.path = path
        self._embedder = embedder
        self._refreshing = Lock()
        self._lock = Lock()
        self._held: _Held | None = None
        self._unsaved = 0
        self._starting = Lock()
        self._beside: Thread | None = None
        self._closing = Event()
        self._failure: EmbedderFailed | None = None

    def refresh(self, kind: TextKind, texts: Mapping[str, str], generation: int) -> bool:
        """Embed what is new, forget what is gone (``engine.ports.Vectors.refresh``)."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        if self._is_rebuilding or not self._refreshing.acquire(timeout=PATIENCE_S):
            return False
        try:
            held = self._open(generation)
            if len(_new(held, kind, texts)) > AT_ONCE:
                return False
            self._bring(kind, texts, generation, {})
        finally:
            self._refreshing.release()
        if self._unsaved >= SAVED_AFTER:
            self._begin(self._save_beside)
        return True

    def rebuild(
        self,
        kind: TextKind,
        texts: Mapping[str, str],
        generation: int,
        rows: Mapping[str, NDArray[np.float32]],
    ) -> None:
        """Do the same beside the questions (``engine.ports.Vectors.rebuild``); one thread at a time."""
        self._begin(lambda: self._rebuilt(kind, texts, generation, rows))

    def search(self, kind: TextKind, vector: NDArray[np.float32], most: int) -> dict[str, float]:
        """Search exactly (``engine.ports.Vectors.search``).

        Raises ``EmbedderFailed`` for a vector of another length: then everything held is forgotten.
        """
        question = np.ascontiguousarray(vector[None, :], dtype=np.float32)
        with self._lock:
            held = self._held
            if held is None:
                return {}
            if held.length not in {None, vector.shape[0]}:
                self._held = _Held(held.generation)
                raise EmbedderFailed(LENGTHS)
            return held.shelves[kind].nearest(question, most)

    def settled(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing is made or written beside the questions; False when that takes longer."""
        beside = self._beside
        if beside is not None:
            beside.join(timeout_s)
        return beside is None or not beside.is_alive()

    def close(self) -> None:
        """Stop after the batch that is being embedded, and write what was not written yet."""
        with self._starting:
            self._closing.set()
        self.settled()
        with self._refreshing:
            if self._unsaved:
                self._save()

    @property
    def _is_rebuilding(self) -> bool:
        return self._beside is not None and self._beside.is_alive()

    def _begin(self, work: Any) -> None:
        """Do it in a thread of its own, unless one is at work, or everything comes to an end."""
        with self._starting:
            if not self._is_rebuilding and not self._closing.is_set():
                self._beside = Thread(target=work, name="vectors-rebuild", daemon=True)
                self._beside.start()

    def _rebuilt(
        self,
        kind: TextKind,
        texts: Mapping[str, str],
        generation: int,
        rows: Mapping[str, NDArray[np.float32]],
    ) -> None:
        with self._refreshing:
            try:
                self._open(generation)
                self._bring(kind, texts, generation, rows)
            except EmbedderFailed as failed:
                self._failure = failed  # the next who asks is told, as if it had failed there
            except Exception:
                # Whatever an endpoint comes up with: nobody waits for this thread, so the log has to tell.
                log.exception("the index of vectors was not made; texts are compared one by one")
            if self._unsaved >= SAVED_AFTER:
                self._save()

    def _bring(
        self,
        kind: TextKind,
        texts: Mapping[str, str],
        generation: int,
        rows: Mapping[str, NDArray[np.float32]],
        *,
        anew: bool = False,
    ) -> None:
        """Bring one kind in line with its texts, batch by batch, until the close; ``rows`` are by text."""
        held = self._open(generation)
        shelf = held.shelves[kind]
        new = list(_new(held, kind, texts).items())
        for at in range(0, len(new), BATCH):
            if self._closing.is_set():
                return
            batch = dict(new[at : at + BATCH])
            made = self._made([texts[key] for key in batch], rows)
            if held.length not in {None, made.shape[1]}:
                # The same name makes other vectors than before: nothing that is held can be compared.
                with self._lock:
                    self._held = _Held(generation)
                if anew:
                    raise EmbedderFailed(LENGTHS)
                self._bring(kind, texts, generation, {}, anew=True)
                return
            with self._lock:  # each batch as it comes: what was paid for outlives a failure of the next
                shelf.forget(batch.keys() & shelf.digests.keys())
                shelf.add(batch, made)
                self._unsaved += len(batch)
        with self._lock:
            gone = shelf.digests.keys() - texts.keys()
            shelf.forget(gone)
            held.generation = generation
            self._unsaved += len(gone)

    def _made(self, texts: list[str], rows: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        if all(text in rows for text in texts):
            return np.stack([rows[text] for text in texts])
        return self._embedder.embed(texts).astype(np.float32)

    def _open(self, generation: int) -> _Held:
        """Read the index once; one that does not fit is empty, and so is made again."""
        if self._held is None:
            held = self._read(generation)
            if held is None and self.path.exists():
                log.info("the index of vectors does not fit and is made again: %s", self.path.name)
            with self._lock:
                self._held = held or _Held(generation)
        return self._held

    def _read(self, generation: int) -> _Held | None:
        """Read the file; an older generation is brought up to date, text by text.

        A newer one than the memory's is of a memory that was put back, and nothing of it is believed.
        """
        saved = vector_file.read(self.path)
        if saved is None or saved.embedder != self._embedder.name or saved.generation > generation:
            return None
        held = _Held(saved.generation)
        for kind, shelf in held.shelves.items():
            if kind in saved.shelves:
                part = saved.shelves[kind]
                if not len(set(part.keys)) == len(part.digests) == len(part.rows):
                    return None
                shelf.add(dict(zip(part.keys, part.digests, strict=True)), part.rows)
        return held

    def _save_beside(self) -> None:
        with self._refreshing:
            self._save()

    def _save(self) -> None:
        """Write what is held. Whoever refreshes has to wait for that; whoever searches has not."""
        with self._lock:
            held = self._held
            if held is None or held.length is None:
                return
            self._unsaved = 0
        saved = _parts(held, self._embedder.name)  # what is in there is that of ``held``, not a copy
        try:
            vector_file.write(self.path, saved)
        except OSError as problem:
            # It is a cache: without it the next start embeds again.
            log.warning("the index of vectors was not written: %s", problem.strerror)


def is_whole(path: Path) -> bool:
    """Say whether the index and its manifest are as they were written, and belong together."""
    return vector_file.read(path) is not None


def _faiss() -> Any:
    import faiss  # noqa: PLC0415 - it is large, and many a process never searches

    faiss.omp_set_num_threads(1)
    return faiss


def _new(held: _Held, kind: TextKind, texts: Mapping[str, str]) -> dict[str, str]:
    """Digests of the texts that are new or say something else than before, by key."""
    known = held.shelves[kind].digests
    digests = {key: _digest(text) for key, text in texts.items()}
    return {key: digest for key, digest in digests.items() if known.get(key) != digest}


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _parts(held: _Held, embedder: str) -> Saved:
    """Name what is written; valid while ``held`` is there and nobody changes it."""
    faiss = _faiss()
    parts = {
        str(kind): vector_file.Part(
            faiss.rev_swig_ptr(shelf.index.get_xb(), shelf.index.ntotal * shelf.index.d).reshape(
                -1, shelf.index.d
            ),
            shelf.keys,
            [shelf.digests[key] for key in shelf.keys],
        )
        for kind, shelf in held.shelves.items()
        if shelf.index is not None
    }
    return Saved(embedder, held.generation, parts)
