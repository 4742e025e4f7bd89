"""The first word in a channel: said when Marko is invited, once for all time."""

from typing import Any

from bot_team import APPROVER, GROWTH, MEMBER, RANDOM, Team, both_ways, labels, shown


def welcomes(team: Team, channel: str = RANDOM) -> list[dict[str, Any]]:
    return [each for each in team.workspace.messages(channel) if "I am Marko." in shown(each)]


@both_ways
def test_invited_marko_says_what_it_does_what_to_type_and_who_decides(team: Team) -> None:
    team.command("/invite @Marko", channel=RANDOM)
    welcome = team.wait(lambda: team.find("I am Marko.", channel=RANDOM))
    text = shown(welcome)
    assert "`/analyze`" in text
    assert "one approver is named" in text
    assert "`/digest weekly mon 09:00`" in text
    assert labels(welcome) == ["Analyze…", "Digest…"]
    assert "<@" not in text
    assert welcome["broken"] == []


@both_ways
def test_invited_again_marko_says_nothing(team: Team) -> None:
    team.command("/invite @Marko", channel=RANDOM)
    team.wait(lambda: team.find("I am Marko.", channel=RANDOM))
    team.workspace.leave(RANDOM, "U0MARKO")
    team.command("/invite @Marko", channel=RANDOM)
    team.card_of("spring-sale", channel=RANDOM)  # what came after it was done is done
    assert len(welcomes(team)) == 1


def test_somebody_else_joining_is_not_greeted(team: Team) -> None:
    team.sandbox.server._parts.events.joined(GROWTH, MEMBER)
    team.card_of("spring-sale")
    assert welcomes(team, GROWTH) == []


def test_the_buttons_of_the_welcome_open_their_dialogs(team: Team) -> None:
    team.command("/invite @Marko", channel=RANDOM)
    welcome = team.wait(lambda: team.find("I am Marko.", channel=RANDOM))
    team.click("Analyze…", welcome, user=APPROVER)
    assert team.view(APPROVER)["type"] == "modal"
