"""How an exchange is named in the list of traffic: its kind, its name, and a few words about it."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.envelopes import BAD_ANSWER, NOT_CONNECTED, TIMEOUT

KINDS = {"slash_commands": "command", "interactive": "click", "events_api": "event"}
STATES = {TIMEOUT: "operation_timeout", NOT_CONNECTED: "not_connected", BAD_ANSWER: "http_error"}
LONGEST_ABOUT = 120


def envelope_name(kind: str, payload: Mapping[str, Any]) -> str:
    """What is sent to the bot: "/analyze", "message", "block_actions"."""
    if kind == "events_api":
        event = payload["event"]
        return ".".join(filter(None, (event["type"], event.get("subtype"))))
    return str(payload["command"] if kind == "slash_commands" else payload["type"])


def envelope_about(kind: str, payload: Mapping[str, Any]) -> str:
    """Who did what to what, in a few words."""
    if kind == "events_api":
        event = payload["event"]
        shared = event.get("file_id") or event.get("tab") or event.get("text")
        words = [event.get("user") or event.get("user_id"), event.get("channel"), shared]
    elif kind == "slash_commands":
        words = [payload["user_id"], payload["text"]]
    else:
        view = payload.get("view") or {}
        actions = [one["action_id"] for one in payload.get("actions", [])]
        asked = [payload["action_id"], payload["value"]] if "action_id" in payload else []
        words = [payload["user"]["id"], *actions, *asked, view.get("callback_id")]
    return _few(words)


def call_about(args: Mapping[str, Any]) -> str:
    """What a call of the Web API is about: where, and its first words."""
    where = args.get("channel") or args.get("channel_id") or args.get("user_id") or args.get("user")
    what = args.get("text") or args.get("status") or args.get("filename") or args.get("file")
    return _few([where, what])


def _few(words: list[Any]) -> str:
    text = " · ".join(" ".join(str(one).split()) for one in words if one)
    return text if len(text) <= LONGEST_ABOUT else text[: LONGEST_ABOUT - 1] + "…"
