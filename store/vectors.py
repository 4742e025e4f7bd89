"""The FAISS index of vectors (``engine.ports.Vectors``): a cache beside ``marko.db``.

A manifest next to the index says which embedder made it, how many vectors it holds, of which
generation of the memory, and the index file's checksum, since FAISS loads flipped bits silently.
Whatever does not fit is made again from the texts. Exact search: inner products, by one thread,
because two are slower.
"""

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.ports import Embedder, EmbedderFailed, TextKind

if TYPE_CHECKING:
    import faiss

log = logging.getLogger(__name__)
FORM = 1  # of the manifest
BATCH = 256  # texts embedded at a time
PATIENCE_S = 0.5  # for somebody else who refreshes; afterwards the caller finds another way
SAVED_AFTER = 200  # changes that are written at once; fewer wait for the close
TIE = 1e-6
LENGTHS = "its vectors have not one length; all are made anew"
BANDS: dict[TextKind, tuple[int, int]] = {"campaign": (1, 1 << 40), "learning": (1 << 40, 1 << 41)}


class Entry(NamedTuple):
    """A vector's number in the index, and the digest of the text that it was made of."""

    number: int
    digest: str


class _Held:
    """What is in memory: the index, and by kind and key which vector is whose."""

    def __init__(self, index: "faiss.IndexIDMap2 | None", generation: int) -> None:
        self.index = index
        self.generation = generation
        self.entries: dict[TextKind, dict[str, Entry]] = {kind: {} for kind in BANDS}
        self.keys: dict[int, str] = {}
        self.next: dict[TextKind, int] = {kind: first for kind, (first, _) in BANDS.items()}

    def put(self, kind: TextKind, key: str, entry: Entry) -> None:
        self.entries[kind][key] = entry
        self.keys[entry.number] = key
        self.next[kind] = max(self.next[kind], entry.number + 1)


class VectorIndex:
    """One index for one embedder. Safe to call from several threads; nothing is read before it is needed."""

    def __init__(self, path: Path, embedder: Embedder) -> None:
        self.path = path
        self.manifest = path.with_suffix(".json")
        self._embedder = embedder
        self._refreshing = Lock()
        self._lock = Lock()
        self._held: _Held | None = None
        self._unsaved = 0

    def refresh(self, kind: TextKind, texts: Mapping[str, str], generation: int) -> bool:
        """Embed what is new, forget what is gone (``engine.ports.Vectors.refresh``)."""
        if not self._refreshing.acquire(timeout=PATIENCE_S):
            return False
        try:
            self._bring(kind, texts, generation)
        finally:
            self._refreshing.release()
        return True

    def search(self, kind: TextKind, vector: NDArray[np.float32], most: int) -> dict[str, float]:
        """Search exactly (``engine.ports.Vectors.search``).

        Raises ``EmbedderFailed`` for a vector of another length: then everything held is forgotten.
        """
        with self._lock:
            held = self._held
            if held is None or held.index is None or not held.entries[kind] or not vector.any():
                return {}
            if vector.shape[0] != held.index.d:
                self._held = _Held(None, held.generation)
                raise EmbedderFailed(LENGTHS)
            index, question = held.index, np.ascontiguousarray(vector[None, :], dtype=np.float32)
            faiss = _faiss()
            only = faiss.SearchParameters(sel=faiss.IDSelectorRange(*BANDS[kind]))
            count = min(most, len(held.entries[kind]))
            cosines, _ = index.search(question, count, params=only)
            # All that tie with the last are taken, so that no order of insertion decides who is left out.
            least = max(float(cosines[0, -1]) - TIE, 0.0)
            _, cosines, numbers = index.range_search(question, least, params=only)
            found = [
                (held.keys[int(number)], round(float(each), 6))
                for number, each in zip(numbers, cosines, strict=True)
            ]
        return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))

    def close(self) -> None:
        """Write what was not written yet."""
        with self._refreshing:
            if self._held is not None and self._unsaved:
                self._save(self._held)

    def _bring(
        self, kind: TextKind, texts: Mapping[str, str], generation: int, *, anew: bool = False
    ) -> None:
        held = self._open(generation)
        digests = {key: _digest(text) for key, text in texts.items()}
        known = held.entries[kind]
        new = [key for key, digest in digests.items() if key not in known or known[key].digest != digest]
        gone = [key for key in known if key not in digests]
        for at in range(0, len(new), BATCH):
            batch = {key: digests[key] for key in new[at : at + BATCH]}
            made = self._embedder.embed([texts[key] for key in batch]).astype(np.float32)
            if held.index is not None and held.index.d != made.shape[1]:
                # The same name makes other vectors than before: nothing that is held can be compared.
                with self._lock:
                    self._held = _Held(None, generation)
                if anew:
                    raise EmbedderFailed(LENGTHS)
                self._bring(kind, texts, generation, anew=True)
                return
            with self._lock:  # each batch as it comes: what was paid for outlives a failure of the next
                _forget(held, kind, [key for key in batch if key in known])
                _add(held, kind, batch, made)
            self._unsaved += len(batch)
        with self._lock:
            _forget(held, kind, gone)
            held.generation = generation
        self._unsaved += len(gone)
        if self._unsaved >= SAVED_AFTER:
            self._save(held)

    def _open(self, generation: int) -> _Held:
        """Read the index once; one that does not fit is empty, and so is made again."""
        if self._held is None:
            held = self._read(generation)
            if held is None and self.path.exists():
                log.info("the index of vectors does not fit and is made again: %s", self.path.name)
            with self._lock:
                self._held = held or _Held(None, generation)
        return self._held

    def _read(self, generation: int) -> _Held | None:
        try:
            manifest = json.loads(self.manifest.read_bytes())
            content = self.path.read_bytes()
        except (OSError, ValueError):
            return None
        if not _fits(manifest, content, self._embedder.name, generation):
            return None
        index = _faiss().deserialize_index(np.frombuffer(content, dtype=np.uint8))
        return _held(index, manifest)

    def _save(self, held: _Held) -> None:
        """Write index, then manifest; a kill between the two leaves a pair that does not fit."""
        if held.index is None:
            return
        with self._lock:
            content = _faiss().serialize_index(held.index).tobytes()
        body = _manifest(held, content, self._embedder.name)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _replace(self.path, content)
            _replace(self.manifest, json.dumps(body, ensure_ascii=False).encode())
        except OSError as problem:
            # It is a cache: without it the next start embeds again.
            log.warning("the index of vectors was not written: %s", problem.strerror)
        self._unsaved = 0


def is_whole(path: Path) -> bool:
    """Say whether the index and its manifest are as they were written, and belong together."""
    try:
        manifest = json.loads(path.with_suffix(".json").read_bytes())
        return _fits(manifest, path.read_bytes(), manifest["embedder"], manifest["generation"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _faiss() -> Any:
    import faiss  # noqa: PLC0415 - it is large, and many a process never searches

    faiss.omp_set_num_threads(1)
    return faiss


def _add(held: _Held, kind: TextKind, digests: Mapping[str, str], rows: NDArray[np.float32]) -> None:
    if not digests:
        return
    if held.index is None:
        faiss = _faiss()
        held.index = faiss.IndexIDMap2(faiss.IndexFlatIP(rows.shape[1]))
    numbers = np.arange(held.next[kind], held.next[kind] + len(digests), dtype=np.int64)
    held.index.add_with_ids(np.ascontiguousarray(rows), numbers)
    for number, (key, digest) in zip(numbers, digests.items(), strict=True):
        held.put(kind, key, Entry(int(number), digest))


def _forget(held: _Held, kind: TextKind, keys: list[str]) -> None:
    entries = [held.entries[kind].pop(key) for key in keys]
    if entries and held.index is not None:
        numbers = np.array([each.number for each in entries], dtype=np.int64)
        held.index.remove_ids(_faiss().IDSelectorBatch(numbers))
    for each in entries:
        del held.keys[each.number]


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _manifest(held: _Held, content: bytes, embedder: str) -> dict[str, Any]:
    entries = [
        [kind, key, each.number, each.digest]
        for kind, known in held.entries.items()
        for key, each in known.items()
    ]
    body = {
        "form": FORM,
        "embedder": embedder,
        "generation": held.generation,
        "count": len(entries),
        "checksum": hashlib.sha256(content).hexdigest(),
        "entries": entries,
    }
    return {**body, "seal": _seal(body)}


def _seal(body: Mapping[str, Any]) -> str:
    """Digest the manifest itself: a flipped bit in it would give a vector to the wrong campaign."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _fits(manifest: Any, content: bytes, embedder: str, generation: int) -> bool:
    """Say whether manifest, index, embedder and memory belong together.

    An older generation is brought up to date text by text; a newer one than the memory's is of a
    memory that was put back, and nothing of it is believed.
    """
    if not isinstance(manifest, dict):
        return False
    body = {name: value for name, value in manifest.items() if name != "seal"}
    return (
        manifest.get("seal") == _seal(body)
        and body["form"] == FORM
        and body["embedder"] == embedder
        and body["generation"] <= generation
        and body["count"] == len(body["entries"])
        and body["checksum"] == hashlib.sha256(content).hexdigest()
    )


def _held(index: "faiss.IndexIDMap2", manifest: Mapping[str, Any]) -> _Held | None:
    held = _Held(index, manifest["generation"])
    for kind, key, number, digest in manifest["entries"]:
        held.put(kind, key, Entry(number, digest))
    return held if index.ntotal == len(held.keys) else None


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and have it on the disk before it is named."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
