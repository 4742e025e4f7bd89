"""What is put on its way arrives once, whatever Slack or the network does in between."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bot_team import labels, shown
from drawn import VOICE
from factories import APPROVER, MONDAY
from office import Office, ScriptedSlack, new_channel

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Message
from bot.links import link_of
from bot.publisher import Publisher, _check
from bot.sandbox.people import BOT_USER
from bot.sandbox.server import SandboxServer
from bot.traces import MOST_PAGES
from engine.models.answer import Person
from engine.models.delivery import Intent
from engine.models.recommendation import MessageView

BOSS = Person(id=APPROVER)


def posted(slack: SandboxServer, channel: str) -> list[dict[str, Any]]:
    return slack.workspace.messages(channel)


def key_of(message: dict[str, Any]) -> str:
    return str(message["metadata"]["event_payload"]["key"])


@pytest.mark.parametrize("fault", [None, "ratelimit_next", "server_error", "drop_response_after_post"])
def test_a_card_arrives_once_and_its_view_is_kept(
    slack: SandboxServer, office: Office, channel: str, fault: str | None
) -> None:
    known = office.put_card(channel)
    if fault:
        slack.switches.set(fault, on=True)
    office.publish(3)
    (message,) = posted(slack, channel)
    assert key_of(message) == f"card:{known.id}:{channel}:0"
    (view,) = office.engine.views(known.id)
    assert (view.channel, view.ts) == (channel, message["ts"])
    assert view.permalink
    assert office.waiting() == []


def test_posts_that_are_refused_for_a_while_arrive_once_afterwards(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    office.put_card(channel)
    slack.switches.set("refuse_posts", on=True)
    office.publish(5)
    assert posted(slack, channel) == []
    slack.switches.set("refuse_posts", on=False)
    office.publish(2)
    assert len(posted(slack, channel)) == 1
    assert office.waiting() == []


def test_waits_grow_up_to_five_minutes(slack: SandboxServer, office: Office, channel: str) -> None:
    office.put_card(channel)
    slack.switches.set("refuse_posts", on=True)
    for wait in (2, 4, 8, 16, 32, 64, 128, 256, 300, 300):
        assert office.publisher.publish_due() == 1
        office.clock.forward(seconds=wait - 0.001)
        assert office.publisher.publish_due() == 0
        office.clock.forward(seconds=0.001)
    slack.switches.set("refuse_posts", on=False)


def test_what_slack_cannot_take_for_days_is_never_given_up(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    office.put_card(channel)
    slack.switches.set("refuse_posts", on=True)
    office.publish(60)
    assert office.parked() == []
    slack.switches.set("refuse_posts", on=False)
    office.publish(2)
    assert len(posted(slack, channel)) == 1
    assert office.waiting() == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>Sign in to this network</html>"),
        (200, b'{"ok": tr'),
        (200, b""),
        (403, b"<html>Forbidden</html>"),
        (502, b"<html>Bad gateway</html>"),
        (429, b"slow down"),
    ],
)
def test_an_answer_that_is_not_slacks_gives_nothing_up(
    scripted: ScriptedSlack, tmp_path: Path, status: int, body: bytes
) -> None:
    office = Office(tmp_path, scripted.api_url)
    known = office.put_card("C0GROWTH")
    headers = {"retry-after": "0"} if status == 429 else {}
    for _ in range(2):  # the client itself waits out the first limit
        scripted.say("chat.postMessage", body, status=status, headers=headers)
    office.publish(4)
    assert office.parked() == []
    assert len(office.engine.views(known.id)) == 1
    assert bool(scripted.calls("conversations.history")) == (status != 429)
    office.close()


def due_digest(office: Office, channel: str, by: str) -> None:
    """Put the weekly digest of a channel on its way."""
    office.engine.subscribe(channel, weekday=0, at="09:00", by=by)
    office.clock.forward(seconds=8 * 24 * 3600)
    assert office.engine.post_due_digests() == 1


def test_who_ordered_a_digest_is_told_when_it_is_given_up(slack: SandboxServer, office: Office) -> None:
    channel = new_channel(slack, joined=False)
    due_digest(office, channel, "U0MEMBER")
    office.publish(2)
    (told,) = [shown(each) for each in posted(slack, "D0MEMBER") if channel in shown(each)]
    assert f"The digest for <#{channel}>, due <!date^" in told
    assert " is not out: not_in_channel. I try until <!date^" in told
    (message,) = [each for each in posted(slack, "D0MEMBER") if channel in shown(each)]
    assert labels(message) == ["Try now"]
    slack.workspace.join(channel, "U0MARKO")
    office.publish(4)  # a quarter of an hour
    assert len(posted(slack, channel)) == 1


def test_of_a_digest_whose_order_has_ended_the_first_approver_is_told(
    slack: SandboxServer, office: Office
) -> None:
    channel = new_channel(slack, joined=False)
    due_digest(office, channel, "U0MEMBER")
    assert office.engine.unsubscribe(channel, by=Person(id="U0MEMBER"))
    office.publish(2)
    assert len([each for each in posted(slack, "D0APPROVER") if channel in shown(each)]) == 1


def test_a_digest_is_tried_for_a_day_and_its_person_told_once(slack: SandboxServer, office: Office) -> None:
    channel = new_channel(slack, joined=False)
    due_digest(office, channel, "U0MEMBER")
    office.publish(2)
    office.clock.moment += timedelta(hours=25)
    office.publish(1)
    assert [error for _, error in office.parked()] == ["not_in_channel"]
    office.clock.moment += timedelta(minutes=1)
    office.publish(1)
    assert len([each for each in posted(slack, "D0MEMBER") if channel in shown(each)]) == 1


def test_a_digest_of_which_nobody_can_be_told_is_in_the_log(
    scripted: ScriptedSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(tmp_path, scripted.api_url)
    due_digest(office, "C0GROWTH", "U0MEMBER")
    for error in ("is_archived", "channel_not_found"):
        scripted.say("chat.postMessage", {"ok": False, "error": error})
    office.publish(2)
    office.publish(2)
    ((key, error),) = office.parked()
    assert (key.split(":")[0], error) == ("parked", "channel_not_found")
    assert "was not sent: is_archived" in caplog.text
    assert f"{key} was not sent: channel_not_found" in caplog.text
    office.close()


def test_a_redraw_that_slack_refuses_for_good_is_in_the_log(
    scripted: ScriptedSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(tmp_path, scripted.api_url)
    known = office.put_card("C0GROWTH")
    office.publish(1)
    scripted.say("chat.update", {"ok": False, "error": "is_archived"})
    office.engine.decide(known.id, "approve", by=BOSS)
    office.publish(1)
    assert [error for _, error in office.parked()] == ["is_archived"]
    assert "was not sent: is_archived" in caplog.text
    office.close()


def test_a_channel_without_the_bot_is_told_and_asking_again_works(
    slack: SandboxServer, office: Office
) -> None:
    channel = new_channel(slack, joined=False)
    known = office.put_card(channel)
    key = f"card:{known.id}:{channel}:0"
    office.publish(1)
    assert office.publisher.outcome(key, 0) == ("parked", "not_in_channel")
    slack.workspace.join(channel, "U0MARKO")
    assert office.engine.analyze("spring-sale", asked_by=APPROVER, channel=channel).shown == key
    office.publish(1)
    assert len(posted(slack, channel)) == 1
    assert office.publisher.outcome(key, 0).state == "sent"


def test_a_run_killed_after_its_post_arrived_posts_no_second_one(
    slack: SandboxServer, office: Office, channel: str, tmp_path: Path
) -> None:
    known = office.put_card(channel)
    (item,) = office.store.outbox.claim(now=MONDAY, limit=5)
    message = office.publisher._draw(item.intent)
    ts = office.publisher._send(item.intent, message)
    after = Office(tmp_path, slack.api_url)
    after.publisher.start()
    after.publisher.outcome(item.intent.key, 10)
    after.close()
    assert [each["ts"] for each in posted(slack, channel)] == [ts]
    assert [view.ts for view in office.engine.views(known.id)] == [ts]


def test_a_run_killed_before_its_post_arrived_posts_it_after_the_restart(
    slack: SandboxServer, office: Office, channel: str, tmp_path: Path
) -> None:
    known = office.put_card(channel)
    (item,) = office.store.outbox.claim(now=MONDAY, limit=5)
    after = Office(tmp_path, slack.api_url)
    after.publisher.start()
    assert after.publisher.outcome(item.intent.key, 10).state == "sent"
    after.close()
    assert len(posted(slack, channel)) == len(office.engine.views(known.id)) == 1


def test_a_reply_whose_answer_was_lost_is_looked_for_in_its_thread(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    known = office.put_card(channel)
    office.publish(1)
    (root,) = posted(slack, channel)
    office.engine.show_thread(known.id, channel=channel, ts=root["ts"])
    slack.switches.set("drop_response_after_post", on=True)
    office.publish(3)
    replies = [each for each in posted(slack, channel) if each["thread_ts"] == root["ts"]]
    assert [key_of(each).partition(":")[0] for each in replies] == ["evidence", "reasoning"]


def test_a_decision_redraws_every_view_of_the_record(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    known = office.put_card(channel)
    office.publish(1)
    digest = office.engine.post_digest_now(channel, by=APPROVER, key="command:1")
    office.publish(1)
    office.engine.decide(known.id, "approve", by=BOSS)
    office.publish(1)
    shown = [json.dumps(each["blocks"], ensure_ascii=False) for each in posted(slack, channel)]
    assert len(shown) == 2
    assert all(f"<@{APPROVER}>" in each for each in shown)
    assert office.publisher.outcome(digest.id, 0).state == "sent"


def test_a_decision_before_the_card_was_known_to_stand_is_drawn_into_it(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    known = office.put_card(channel)
    slack.switches.set("drop_response_after_post", on=True)
    office.publisher.publish_due()
    (message,) = posted(slack, channel)
    office.engine.decide(known.id, "approve", by=BOSS)  # somebody was faster than our look-up
    office.publish(2)
    office.publish(1)
    (changed,) = posted(slack, channel)
    assert changed["ts"] == message["ts"]
    assert f"Approved by <@{APPROVER}>" in json.dumps(changed["blocks"])


def test_a_message_that_is_gone_is_not_redrawn_for_ever(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    known = office.put_card(channel)
    office.publish(1)
    (message,) = posted(slack, channel)
    found = slack.workspace.message(channel, message["ts"])
    assert found
    slack.workspace.delete(found)
    office.engine.decide(known.id, "approve", by=BOSS)
    assert office.publisher.publish_due() == 1
    assert office.publisher.publish_due() == 0
    assert (office.waiting(), office.parked(), posted(slack, channel)) == ([], [], [])


def test_a_record_that_cannot_be_drawn_does_not_stop_the_others(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    with office.engine._memory.unit() as unit:
        unit.post(Intent(key="card:lost", kind="card", record="rec_lost", channel=channel))
    office.put_card(channel)
    office.publish(1)
    assert len(posted(slack, channel)) == 1
    assert office.parked() == [("card:lost", "cannot be drawn")]


def test_a_rate_limit_is_waited_out_as_long_as_slack_says(scripted: ScriptedSlack, tmp_path: Path) -> None:
    office = Office(tmp_path, scripted.api_url)
    office.put_card("C0GROWTH")
    for seconds in ("0", "77"):
        limited = {"ok": False, "error": "ratelimited"}
        scripted.say("chat.postMessage", limited, status=429, headers={"retry-after": seconds})
    assert office.publisher.publish_due() == 1
    office.clock.moment = MONDAY + timedelta(seconds=76.9)
    assert office.publisher.publish_due() == 0
    office.clock.moment = MONDAY + timedelta(seconds=77)
    assert office.publisher.publish_due() == 1
    assert scripted.calls("conversations.history") == []  # a refusal is no doubt
    assert len(scripted.calls("chat.postMessage")) == 3
    office.close()


def test_blocks_that_slack_refuses_still_arrive_as_words(scripted: ScriptedSlack, tmp_path: Path) -> None:
    office = Office(tmp_path, scripted.api_url)
    known = office.put_card("C0GROWTH", name="<!channel>")
    refusal = {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": ["[ERROR] x"]}}
    scripted.say("chat.postMessage", refusal)
    office.publish(1)
    first, second = scripted.calls("chat.postMessage")
    assert first["blocks"]
    assert second["blocks"] == []
    assert second["metadata"] == first["metadata"]
    assert second["text"].startswith("&lt;!channel&gt;: Beat the forecast.")
    scripted.say("chat.update", refusal)
    office.engine.decide(known.id, "approve", by=BOSS)
    office.publish(1)
    assert [bool(each["blocks"]) for each in scripted.calls("chat.update")] == [True, False]
    assert (office.waiting(), office.parked()) == ([], [])
    office.close()


def test_half_an_answer_is_a_doubt_and_is_looked_up(scripted: ScriptedSlack, tmp_path: Path) -> None:
    office = Office(tmp_path, scripted.api_url)
    known = office.put_card("C0GROWTH")
    scripted.say(
        "chat.postMessage", b'{"ok": true, "ts', headers={"Content-Length": "500", "Connection": "close"}
    )
    office.publisher.publish_due()
    (lost,) = scripted.calls("chat.postMessage")
    found = {"ts": "17.000001", "metadata": lost["metadata"]}
    scripted.say("conversations.history", {"ok": True, "messages": [{"ts": "16.0"}, found]})
    office.publish(2)
    assert len(scripted.calls("chat.postMessage")) == 1
    assert [view.ts for view in office.engine.views(known.id)] == ["17.000001"]
    office.close()


def test_a_refused_connection_is_no_doubt(scripted: ScriptedSlack, tmp_path: Path) -> None:
    scripted.close()
    office = Office(tmp_path, scripted.api_url)
    office.put_card("C0GROWTH")
    office.publish(2)
    (item,) = office.waiting()
    assert (item.attempts, item.doubtful) == (3, False)
    office.close()
    scripted._thread.join()


def test_a_message_says_who_it_is_and_unfurls_nothing(scripted: ScriptedSlack, tmp_path: Path) -> None:
    office = Office(tmp_path, scripted.api_url)
    known = office.put_card("C0GROWTH")
    office.publish(1)
    (asked,) = scripted.calls("chat.postMessage")
    assert asked["metadata"] == {
        "event_type": ids.MESSAGE_EVENT,
        "event_payload": {"key": f"card:{known.id}:C0GROWTH:0"},
    }
    assert (asked["unfurl_links"], asked["unfurl_media"]) == (False, False)
    office.close()


def test_the_thread_wakes_for_what_is_put_on_its_way(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    publisher = Publisher(office.store.outbox, office.engine, office.client, voice=VOICE, clock=office.clock)
    publisher.start()
    known = office.put_card(channel)
    assert publisher.outcome(f"card:{known.id}:{channel}:0", 10).state == "sent"
    publisher.stop()
    assert len(posted(slack, channel)) == 1


def lose_the_answer(slack: SandboxServer, office: Office) -> None:
    slack.switches.set("drop_response_after_post", on=True)
    office.publisher.publish_due()
    office.clock.forward(seconds=301)


def test_a_card_is_found_again_behind_hundreds_of_newer_messages(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    office.put_card(channel)
    lose_the_answer(slack, office)
    for number in range(450):
        slack.workspace.post(channel, BOT_USER, f"later {number}")
    office.publish(2)
    assert len(posted(slack, channel)) == 451
    assert office.waiting() == []


def test_a_reply_is_found_again_behind_hundreds_of_older_ones(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    known = office.put_card(channel)
    office.publish(1)
    (root,) = posted(slack, channel)
    for number in range(450):
        slack.workspace.post(channel, BOT_USER, f"earlier {number}", thread_ts=root["ts"])
    office.engine.show_thread(known.id, channel=channel, ts=root["ts"])
    lose_the_answer(slack, office)
    office.publish(1)
    assert len(posted(slack, channel)) == 453
    assert office.waiting() == []


def test_where_nobody_can_tell_nothing_is_posted_again(scripted: ScriptedSlack, tmp_path: Path) -> None:
    office = Office(tmp_path, scripted.api_url)
    known = office.put_card("C0GROWTH")
    scripted.say("chat.postMessage", {"ok": False, "error": "internal_error"})
    for number in range(MOST_PAGES):
        cursor = {"next_cursor": f"page{number}"}
        scripted.say("conversations.history", {"ok": True, "messages": [], "response_metadata": cursor})
    office.publish(2)
    key = f"card:{known.id}:C0GROWTH:0"
    assert office.parked() == [(key, "unknown")]
    assert office.publisher.outcome(key, 0) == ("parked", "unknown")
    office.publish(2)  # who waited tells the person, and nobody else does
    assert len(scripted.calls("chat.postMessage")) == 1
    asked = scripted.calls("conversations.history")
    assert [each.get("cursor") for each in asked] == [None, *(f"page{each}" for each in range(9))]
    office.close()


def test_the_newest_card_with_a_link_is_the_one_that_is_linked(office: Office, channel: str) -> None:
    known = office.put_card(channel)
    views: list[tuple[str, Any, str | None]] = [
        ("9.5", "card", "https://x.example/new"),
        ("10.5", "card", None),
        ("8.5", "card", "https://x.example/old"),
        ("11.5", "digest", "https://x.example/digest"),
    ]
    with office.engine._memory.unit() as unit:
        for ts, kind, link in views:
            unit.keep_view(MessageView(record=known.id, kind=kind, channel=channel, ts=ts, permalink=link))
    assert link_of(office.engine, known.id) == "https://x.example/new"
    assert office.desk.link_of(known.id) == "https://x.example/new"
    assert link_of(office.engine, "rec_none") is None


def test_what_breaks_our_limits_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    long = Message("long", [kit.section("x" * 301)])
    for kind in ("card", "digest"):
        _check(Intent(key=f"{kind}:1", kind=kind, record="rec_1", channel="C0GROWTH"), long)
    assert caplog.messages == [
        f"{kind}:1 breaks our limits: section 0 has 301 characters, at most 300"
        for kind in ("card", "digest")
    ]
