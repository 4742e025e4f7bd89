"""Promise 12: no storm after an outage: three weeks down are one late digest, labelled late."""

import tempfile
from pathlib import Path

from bot_team import APPROVER, GROWTH, Team, shown

from torture.result import Result, counted
from torture.traces import arrived, not_once, posted

THREE_WEEKS_S = 21 * 86_400


def run(times: int) -> Result:
    """Stay away for three weeks ``times`` times."""
    with tempfile.TemporaryDirectory() as folder:
        team = Team(Path(folder), filled=False)
        try:
            faults = _outages(team, times)
        finally:
            team.close()
    return counted(times, faults)


def _outages(team: Team, times: int) -> list[str]:
    team.command("/digest weekly mon 09:00")
    team.whisper("Every Monday 09:00", user=APPROVER)
    for number in range(times):
        team.sandbox.disconnect()
        team.move(seconds=THREE_WEEKS_S)
        team.sandbox.connect()
        team.wait(arrived(team, "digest", number + 1))
        team.sandbox.disconnect()
        team.sandbox.connect()
    digests = [each for each in team.workspace.messages(GROWTH) if each["metadata"]]
    punctual = [f"{each['ts']} is not called late" for each in digests if "Late: due" not in shown(each)]
    return [*not_once(posted(team, "digest"), times, "digests"), *punctual]
