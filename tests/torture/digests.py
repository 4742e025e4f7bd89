"""Promise 9: no digest is sent twice, and none is missed: killed inside the send window.

Every week the clock makes a digest due, the bot is killed somewhere between claim and mark, and started
again. Every other time Slack keeps the post and drops its answer.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bot_team import APPROVER, GROWTH

from torture.far_bot import FarBot, FarTeam
from torture.made_up import dice
from torture.result import Result, counted
from torture.traces import arrived, is_idle, not_once, posted, rows, stuck

LONGEST_S = (0.05, 0.4)  # most of the window is short; the rest of the deed is not

TAKEN_UP = "SELECT count(*) FROM outbox WHERE kind = 'digest' AND attempts > 1"


def run(times: int) -> Result:
    """Kill the bot in ``times`` send windows and count the digests."""
    chance = dice()
    with tempfile.TemporaryDirectory() as folder, FarTeam(FarBot(Path(folder))) as team:
        _subscribe(team)
        for number in range(times):
            if number % 2:
                team.fault("drop_response_after_post")
            team.bot.move("monday_0900")
            time.sleep(chance.random() * chance.choice(LONGEST_S))
            team.bot.kill()
            team.bot.start()
            team.wait(arrived(team, "digest", number + 1))
        team.wait(lambda: is_idle(team.bot.settings.database))
        faults = list(_faults(team, times))
        ((again,),) = rows(team.bot.settings.database, TAKEN_UP)
    return counted(times, faults, f"{again} were taken up and looked for")


def _subscribe(team: FarTeam) -> None:
    team.bot.start()
    team.bot.connected()
    team.command("/digest weekly mon 09:00")
    team.whisper("Every Monday 09:00", user=APPROVER)


def _faults(team: FarTeam, weeks: int) -> Iterator[str]:
    database = team.bot.settings.database
    yield from not_once(posted(team, "digest"), weeks, "digests")
    yield from stuck(database)
    for date, status in rows(database, "SELECT local_date, status FROM digest_slots"):
        if status != "sent":
            yield f"the slot of {date} in {GROWTH} says {status}"
