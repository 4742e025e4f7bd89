"""The settings' dialog stays within what Slack lets it carry, whoever and whatever is set."""

import json
from datetime import date
from decimal import Decimal

from engine_values import WORDS

from bot import ids
from bot.blocks.settings_view import (
    MOST_APPROVERS,
    MOST_JUDGED,
    MOST_OF_A_CHANNEL,
    Place,
    Shown,
    not_shown,
    settings_view,
)
from bot.sandbox.strictness import view_faults
from engine.models.preference import Amounts, ChannelApprovers, Freeze, Preferences

CODES = ("EUR", "USD", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK")
AMOUNTS = Amounts(of=tuple((code, Decimal("999999.99")) for code in CODES))


def people(count: int, kind: str) -> tuple[str, ...]:
    return tuple(f"U0{kind}{number:07}" for number in range(count))


def fullest() -> tuple[Shown, Preferences]:
    own = (ChannelApprovers(channel="C0123456789", approvers=people(MOST_OF_A_CHANNEL, "OWN")),)
    chosen = Preferences(
        approvers=people(MOST_APPROVERS, "A"),
        channel_approvers=own,
        change_limit=0.2,
        time_zone="America/Argentina/ComodRivadavia",
        number_format="1,234.50",
        two_above=AMOUNTS,
        spend_limit=AMOUNTS,
        changes_a_day=1000,
        freeze=Freeze(first=date(2026, 12, 24), last=date(2027, 1, 2)),
        expiry_hours=1440,
    )
    places: dict[str, Place] = {
        each: place
        for place in ("elsewhere", "unanswered", "beyond")
        for each in people(40, place[:1].upper())
    }
    shown = Shown(
        channel="C0123456789",
        channel_name=f"#{'a' * 80}",
        preferences=chosen,
        needs_approver=True,
        unfit=dict.fromkeys(people(MOST_JUDGED, "X"), "belongs to another workspace"),
        fit=people(MOST_JUDGED, "F"),
        others=not_shown(places),
    )
    return shown, chosen


def test_the_fullest_dialog_is_one_that_slack_takes() -> None:
    shown, chosen = fullest()
    view = settings_view(shown, chosen, WORDS)
    assert len(view["private_metadata"]) <= 3_000
    assert len(view["title"]["text"]) <= 24
    assert view_faults(view) == []
    assert Shown.unpacked(json.loads(json.dumps(view))).preferences == chosen


def test_amounts_stand_as_they_can_be_typed_again() -> None:
    shown, chosen = fullest()
    view = settings_view(shown, chosen, WORDS)
    block = next(each for each in view["blocks"] if each.get("block_id") == ids.TWO_ABOVE)
    assert block["element"]["initial_value"].startswith("999,999.99 CHF, 999,999.99 CZK, ")
    assert block["element"]["max_length"] >= len(block["element"]["initial_value"])
