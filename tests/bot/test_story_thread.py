"""The thread behind the card: its picture, once and by itself; the reasoning, and votes on it."""

from pathlib import Path
from typing import Any

from bot_team import APPROVER, GROWTH, GUEST, MEMBER, Team, both_ways, button, labels, shown

PLAIN = ["Verdict right", "Verdict wrong", "Reasoning good", "Reasoning poor"]


def thread(team: Team, card: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in team.workspace.messages(GROWTH) if each["thread_ts"] == card["ts"]]


def pictures(team: Team, card: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in thread(team, card) if each["text"].partition(": ")[2].startswith("CPA ")]


def reasoned(team: Team, campaign: str = "new-parents") -> tuple[dict[str, Any], str]:
    """The message with the votes under a card, once the bot knows where it stands; and the record."""
    card = team.card_of(campaign)
    _, more = button(card, "More")
    team.click("More", card)
    team.wait(lambda: team.engine.views(f"reasoning:{more['value']}"))
    return reasoning(team), more["value"]


def reasoning(team: Team) -> dict[str, Any]:
    found = team.find("How computed.")
    assert found
    return found


@both_ways
def test_a_card_is_followed_by_its_picture_with_both_ends_and_the_parts(team: Team) -> None:
    card = team.card_of("new-parents")
    (picture,) = team.wait(lambda: pictures(team, card))
    image, section = picture["blocks"]
    assert image["type"] == "image"
    said = "CPA 45.00 to 58.50\u00a0EUR: clicks harder +11.48, conversion +1.27, impressions dearer +0.75"
    assert image["alt_text"] == said
    assert picture["text"] == f"new-parents: {said}"
    assert section["text"]["text"].startswith("Why the CPA rose: clicks came harder 85\u00a0%")
    assert picture["broken"] == []
    body = team.http.get(f"/ui/file/{image['slack_file']['id']}").raise_for_status().content
    assert body.startswith(b"\x89PNG")


@both_ways
def test_a_picture_whose_answer_was_lost_stands_once(team: Team) -> None:
    card = team.card_of("spring-sale")
    team.fault("drop_response_after_post")
    team.wait(lambda: pictures(team, card))
    team.card_of("new-parents")  # posted after the lost one was looked up
    assert len(pictures(team, card)) == 1


def test_a_decision_redraws_the_card_and_not_its_picture(team: Team) -> None:
    card = team.card_of("spring-sale")
    (picture,) = team.wait(lambda: pictures(team, card))
    team.click("Approve", card)
    team.wait(lambda: team.find("Carry it out in Meta"))
    assert pictures(team, card) == [picture]
    assert not picture["edited"]


def test_a_change_that_is_not_real_has_no_picture(team: Team) -> None:
    quiet = team.card_of("autumn-brand")
    loud = team.card_of("new-parents")
    team.wait(lambda: pictures(team, loud))
    assert thread(team, quiet) == []


def test_the_child_that_drew_ends_with_the_bot(tmp_path: Path) -> None:
    team = Team(tmp_path)
    card = team.card_of("new-parents")
    team.wait(lambda: pictures(team, card))
    assert team.sandbox.marko
    studio = team.sandbox.marko._pictures._studio
    assert studio.pid
    team.close()
    assert studio.pid is None


@both_ways
def test_votes_are_counted_on_the_buttons_and_anyone_may_cast_them(team: Team) -> None:
    message, _ = reasoned(team)
    assert labels(message) == PLAIN
    for person in (APPROVER, MEMBER, GUEST):
        team.click("Verdict right", message, user=person)
    team.click("Reasoning poor", message, user=GUEST)
    counted = ["Verdict right 3", "Verdict wrong", "Reasoning good", "Reasoning poor 1"]
    team.wait(lambda: labels(reasoning(team)) == counted)
    assert reasoning(team)["ts"] == message["ts"]
    assert shown(reasoning(team)).startswith("new-parents: how I came to this")


def test_a_vote_may_be_changed_and_counts_once_however_often_it_is_pressed(team: Team) -> None:
    message, record = reasoned(team)
    for _ in range(3):
        team.click("Verdict right", message, user=MEMBER)
    team.wait(lambda: labels(reasoning(team))[0] == "Verdict right 1")
    team.click("Verdict wrong", message, user=MEMBER)
    team.wait(lambda: labels(reasoning(team))[:2] == ["Verdict right", "Verdict wrong 1"])
    assert team.engine.tally(record, "verdict") == (0, 1)


def test_a_vote_of_the_same_second_is_not_lost_by_a_redraw(team: Team) -> None:
    message, record = reasoned(team)
    people = (APPROVER, MEMBER, GUEST)
    for person in people * 2:
        team.click("Reasoning good", message, user=person)
        team.click("Verdict wrong", message, user=person)
    team.wait(lambda: labels(reasoning(team)) == [
        "Verdict right", "Verdict wrong 3", "Reasoning good 3", "Reasoning poor",
    ])  # fmt: skip
    assert team.engine.tally(record, "reasoning") == (3, 0)


def test_a_decision_does_not_draw_the_card_over_the_reasoning(team: Team) -> None:
    message, _ = reasoned(team, "spring-sale")
    card = team.find("Beat the forecast.")
    assert card
    team.click("Verdict right", message, user=GUEST)
    team.click("Approve", card)
    team.wait(lambda: team.find("Carry it out in Meta"))
    team.wait(lambda: labels(reasoning(team))[0] == "Verdict right 1")
    assert "Approved by" not in shown(reasoning(team))
