"""Promise 7: the FAISS index is a cache.

Pages of its file, index and manifest alike, are flipped or zeroed: each is noticed, the index is made
again from the texts, and answers as before. A child is killed while it saves, again and again: what lies
there is always one index with its own manifest.
"""

import random
import tempfile
from collections.abc import Sequence
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from killed import said_before_the_kill
from numpy.typing import NDArray

from engine.explain.embedder import LocalEmbedder
from store import vector_file
from store.vectors import AT_ONCE, VectorIndex, is_whole
from torture.made_up import dice
from torture.result import Result, counted

PAGE = 4_096
CAMPAIGNS, LEARNINGS = 120, 30
MOST = 10
WORDS = ("students", "parents", "video", "sale", "winter", "coffee", "travel", "newsletter", "search")
QUESTIONS = ("videos for students", "winter sale", "a newsletter about coffee")
Answers = list[dict[str, float]]


def text(number: int) -> str:
    """Write a text that no other number has."""
    first, second = WORDS[number % len(WORDS)], WORDS[number // len(WORDS) % len(WORDS)]
    return f"{first} {second} {number}"


TEXTS = {f"campaign-{number}": text(number) for number in range(CAMPAIGNS)}
LESSONS = {f"learning-{number}": text(7 * number) for number in range(LEARNINGS)}


def damaged(times: int) -> Result:
    """Flip a bit of a page, or zero a page, ``times`` times, everywhere in the file."""
    chance = dice()
    faults: list[str] = []
    in_manifest = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.faiss"
        expected = _made(path)
        whole = path.read_bytes()
        index_ends = len(whole) - _manifest_size(whole)
        for number in range(times):
            at = _damage(path, whole, number, chance)
            in_manifest += at >= index_ends
            faults += _noticed(path, expected, f"{number}: byte {at:,}")
    return counted(times, faults, f"{in_manifest} of them in the manifest")


def killed(times: int) -> Result:
    """Kill ``times`` writers while they save; what is on the disk afterwards fits and answers."""
    chance = dice()
    faults: list[str] = []
    saved = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.faiss"
        _made(path)
        for number in range(times):
            saved += len(said_before_the_kill(save_again, path, number, chance=chance, most=4))
            faults += _mismatched(path, number)
    return counted(times, faults, f"{saved} saves were finished")


def save_again(path: Path, run: int, say: Connection) -> None:
    """Save index after index, each with other texts, and say each that was saved."""
    for number in count():
        index = VectorIndex(path, LocalEmbedder())
        mine = {f"{key}-{run}-{number}": text for key, text in TEXTS.items()}
        index.refresh("campaign", mine, run + 1)
        index.close()
        say.send(number)


def _made(path: Path) -> Answers:
    index = VectorIndex(path, LocalEmbedder())
    found = _answers(index)
    index.close()
    return found


def _answers(index: VectorIndex) -> Answers:
    index.refresh("campaign", TEXTS, 1)
    index.refresh("learning", LESSONS, 1)
    asked = LocalEmbedder().embed(QUESTIONS)
    found = [index.search("campaign", each, MOST) for each in asked]
    return found + [index.search("learning", each, MOST) for each in asked]


def _manifest_size(whole: bytes) -> int:
    end = len(whole) - vector_file.CHECKSUM - vector_file.LENGTH
    told = int.from_bytes(whole[end : end + vector_file.LENGTH])
    return told + vector_file.LENGTH + vector_file.CHECKSUM


def _damage(path: Path, whole: bytes, number: int, chance: random.Random) -> int:
    """Zero a page or flip one bit of it; every fourth time in the last pages, where the manifest is."""
    pages = range(0, len(whole), PAGE)
    page = chance.choice(pages[-4:] if number % 4 == 0 else pages)
    content = bytearray(whole)
    if number % 2:
        content[page : page + PAGE] = bytes(len(content[page : page + PAGE]))
    if bytes(content) == whole:  # a page of zeros stays what it is; so it is flipped
        page = chance.randrange(page, min(page + PAGE, len(whole)))
        content[page] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return page


def _noticed(path: Path, expected: Answers, what: str) -> list[str]:
    """Open the damaged file as a bot does; it must be noticed, made again, and answer as before."""
    if is_whole(path):
        return [f"{what}: believed"]
    if _made(path) != expected:
        return [f"{what}: other answers"]
    return [] if is_whole(path) else [f"{what}: not written again"]


def _mismatched(path: Path, number: int) -> list[str]:
    saved = vector_file.read(path)
    if saved is None:
        return [f"kill {number}: the pair does not fit"]
    asked: list[str] = []

    class Asked(LocalEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            asked.extend(texts)
            return super().embed(texts)

    index = VectorIndex(path, Asked())
    part = saved.shelves["campaign"]
    texts = {key: TEXTS["-".join(key.split("-")[:2])] for key in part.keys}
    index.refresh("campaign", texts, saved.generation)
    if asked:
        return [f"kill {number}: {len(asked)} vectors were not those of their texts"]
    found = index.search("campaign", LocalEmbedder().embed([next(iter(texts.values()))])[0], 1)
    return [] if next(iter(found)) in texts else [f"kill {number}: another campaign is found"]


def beside(times: int) -> Result:
    """Lose the index of a larger memory ``times`` times: it comes back beside the questions, the same."""
    texts = {f"campaign-{number}": text(number) for number in range(AT_ONCE + 100)}
    faults: list[str] = []
    expected: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.faiss"
        for number in range(times + 1):
            path.write_bytes(path.read_bytes()[: PAGE * number] if path.exists() else b"")
            index = VectorIndex(path, LocalEmbedder())
            if index.refresh("campaign", texts, 1):
                faults.append(f"{number}: a lost index answered")
            index.rebuild("campaign", texts, 1, {})
            index.settled()
            index.refresh("campaign", texts, 1)
            found = index.search("campaign", LocalEmbedder().embed(QUESTIONS[:1])[0], MOST)
            index.close()
            expected = expected or found
            faults += [] if found == expected and is_whole(path) else [f"{number}: other answers"]
    return counted(times, faults)
