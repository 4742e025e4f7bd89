"""Studies: told to one person, shown to everybody once, answered in a card's thread."""

import json
from functools import partial
from typing import Any

from bot_team import APPROVER, GROWTH, GUEST, MEMBER, RANDOM, Team, both_ways, button, labels, shown
from engine_values import body
from test_story_questions import answer_to, deeds, no_more_come, replies

from engine.models.study import STUDY_KINDS

VERB = "forecast-accuracy"


def asked(team: Team, words: str, says: str, *, user: str = MEMBER, channel: str = GROWTH) -> dict[str, Any]:
    team.command(f"/marko {words}", user=user, channel=channel)
    answer = team.whisper(says, user=user, channel=channel)
    assert answer["broken"] == []
    return answer


def studies(team: Team, *, channel: str = GROWTH) -> list[dict[str, Any]]:
    """What was posted for everybody."""
    every = team.workspace.messages(channel, APPROVER)
    return [each for each in every if key_of(each).startswith("study:")]


def key_of(message: dict[str, Any]) -> str:
    return str(((message.get("metadata") or {}).get("event_payload") or {}).get("key") or "")


def kinds(message: dict[str, Any]) -> list[str]:
    return [each["type"] for each in message["blocks"]]


def hand_in_low_forecasts(team: Team) -> None:
    """Eight campaigns of a platform of their own, each of whose clicks came twice as often as forecast."""
    many = [
        body(
            campaign_id=f"lake-{number}",
            platform="Snapchat",
            currency="EUR",
            expected_metrics={"impressions": 200_000, "clicks": 2_000, "conversions": 200, "spend": 8_000.0},
            actual_metrics={
                "impressions": 200_000,
                "clicks": 4_000 + 40 * number,
                "conversions": 400 + number,
                "spend": 8_000.0,
            },
        )
        for number in range(8)
    ]
    team.engine.submit(json.dumps(many), source=None, asked_by="shell")


def kept(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Its table and its picture; Slack gives their blocks other ids at each update."""
    shown = [each for each in message["blocks"] if each["type"] in {"table", "image"}]
    return [{name: value for name, value in each.items() if name != "block_id"} for each in shown]


@both_ways
def test_a_study_is_told_to_whoever_asks_verdict_first_and_bold(team: Team) -> None:
    answer = asked(team, VERB, "campaigns, ", channel=RANDOM)
    first = answer["blocks"][0]["text"]["text"]
    assert first.startswith("*")
    assert first.endswith("*")
    assert answer["text"].startswith(first.strip("*").replace("`", "")[:40])
    assert kinds(answer)[-2:] == ["context", "actions"]
    assert "table" in kinds(answer)
    assert labels(answer) == ["Show here"]
    assert studies(team) == []


@both_ways
def test_what_is_shown_stands_once_with_its_key_however_often_it_is_pressed(team: Team) -> None:
    answer = asked(team, VERB, "campaigns, ")
    team.fault("drop_response_after_post")
    team.click("Show here", answer, user=MEMBER)
    team.wait(lambda: studies(team))
    team.click("Show here", answer, user=MEMBER)
    team.click("Show here", answer, user=MEMBER)
    team.whisper("stands in this channel already", user=MEMBER)
    no_more_come(team)
    (posted,) = studies(team)
    assert posted["broken"] == []
    assert key_of(posted).startswith(f"study:{VERB}:")
    assert key_of(posted).endswith(f":{GROWTH}")
    assert posted["blocks"][0] == answer["blocks"][0] | {"block_id": posted["blocks"][0]["block_id"]}
    assert "actions" not in kinds(posted)


def test_where_the_bot_is_no_member_the_one_who_pressed_is_told(team: Team) -> None:
    answer = asked(team, VERB, "campaigns, ", channel=RANDOM)
    team.click("Show here", answer, user=MEMBER)
    team.whisper("I am not in this channel.", user=MEMBER, channel=RANDOM)
    assert studies(team, channel=RANDOM) == []


@both_ways
def test_an_unknown_campaign_gets_the_nearest_and_a_press_asks_the_same_of_it(team: Team) -> None:
    answer = asked(team, "trend new-parnts", "I know no campaign `new-parnts`. Nearest:")
    assert "new-parents" in labels(answer)
    team.click("new-parents", answer, user=MEMBER)
    assert "new-parents" in shown(team.whisper("Too early", user=MEMBER))


@both_ways
def test_a_verb_in_a_cards_thread_is_answered_once_about_that_campaign(team: Team) -> None:
    card = team.card_of("new-parents")
    reply = answer_to(team, "@Marko trend", user=MEMBER, thread=card["ts"])
    assert "`new-parents`" in shown(reply)
    assert reply["text"].startswith("Too early")
    assert labels(reply) == ["Right", "Wrong"]
    assert reply["broken"] == []
    other = answer_to(team, "@Marko trend spring-sale", user=MEMBER, thread=card["ts"])
    assert "`spring-sale`" in shown(other)
    unknown = answer_to(team, f"@Marko {VERB} spring-sale", user=MEMBER, thread=card["ts"])
    assert "I don't know." in shown(unknown)


def test_guests_are_told_nothing_by_a_study(team: Team) -> None:
    card = team.card_of("new-parents")
    team.command("/marko trend", user=GUEST)
    team.whisper("Guests see what stands in their channels.", user=GUEST)
    body = {"user": GUEST, "channel": GROWTH, "text": "@Marko trend", "thread_ts": card["ts"]}
    team.http.post("/ui/message", json=body).raise_for_status()
    team.wait(lambda: deeds(team).count("refused") == 2)
    assert not [each for each in replies(team, card["ts"]) if "trend" in shown(each)]


def test_more_studies_than_fit_into_a_minute_are_put_off(team: Team) -> None:
    for _ in range(16):  # more than ten, since some may be allowed again while a busy machine works
        team.command(f"/marko {VERB}", user=MEMBER)
    team.whisper("That was 10 analyses in a minute.", user=MEMBER)


def test_a_press_on_a_study_of_yesterday_shows_it_as_of_today(team: Team) -> None:
    answer = asked(team, VERB, "campaigns, ")
    team.move(seconds=24 * 3600)
    _, show = button(answer, "Show here")
    assert show["value"] == VERB
    team.click("Show here", answer, user=MEMBER)
    posted = team.wait(lambda: studies(team))[0]
    assert str(team.engine._today()) in key_of(posted)


@both_ways
def test_a_study_with_a_picture_is_shown_with_it_and_told_privately_without(team: Team) -> None:
    hand_in_low_forecasts(team)
    answer = asked(team, f"{VERB} snapchat ctr", "Your CTR forecasts run 5")
    assert "\u00a0% low on `Snapchat`" in shown(answer)
    assert "image" not in kinds(answer)
    team.click("Show here", answer, user=MEMBER)
    posted = team.wait(lambda: studies(team))[0]
    image = next(each for each in posted["blocks"] if each["type"] == "image")
    assert image["alt_text"].startswith("How far forecasts run from what came")
    assert "CTR Snapchat 5" in image["alt_text"]
    file = team.http.get(f"/ui/file/{image['slack_file']['id']}").raise_for_status().content
    assert file.startswith(b"\x89PNG")
    assert posted["broken"] == []


@both_ways
def test_an_answer_in_a_thread_keeps_its_table_and_its_picture_when_somebody_votes(team: Team) -> None:
    hand_in_low_forecasts(team)
    reply = answer_to(team, f"@Marko {VERB} snapchat", user=MEMBER)
    assert kinds(reply).count("table") == kinds(reply).count("image") == 1
    team.click("Right", reply, user=MEMBER)
    voted = team.wait(lambda: now if "Right 1" in labels(now := team.again(reply)) else None)
    assert kept(voted) == kept(reply)
    no_more_come(team)
    assert len(replies(team, reply["thread_ts"])) == 1


@both_ways
def test_whoever_enters_a_forecast_is_told_how_forecasts_like_it_run(team: Team) -> None:
    hand_in_low_forecasts(team)
    nothing = {"impressions": 0, "clicks": 0, "conversions": 0, "spend": 0.0}
    one = body(campaign_id="pond-1", platform="Snapchat", currency="EUR", expected_metrics=nothing)
    team.engine.submit(json.dumps(one), source=None, asked_by="shell")
    card = team.card_of("pond-1")
    team.click("Enter forecast…", card)
    view = team.view()
    hinted = team.wait(lambda: now if "forecasts run" in json.dumps(now := team.view()) else None)
    assert [each["block_id"] for each in hinted["blocks"] if each["type"] == "input"] == [
        each["block_id"] for each in view["blocks"] if each["type"] == "input"
    ]
    said = " ".join(each["text"] for each in hinted["blocks"][0]["elements"])
    assert "Your CTR forecasts run 5" in said
    assert "multiply the clicks you expect by 2.0" in said
    assert said.endswith("What you type is taken as it is.")
    typed = {"impressions": "12000", "clicks": "200", "conversions": "6", "spend": "300"}
    team.submit(hinted, typed)
    team.wait(lambda: team.find("CPA 50.00 → 31.04"))


def test_every_verb_is_answered_in_blocks_that_slack_takes_privately_and_in_a_thread(team: Team) -> None:
    for kind in STUDY_KINDS:
        answered = partial(told_after, team, len(told_to(team)))
        team.command(f"/marko {kind}", user=MEMBER)
        answer = team.wait(answered)
        assert answer["broken"] == [], kind
        assert labels(answer) == ["Show here"]
    card = team.card_of("new-parents")
    for kind in STUDY_KINDS:
        reply = answer_to(team, f"@Marko {kind}", thread=card["ts"])
        assert reply["broken"] == [], kind
        assert shown(reply).strip()


def told_to(team: Team) -> list[dict[str, Any]]:
    return [each for each in team.workspace.messages(GROWTH, MEMBER) if each["ephemeral"]]


def told_after(team: Team, count: int) -> dict[str, Any] | None:
    return next((each for each in told_to(team)[count:] if labels(each)), None)
