"""Files dropped into a channel: campaigns are taken and told, and what is none of Marko's is left alone."""

import json
from datetime import UTC, datetime
from typing import Any

from bot_team import APPROVER, GROWTH, GUEST, MEMBER, Team, both_ways, labels, shown
from shell_room import told as known_campaign

DIRECT = "D0MEMBER"
AT = datetime(2026, 3, 30, 9, tzinfo=UTC)  # the day after the campaigns that are handed in
MEANT = {"impressions": 100_000, "clicks": 2_000, "conversions": 100, "spend": 4_000}


def told(campaign_id: str = "summer-sale", **came: Any) -> dict[str, Any]:
    return known_campaign(
        campaign_id=campaign_id,
        name=campaign_id,
        expected_metrics=MEANT,
        actual_metrics=MEANT | {"conversions": 200} | came,
    )


def file_of(*campaigns: dict[str, Any]) -> bytes:
    return json.dumps(list(campaigns) if len(campaigns) > 1 else campaigns[0], indent=1).encode()


def replies(team: Team, ts: str, channel: str = GROWTH) -> list[dict[str, Any]]:
    every = team.workspace.messages(channel, APPROVER)
    return [each for each in every if each["thread_ts"] == ts and each["user"] == "U0MARKO"]


def reply(team: Team, ts: str, channel: str = GROWTH) -> dict[str, Any]:
    """Wait for what the bot says to a file, and see that it says it once."""
    found = team.wait(lambda: replies(team, ts, channel))
    assert len(found) == 1
    return found[0]


def cards(team: Team, channel: str = GROWTH) -> list[dict[str, Any]]:
    every = team.workspace.messages(channel, APPROVER)
    return [each for each in every if each["blocks"] and "Approve" in labels(each)]


@both_ways
def test_one_campaign_is_answered_in_its_thread_and_its_card_stands_in_the_channel(team: Team) -> None:
    ts = team.share("summer.json", file_of(told()), user=MEMBER)["ts"]
    said = reply(team, ts)
    assert said["blocks"][0]["text"]["text"] == (
        "*1\u00a0campaign taken.* 2–29\u00a0Mar, 4,000.00\u00a0EUR, 200\u00a0conversions."
    )
    assert said["text"] == (
        "summer.json: 1\u00a0campaign taken. 2–29\u00a0Mar, 4,000.00\u00a0EUR, 200\u00a0conversions."
    )
    assert labels(said) == ["Open card"]
    (card,) = cards(team)
    assert card["thread_ts"] is None
    assert "*Beat the forecast.* CPA 20.00" in shown(card)


@both_ways
def test_several_campaigns_are_a_league_and_each_has_its_card_by_a_button(team: Team) -> None:
    data = file_of(told("a-win"), told("a-miss", conversions=50), told("as-meant", conversions=100))
    ts = team.share("march.json", data)["ts"]
    said = reply(team, ts)
    texts = [each["text"]["text"] for each in said["blocks"] if each["type"] == "section"]
    assert texts[0].startswith("*3\u00a0campaigns taken.*")
    assert [text.split("`")[1] for text in texts[1:]] == ["a-miss", "as-meant", "a-win"]
    assert "*Missed the forecast.* CPA 80.00" in texts[1]
    assert cards(team) == []
    press(team, said, "Analyze a-miss", user=MEMBER)
    card = team.wait(lambda: cards(team))[0]
    assert "*Missed the forecast.*" in shown(card)
    assert card["thread_ts"] is None


def test_a_text_file_that_holds_json_is_taken_and_any_other_is_left_alone(team: Team) -> None:
    left = team.share("notes.txt", b"spring-sale went well")["ts"]
    for number, name in enumerate(("march.txt", "march")):
        ts = team.share(name, b"\n" + file_of(told(f"text-{number}")))["ts"]
        assert f"`{name}`" in shown(reply(team, ts))
    assert [each for each in team.workspace.messages(GROWTH) if each["thread_ts"] == left] == []


def press(team: Team, message: dict[str, Any], says: str, *, user: str) -> None:
    """Press the button beside a line, by what a screen reader calls it."""
    block = next(
        each for each in message["blocks"] if each.get("accessory", {}).get("accessibility_label") == says
    )
    body = {
        "user": user,
        "channel": message["channel"],
        "message_ts": message["ts"],
        "block_id": block["block_id"],
        "action_id": block["accessory"]["action_id"],
        "action": {"type": "button", "value": block["accessory"]["value"]},
    }
    team.http.post("/ui/action", json=body).raise_for_status()


@both_ways
def test_a_broken_file_is_refused_with_every_fault_at_its_line_and_nothing_is_stored(team: Team) -> None:
    before = team.engine.names()
    broken = told(spend=-12, clicks=200_000)
    ts = team.share("broken.json", file_of(broken))["ts"]
    said = shown(reply(team, ts))
    assert "Nothing taken from `broken.json`." in said
    assert ', actual_metrics.spend: -12 breaks the rule "not negative".' in said
    assert ', actual_metrics.clicks: 200000 breaks the rule "≤ impressions (100000)".' in said
    assert "Line " in said
    assert "Correct the file and drop it again." in said
    assert team.engine.names() == before


def test_many_faults_are_five_and_how_many_more(team: Team) -> None:
    many = [told(f"summer-{number}", spend=-1) for number in range(8)]
    ts = team.share("broken.json", file_of(*many))["ts"]
    said = reply(team, ts)
    assert shown(said).count("not negative") == 5 + 1  # once more in the push notice
    assert "and 3 more" in shown(said)


@both_ways
def test_the_same_bytes_again_are_told_so_with_a_link_to_the_first(team: Team) -> None:
    first = team.share("summer.json", file_of(told()), user=MEMBER)["ts"]
    reply(team, first)
    again = team.share("summer (2).json", file_of(told()))["ts"]
    said = reply(team, again)
    assert "by Member). Nothing was added." in shown(said)
    assert labels(said) == ["Open import"]
    assert len(cards(team)) == 1


@both_ways
def test_the_same_event_delivered_again_and_again_is_one_reply_and_one_card(team: Team) -> None:
    team.fault("deliver_twice")
    ts = team.share("summer.json", file_of(told()))["ts"]
    reply(team, ts)
    team.share("known.json", file_of(told("known")))
    team.wait(lambda: len(cards(team)) == 2)
    assert len(replies(team, ts)) == 1


def test_a_lost_answer_posts_one_reply(team: Team) -> None:
    team.fault("drop_response_after_post")
    ts = team.share("summer.json", file_of(told()))["ts"]
    team.wait(lambda: replies(team, ts) and team.engine.views(_record(team, ts)))
    assert len(replies(team, ts)) == 1
    assert len(cards(team)) == 1


def _record(team: Team, ts: str) -> str:
    (message,) = [each for each in team.workspace.messages(GROWTH, APPROVER) if each["ts"] == ts]
    return f"import:{message['files'][0]['id']}:{GROWTH}"


def test_pictures_and_papers_are_none_of_its_business(team: Team) -> None:
    for name, content in (("card.png", b"\x89PNG"), ("brief.pdf", b"%PDF-"), ("notes.txt", b"hello")):
        team.share(name, content)
    ts = team.share("summer.json", file_of(told()))["ts"]
    reply(team, ts)
    answered = {each["thread_ts"] for each in team.workspace.messages(GROWTH) if each["user"] == "U0MARKO"}
    assert answered == {ts, None}


def test_a_file_in_a_thread_is_answered_in_that_thread(team: Team) -> None:
    card = team.card_of("spring-sale")
    team.share("summer.json", file_of(told()), thread_ts=card["ts"])
    said = team.wait(lambda: team.find("summer.json: 1"))
    assert said["thread_ts"] == card["ts"]


@both_ways
def test_a_file_in_a_direct_message_is_answered_there(team: Team) -> None:
    ts = team.share("summer.json", file_of(told()), user=MEMBER, channel=DIRECT)["ts"]
    found = team.wait(
        lambda: [each for each in team.workspace.messages(DIRECT, MEMBER) if "campaign taken" in shown(each)]
    )
    assert [each["thread_ts"] for each in found] == [ts]
    team.wait(lambda: team.find("*Beat the forecast.*", channel=DIRECT, user=MEMBER))


def test_a_guest_may_hand_in(team: Team) -> None:
    ts = team.share("summer.json", file_of(told()), user=GUEST)["ts"]
    assert "1\u00a0campaign taken." in shown(reply(team, ts))


def test_a_name_that_would_act_is_letters_only(team: Team) -> None:
    name = "<!channel> `*x*` &.json"
    ts = team.share(name, file_of(told("<@U0APPROVER> *bold*"), told("b")))["ts"]
    said = reply(team, ts)
    assert "<!channel>" not in shown(said)
    assert "<@U0APPROVER>" not in shown(said)
    assert "&lt;!channel&gt;" in shown(said)


def test_a_long_file_is_announced_and_its_message_becomes_the_reply(team: Team) -> None:
    ts = team.share("year.json", file_of(*(told(f"summer-{number}") for number in range(60))))["ts"]
    said = reply(team, ts)
    assert "year.json`: 60\u00a0campaigns." in shown(said) or "*60\u00a0campaigns taken.*" in shown(said)
    team.wait(lambda: "*60\u00a0campaigns taken.*" in shown(reply(team, ts)))
    assert "and 55 more" in shown(reply(team, ts))


def test_a_file_too_large_is_refused_without_being_read_to_its_end(team: Team) -> None:
    ts = team.share("large.json", b'"' + b"x" * 8_000_001 + b'"')["ts"]
    assert "at most 8,000,000 bytes" in shown(reply(team, ts))
