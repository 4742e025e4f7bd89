"""The real Bolt app over the real Socket Mode client: commands, clicks, events, redelivery."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from bot.sandbox.server import SandboxServer

CARD = [
    {
        "type": "actions",
        "block_id": "decision",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "value": "42",
                "text": {"type": "plain_text", "text": "Approve"},
            },
            {
                "type": "static_select",
                "action_id": "window",
                "options": [
                    {"text": {"type": "plain_text", "text": "28 days"}, "value": "28"},
                    {"text": {"type": "plain_text", "text": "7 days"}, "value": "7"},
                ],
            },
        ],
    }
]
Json = dict[str, Any]


def texts(server: SandboxServer, channel: str = "C0GROWTH") -> list[str]:
    return [message["text"] for message in server.workspace.messages(channel)]


def test_a_command_is_acked_with_words_and_answered_in_the_channel(server, bot, approver) -> None:
    seen: list[Json] = []

    @bot.app.command("/analyze")
    def analyze(ack, command, respond):
        seen.append(command)
        ack("Working on it.")
        respond(text="Beat the forecast.", response_type="in_channel")

    bot.connect()
    assert approver.command("/analyze spring-sale in #growth for @member & <more>").status_code == 202
    server.workspace.wait_for(lambda: len(texts(server)) == 2)
    # respond() is a call of its own: the bot's answer and its acknowledgement come in either order.
    by_text = {message["text"]: message for message in server.workspace.messages("C0GROWTH")}
    assert by_text["Working on it."]["ephemeral"] is True
    assert by_text["Beat the forecast."]["ephemeral"] is False
    command = seen[0]
    assert command["text"] == ("spring-sale in <#C0GROWTH|growth> for <@U0MEMBER|member> &amp; &lt;more&gt;")
    fields = {"team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name", "trigger_id"}
    fields |= {"response_url", "api_app_id", "token", "is_enterprise_install", "command"}
    assert fields <= set(command)


def test_a_command_without_words_has_an_empty_text(server, bot, approver) -> None:
    seen: list[str] = []

    @bot.app.command("/digest")
    def digest(ack, command):
        seen.append(command["text"])
        ack({"text": "Here", "response_type": "in_channel"})

    bot.connect()
    approver.command("/digest")
    server.workspace.wait_for(lambda: texts(server) == ["Here"])
    assert seen == [""]
    assert server.workspace.messages("C0GROWTH")[0]["ephemeral"] is False


def test_a_refused_acknowledgement_is_said_and_not_shown(server, bot, approver) -> None:
    @bot.app.command("/analyze")
    def analyze(ack):
        ack(text="x", blocks=[{"type": "paragraph"}])

    bot.connect()
    approver.command("/analyze")
    server.workspace.wait_for(approver.notices)
    assert "invalid_command_response: No block has the type 'paragraph'." in approver.notices()[0]
    assert texts(server) == []


def test_an_unknown_command_is_refused_as_slack_words_it(approver) -> None:
    answer = approver.command("/shout hello")
    assert (answer.status_code, answer.json()) == (404, {"error": "/shout is not a valid command."})


def test_a_command_without_a_bot_says_so(server, approver, member) -> None:
    approver.command("/analyze")
    server.workspace.wait_for(approver.notices)
    assert approver.notices() == ["/analyze failed: no bot is connected (dispatch_failed)"]
    assert member.notices() == []


def test_a_command_that_nobody_acks_times_out_and_is_not_repeated(start, bots, people) -> None:
    server = start(ack_seconds=1.0)
    bot, approver = bots(server), people(server, "U0APPROVER")
    heard: list[str] = []

    @bot.app.command("/analyze")
    def analyze(command):
        heard.append(command["text"])

    bot.connect()
    approver.command("/analyze spring-sale")
    server.workspace.wait_for(approver.notices)
    assert approver.notices() == ["/analyze was not answered within 1 s (operation_timeout)"]
    assert heard == ["spring-sale"]


def test_a_press_carries_the_button_its_message_and_a_way_to_answer(server, bot, approver) -> None:
    seen: list[Json] = []

    @bot.app.action("approve")
    def approve(ack, body, respond):
        ack()
        seen.append(body)
        respond(text="Approved.", replace_original=True)

    bot.connect()
    bot.client.chat_postMessage(channel="C0GROWTH", text="card", blocks=CARD)
    approver.presses(server.workspace.messages("C0GROWTH")[0], "decision", "approve")
    server.workspace.wait_for(lambda: texts(server) == ["Approved."])
    body = seen[0]
    action = body["actions"][0]
    assert (action["value"], action["text"]["text"], action["block_id"]) == ("42", "Approve", "decision")
    assert body["user"]["id"] == "U0APPROVER"
    assert body["message"]["text"] == "card"
    assert body["container"]["type"] == "message"
    assert body["state"]["values"]["decision"]["window"]["selected_option"] is None


def test_a_choice_carries_its_option_and_is_part_of_the_state(server, bot, approver) -> None:
    seen: list[Json] = []

    @bot.app.action("window")
    def window(ack, body, say):
        ack()
        seen.append(body)
        say("chosen")

    bot.connect()
    bot.client.chat_postMessage(channel="C0GROWTH", text="card", blocks=CARD)
    option = CARD[0]["elements"][1]["options"][1]
    told = {"type": "static_select", "selected_option": option}
    approver.presses(server.workspace.messages("C0GROWTH")[0], "decision", "window", action=told)
    server.workspace.wait_for(lambda: "chosen" in texts(server))
    assert seen[0]["actions"][0]["selected_option"] == option
    assert seen[0]["state"]["values"]["decision"]["window"]["selected_option"] == option


def test_what_is_not_there_cannot_be_pressed(server, bot, approver, member) -> None:
    bot.client.chat_postMessage(channel="C0GROWTH", text="card", blocks=CARD)
    bot.client.chat_postEphemeral(channel="C0GROWTH", user="U0MEMBER", text="x", blocks=CARD)
    card, secret = server.workspace.messages("C0GROWTH")
    assert approver.presses(card, "decision", "reject").status_code == 404
    assert approver.presses(secret, "decision", "approve").status_code == 404
    stranger = {"selected_option": {"value": "99"}}
    assert approver.presses(card, "decision", "window", action=stranger).status_code == 404
    bot.client.chat_update(channel="C0GROWTH", ts=card["ts"], text="decided")
    assert approver.presses(card, "decision", "approve").status_code == 404


def test_a_mention_in_a_channel_is_a_message_and_an_app_mention(server, bot, member) -> None:
    heard: list[tuple[str, str, str]] = []

    @bot.app.event("message")
    def message(event):
        heard.append(("message", event["channel_type"], event["text"]))

    @bot.app.event("app_mention")
    def mention(event):
        heard.append(("app_mention", event.get("channel_type", ""), event["text"]))
        bot.client.chat_postMessage(channel=event["channel"], text="yes?", thread_ts=event["ts"])

    bot.connect()
    member.says("hello @Marko, look at #growth")
    server.workspace.wait_for(lambda: "yes?" in texts(server) and len(heard) == 2)
    text = "hello <@U0MARKO>, look at <#C0GROWTH|growth>"
    assert sorted(heard) == [("app_mention", "", text), ("message", "channel", text)]


def test_a_direct_message_is_an_im_and_no_mention(server, bot, member) -> None:
    heard: list[Json] = []

    @bot.app.event("message")
    def message(event, say):
        heard.append(event)
        say(f"re {event['text']}", thread_ts=event.get("thread_ts") or event["ts"])

    bot.connect()
    ts = member.says("@Marko help", channel="D0MEMBER")
    server.workspace.wait_for(lambda: "re <@U0MARKO> help" in texts(server, "D0MEMBER"))
    member.says("more", channel="D0MEMBER", thread_ts=ts)
    server.workspace.wait_for(lambda: "re more" in texts(server, "D0MEMBER"))
    assert (heard[0]["channel_type"], heard[0]["user"]) == ("im", "U0MEMBER")
    assert heard[1]["thread_ts"] == ts


def test_the_bot_hears_nothing_where_it_is_no_member(server, bot, member) -> None:
    heard: list[str] = []

    @bot.app.event("message")
    def message(event, client):
        heard.append(event["channel"])
        client.chat_postMessage(channel="C0GROWTH", text="heard")

    bot.app.event("app_mention")(lambda event: heard.append("mention"))
    bot.connect()
    member.says("hello @Marko", channel="C0RANDOM")
    member.says("after", channel="C0GROWTH")
    server.workspace.wait_for(lambda: "heard" in texts(server))
    assert heard == ["C0GROWTH"]


def test_inviting_the_bot_makes_it_a_member_and_tells_it(server, bot, member) -> None:
    heard: list[Json] = []
    bot.app.event("member_joined_channel")(
        lambda event, client: (
            heard.append(event),
            client.chat_postMessage(channel=event["channel"], text="hi"),
        )
    )
    bot.connect()
    assert member.command("/invite @Marko", channel="C0RANDOM").status_code == 202
    server.workspace.wait_for(lambda: texts(server, "C0RANDOM") == ["hi"])
    assert (heard[0]["user"], heard[0]["inviter"]) == ("U0MARKO", "U0MEMBER")
    assert member.command("/invite @Marko", channel="C0RANDOM").status_code == 400


def test_an_ack_that_comes_too_late_is_not_shown(start, people) -> None:
    server = start(ack_seconds=1.0)
    approver = people(server, "U0APPROVER")
    with raw_link(server) as link:
        approver.command("/analyze")
        late = json.loads(link.recv(5))
        server.workspace.wait_for(approver.notices)
        link.send(json.dumps({"envelope_id": late["envelope_id"], "payload": {"text": "late"}}))
        approver.command("/analyze")
        prompt = json.loads(link.recv(5))
        link.send("not JSON")
        link.send(json.dumps({"envelope_id": prompt["envelope_id"], "payload": {"text": "prompt"}}))
        server.workspace.wait_for(lambda: texts(server))
    assert texts(server) == ["prompt"]
    assert late["accepts_response_payload"] is True


def test_an_event_without_an_ack_comes_again_with_its_number_and_the_same_id(start, people) -> None:
    server = start(ack_seconds=0.1, retry_seconds=(0.0, 0.0, 0.0))
    with raw_link(server) as link:
        people(server, "U0MEMBER").says("hello")
        deliveries = [json.loads(link.recv(5)) for _ in range(4)]
    assert len({one["payload"]["event_id"] for one in deliveries}) == 1
    assert len({one["envelope_id"] for one in deliveries}) == 4
    assert [one.get("retry_attempt") for one in deliveries] == [None, 1, 2, 3]
    assert {one.get("retry_reason") for one in deliveries[1:]} == {"timeout"}


def test_an_event_that_found_no_bot_comes_when_one_is_there(start, people, bots) -> None:
    server = start(retry_seconds=(0.05,) * 100)
    people(server, "U0MEMBER").says("hello")
    bot, heard = bots(server), []

    @bot.app.event("message")
    def message(event, say, request):
        heard.append(request.headers.get("x-slack-retry-reason"))
        say("late")

    bot.connect()
    server.workspace.wait_for(lambda: "late" in texts(server))
    assert heard == [["connection_failed"]]


def test_events_that_were_not_subscribed_are_not_sent(start, people) -> None:
    server = start(bot_events=["app_mention", "message.im"])
    with raw_link(server) as link:
        people(server, "U0MEMBER").says("hello @Marko")
        people(server, "U0MEMBER").says("hello", channel="D0MEMBER")
        kinds = [json.loads(link.recv(5))["payload"]["event"]["type"] for _ in range(2)]
    assert kinds == ["app_mention", "message"]


def test_the_newest_link_receives_and_a_ticket_opens_once(server, people) -> None:
    with raw_link(server) as old, raw_link(server) as new:
        people(server, "U0MEMBER").says("hello")
        assert json.loads(new.recv(5))["type"] == "events_api"
        with pytest.raises(TimeoutError):
            old.recv(0)
    with pytest.raises(Exception, match="403"), connect(f"{server.url.replace('http', 'ws')}/link/?ticket=x"):
        pass


def test_a_ping_is_echoed_and_nothing_is_compressed(server) -> None:
    with raw_link(server) as link:
        assert link.ping("session:1234").wait(5)
        assert link.response.headers.get("Sec-WebSocket-Extensions") is None


def test_a_large_payload_is_one_frame_for_the_builtin_client(server, bot, member) -> None:
    bot.app.event("message")(lambda event, say: say(f"{len(event['text'])} characters"))
    bot.connect()
    member.says("x" * 300_000)
    server.workspace.wait_for(lambda: "300000 characters" in texts(server))


@pytest.mark.parametrize("go", [SandboxServer.disconnect, SandboxServer.cut], ids=["disconnect", "cut"])
def test_a_bot_that_was_sent_away_is_no_longer_connected(server, go: Callable[[SandboxServer], None]) -> None:
    with raw_link(server):
        assert server.connected
        go(server)
        assert not server.connected
    told = [one.body["connected"] for one in server.workspace.journal.since(0) if one.type == "connection"]
    assert told == [True, False]


def test_a_disconnect_with_a_closed_socket_brings_the_bot_back(server, bot, approver) -> None:
    bot.app.command("/analyze")(lambda ack: ack("still here"))
    bot.connect()
    server.disconnect()
    server.workspace.wait_for(lambda: server.connected)
    approver.command("/analyze")
    server.workspace.wait_for(lambda: texts(server) == ["still here"])


def test_the_bots_own_messages_reach_it_and_bolt_drops_them(server, bot, approver) -> None:
    heard: list[str] = []
    bot.app.event("message")(lambda event: heard.append(event.get("subtype", "")))
    bot.app.command("/analyze")(lambda ack: ack("done"))
    bot.connect()
    ts = bot.client.chat_postMessage(channel="C0GROWTH", text="one")["ts"]
    bot.client.chat_update(channel="C0GROWTH", ts=ts, text="two")
    bot.client.chat_delete(channel="C0GROWTH", ts=ts)
    approver.command("/analyze")
    server.workspace.wait_for(lambda: texts(server) == ["done"])
    assert heard == []
    assert approver.notices() == []


def test_twenty_people_at_once_are_all_answered(server, bot, people) -> None:
    bot.app.event("message")(lambda event, say: say(f"re {event['text']}"))
    bot.connect()
    seated = [people(server, "U0MEMBER") for _ in range(20)]
    threads = [threading.Thread(target=one.says, args=(f"q{i}",)) for i, one in enumerate(seated)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.workspace.wait_for(lambda: len(texts(server)) == 40, timeout=20)
    assert {f"re q{i}" for i in range(20)} <= set(texts(server))


@contextmanager
def raw_link(server: SandboxServer) -> Iterator[Any]:
    """A bare WebSocket that answers nothing, past its hello."""
    headers = {"Authorization": f"Bearer {server.app_token}"}
    url = httpx.post(server.api_url + "apps.connections.open", headers=headers).json()["url"]
    with connect(url) as link:
        hello = json.loads(link.recv(5))
        assert (hello["type"], hello["connection_info"]["app_id"]) == ("hello", "A0MARKO")
        yield link
