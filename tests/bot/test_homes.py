"""Opened Homes follow the record: one at a time, coalesced, and with patience where Slack has none."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bot_team import APPROVER, MEMBER
from factories import CHANNEL, delivery
from office import Office, ScriptedSlack

from bot.homes import Homes
from bot.listeners.commands.marko import marko
from engine.models.answer import Person

TEAM = "T0SANDBOX"


@pytest.fixture
def quiet(tmp_path: Path, scripted: ScriptedSlack) -> Iterator[Office]:
    """The bot's parts on a Slack that says yes to everything, and knows everybody."""
    made = Office(tmp_path, scripted.api_url)
    yield made
    made.close()


def known(scripted: ScriptedSlack, times: int) -> None:
    for _ in range(times):
        scripted.say("users.info", {"ok": True, "user": {"team_id": TEAM}})
        scripted.say("users.conversations", {"ok": True, "channels": []})


def drawn(homes: Homes) -> int:
    """Draw until nothing is old; the first look may only see that something changed."""
    count = int(homes.catch_up())
    while homes.catch_up():
        count += 1
    return count


def test_ten_decisions_are_one_new_home_for_each_person(quiet: Office, scripted: ScriptedSlack) -> None:
    homes = Homes(quiet.desk, quiet.clock)
    known(scripted, 8)
    for person in (APPROVER, MEMBER):
        quiet.engine.home_opened(person, key=f"opened by {person}")
    assert drawn(homes) == 2
    assert drawn(homes) == 0
    for number in range(5):
        card = quiet.put_card(CHANNEL, campaign_id=f"spring-{number}")
        quiet.engine.decide(card.id, "approve", by=Person(id=APPROVER))
    assert drawn(homes) == 2
    assert [each["user_id"] for each in scripted.calls("views.publish")] == [MEMBER, APPROVER] * 2


def test_whoever_opens_home_again_gets_it_again_and_before_others(
    quiet: Office, scripted: ScriptedSlack
) -> None:
    homes = Homes(quiet.desk, quiet.clock)
    known(scripted, 3)
    for person in (APPROVER, MEMBER, APPROVER):
        quiet.engine.home_opened(person, key=f"{person} {len(scripted.asked)}")
        drawn(homes)
    quiet.engine.home_opened(APPROVER, key="once more")
    known(scripted, 1)
    assert drawn(homes) == 1
    assert scripted.calls("views.publish")[-1]["user_id"] == APPROVER


def test_the_same_opening_told_twice_is_drawn_once(quiet: Office, scripted: ScriptedSlack) -> None:
    homes = Homes(quiet.desk, quiet.clock)
    known(scripted, 2)
    for _ in range(2):
        quiet.engine.home_opened(APPROVER, key="event:Ev1")
        drawn(homes)
    assert len(scripted.calls("views.publish")) == 1


def test_a_slack_that_is_busy_is_left_alone_for_a_while(quiet: Office, scripted: ScriptedSlack) -> None:
    homes = Homes(quiet.desk, quiet.clock)
    known(scripted, 2)
    scripted.say("views.publish", {"ok": False, "error": "ratelimited"})
    quiet.engine.home_opened(APPROVER, key="1")
    assert drawn(homes) == 0
    assert drawn(homes) == 0
    assert len(scripted.calls("views.publish")) == 1
    quiet.clock.forward(seconds=31)
    assert drawn(homes) == 1


def test_a_person_who_is_gone_is_forgotten(quiet: Office, scripted: ScriptedSlack) -> None:
    homes = Homes(quiet.desk, quiet.clock)
    known(scripted, 1)
    scripted.say("views.publish", {"ok": False, "error": "user_not_found"})
    quiet.engine.home_opened(APPROVER, key="1")
    drawn(homes)
    assert quiet.engine.homes() == {}


def test_whoever_cannot_be_looked_up_keeps_the_home_they_have(quiet: Office, scripted: ScriptedSlack) -> None:
    homes = Homes(quiet.desk, quiet.clock)
    scripted.say("users.info", {"ok": False, "error": "internal_error"})
    quiet.engine.home_opened(APPROVER, key="1")
    assert drawn(homes) == 0
    assert scripted.calls("views.publish") == []
    assert list(quiet.engine.homes()) == [APPROVER]


def test_slack_is_asked_for_our_channels_until_one_is_known(quiet: Office, scripted: ScriptedSlack) -> None:
    homes = Homes(quiet.desk, quiet.clock)
    known(scripted, 1)
    quiet.engine.home_opened(APPROVER, key="1")
    drawn(homes)
    scripted.say("users.info", {"ok": True, "user": {"team_id": TEAM}})
    scripted.say("users.conversations", {"ok": True, "channels": [{"id": CHANNEL}]})
    quiet.engine.home_opened(APPROVER, key="2")
    known(scripted, 2)
    drawn(homes)
    quiet.engine.home_opened(APPROVER, key="3")
    drawn(homes)
    assert len(scripted.calls("users.conversations")) == 2
    assert quiet.engine.has_a_channel()


def test_the_missing_right_to_list_channels_costs_no_home(quiet: Office, scripted: ScriptedSlack) -> None:
    homes = Homes(quiet.desk, quiet.clock)
    scripted.say("users.info", {"ok": True, "user": {"team_id": TEAM}})
    scripted.say("users.conversations", {"ok": False, "error": "missing_scope"})
    quiet.engine.home_opened(APPROVER, key="1")
    assert drawn(homes) == 1


def test_where_slack_takes_no_table_a_list_is_told_in_words(quiet: Office, scripted: ScriptedSlack) -> None:
    quiet.put_card(CHANNEL)
    scripted.say("chat.postEphemeral", {"ok": False, "error": "invalid_blocks"})
    typed: dict[str, Any] = {"channel_id": CHANNEL, "user_id": APPROVER, "text": "weights"}
    marko(delivery(name="/marko", kind="command", payload=typed), quiet.desk)
    first, second = (_blocks(each) for each in scripted.calls("chat.postEphemeral"))
    assert "table" in [block["type"] for block in first]
    assert "table" not in [block["type"] for block in second]
    assert "Weight" in json.dumps(second)


def _blocks(call: dict[str, Any]) -> list[dict[str, Any]]:
    blocks = call["blocks"]
    return json.loads(blocks) if isinstance(blocks, str) else blocks
