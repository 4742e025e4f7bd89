"""The campaigns that a dialog offers, kept ready: labels and search texts, as of one generation.

Slack waits for what a search select offers before anything else goes on, so nothing is read or written
while it waits. What is not made yet, or not any more what the memory holds, is made anew beside.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from engine.models.retrospective import Titled, slug
from engine.ports import Memory, Reading

log = logging.getLogger(__name__)

PATIENCE_S = 0.003  # a small memory is read anew within it, so that what is offered is of this moment
LONGEST_VALUE = 150  # of what a choice carries back
_folded = lru_cache(50_000)(slug)  # names stay the same from one shelf to the next


# One campaign: what comes back, what is read, and in what words are found. A plain tuple of texts is the
# one thing that Python's collector of garbage, which holds up every thread, never looks at again.
Entry = tuple[str, str, str]


class Shelf(NamedTuple):
    """What is offered as of a generation of the memory, the newest campaign first."""

    generation: int
    entries: Sequence[Entry] = ()
    platforms: Sequence[str] = ()  # the most used first


NOTHING_YET = Shelf(-1)


class Catalogue:
    """Safe to ask from several threads; only one shelf is made at a time."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._lock = Lock()
        self._shelf = NOTHING_YET
        self._making: Future[None] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="catalogue")

    def now(self) -> Shelf:
        """Give the shelf within milliseconds: the newest there is, while a newer one is made beside."""
        with self._memory.reading() as reading:
            generation = reading.generation()
        if self._shelf.generation != generation:
            wait([self.prepare()], PATIENCE_S)
        return self._shelf

    def prepare(self) -> Future[None]:
        """Begin to make the shelf of now, unless one is being made; done when it stands."""
        with self._lock:
            if self._making is None or self._making.done():
                self._making = self._pool.submit(self._make)
            return self._making

    def close(self) -> None:
        """Wait for what is being made; to be called before the store is closed."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _make(self) -> None:
        try:
            with self._memory.reading() as reading:
                generation, titles = reading.generation(), titles_of(reading)
            self._shelf = _shelf(generation, newest(titles))
        except Exception:
            # Nobody waits for this thread: what it could not make is in the log, and asked for again.
            log.exception("the choices could not be brought up to date")


def titles_of(reading: Reading) -> list[Titled]:
    """What every remembered window is called, and every campaign that only rows know, by its newest day."""
    links = reading.links()
    found = [
        each._replace(key=f"{links[each.campaign_key]}@{each.key.rpartition('@')[2]}")
        if each.campaign_key in links
        else each
        for each in reading.titles()
    ]
    known = {each.campaign_key for each in found}
    for each in reading.row_campaigns():
        key = links.get(each.campaign_key, each.campaign_key)
        if key not in known:
            name = each.name or None
            found.append(Titled(f"{key}@..{each.last_day}", each.campaign_id, name, each.platform))
    return found


def newest(titles: Iterable[Titled]) -> list[Titled]:
    """Those of each campaign's newest window, the newest campaign first."""
    known: dict[str, Titled] = {}
    for each in sorted(titles, key=lambda each: (each.last_day, each.key), reverse=True):
        known.setdefault(each.campaign_key, each)
    return list(known.values())


def value_of(key: str) -> str:
    """The campaign's key, where it fits; else its beginning and a digest."""
    if len(key) <= LONGEST_VALUE:
        return key
    return f"{key[:100]}#{hashlib.sha256(key.encode()).hexdigest()[:20]}"


def _shelf(generation: int, campaigns: Sequence[Titled]) -> Shelf:
    entries = [
        (value_of(each.campaign_key), label, _searched(each))
        for each, label in zip(campaigns, _labels(campaigns), strict=True)
    ]
    used = Counter(each.platform for each in campaigns)
    return Shelf(generation, entries, [name for name, _ in used.most_common()])


def _labels(campaigns: Sequence[Titled]) -> list[str]:
    """Where two have one name, the platform is said; where that is the same too, the id."""
    folded = [(_folded(each.name), _folded(each.platform)) for each in campaigns]
    names, placed = Counter(name for name, _ in folded), Counter(folded)
    labels = []
    for each, place in zip(campaigns, folded, strict=True):
        parts = [each.platform] if names[place[0]] > 1 else []
        if placed[place] > 1:
            parts.append(each.campaign_id)
        labels.append(f"{each.name} ({', '.join(parts)})" if parts else each.name)
    return labels


def _searched(campaign: Titled) -> str:
    return " ".join(
        _folded(part) for part in (campaign.given, campaign.campaign_id, campaign.platform) if part
    )
