"""Promise 8: no digest is missed: killed before the slot, started within the grace period after it."""

import tempfile
from pathlib import Path

from bot_team import APPROVER, shown

from torture.far_bot import FarBot, FarTeam
from torture.result import Result, counted
from torture.traces import arrived, not_once, posted


def run(times: int) -> Result:
    """Be down across ``times`` slots; each digest comes once, and is not called late."""
    with tempfile.TemporaryDirectory() as folder, FarTeam(FarBot(Path(folder))) as team:
        team.bot.start()
        team.bot.connected()
        team.command("/digest weekly mon 09:00")
        team.whisper("Every Monday 09:00", user=APPROVER)
        for number in range(times):
            team.bot.kill()
            team.bot.move("monday_0900")
            team.bot.start()
            team.bot.connected()
            team.wait(arrived(team, "digest", number + 1))
        faults = list(not_once(posted(team, "digest"), times, "digests"))
        late = [each["ts"] for each in team.workspace.messages("C0GROWTH") if "Late: due" in shown(each)]
    return counted(times, faults + [f"the digest {ts} is called late" for ts in late])
