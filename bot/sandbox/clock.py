"""The sandbox's clock: real time plus an offset that only grows, so that Monday can come at a click."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MOVES = ("monday_0900", "three_days", "one_hour")


def _real_now() -> datetime:
    return datetime.now(UTC)


class MovableClock:
    """Tells the sandbox's time and moves it forward; safe to use from several threads."""

    def __init__(self, zone: str = "Europe/Madrid", *, real_now: Callable[[], datetime] = _real_now) -> None:
        self.zone = zone
        self._real_now = real_now
        self._offset = timedelta(0)
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], object]] = []

    def now(self) -> datetime:
        """The sandbox's moment, aware, in UTC."""
        with self._lock:
            return self._real_now() + self._offset

    @property
    def offset_seconds(self) -> float:
        """How far the clock was moved ahead of real time, in seconds."""
        with self._lock:
            return self._offset.total_seconds()

    def listen(self, listener: Callable[[], object]) -> None:
        """Call `listener` after every move, in the thread that moved the clock."""
        self._listeners.append(listener)

    def restore(self, offset_seconds: float) -> None:
        """Set the offset that an earlier run kept; tells no listener."""
        with self._lock:
            self._offset = timedelta(seconds=offset_seconds)

    def move(self, *, seconds: float) -> None:
        """Move forward by `seconds`. Raises ValueError when that is not forward."""
        if not seconds > 0:
            raise ValueError(f"The clock only moves forward, not by {seconds:g} seconds.")
        with self._lock:
            self._offset += timedelta(seconds=seconds)
        for listener in list(self._listeners):
            listener()

    def jump(self, move: str) -> None:
        """Make one of the named MOVES. Raises ValueError for any other name."""
        if move == "monday_0900":
            now = self.now()
            self.move(seconds=(next_monday_0900(now, self.zone) - now).total_seconds())
        elif move == "three_days":
            self.move(seconds=3 * 86_400)
        elif move == "one_hour":
            self.move(seconds=3_600)
        else:
            raise ValueError(f"No move is called {move!r}; there are {', '.join(MOVES)}.")

    def state(self) -> dict[str, Any]:
        """What the page shows: now (ISO, UTC), zone, offset_seconds."""
        return {
            "now": self.now().isoformat(timespec="seconds").replace("+00:00", "Z"),
            "zone": self.zone,
            "offset_seconds": round(self.offset_seconds, 3),
        }


def next_monday_0900(now: datetime, zone: str) -> datetime:
    """The first Monday 09:00 in `zone` strictly after `now`, in UTC."""
    local = now.astimezone(ZoneInfo(zone))
    monday = local.date() + timedelta(days=-local.weekday() % 7)
    # Built from the calendar, not by adding hours: a change to summer time may lie between.
    candidate = datetime.combine(monday, time(9), ZoneInfo(zone)).astimezone(UTC)
    if candidate <= now:
        candidate = datetime.combine(monday + timedelta(days=7), time(9), ZoneInfo(zone)).astimezone(UTC)
    return candidate
