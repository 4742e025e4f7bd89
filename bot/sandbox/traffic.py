"""Everything that goes between the bot and the local Slack, the newest two thousand, for people to read."""

import json
import re
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from bot.sandbox.clock import MovableClock
from bot.sandbox.journal import Watched

MOST_ENTRIES = 2_000
MOST_LETTERS = 8_000_000
LONGEST_BODY = 60_000
_TICKET = re.compile(r"(?<=ticket=)[\w-]+")


@dataclass(frozen=True)
class Entry:
    """One exchange. `state` is "waiting", "ok" or the code of what went wrong; `ms` how long it took."""

    id: int
    at: str
    kind: str
    name: str
    about: str
    request: str
    size: int
    attempt: int = 0
    state: str = "waiting"
    ms: float | None = None
    answer: str = ""
    changed: int = 0

    def to_page(self) -> dict[str, Any]:
        """The line of the list; what was said is asked for by its id."""
        shown = ("id", "at", "kind", "name", "about", "size", "attempt", "state", "ms")
        return {name: getattr(self, name) for name in shown}

    @property
    def letters(self) -> int:
        return len(self.request) + len(self.answer)


class Traffic(Watched):
    """Notes exchanges as they begin and end; safe to use from several threads.

    None of `secrets` is ever kept. The oldest go when there are too many, or too much in them.
    """

    def __init__(self, clock: MovableClock, secrets: Collection[str] = ()) -> None:
        super().__init__()
        self._clock = clock
        self._secrets = tuple(secrets)
        self._lock = threading.Lock()
        self._entries: dict[int, Entry] = {}
        self._started: dict[int, float] = {}
        self._last_id = self._changes = self._letters = 0

    def begin(self, kind: str, name: str, body: object, *, about: str = "", attempt: int = 0) -> int:
        """Note that something was sent; returns the number to `end` it with."""
        text = self._written(body)
        with self._lock:
            self._last_id += 1
            at = self._clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
            kept = text[:LONGEST_BODY]
            self._put(Entry(self._last_id, at, kind, name, self._masked(about), kept, len(text), attempt))
            self._started[self._last_id] = time.perf_counter()
            number = self._last_id
        self.wake()
        return number

    def end(self, number: int, *, state: str = "ok", answer: object = None) -> None:
        """Note what became of it. Nothing happens when it was forgotten meanwhile."""
        text = "" if answer is None else self._written(answer)[:LONGEST_BODY]
        with self._lock:
            started, entry = self._started.pop(number, None), self._entries.get(number)
            if started is None or entry is None:
                return
            ms = round((time.perf_counter() - started) * 1000, 1)
            self._put(replace(entry, state=state, ms=ms, answer=text))
        self.wake()

    def entries(self) -> list[Entry]:
        """What is remembered, in the order of sending."""
        with self._lock:
            return list(self._entries.values())

    def since(self, change: int) -> tuple[int, int, list[Entry]]:
        """The number of the newest change, that of the oldest entry, and what began or ended since."""
        with self._lock:
            first = next(iter(self._entries), self._last_id + 1)
            return self._changes, first, [one for one in self._entries.values() if one.changed > change]

    def find(self, number: int) -> Entry | None:
        """The exchange of that number, or None."""
        with self._lock:
            return self._entries.get(number)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._started.clear()
            self._letters = 0
            self._changes += 1
        self.wake()

    def _put(self, entry: Entry) -> None:
        self._changes += 1
        before = self._entries.get(entry.id)
        self._letters += entry.letters - (before.letters if before else 0)
        self._entries[entry.id] = replace(entry, changed=self._changes)
        while len(self._entries) > MOST_ENTRIES or self._letters > MOST_LETTERS:
            oldest = self._entries.pop(next(iter(self._entries)))
            self._started.pop(oldest.id, None)
            self._letters -= oldest.letters

    def _written(self, body: object) -> str:
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=str)
        return self._masked(text)

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return _TICKET.sub("…", text)
