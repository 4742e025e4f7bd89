"""Approve really changes something: the bot, the sandbox's ad platform, and what people are told of it."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bot_team import Team, both_ways

CAMPAIGN = "spring-sale"


@pytest.fixture
def team(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Team]:
    made = Team(tmp_path, mode=getattr(request, "param", "socket"), receiver=True)
    yield made
    made.close()


def approved(team: Team) -> tuple[str, dict[str, Any]]:
    """Approve the first card; its record's id, and the card."""
    card = team.card_of(CAMPAIGN)
    team.click("Approve", card)
    record = team.engine.recommendations(None, None, limit=50).recommendations
    found = next(each for each in record if each.analysis.retrospective.campaign.campaign_id == CAMPAIGN)
    return found.id, card


def stands(team: Team, identifier: str, status: str) -> Any:
    """Wait until the record stands so."""

    def found() -> Any:
        record = team.engine.recommendation(identifier)
        return record if record.status == status else None

    return team.wait(found)


@both_ways
def test_approving_changes_the_platform_once_and_the_receipt_is_kept(team: Team) -> None:
    identifier, _ = approved(team)
    record = stands(team, identifier, "executed")
    platform, action = team.sandbox.server.receiver, record.decided_action
    assert platform.effects == platform.calls == [record.execution.key]
    assert platform.value(CAMPAIGN) == action.to
    receipt = record.execution.receipt
    assert (receipt.previous, receipt.value, receipt.read_back) == (action.previous, action.to, True)


def test_two_failures_and_a_success_are_one_change_under_one_key(team: Team) -> None:
    platform = team.sandbox.server.receiver
    platform.faults.set("fail", on=True)
    identifier, _ = approved(team)
    team.wait(lambda: len(platform.calls) == 1)
    team.move(seconds=60)
    team.wait(lambda: len(platform.calls) == 2)
    team.move(seconds=60)
    record = stands(team, identifier, "executed")
    assert platform.calls == [record.execution.key] * 3
    assert platform.effects == [record.execution.key]


def test_a_change_that_was_made_but_never_answered_is_found_by_the_look_up(team: Team) -> None:
    platform = team.sandbox.server.receiver
    platform.faults.set("stall", on=True)
    identifier, _ = approved(team)
    record = stands(team, identifier, "executed")
    assert record.execution.receipt.read_back
    assert platform.effects == platform.calls == [record.execution.key]


def test_a_change_that_got_lost_on_the_way_is_sent_again_with_the_same_key(team: Team) -> None:
    platform = team.sandbox.server.receiver
    platform.faults.set("drop", on=True)
    identifier, _ = approved(team)
    team.wait(lambda: any(each["type"] == "action.lookup" for each in platform.to_page()["requests"]))
    team.move(seconds=60)
    record = stands(team, identifier, "executed")
    assert platform.calls == [record.execution.key] * 2
    assert platform.effects == [record.execution.key]


def test_silence_and_a_broken_look_up_are_unknown_and_stay_so(team: Team) -> None:
    platform = team.sandbox.server.receiver
    platform.faults.set("stall", on=True)
    platform.faults.set("no_lookup", on=True)
    identifier, _ = approved(team)
    record = stands(team, identifier, "unknown")
    assert record.execution.receipt is None
    team.move(seconds=3600)
    assert team.engine.recommendation(identifier).status == "unknown"
    assert len(platform.calls) == 1


def test_a_platform_that_says_done_and_shows_the_old_value_is_not_believed(team: Team) -> None:
    platform = team.sandbox.server.receiver
    platform.faults.set("lie", on=True)
    identifier, _ = approved(team)
    record = stands(team, identifier, "unknown")
    assert record.execution.receipt is None
    assert str(record.decided_action.previous) in record.execution.error
    assert platform.effects == []


def test_a_refusal_is_told_and_nothing_was_changed(team: Team) -> None:
    platform = team.sandbox.server.receiver
    platform.faults.set("refuse", on=True)
    identifier, _ = approved(team)
    record = stands(team, identifier, "failed")
    assert record.execution.error == "422, this account may not be changed"
    assert platform.effects == []


def test_undo_restores_what_was_there_before_once(team: Team) -> None:
    platform = team.sandbox.server.receiver
    identifier, _ = approved(team)
    before = stands(team, identifier, "executed").decided_action.previous
    team.engine.decide(identifier, "undo", by=team.sandbox.marko._people.look_up("U0APPROVER"))
    team.sandbox.marko.publisher.wake()
    record = stands(team, identifier, "undone")
    assert platform.value(CAMPAIGN) == before
    assert platform.effects == [record.execution.key, record.undoing.key]


def test_undo_is_refused_where_somebody_changed_the_value_since(team: Team) -> None:
    platform = team.sandbox.server.receiver
    identifier, _ = approved(team)
    stands(team, identifier, "executed")
    platform.change(CAMPAIGN, "daily spend", Decimal("480.00"))
    team.engine.decide(identifier, "undo", by=team.sandbox.marko._people.look_up("U0APPROVER"))
    team.sandbox.marko.publisher.wake()
    record = team.wait(
        lambda: next((each for each in [team.engine.recommendation(identifier)] if each.undoing.error), None)
    )
    assert record.status == "executed"
    assert "480.00 now" in record.undoing.error
    assert platform.value(CAMPAIGN) == Decimal("480.00")


def test_by_hand_sends_nothing(tmp_path: Path) -> None:
    team = Team(tmp_path)
    try:
        identifier, _ = approved(team)
        stands(team, identifier, "approved")
        assert team.sandbox.server.receiver.calls == []
    finally:
        team.close()
