"""An approved change on its way to the platform and back: done, refused, unknown, undone. On the card."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bot_team import APPROVER, MEMBER, Team, button, labels, shown

both_ways = pytest.mark.parametrize("connected", ["socket", "http"], indirect=True)


@pytest.fixture
def connected(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Team]:
    """A team whose approved changes go to the sandbox's ad platform."""
    made = Team(tmp_path, mode=request.param, receiver=True)
    yield made
    made.close()


def turned(team: Team, card: dict[str, Any], words: str) -> dict[str, Any]:
    """Wait until these words stand on the card."""
    return team.wait(lambda: found if words in shown(found := team.again(card)) else None)


def platform(team: Team) -> Any:
    return team.sandbox.server.receiver


def fault(team: Team, name: str, *, on: bool = True) -> None:
    platform(team).faults.set(name, on=on)


def approved(team: Team) -> dict[str, Any]:
    card = team.card_of("spring-sale")
    team.click("Approve", card)
    return card


@both_ways
def test_an_approved_change_is_done_with_a_receipt_and_undone_once(connected: Team) -> None:
    card = connected.card_of("spring-sale")
    confirm = button(card, "Approve")[1]["confirm"]["text"]["text"]
    assert "I send it to Meta; it can be undone once." in confirm
    connected.click("Approve", card)
    done = turned(connected, card, "✅ Done")
    assert "Meta shows daily spend" in shown(done)
    assert "(was " in shown(done)
    assert "Receipt `rcpt-0001`." in shown(done)
    assert labels(done) == ["Undo…", "More"]
    assert done["broken"] == []
    assert done["text"].endswith("Approved, carried out.")
    connected.click("Undo…", done, user=MEMBER)
    connected.whisper("can decide this. Your click changed nothing.", user=MEMBER)
    connected.click("Undo…", done)
    undone = turned(connected, card, f"Undone by <@{APPROVER}>")
    assert labels(undone) == ["More"]
    assert len(platform(connected).effects) == 2


@both_ways
def test_an_undo_is_refused_where_the_value_has_changed_since(connected: Team) -> None:
    card = approved(connected)
    done = turned(connected, card, "✅ Done")
    platform(connected).change("spring-sale", "daily spend", Decimal(999))
    connected.click("Undo…", done)
    refused = turned(connected, card, "Not undone:")
    assert "Nothing was changed." in shown(refused)
    assert labels(refused) == ["More"]
    told = connected.wait(lambda: connected.find(f"<@{APPROVER}> ⚠️ Not undone:"))
    assert told["thread_ts"] == card["ts"]
    assert platform(connected).value("spring-sale") == 999


@both_ways
def test_what_the_platform_refuses_is_not_done_and_can_be_tried_again_or_dropped(connected: Team) -> None:
    fault(connected, "refuse")
    card = approved(connected)
    failed = turned(connected, card, "⚠️ Not done. Meta refused")
    assert "this account may not be changed" in shown(failed)
    assert "Nothing was changed." in shown(failed)
    assert labels(failed) == ["Try again", "Drop it…", "More"]
    told = connected.wait(lambda: connected.find(f"<@{APPROVER}> ⚠️ Not done."))
    assert told["thread_ts"] == card["ts"]
    fault(connected, "refuse", on=False)
    connected.click("Try again", failed)
    done = turned(connected, card, "✅ Done")
    assert "Undo…" in labels(done)


@both_ways
def test_what_was_refused_can_be_dropped(connected: Team) -> None:
    fault(connected, "refuse")
    card = approved(connected)
    connected.click("Drop it…", turned(connected, card, "⚠️ Not done."))
    dropped = turned(connected, card, f"✋ Dropped by <@{APPROVER}>")
    assert labels(dropped) == ["Analyze again", "More"]


@both_ways
def test_where_no_answer_comes_nobody_claims_anything_and_a_person_settles_it(connected: Team) -> None:
    fault(connected, "no_lookup")
    fault(connected, "drop")
    card = approved(connected)
    unknown = turned(connected, card, "⚠️ I don't know if it arrived.")
    assert labels(unknown) == ["It arrived", "Send again", "More"]
    told = connected.wait(lambda: connected.find("Please look in Meta, then press"))
    assert f"<@{APPROVER}>" in shown(told)
    fault(connected, "no_lookup", on=False)
    connected.click("Send again", unknown)
    turned(connected, card, "✅ Done")
    assert len(platform(connected).effects) == 1


@both_ways
def test_it_arrived_is_told_as_what_a_person_says_and_cannot_be_undone(connected: Team) -> None:
    fault(connected, "no_lookup")
    fault(connected, "drop")
    card = approved(connected)
    connected.click("It arrived", turned(connected, card, "⚠️ I don't know if it arrived."))
    done = turned(connected, card, f"says <@{APPROVER}>; there is no receipt.")
    assert labels(done) == ["More"]
