"""The file that an index of vectors is kept in: the vectors, and a manifest that holds their checksums.

``[vectors, 32-bit floats][manifest, JSON][its length, 8 bytes][SHA-256 of manifest and length, 32 bytes]``;
the manifest holds a CRC-32 for each megabyte of vectors, which costs a fraction of what SHA-256 does. The
file is written beside and put in place whole: what is there is the last that was finished, or the one
before.
"""

import hashlib
import json
import os
import tempfile
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

FORM = 3  # of the manifest
CHECKSUM = 32
LENGTH = 8
PIECE = 1 << 20  # bytes under one checksum
LEFT_AFTER_S = 3_600  # what a killed writer left beside is older than any that still writes


class Part(NamedTuple):
    """The vectors of one kind, shape (n, length), and by row whose each is and of which text it was made."""

    rows: NDArray[np.float32]
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
    end = content.size - CHECKSUM - LENGTH
    start = end - int.from_bytes(content[end : end + LENGTH].tobytes())
    if start < 0 or hashlib.sha256(content[start:-CHECKSUM].data).digest() != content[-CHECKSUM:].tobytes():
        return None
    return _parsed(content[:start], content[start:end].tobytes())


def write(path: Path, saved: Saved) -> None:
    """Replace the file; ``OSError`` leaves the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_beside(path), suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, saved)
            file.flush()
            os.fsync(file.fileno())  # on the disk before it is named
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _write(file: BinaryIO, saved: Saved) -> None:
    """Write vectors, then the manifest, which is made beside the writing."""
    parts = [part.rows.reshape(-1).view(np.uint8) for part in saved.shelves.values()]
    with ThreadPoolExecutor(1, thread_name_prefix="manifest") as pool:
        manifest = pool.submit(_manifest, saved, parts)
        for part in parts:
            file.write(part.data)
        told = manifest.result()
    told += len(told).to_bytes(LENGTH)
    file.write(told + hashlib.sha256(told).digest())


def _checksums(content: NDArray[np.uint8]) -> list[int]:
    return [zlib.crc32(content[at : at + PIECE].data) for at in range(0, content.size, PIECE)]


def _manifest(saved: Saved, parts: list[NDArray[np.uint8]]) -> bytes:
    told = {
        "form": FORM,
        "embedder": saved.embedder,
        "generation": saved.generation,
        "count": sum(len(part.keys) for part in saved.shelves.values()),
        "shelves": {
            kind: {"length": part.rows.shape[1], "keys": part.keys, "digests": part.digests}
            for kind, part in saved.shelves.items()
        },
        "checksums": [each for part in parts for each in _checksums(part)],
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _parsed(content: NDArray[np.uint8], manifest: bytes) -> Saved | None:
    """Cut the parts out; ``None`` for another form, or what does not fit its checksum or its count."""
    try:
        told = json.loads(manifest)
        shelves, found, at = dict[str, Part](), list[int](), 0
        for kind, each in told["shelves"].items():
            part = content[at : at + 4 * each["length"] * len(each["keys"])]
            found += _checksums(part)
            shelves[kind] = Part(
                part.view(np.float32).reshape(-1, each["length"]), each["keys"], each["digests"]
            )
            at += part.size
        counted = sum(len(part.rows) for part in shelves.values())
        fits = (told["form"], told["count"], told["checksums"], content.size) == (FORM, counted, found, at)
        return Saved(told["embedder"], told["generation"], shelves) if fits else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


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
