"""Keeps one living link to Slack: opens it, listens for its pulse, and puts another in its place.

A link is replaced when it broke, when Slack says ``disconnect``, and when nothing came for ``SILENT_S``
although we asked. Slack may leave the old one open after a ``disconnect``, and may still have put something
on it: so the new one is opened first, and the old one is read until Slack ends it or ``DRAIN_S`` are over.
"""

import logging
import time
from collections.abc import Callable
from http.client import HTTPException
from threading import Event, Lock, Thread

from slack_sdk.errors import SlackApiError

from bot.link import Link
from bot.patience import asked_s

log = logging.getLogger(__name__)

TICK_S = 1.0
PING_S = 4.0
SILENT_S = 10.0
DRAIN_S = 10.0
# A link that lived for less than STEADY_S was no success: the next one waits, as after a refusal.
STEADY_S = 2.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0


class Watchdog:
    """One thread. ``open_link`` makes a link that is being read, or raises; ``link`` is the present one."""

    def __init__(self, open_link: Callable[[], Link]) -> None:
        self._open_link = open_link
        self._lock = Lock()
        self._awake = Event()
        self._stopping = False
        self._retired: list[tuple[Link, float]] = []
        self._unwanted: Link | None = None
        self._failures = 0
        self._not_before = self._opened_at = 0.0
        self.link: Link | None = None
        self._thread = Thread(target=self._run, name="slack-watchdog", daemon=True)

    @property
    def is_up(self) -> bool:
        """Whether there is a link that is open, as far as anybody can know."""
        link = self.link
        return link is not None and link.is_open

    def start(self) -> None:
        """Open the first link now, which raises what ``open_link`` raises; keep it from then on."""
        self._replace()
        self._thread.start()

    def stop(self) -> None:
        """Close what is open; nothing is opened any more."""
        with self._lock:
            self._stopping = True
            links = [link for link in (self.link, *(old for old, _ in self._retired)) if link]
        self._awake.set()
        for link in links:
            link.close()
        if self._thread.is_alive():
            self._thread.join(timeout=TICK_S)

    def wake(self) -> None:
        """Look now: a link has ended."""
        self._awake.set()

    def leave(self, link: Link) -> None:
        """Slack wants us to go from this link: get another."""
        with self._lock:
            if all(link is not old for old, _ in self._retired):
                self._unwanted = link  # perhaps so new that it is not the present one yet
        self._awake.set()

    def _run(self) -> None:
        while not self._stopping:
            self._awake.wait(min(TICK_S, max(0.05, self._not_before - time.monotonic())))
            self._awake.clear()
            try:
                self._look()
            except Exception:
                # The last resort: without this thread nobody would ever come back.
                log.exception("looking after the socket failed; looking again")
                self._rest()

    def _look(self) -> None:
        self._let_go()
        link = self.link
        if link is not None and link.is_open and link.silent_s > SILENT_S:
            log.warning("nothing came over the socket for %.0f s; taking another", link.silent_s)
            link.close()
        if link is None or not link.is_open or link is self._unwanted:
            self._try()
        else:
            link.ping(PING_S)

    def _try(self) -> None:
        """Open another link when its time has come."""
        if self._stopping or time.monotonic() < self._not_before:
            return
        try:
            self._replace()
        except SlackApiError as refused:
            log.warning("no socket: Slack says %s", refused.response.get("error"))
            self._rest(asked_s(refused) if "Retry-After" in refused.response.headers else 0.0)
        except (OSError, HTTPException) as broken:
            log.warning("no socket: %s", broken)
            self._rest()

    def _replace(self) -> None:
        """Put a new link in the place of the present one, which is read until it ends."""
        old, fresh = self.link, self._open_link()
        lived_s = time.monotonic() - self._opened_at
        self._opened_at = time.monotonic()
        with self._lock:
            self.link = fresh
            if old is not None and old.is_open:
                self._retired.append((old, self._opened_at + DRAIN_S))
            if self._stopping:
                fresh.close()
        if lived_s < STEADY_S:
            self._rest()
        else:
            self._failures, self._not_before = 0, 0.0

    def _rest(self, told_s: float = 0.0) -> None:
        """Wait before the next attempt: longer each time, and at least as long as Slack asks."""
        wait_s = max(min(FIRST_WAIT_S * 2.0**self._failures, LONGEST_WAIT_S), told_s)
        self._failures = min(self._failures + 1, 10)
        self._not_before = time.monotonic() + wait_s

    def _let_go(self) -> None:
        """Close the links that Slack leaves open for ever."""
        now = time.monotonic()
        with self._lock:
            over = [link for link, until in self._retired if until <= now]
            self._retired = [(link, until) for link, until in self._retired if until > now and link.is_open]
        for link in over:
            link.close()
