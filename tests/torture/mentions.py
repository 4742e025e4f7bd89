"""Promise 14: one answer a mention: told four times, across a restart, and beside what must set nothing off.

A mention is two events (``app_mention`` and ``message``), each of which Slack may send four times. The same
message then comes as an edit, as a bot's, as deleted, and as a copy of a thread's reply in the channel.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot_team import GROWTH, MEMBER, Team

from bot.sandbox.envelopes import Envelope
from bot.sandbox.people import BOT_USER
from torture.result import Result, counted
from torture.traces import is_idle, not_once, posted

PATIENCE_S = 60.0
MINUTE_S = 61


def run(times: int) -> Result:
    """Ask ``times`` questions by a mention."""
    with tempfile.TemporaryDirectory() as folder:
        team = Team(Path(folder))
        try:
            faults = [fault for number in range(times) for fault in _asked(team, number, Path(folder))]
            faults += not_once(posted(team, "reply"), times, "replies")
        finally:
            team.close()
    return counted(times, faults, f"{times * 8} deliveries, {times * 4} of other kinds, 1 restart each")


def _asked(team: Team, number: int, folder: Path) -> list[str]:
    team.move(seconds=MINUTE_S)  # nobody asks too often
    body = {"user": MEMBER, "channel": GROWTH, "text": f"A question, the {number + 1}. one"}
    team.http.post("/ui/message", json=body).raise_for_status()
    ts = str(team.workspace.messages(GROWTH)[-1]["ts"])
    told = [_payload(team, each) for each in _both(ts, number)]
    others = [_payload(team, each) for each in _loops(ts, number)]
    for _ in range(2):
        _deliver(team, [*told, *others])
    team.sandbox.disconnect()
    team.sandbox.connect()
    for _ in range(2):
        _deliver(team, told)
    deadline = time.monotonic() + PATIENCE_S
    wanted = number + 1
    while len(posted(team, "reply")) < wanted or not is_idle(folder / "marko.db"):
        if time.monotonic() > deadline:
            return [f"question {number}: {len(posted(team, 'reply'))} of {wanted} replies"]
        time.sleep(0.05)
    return []


def _both(ts: str, number: int) -> Iterator[dict[str, Any]]:
    """The two events of one mention."""
    said = {"user": MEMBER, "channel": GROWTH, "ts": ts, "event_ts": ts}
    said["text"] = f"<@{BOT_USER}> how did spring-sale do, the {number + 1}. time?"
    yield {**said, "type": "app_mention"}
    yield {**said, "type": "message", "channel_type": "channel"}


def _loops(ts: str, number: int) -> Iterator[dict[str, Any]]:
    """What has set other bots off: edits, bots, deletions, and replies that are shown in the channel too."""
    mention, message = _both(ts, number)
    place = {"channel": GROWTH, "channel_type": "channel", "event_ts": ts}
    edit = {**place, "type": "message", "subtype": "message_changed", "hidden": True, "ts": f"{ts}1"}
    yield {**edit, "message": message, "previous_message": message}
    yield {**mention, "ts": f"{ts}2", "bot_id": "B0OTHER", "user": "U0OTHERBOT"}
    deleted = {**place, "type": "message", "subtype": "message_deleted", "hidden": True, "ts": f"{ts}3"}
    yield {**deleted, "deleted_ts": ts, "previous_message": message}
    yield {**message, "subtype": "thread_broadcast", "thread_ts": ts}


def _payload(team: Team, event: dict[str, Any]) -> dict[str, Any]:
    payload: dict[str, Any] = team.sandbox.server._parts.delivery._wrapped(event)
    return payload


def _deliver(team: Team, payloads: list[dict[str, Any]]) -> None:
    """Send all at once, and wait until each was acknowledged."""
    server = team.sandbox.server
    sent = [
        asyncio.run_coroutine_threadsafe(server._parts.links.send(Envelope("events_api", each)), server._loop)
        for each in payloads
    ]
    assert all(each.result(PATIENCE_S).answered for each in sent), "an event was not acknowledged"
