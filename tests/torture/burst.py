"""Promise 10: a burst is served: 30 channels due in the same second, 30 digests."""

import tempfile
from pathlib import Path

from bot_team import Team

from bot.sandbox.people import BOT_USER, Channel
from torture.result import Result, counted
from torture.traces import arrived, not_once, posted

CHANNELS = 30


def run(times: int) -> Result:
    """Let the digests of thirty channels fall due in the same second, ``times`` weeks in a row."""
    with tempfile.TemporaryDirectory() as folder:
        team = Team(Path(folder), filled=False)
        try:
            faults = _weeks(team, times)
        finally:
            team.close()
    return counted(CHANNELS * times, faults)


def _weeks(team: Team, times: int) -> list[str]:
    for number in range(CHANNELS):
        channel = Channel(f"C0ROOM{number:02}", f"room-{number:02}", members={"U0APPROVER", BOT_USER})
        team.workspace.add_channel(channel)
        team.engine.subscribe(channel.id, weekday=0, at="09:00", by="U0APPROVER")
    for number in range(times):
        team.move(move="monday_0900")
        team.wait(arrived(team, "digest", (number + 1) * CHANNELS))
    return list(not_once(posted(team, "digest"), CHANNELS * times, "digests"))
