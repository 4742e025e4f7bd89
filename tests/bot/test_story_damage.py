"""What a person in Slack sees when the memory is damaged."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot_team import APPROVER, Team


def database(team: Team) -> Path:
    return Path(str(team.engine._memory._database.path))


def test_a_damaged_document_is_told_to_whoever_asked_and_the_others_are_served(team: Team) -> None:
    card = team.card_of("spring-sale")
    with closing(sqlite3.connect(database(team))) as connection, connection:
        connection.execute("UPDATE recommendations SET body = replace(body, 'spring', 'sprinh')")
    team.click("Approve", card)
    told = team.whisper("is damaged: row", user=APPROVER)
    assert "Stop the bot and restore a backup." in str(told)
    with closing(sqlite3.connect(database(team))) as connection:
        assert connection.execute("SELECT count(*) FROM executions").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM decisions").fetchone() == (0,)
