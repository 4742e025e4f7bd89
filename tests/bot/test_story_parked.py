"""What Slack refused for good, or of which nobody knows, is shown to a person, who settles it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bot_team import APPROVER, GROWTH, GUEST, MEMBER, Team, both_ways, labels, shown

from engine.models.answer import Person
from engine.models.delivery import Intent

DIRECT = {APPROVER: "D0APPROVER", MEMBER: "D0MEMBER"}


@pytest.fixture
def team(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path, mode=getattr(request, "param", "socket"))
    yield made
    made.close()


def outbox(team: Team) -> Any:
    assert team.sandbox.marko
    return team.sandbox.marko._store.outbox


def stuck(team: Team, key: str, *, error: str, person: str = MEMBER) -> dict[str, Any]:
    """Give a reminder up, and wait for what its person is told."""
    assert team.sandbox.marko
    marko = team.sandbox.marko
    intent = Intent(key=key, kind="reminder", record=record(team), channel=GROWTH, person=person)
    with marko._store.memory.unit() as unit:
        unit.post(intent, not_before=team.sandbox.clock.now().replace(year=2099))
    outbox(team).park(key, error=error, tell=marko.engine.stuck_notice(intent))
    marko.publisher.wake()
    return team.wait(lambda: team.find("The reminder", channel=DIRECT[person], user=person))


def record(team: Team) -> str:
    return str(team.engine.analyze("spring-sale", asked_by=MEMBER, channel=None).recommendation.id)


@both_ways
def test_who_asked_says_that_it_arrived_and_nothing_is_sent_again(team: Team) -> None:
    told = stuck(team, "reminder:1", error="unknown")
    assert "I don't know if it arrived: The reminder for <#C0GROWTH>" in shown(told)
    assert labels(told) == ["It arrived", "Send again"]
    team.click("It arrived", told, user=MEMBER)
    team.wait(lambda: "✅ Noted" in shown(team.again(told, user=MEMBER)))
    assert outbox(team).state("reminder:1") == ("sent", "")
    assert team.find("come back", channel=GROWTH) is None


@both_ways
def test_send_again_sends_it_once_and_says_so(team: Team) -> None:
    told = stuck(team, "reminder:1", error="unknown")
    team.click("Send again", told, user=MEMBER)
    team.wait(lambda: "✅ It is out now." in shown(team.again(told, user=MEMBER)))
    assert outbox(team).state("reminder:1") == ("sent", "")


def test_what_slack_refused_can_be_tried_now(team: Team) -> None:
    told = stuck(team, "reminder:1", error="not_in_channel")
    assert "is not out: not_in_channel. I try no more by myself." in shown(told)
    team.click("Try now", told, user=MEMBER)
    team.wait(lambda: "✅ It is out now." in shown(team.again(told, user=MEMBER)))


def test_somebody_else_changes_nothing_and_it_is_in_the_ledger(team: Team) -> None:
    told = stuck(team, "reminder:1", error="unknown", person=APPROVER)
    with pytest.raises(Exception, match="Only whoever asked for it"):
        team.engine.settle_posting("reminder:1", by=Person(id=GUEST), arrived=True)
    assert outbox(team).state("reminder:1") == ("parked", "unknown")
    team.click("It arrived", told)
    team.wait(lambda: "✅ Noted" in shown(team.again(told)))
    assert team.sandbox.marko
    with team.sandbox.marko._store.memory.reading() as reading:
        deeds = [(each.deed, each.actor) for each in reading.ledger() if each.subject == "reminder:1"]
    assert deeds == [("settling_refused", GUEST), ("posting_settled", APPROVER)]


def test_what_was_settled_is_settled_once(team: Team) -> None:
    stuck(team, "reminder:1", error="unknown")
    team.engine.settle_posting("reminder:1", by=Person(id=APPROVER), arrived=True)
    with pytest.raises(Exception, match="Nothing waits here any more"):
        team.engine.settle_posting("reminder:1", by=Person(id=APPROVER), arrived=False)
