"""The file that an index of vectors is kept in: what FAISS holds, a manifest, a checksum of both.

``[one index after another][manifest, JSON][its length, 8 bytes][SHA-256 of all before, 32 bytes]``. It is
written beside and put in place whole: what is there is the last that was finished, or the one before.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FORM = 2  # of the manifest
CHECKSUM = 32
LENGTH = 8
LEFT_AFTER_S = 3_600  # what a killed writer left beside is older than any that still writes


class Part(NamedTuple):
    """The vectors of one kind: FAISS's bytes, and by row whose each is and of which text it was made."""

    content: NDArray[np.uint8]
    keys: list[str]
    digests: list[str]


class Saved(NamedTuple):
    """All that the file says: who made the vectors, of which generation of the memory, and them."""

    embedder: str
    generation: int
    shelves: dict[str, Part]


def read(path: Path) -> Saved | None:
    """Give what was written; ``None`` where nothing is, or where a single bit is not as it was."""
    try:
        content = np.fromfile(path, dtype=np.uint8)
    except OSError:
        return None
    if content.size < LENGTH + CHECKSUM:
        return None
    if hashlib.sha256(content[:-CHECKSUM]).digest() != content[-CHECKSUM:].tobytes():
        return None
    end = content.size - CHECKSUM - LENGTH
    size = int.from_bytes(content[end : end + LENGTH].tobytes())
    return _parsed(content[: end - size], content[end - size : end].tobytes()) if size <= end else None


def write(path: Path, saved: Saved) -> None:
    """Replace the file; ``OSError`` leaves the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear(path)
    manifest = json.dumps(_manifest(saved), ensure_ascii=True).encode()
    parts = [part.content for part in saved.shelves.values()]
    _replace(path, [*parts, manifest, len(manifest).to_bytes(LENGTH)])


def _manifest(saved: Saved) -> dict[str, Any]:
    return {
        "form": FORM,
        "embedder": saved.embedder,
        "generation": saved.generation,
        "count": sum(len(part.keys) for part in saved.shelves.values()),
        "shelves": {
            kind: {"bytes": part.content.size, "keys": part.keys, "digests": part.digests}
            for kind, part in saved.shelves.items()
        },
    }


def _parsed(content: NDArray[np.uint8], manifest: bytes) -> Saved | None:
    """Cut the parts out; ``None`` for another form, or counts that do not fit each other."""
    try:
        told = json.loads(manifest)
        shelves, at = dict[str, Part](), 0
        for kind, each in told["shelves"].items():
            shelves[kind] = Part(content[at : at + each["bytes"]], each["keys"], each["digests"])
            at += each["bytes"]
        counted = sum(len(part.keys) for part in shelves.values())
        fits = told["form"] == FORM and told["count"] == counted and at == content.size
        return Saved(told["embedder"], told["generation"], shelves) if fits else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _replace(path: Path, parts: Iterable[Any]) -> None:
    """Write a file whole or not at all, and have it on the disk before it is named.

    The checksum is taken beside the writing: it costs as much again.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_beside(path), suffix=".tmp")
    try:
        checksum = hashlib.sha256()
        with os.fdopen(handle, "wb") as file, ThreadPoolExecutor(1, thread_name_prefix="checksum") as pool:
            for part in parts:
                summed = pool.submit(checksum.update, part)
                file.write(part)
                summed.result()
            file.write(checksum.digest())
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _beside(path: Path) -> str:
    return f".{path.name}."


def _clear(path: Path) -> None:
    """Remove what killed writers left, which is as large as the index."""
    oldest = time.time() - LEFT_AFTER_S
    for left in path.parent.glob(f"{_beside(path)}*.tmp"):
        try:
            if left.stat().st_mtime < oldest:
                left.unlink()
        except FileNotFoundError:
            continue  # another bot was faster
