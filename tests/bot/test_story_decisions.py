"""Decisions beyond Approve and Reject: edited, another one chosen, put off, agreed by two, run out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bot_team import APPROVER, GROWTH, GUEST, MEMBER, Team, both_ways, button, labels, shown
from dialog_hands import current, saying
from shell_room import told

from bot.doctor import PLAIN
from bot.shell_search import recommendations_text
from engine.models.answer import Person
from engine.models.preference import Amounts

EDIT, CHOOSE, SNOOZE = "Edit & approve…", "Choose another…", "Snooze…"


def opened(team: Team, choice: str, card: dict[str, Any], user: str = APPROVER) -> dict[str, Any]:
    """Pick a choice behind ⋯ and wait for its dialog."""
    team.click("⋯", card, pick=choice, user=user)
    return team.view(user)


def turned(team: Team, card: dict[str, Any], words: str) -> dict[str, Any]:
    """Wait until these words stand on the card."""
    return team.wait(lambda: found if words in shown(found := team.again(card)) else None)


@pytest.fixture
def pair(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Team]:
    """Two approvers, who must agree wherever more than 100 EUR are at risk."""
    made = Team(
        tmp_path,
        mode=request.param,
        MARKO_APPROVERS=f"{APPROVER},{MEMBER}",
        MARKO_TWO_ABOVE="100 EUR",
    )
    yield made
    made.close()


two_ways = pytest.mark.parametrize("pair", ["socket", "http"], indirect=True)


@both_ways
def test_behind_the_menu_of_what_waits_stands_everything_that_can_be_done(team: Team) -> None:
    _, menu = button(team.card_of("spring-sale"), "⋯")
    choices = [each["text"]["text"] for each in menu["options"]]
    assert choices == [EDIT, CHOOSE, SNOOZE, "Why did I get this?"]
    _, menu = button(team.card_of("autumn-brand"), "⋯")
    assert [each["text"]["text"] for each in menu["options"]] == ["Why did I get this?"]


@both_ways
def test_an_edit_is_shown_with_its_worst_case_before_it_can_be_approved(team: Team) -> None:
    card = team.card_of("spring-sale")
    view = opened(team, EDIT, card)
    answer = team.submit(view, {"change": "10"})
    second = answer["view"]
    assert "a day (+10\u00a0%). Your limit 20\u00a0%." in shown(second)
    assert "Worst case by" in shown(second)
    assert second["submit"]["text"] == "Approve +10\u00a0%"
    assert team.engine.recommendation(button(card, "More")[1]["value"]).status == "proposed"
    assert team.submit(second, {}) == {"closed": True}
    changed = team.wait(lambda: team.find("Approved with a change by"))
    assert changed["ts"] == card["ts"]
    assert "+15\u00a0% became +10\u00a0%." in shown(changed)
    kept = team.engine.recommendation(button(card, "More")[1]["value"])
    assert "(+10\u00a0%)." in recommendations_text([kept], PLAIN)
    assert current(team)["blocks"] == []
    assert changed["broken"] == []


@both_ways
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("much", "This is not a number such as 1,234.50."),
        ("0", "nothing"),
        ("-10", "An edit keeps the direction"),
        ("25", "+25\u00a0% is over your limit of 20\u00a0%. Edit it to 20\u00a0% or less."),
        ("1,5", "This is not a number such as 1,234.50."),
        ("100000", "Enter more than −100\u00a0% and at most 1000\u00a0%."),
    ],
)
def test_an_edit_that_cannot_be_is_told_at_its_input(team: Team, typed: str, says: str) -> None:
    view = opened(team, EDIT, team.card_of("spring-sale"))
    assert says in team.submit(view, {"change": typed})["errors"]["change"]


@both_ways
def test_another_way_is_chosen_behind_the_menu_or_in_the_thread(team: Team) -> None:
    card = team.card_of("spring-sale")
    view = opened(team, CHOOSE, card)
    assert "Moves less money, and shows less." in shown(view)
    assert "Worst case:" in shown(view)
    team.click("More", card)
    reasoning = team.wait(lambda: team.find("*Instead*"))
    (accessory,) = [each["accessory"] for each in reasoning["blocks"] if each.get("accessory")]
    assert accessory["text"]["text"] == "Choose this…"
    assert team.submit(view, {"alternative": "0"}) == {"closed": True}
    changed = team.wait(lambda: team.find("+15\u00a0% became +7.5\u00a0%."))
    assert changed["ts"] == card["ts"]


@both_ways
def test_what_is_snoozed_comes_back_when_it_was_said_or_when_somebody_wakes_it(team: Team) -> None:
    team.move(move="monday_0900")  # nobody is told at night
    card = team.card_of("spring-sale")
    assert team.submit(opened(team, SNOOZE, card), {"until": "three"}) == {"closed": True}
    asleep = team.wait(lambda: team.find(f"Snoozed by <@{APPROVER}> until"))
    assert labels(asleep) == ["Wake now", "More"]
    team.click("Wake now", asleep, user=MEMBER)
    team.whisper("can decide this. Your click changed nothing.", user=MEMBER)
    team.click("Wake now", asleep)
    awake = team.wait(lambda: found if "Approve" in labels(found := team.again(card)) else None)
    assert team.submit(opened(team, SNOOZE, awake), {"until": "tomorrow"}) == {"closed": True}
    team.wait(lambda: "Wake now" in labels(team.again(card)))
    team.move(seconds=48 * 3600)
    team.wait(lambda: "Approve" in labels(team.again(card)))
    reply = team.wait(lambda: team.find("Waits for a decision again:"))
    assert reply["thread_ts"] == card["ts"]
    assert f"<@{APPROVER}>" in shown(reply)


@both_ways
def test_nothing_is_snoozed_for_longer_than_a_month_or_until_no_day(team: Team) -> None:
    view = opened(team, SNOOZE, team.card_of("spring-sale"))
    assert team.submit(view, {"until": "day"})["errors"] == {"day": "Choose a day."}
    far = team.submit(view, {"until": "day", "day": "2099-01-01"})["errors"]["day"]
    assert far == "Choose a day after today, at most 30 days from now."


@both_ways
def test_what_nobody_decides_expires_and_can_be_looked_at_again(team: Team) -> None:
    card = team.card_of("spring-sale")
    assert "expires " in shown(card)
    team.move(seconds=5 * 24 * 3600)
    over = turned(team, card, "nobody decided. Nothing was changed.")
    assert labels(over) == ["Analyze again", "More"]


@two_ways
def test_two_approvers_must_agree_and_one_is_not_two(pair: Team) -> None:
    pair.move(move="monday_0900")  # nobody is told at night
    card = pair.card_of("spring-sale", user=GUEST)
    pair.click("Approve", card)
    half = turned(pair, card, f"1 of 2 approvals: <@{APPROVER}>")
    assert "Above 100\u00a0EUR two must agree." in shown(half)
    assert labels(half) == ["Approve", "Reject…", "More", "⋯"]
    assert "second of two" in button(half, "Approve")[1]["confirm"]["text"]["text"]
    reply = pair.wait(lambda: pair.find("A second approval is due:"))
    assert reply["thread_ts"] == card["ts"]
    assert shown(reply).startswith("spring-sale: a second approval is due")
    assert f"<@{MEMBER}> ⏳ A second approval is due:" in shown(reply)
    pair.click("Approve", half)
    pair.whisper("You have approved already. Another approver must agree.", user=APPROVER)
    pair.click("Approve", half, user=MEMBER)
    done = turned(pair, card, "Carry it out in Meta")
    assert f"Approved by <@{APPROVER}> and <@{MEMBER}>" in shown(done)


@two_ways
def test_where_one_is_enough_by_now_the_card_says_so_and_the_first_approves_alone(pair: Team) -> None:
    card = pair.card_of("spring-sale", user=GUEST)
    pair.click("Approve", card)
    turned(pair, card, f"1 of 2 approvals: <@{APPROVER}>")
    now = pair.engine.preferences()
    lifted_limit = now.model_copy(update={"two_above": Amounts()})
    pair.engine.change_preferences(now, lifted_limit, by=Person(id=APPROVER), people={})
    pair.move(seconds=60)
    lifted = turned(pair, card, "One is enough by now; press Approve once more.")
    assert "second of two" not in button(lifted, "Approve")[1]["confirm"]["text"]["text"]
    pair.click("Approve", lifted)
    turned(pair, card, "Carry it out in Meta")


@two_ways
def test_the_second_sees_what_the_first_made_of_it_and_approves_that(pair: Team) -> None:
    card = pair.card_of("spring-sale", user=GUEST)
    second = pair.submit(opened(pair, EDIT, card), {"change": "10"})["view"]
    assert pair.submit(second, {}) == {"closed": True}
    half = turned(pair, card, "It was edited: +15\u00a0% became +10\u00a0%.")
    confirm = button(half, "Approve")[1]["confirm"]
    assert confirm["title"]["text"] == "Raise the daily spend by 10\u00a0%?"
    pair.click("Approve", half, user=MEMBER)
    done = turned(pair, card, "Approved with a change by")
    assert "+15\u00a0% became +10\u00a0%." in shown(done)


@both_ways
def test_a_button_without_a_seal_is_of_before_and_does_nothing(team: Team) -> None:
    card = team.card_of("spring-sale")
    _, approve = button(card, "Approve")
    identifier, seal = approve["value"].split("|")
    approve["value"] = identifier
    with team.engine._memory.reading() as reading:
        before = len(reading.ledger())
    body = {"user": APPROVER, "channel": GROWTH, "message_ts": card["ts"]}
    body |= {"block_id": button(card, "Approve")[0]["block_id"], "action_id": "approve"}
    body["action"] = {"type": "button", "value": identifier}
    team.http.post("/ui/action", json=body).raise_for_status()
    team.whisper("The figures changed. Please look again.", user=APPROVER)
    assert team.engine.recommendation(identifier).status == "proposed"
    with team.engine._memory.reading() as reading:
        assert [each.deed for each in reading.ledger()[before:]] == ["refused"]
    assert seal == team.engine.recommendation(identifier).seal


@both_ways
def test_whoever_may_not_decide_opens_none_of_the_dialogs(team: Team) -> None:
    card = team.card_of("spring-sale")
    for person in (GUEST, MEMBER):
        for choice in (EDIT, CHOOSE, SNOOZE):
            team.click("⋯", card, user=person, pick=choice)
        team.whisper(f"Only <@{APPROVER}> can decide this.", user=person)
        assert team.state(person)["views"] == []
    team.click("⋯", card, user=MEMBER, pick="Why did I get this?")
    team.whisper("Its figures were handed in by", user=MEMBER)


@both_ways
def test_a_dialog_on_figures_that_changed_decides_nothing(team: Team) -> None:
    card = team.card_of("newsletter-leads")
    view = opened(team, SNOOZE, card)
    team.engine.enter_order_value(button(card, "More")[1]["value"], 60, by=MEMBER)
    assert team.submit(view, {"until": "tomorrow"}) == {"closed": True}
    team.whisper("The figures changed. Please look again.", user=APPROVER)
    assert "Approve" in labels(team.again(card))


@both_ways
def test_over_a_lowered_limit_the_card_says_so_and_offers_the_edit(team: Team) -> None:
    card = team.card_of("spring-sale")
    known = team.engine.preferences()
    lowered = known.model_copy(update={"change_limit": 0.1})
    team.engine.change_preferences(known, lowered, by=Person(id=APPROVER), people={})
    team.move(seconds=60)  # the card is drawn anew, so that its old button may be gone at any moment
    over = team.wait(lambda: found if EDIT in labels(found := team.again(card)) else None)
    assert "+15\u00a0% is over your limit of 10\u00a0%. Edit it to 10\u00a0% or less." in shown(over)
    assert labels(over)[:2] == [EDIT, "Reject…"]
    team.click(EDIT, over)
    assert "10" in shown(saying(team, "your limit"))


@both_ways
def test_newer_figures_withdraw_what_they_give_no_reason_for(team: Team) -> None:
    met = {"impressions": 100_000, "clicks": 2_000, "conversions": 400, "spend": 12_000, "revenue": 40_000}
    won = told("summer-sale", name="summer-sale", expected_metrics=met, actual_metrics=met | {"spend": 8_000})
    team.share("june.json", json.dumps(won).encode())
    team.wait(lambda: "summer-sale" in team.engine.names())
    team.command("/analyze summer-sale")
    card = team.wait(lambda: team.find("*Beat the forecast.*"))
    identifier = button(card, "More")[1]["value"]
    team.wait(lambda: team.engine.views(identifier))
    team.share("july.json", json.dumps(won | {"actual_metrics": met}).encode())
    back = turned(team, card, "Nothing was changed.")
    assert "Withdrawn" in shown(back)
    assert "CPA is back at 30.00\u00a0EUR" in shown(back)
    assert labels(back) == ["Analyze again", "More"]
