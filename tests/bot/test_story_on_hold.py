"""Figures that grow too old while their card stands there: nobody can approve on them, and it says so."""

import json
from datetime import timedelta
from typing import Any

from bot_team import APPROVER, MEMBER, Team, both_ways, labels, shown
from engine_values import body

from engine.models.rules import Rules

FORECAST = {"impressions": 100_000, "clicks": 2_000, "conversions": 100, "spend": 4_000, "revenue": 9_000}
WON = FORECAST | {"clicks": 4_000, "conversions": 200}
DAY_S = 24 * 3_600


def turned(team: Team, message: dict[str, Any], words: str) -> dict[str, Any]:
    return team.wait(lambda: found if words in shown(found := team.again(message)) else None)


def ended(team: Team, days: int) -> None:
    """Hand in a win whose window ended so many days ago."""
    last = team.engine.today() - timedelta(days=days)
    window = {"window_start": (last - timedelta(days=27)).isoformat(), "window_end": last.isoformat()}
    told = body(
        campaign_id="autumn-sale",
        expected_metrics=FORECAST,
        actual_metrics=WON,
        currency="EUR",
        timestamp=f"{last}T18:00:00+00:00",
        **window,
    )
    team.engine.submit(json.dumps(told), source=None, asked_by=MEMBER)


@both_ways
def test_a_card_that_goes_on_hold_refuses_its_old_button_and_offers_only_to_reject(team: Team) -> None:
    ended(team, Rules().stale_days)
    card = team.card_of("autumn-sale")
    assert labels(card)[0] == "Approve"
    team.move(seconds=DAY_S)
    team.click("Approve", card)
    told = team.whisper("nothing is approved", user=APPROVER)
    assert "These figures are 31\u00a0days old; on figures older than 30\u00a0days" in shown(told)
    held = turned(team, card, "On hold: these figures are 31\u00a0days old.")
    assert labels(held) == ["Reject…", "More", "⋯"]
    assert held["broken"] == []
    team.command("/digest now")
    digest = team.wait(lambda: team.find("*Waits.* `autumn-sale`"))
    assert "On hold: these figures are 31\u00a0days old." in shown(digest)
    assert "Approve" not in labels(digest)
