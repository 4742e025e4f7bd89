"""Promise 31: Slack is slow, busy, wrong or down: each message once, none lost, and nobody hammers.

Thirty channels' digests fall due in one second, week after week, while the local Slack refuses with 429 and
500, loses answers, and is gone for a while: when the bot starts, and in the middle.
"""

import json
import logging
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bot_team import Team

from bot.sandbox.people import BOT_USER, Channel
from torture.result import Result, counted
from torture.traces import is_idle, not_once, posted

CHANNELS = 30
STORM_S, DOWN_S = 6.0, 2.0
SETTLED_S = 90.0
FAULTS = ("ratelimit_next", "ratelimit_next", "server_error", "drop_response_after_post")
EARLY_S = 0.05  # clocks of two threads, and a look at milliseconds


class Weather(logging.Handler):
    """Turns faults on, at random, and counts them; hears what the bot says of a Slack that is down."""

    def __init__(self, team: Team) -> None:
        super().__init__(logging.WARNING)
        self._switches = team.sandbox.server.switches
        self._chance = random.Random(31)  # noqa: S311
        self.sent: Counter[str] = Counter()
        self.said_so = False

    def emit(self, record: logging.LogRecord) -> None:
        self.said_so |= "Slack cannot be reached" in record.getMessage()

    @contextmanager
    def storm(self) -> Iterator[None]:
        """Bad weather beside whatever is done inside."""
        over = threading.Event()
        thread = threading.Thread(target=self._blow, args=(over,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def down(self) -> None:
        """Be gone for a while; returns when Slack is back."""
        self.sent["down"] += 1
        self._switches.set("unreachable", on=True)
        time.sleep(DOWN_S)
        self._switches.set("unreachable", on=False)

    def _blow(self, over: threading.Event) -> None:
        until = time.monotonic() + STORM_S
        while time.monotonic() < until and not over.is_set():
            fault = self._chance.choice(FAULTS)
            self.sent[fault] += 1
            self._switches.set(fault, on=True)
            over.wait(self._chance.uniform(0.01, 0.15))


def run(times: int) -> Result:
    """Let ``times`` × 30 digests out in bad weather."""
    with tempfile.TemporaryDirectory() as folder:
        team = Team(Path(folder), filled=False)
        weather = Weather(team)
        try:
            faults = [fault for week in range(times) for fault in _week(team, weather, week)]
            faults += not_once(posted(team, "digest"), CHANNELS * times, "digests")
            faults += _start_while_down(team, weather)
        finally:
            team.close()
    return counted(CHANNELS * times, faults, ", ".join(f"{n} × {name}" for name, n in weather.sent.items()))


def _week(team: Team, weather: Weather, week: int) -> list[str]:
    if week == 0:
        for number in range(CHANNELS):
            channel = Channel(f"C0ROOM{number:02}", f"room-{number:02}", members={"U0APPROVER", BOT_USER})
            team.workspace.add_channel(channel)
            team.engine.subscribe(channel.id, weekday=0, at="09:00", by="U0APPROVER")
    team.sandbox.server.traffic.clear()
    with weather.storm():
        team.move(move="monday_0900")
        weather.down()
    database = Path(team.sandbox._settings.data_dir) / "marko.db"
    wanted = CHANNELS * (week + 1)
    if not _within(SETTLED_S, lambda: len(posted(team, "digest")) >= wanted and is_idle(database)):
        return [f"week {week + 1}: {len(posted(team, 'digest'))} of {wanted} after {SETTLED_S:.0f} s"]
    return list(_hammered(team))


def _start_while_down(team: Team, weather: Weather) -> list[str]:
    """Slack is gone when the bot starts: it says so, and is there when Slack is."""
    team.sandbox.disconnect()
    heard = logging.getLogger("bot.slack")
    heard.addHandler(weather)
    back = threading.Thread(target=weather.down)
    back.start()
    try:
        team.sandbox.connect()  # raises when it does not come
    finally:
        back.join()
        heard.removeHandler(weather)
    return [] if weather.said_so else ["nobody said that Slack was down at the start"]


def _hammered(team: Team) -> Iterator[str]:
    """Name posts that came before the time that a 429 for the same channel had told."""
    told: dict[str, float] = {}
    for entry in team.sandbox.server.traffic.entries():
        if entry.name != "chat.postMessage":
            continue
        channel = str(json.loads(entry.request).get("channel"))
        at = datetime.fromisoformat(entry.at).timestamp()
        if at < told.get(channel, 0.0) - EARLY_S:
            yield f"{channel} was asked {told[channel] - at:.2f} s too early"
        if entry.state == "ratelimited":
            told[channel] = at + 1.0


def _within(seconds: float, is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.1)
    return is_so()
