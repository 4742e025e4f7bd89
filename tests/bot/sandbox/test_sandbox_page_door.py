"""What the page is told: state, feed, files of its own, and who may ask."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from bot.sandbox.server import SandboxServer
from bot.sandbox.typed_text import passed_on

Json = dict[str, Any]


@contextmanager
def feed(server: SandboxServer, user: str, after: int = 0) -> Iterator[Iterator[Json]]:
    """The events of a person's page, one by one."""
    params = {"user": user, "after": str(after)}
    with httpx.stream("GET", f"{server.url}/ui/events", params=params, timeout=10) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        yield (json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))


def test_the_state_holds_what_a_person_may_see(server, people) -> None:
    guest = people(server, "U0GUEST").state()
    assert [one["id"] for one in guest["channels"]] == ["C0GROWTH", "D0GUEST"]
    member = people(server, "U0MEMBER").state()
    assert [one["id"] for one in member["channels"]] == ["C0GROWTH", "C0RANDOM", "C0WITHPARTNER", "D0MEMBER"]
    assert [one["marko_is_member"] for one in member["channels"]] == [True, False, True, True]
    partner = people(server, "U0PARTNER").state()
    assert [one["id"] for one in partner["channels"]] == ["C0WITHPARTNER", "D0PARTNER"]
    assert member["me"]["role"] == "member"
    assert [one["command"] for one in member["commands"]] == ["/analyze", "/digest"]
    assert member["connected"] is False


def test_the_guide_is_told_as_it_was_given(start, people) -> None:
    guide = {"title": "Try it", "text": "Five minutes", "steps": [{"text": "Ask", "try": "/analyze x"}]}
    assert people(start(guide=guide), "U0MEMBER").state()["guide"] == guide


def test_the_feed_goes_on_exactly_where_the_state_ended(server, approver) -> None:
    server.workspace.post("C0GROWTH", "U0MEMBER", "before")
    state = approver.state()
    assert [one["text"] for one in state["messages"]["C0GROWTH"]] == ["before"]
    with feed(server, "U0APPROVER", state["last_seq"]) as events:
        server.workspace.post("C0GROWTH", "U0MEMBER", "after")
        event = next(events)
    assert (event["type"], event["message"]["text"]) == ("message", "after")
    assert event["seq"] > state["last_seq"]


def test_everybody_hears_only_what_is_theirs(server) -> None:
    with feed(server, "U0GUEST", server.workspace.journal.last_seq) as events:
        server.workspace.post("C0RANDOM", "U0MEMBER", "not for guests")
        server.workspace.post("C0GROWTH", "U0MARKO", "psst", ephemeral_to="U0MEMBER")
        server.workspace.post("D0MEMBER", "U0MEMBER", "private")
        server.workspace.journal.notice("not yours", user="U0MEMBER")
        server.workspace.post("C0GROWTH", "U0MEMBER", "for all")
        assert next(events)["message"]["text"] == "for all"


def test_a_reply_tells_its_roots_new_count(server) -> None:
    root = server.workspace.post("C0GROWTH", "U0MEMBER", "root")
    with feed(server, "U0MEMBER", server.workspace.journal.last_seq) as events:
        server.workspace.post("C0GROWTH", "U0MEMBER", "reply", thread_ts=root.ts)
        kinds = [next(events), next(events)]
    assert [one["type"] for one in kinds] == ["message", "message_changed"]
    assert (kinds[1]["message"]["ts"], kinds[1]["message"]["reply_count"]) == (root.ts, 1)


def test_unread_counts_what_came_while_nobody_looked(server, approver, member) -> None:
    member.state()
    approver.says("one")
    approver.says("two")
    assert member.state()["channels"][0]["unread"] == 2
    assert member.state()["channels"][0]["unread"] == 0
    assert approver.state()["channels"][0]["unread"] == 0


def test_a_page_that_goes_is_no_longer_told(server) -> None:
    with feed(server, "U0MEMBER") as events:
        server.workspace.post("C0GROWTH", "U0MEMBER", "x")
        next(events)
        assert len(server.workspace.journal._watchers) == 1
    # Nothing in the sandbox changes when a page goes, so the wait is made of harmless changes.
    server.workspace.wait_for(lambda: _stirred(server) or not server.workspace.journal._watchers)


def _stirred(server: SandboxServer) -> None:
    threading.Timer(0.01, server.workspace.journal.notice, args=("still there",)).start()


def test_the_server_stops_while_a_page_listens(start) -> None:
    server = SandboxServer()
    server.start()
    with feed(server, "U0MEMBER", server.workspace.journal.last_seq) as events:
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        assert list(events) == []
        stopping.join(10)
    assert not stopping.is_alive()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("message", {"channel": "C0GROWTH", "text": "  "}, 400),
        ("message", {"channel": "C0NOWHERE", "text": "x"}, 404),
        ("message", {"channel": "D0APPROVER", "text": "x"}, 404),
        ("message", {"channel": "C0GROWTH", "text": "x", "thread_ts": "1.000001"}, 404),
        ("message", {"channel": "C0GROWTH", "text": "x", "user": "U0MARKO"}, 404),
        ("view/close", {"view_id": "V0GONE"}, 404),
        ("command", {"channel": "C0GONE", "text": "/analyze"}, 404),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(member, path: str, body: Json, status: int) -> None:
    answer = member.post(path, **body)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")


def test_a_server_that_never_started_stops_too(tmp_path) -> None:
    server = SandboxServer(folder=tmp_path)
    server.stop()
    again = SandboxServer(folder=tmp_path, port=int(server.url.rpartition(":")[2]))
    again.stop()


def test_an_archived_channel_is_read_only(server, member) -> None:
    server.workspace.archive("C0GROWTH")
    assert member.post("message", channel="C0GROWTH", text="x").json() == {"error": "#growth is archived."}
    assert member.command("/analyze").status_code == 400


def test_other_sites_can_neither_act_nor_read_under_a_foreign_name(server) -> None:
    body = {"user": "U0MEMBER", "channel": "C0GROWTH", "text": "x"}
    foreign = httpx.post(f"{server.url}/ui/message", json=body, headers={"Origin": "https://example.com"})
    own = httpx.post(f"{server.url}/ui/message", json=body, headers={"Origin": server.url})
    rebound = httpx.get(f"{server.url}/ui/faults", headers={"Host": "example.com"})
    assert (foreign.status_code, own.status_code, rebound.status_code) == (403, 202, 400)


def test_only_the_pages_own_files_are_served(server) -> None:
    for path in ("/page/..%2Fserver.py", "/page/.hidden", "/page/none.js"):
        assert httpx.get(server.url + path).status_code == 404


@pytest.mark.parametrize(
    ("typed", "message", "command"),
    [
        ("hi @Marko.", "hi <@U0MARKO>.", "hi <@U0MARKO|marko>."),
        ("@approver @Nobody", "<@U0APPROVER> @Nobody", "<@U0APPROVER|approver> @Nobody"),
        ("in #growth, #nowhere", "in <#C0GROWTH|growth>, #nowhere", "in <#C0GROWTH|growth>, #nowhere"),
        ("R&D <b> a@marko.com", "R&amp;D &lt;b&gt; a@marko.com", "R&amp;D &lt;b&gt; a@marko.com"),
        ("<@U0MARKO> x", "<@U0MARKO> x", "<@U0MARKO> x"),
    ],
)
def test_typed_names_become_slacks_form(server, typed: str, message: str, command: str) -> None:
    assert passed_on(typed, server.workspace) == message
    assert passed_on(typed, server.workspace, for_command=True) == command
