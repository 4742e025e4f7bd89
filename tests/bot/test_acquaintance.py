"""Whom Marko gets to know, and when it may not judge anybody yet."""

from pathlib import Path

from bot_team import APPROVER, Team
from slack_sdk import WebClient

from bot.acquaintance import Acquaintance
from bot.clock import SystemClock
from bot.people import People
from bot.sandbox.people import TEAM_ID


def test_nobody_is_taken_for_a_stranger_before_slack_said_which_workspace_is_ours(tmp_path: Path) -> None:
    """The tick may be earlier than Slack: whoever is taken for an outsider is pinged of nothing for a day."""
    team = Team(tmp_path)
    try:
        server = team.sandbox.server
        client = WebClient(token=server.bot_token, base_url=server.api_url)
        people = People(client)
        meeting = Acquaintance(team.engine, people, client, SystemClock())
        assert meeting.keep_up() == 0
        people.belong_to(TEAM_ID)
        assert meeting.keep_up() > 0
        with team.engine._memory.reading() as reading:
            kept = reading.setting(f"pings:{APPROVER}")
        assert '"is_outsider":true' not in (kept or "")
    finally:
        team.close()
