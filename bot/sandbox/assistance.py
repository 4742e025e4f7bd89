"""What the agent shows beside its messages: prompts to press, and what it is doing just now."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.journal import Journal
from bot.sandbox.people import BOT_USER
from bot.sandbox.shelf import Shelf
from bot.sandbox.workspace import Workspace

STATUS_SECONDS = 120.0
Json = dict[str, Any]


@dataclass(frozen=True)
class Status:
    """What the bot is doing in a thread, said after the message `after`, until `expires` in real seconds."""

    channel: str
    thread_ts: str
    text: str
    loading: tuple[str, ...]
    after: str
    expires: float


class Assistance:
    """The prompts of each direct message and the status of each thread. Guarded by the journal's lock."""

    def __init__(
        self,
        workspace: Workspace,
        journal: Journal,
        shelf: Shelf,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workspace = workspace
        self._journal = journal
        self._shelf = shelf
        self._seconds = seconds
        self._prompts: dict[str, Json] = {one["channel"]: one for one in shelf.all("prompts")}
        self._statuses: dict[tuple[str, str], Status] = {}

    def suggest(self, channel: str, prompts: list[Json], title: str) -> None:
        """Offer these prompts ({title, message}) in a direct message, in place of earlier ones."""
        told = {"channel": channel, "title": title, "prompts": prompts}
        with self._journal.condition:
            self._prompts[channel] = told
            self._shelf.put("prompts", channel, told)
            self._journal.tell("prompts", told, channel=channel)

    def say(self, channel: str, thread_ts: str, text: str, loading: tuple[str, ...] = ()) -> None:
        """Show what the bot is doing in a thread; an empty text takes it away."""
        with self._journal.condition:
            newest = self._workspace.newest_of(channel)
            expires = self._seconds() + STATUS_SECONDS
            status = Status(channel, thread_ts, text, loading, newest, expires)
            self._statuses[channel, thread_ts] = status
            self._journal.tell("status", self._to_page(status), channel=channel)

    def prompts(self, channels: set[str]) -> list[Json]:
        """The prompts of these channels, in the page's shape."""
        with self._journal.condition:
            return [told for channel, told in self._prompts.items() if channel in channels]

    def statuses(self, channels: set[str]) -> list[Json]:
        """What the bot is doing in these channels, in the page's shape."""
        with self._journal.condition:
            return [
                self._to_page(one)
                for one in self._statuses.values()
                if one.channel in channels and self._holds(one)
            ]

    def _holds(self, status: Status) -> bool:
        """Until the bot said something there, or nothing for two minutes."""
        if not status.text or self._seconds() > status.expires:
            return False
        is_direct = self._workspace.channels[status.channel].is_im
        return not any(
            one.user == BOT_USER and (is_direct or status.thread_ts in (one.ts, one.thread_ts))
            for one in self._workspace.stored(status.channel)
            if one.ts > status.after
        )

    def _to_page(self, status: Status) -> Json:
        left = max(0.0, status.expires - self._seconds())
        return {
            "channel": status.channel,
            "thread_ts": status.thread_ts,
            "status": status.text,
            "loading_messages": list(status.loading),
            "seconds_left": round(left, 1),
        }
