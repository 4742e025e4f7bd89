"""Gzip, unpacked piece by piece: what would grow beyond all bounds is given up at once."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from engine.intake.encoding import PIECE
from engine.intake.refusing import refused

MOST_UNPACKED = 2_000_000_000  # bytes
MOST_TIMES = 200  # how much smaller packing makes it; tables become 5 to 30 times smaller
FREE = 16 * PIECE  # bytes that may be packed as tightly as they like
_ATE = 1 << 16
_GROWS = f"at most {MOST_TIMES} times its packed size and {MOST_UNPACKED:,} bytes: hand in a shorter range"
_CUT = "a whole gzip file: download it again"


def ungzipped(source: Path, target: Path) -> None:
    """Write what a gzip file holds, all its members one after the other.

    Raises ``Refused`` for a broken or truncated file, and for one that grows too much: by its declared
    size, by all that came out so far, by the last stretch, or by where this is going.
    """
    packed = source.stat().st_size
    with source.open("rb") as file, target.open("wb") as out:
        made = before = eaten = 0
        for ate, piece in _members(file):
            eaten += ate
            made += len(piece)
            out.write(piece)
            # Each stretch counts for itself, so that an honest beginning hides nothing.
            if made - before >= FREE:
                _check(made, before, eaten, packed)
                before, eaten = made, 0


def _check(made: int, before: int, eaten: int, packed: int) -> None:
    stretch = made - before
    if stretch > max(eaten, 1) * MOST_TIMES or made > MOST_UNPACKED:
        raise refused(f"{made:,} bytes and more, packed into {packed:,}", _GROWS)
    if not before and stretch * packed > eaten * MOST_UNPACKED:
        raise refused(f"about {stretch * packed // max(eaten, 1):,} bytes unpacked", _GROWS)


def _members(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield how many packed bytes became which piece."""
    inner = zlib.decompressobj(wbits=31)
    left = b""
    while fed := left or file.read(_ATE):
        if inner.eof:
            # Some programs fill the end up with zeros.
            fed = fed.lstrip(b"\0")
            if not fed:
                left = b""
                continue
            inner = _next_member(fed)
        try:
            piece = inner.decompress(fed, PIECE)
        except zlib.error:
            raise refused("a broken gzip file", _CUT, field="gzip") from None
        left = inner.unused_data if inner.eof else inner.unconsumed_tail
        yield len(fed) - len(left), piece
    if not inner.eof:
        # What was eaten already may still come out.
        while piece := inner.decompress(inner.unconsumed_tail, PIECE):
            yield 0, piece
    if not inner.eof:
        raise refused("a gzip file that is cut off", _CUT, field="gzip")


def _next_member(fed: bytes) -> "zlib._Decompress":
    if not b"\x1f\x8b".startswith(fed[:2]):
        raise refused("something after its end", _CUT, field="gzip")
    return zlib.decompressobj(wbits=31)
