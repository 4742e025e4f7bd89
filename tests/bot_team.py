"""A team at work: the real bot in the sandbox, on a socket or by HTTP, and hands to type and click with."""

import base64
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from bot.sandbox.launch import Sandbox
from bot.settings import read_settings

GROWTH, RANDOM, SHARED = "C0GROWTH", "C0RANDOM", "C0WITHPARTNER"
APPROVER, MEMBER, GUEST, PARTNER = "U0APPROVER", "U0MEMBER", "U0GUEST", "U0PARTNER"
PATIENCE_S = 15.0
SIGNING_SECRET = "a-secret-of-the-tests"
T = TypeVar("T")
both_ways = pytest.mark.parametrize("team", ["socket", "http"], indirect=True)
"""For stories that are told over the socket and by HTTP alike."""


class Team:
    """Types commands, presses buttons, submits dialogs, and waits for what comes of it.

    ``mode`` is how Slack and the bot meet: "socket", or "http" with signed requests. With a ``port``
    the bot serves its API beside the socket too; 0 is any that is free. With a ``receiver`` approved
    changes are carried out by the sandbox's ad platform, else by hand. ``at`` is when the story begins:
    now, unless what it hands in is of another day.
    """

    def __init__(
        self,
        folder: Path,
        *,
        filled: bool = True,
        mode: str = "socket",
        port: int | None = None,
        at: datetime | None = None,
        receiver: bool = False,
        **environment: str,
    ) -> None:
        self.sandbox = Sandbox(
            replace(read_settings(environment), port=port),
            port=0,
            folder=folder,
            filled=filled,
            signing_secret=SIGNING_SECRET if mode == "http" else None,
            by_hand=not receiver,
        )
        if at is not None:
            self.sandbox.clock.restore((at - datetime.now(UTC)).total_seconds())
        self.sandbox.start()
        self.workspace = self.sandbox.server.workspace
        self.http = httpx.Client(base_url=self.sandbox.server.url, timeout=20)

    @property
    def engine(self) -> Any:
        assert self.sandbox.marko
        return self.sandbox.marko.engine

    def close(self) -> None:
        self.http.close()
        self.sandbox.stop()

    def command(self, text: str, *, user: str = APPROVER, channel: str = GROWTH) -> None:
        body = {"user": user, "channel": channel, "text": text}
        self.http.post("/ui/command", json=body).raise_for_status()

    def card_of(self, campaign: str, *, user: str = APPROVER, channel: str = GROWTH) -> dict[str, Any]:
        """Ask for a campaign, wait for its card, and until the bot knows where it stands."""
        self.command(f"/analyze {campaign}", user=user, channel=channel)
        card = self.wait(lambda: self.find(campaign, channel=channel))
        _, more = button(card, "More")
        self.wait(lambda: self.engine.views(more["value"]))
        return card

    def find(self, words: str, *, channel: str = GROWTH, user: str = APPROVER) -> dict[str, Any] | None:
        """The newest message in which all the words stand."""
        messages = self.workspace.messages(channel, user)
        return next((each for each in reversed(messages) if words in shown(each)), None)

    def again(self, message: dict[str, Any], *, user: str = APPROVER) -> dict[str, Any]:
        """The same message as it is now: others may have come after it."""
        messages = self.workspace.messages(message["channel"], user)
        return next(each for each in messages if each["ts"] == message["ts"])

    def whisper(self, words: str, *, user: str, channel: str = GROWTH) -> dict[str, Any]:
        """Wait for an ephemeral message to this person."""

        def found() -> dict[str, Any] | None:
            messages = self.workspace.messages(channel, user)
            return next((each for each in messages if each["ephemeral"] and words in shown(each)), None)

        return self.wait(found)

    def click(
        self, label: str, message: dict[str, Any], *, user: str = APPROVER, pick: str | None = None
    ) -> None:
        """Press the button with this label, or pick a choice from the menu behind "⋯"."""
        block, element = button(message, label)
        action = {"type": element["type"], "value": element.get("value")}
        if pick is not None:
            choices = element["options"]
            action["selected_option"] = next(each for each in choices if each["text"]["text"] == pick)
        body = {
            "user": user,
            "channel": message["channel"],
            "message_ts": message["ts"],
            "block_id": block["block_id"],
            "action_id": element["action_id"],
            "action": action,
        }
        self.http.post("/ui/action", json=body).raise_for_status()

    def view(self, user: str = APPROVER) -> dict[str, Any]:
        """Wait for a dialog."""
        opened = self.wait(lambda: self.sandbox.server.views.stack(user))
        return opened[-1].to_page()

    def submit(self, view: dict[str, Any], values: dict[str, Any], *, user: str = APPROVER) -> dict[str, Any]:
        """Submit a dialog; ``values`` are texts, days, or a choice's value; what is left out stays."""
        body = {"user": user, "view_id": view["id"], "values": _state(view, values)}
        answer: dict[str, Any] = self.http.post("/ui/view/submit", json=body).json()
        return answer

    def choose(
        self,
        view: dict[str, Any],
        block_id: str,
        choice: str,
        *,
        typed: dict[str, Any] | None = None,
        user: str = APPROVER,
    ) -> None:
        """Press a radio button that tells at once, with what was ``typed`` into the dialog by then."""
        state = _state(view, (typed or {}) | {block_id: choice})
        ((action_id, action),) = state[block_id].items()
        body = {"user": user, "view_id": view["id"], "block_id": block_id, "action_id": action_id}
        body |= {"action": action, "state": {"values": state}}
        self.http.post("/ui/action", json=body).raise_for_status()

    def options(
        self, view: dict[str, Any], block_id: str, typed: str = "", *, user: str = APPROVER
    ) -> dict[str, dict[str, Any]]:
        """What a search select offers for what was typed, by label."""
        element = next(each for each in view["blocks"] if each["block_id"] == block_id)["element"]
        body = {"user": user, "view_id": view["id"], "block_id": block_id, "value": typed}
        answer = self.http.post("/ui/options", json=body | {"action_id": element["action_id"]})
        return {each["text"]["text"]: each for each in answer.raise_for_status().json()["options"]}

    def share(
        self, name: str, content: bytes, *, user: str = APPROVER, channel: str = GROWTH, **more: str
    ) -> dict[str, Any]:
        """Drop a file, with a `text` or into a `thread_ts`; {"ts", "files": [id]} of its message."""
        files = [{"name": name, "content": base64.b64encode(content).decode()}]
        body = {"user": user, "channel": channel, "files": files, **more}
        answer = self.http.post("/ui/file", json=body).raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def state(self, user: str = APPROVER) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get("/ui/state", params={"user": user}).json()
        return found

    def move(self, **how: Any) -> None:
        self.http.post("/ui/clock", json=how).raise_for_status()

    def fault(self, name: str) -> None:
        self.http.post("/ui/faults", json={"name": name, "on": True}).raise_for_status()

    def wait(self, predicate: Callable[[], T | None]) -> T:
        """Wait until something is there. It may be in the bot's memory, so nobody can tell us when."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := predicate()):
            assert time.monotonic() < deadline, "it did not come in time"
            time.sleep(0.02)
        return found


def shown(message: dict[str, Any]) -> str:
    """All the text of a message, as one string."""
    parts = [message.get("text") or ""]
    for block in message.get("blocks") or []:
        parts += _texts(block)
    return "\n".join(parts)


def labels(message: dict[str, Any]) -> list[str]:
    """The labels of a message's buttons; "⋯" for a menu."""
    return [
        element["text"]["text"] if element["type"] == "button" else "⋯"
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def button(message: dict[str, Any], label: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for block in message["blocks"]:
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            named = element["text"]["text"] if element["type"] == "button" else "⋯"
            if named == label:
                return block, element
    raise AssertionError(f"no {label!r} among {labels(message)}")


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for each in value.values() for text in _texts(each)]
    return [text for each in value for text in _texts(each)] if isinstance(value, list) else []


def _state(view: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input" or block["block_id"] not in values:
            continue
        element, given = block["element"], values[block["block_id"]]
        entry: dict[str, Any] = {"type": element["type"]}
        if element["type"] in {"radio_buttons", "static_select"}:
            options = element["options"]
            entry["selected_option"] = next((each for each in options if each["value"] == given), None)
        elif element["type"] == "external_select":
            entry["selected_option"] = given
        elif element["type"] == "datepicker":
            entry["selected_date"] = given
        else:
            entry["value"] = given
        state[block["block_id"]] = {element["action_id"]: entry}
    return state
