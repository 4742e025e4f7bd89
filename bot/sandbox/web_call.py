"""One call of the Web API: its arguments, however they were encoded, and how it is refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bot.sandbox.faults import Fault
from bot.sandbox.parts import Parts
from bot.sandbox.people import BOT_USER, Channel

Json = dict[str, Any]


class Refused(Exception):
    """A call that Slack answers with ok false: its error code and the sentences for the developer.

    `fields` stand beside the code in the answer.
    """

    def __init__(self, code: str, messages: list[str] | None = None, **fields: str) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages or []
        self.fields = fields

    def to_slack(self) -> Json:
        """The answer, as Slack words it."""
        answer: Json = {"ok": False, "error": self.code, **self.fields}
        if self.messages:
            answer["response_metadata"] = {"messages": [f"[ERROR] {one}" for one in self.messages]}
        return answer


@dataclass(frozen=True)
class Call:
    """A method call that passed the token check."""

    args: Mapping[str, Any]
    parts: Parts

    def text(self, name: str) -> str:
        """A required string. Raises Refused when it is missing."""
        value = self.args.get(name)
        if value in (None, ""):
            raise Refused("invalid_arguments", [f"missing required field: {name}"])
        return str(value)

    def optional(self, name: str) -> str | None:
        """A string, or None when it is missing or empty."""
        value = self.args.get(name)
        return None if value in (None, "") else str(value)

    def flag(self, name: str) -> bool:
        """A boolean in any of its spellings."""
        return str(self.args.get(name, "")).lower() in {"1", "true"}

    def number(self, name: str, *, default: int, most: int) -> int:
        """A whole number from 1 to `most`. Raises Refused otherwise."""
        try:
            value = int(self.args.get(name) or default)
        except (TypeError, ValueError):
            raise Refused("invalid_arguments", [f"{name} must be a whole number"]) from None
        if not 1 <= value <= most:
            raise Refused("invalid_limit", [f"{name} must be from 1 to {most}"])
        return value

    def nested(self, name: str, *, error: str = "invalid_arguments") -> Any:
        """A list or object, sent as it is or as a JSON string. Raises Refused(error) for bad JSON."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refused(error, [f"{name} is not valid JSON"]) from None

    def readable(self) -> Channel:
        """The channel that was named, if the bot may know of it. Raises Refused(channel_not_found)."""
        channel = self.parts.workspace.channels.get(self.text("channel"))
        if channel is None or (channel.kind != "channel" and BOT_USER not in channel.members):
            raise Refused("channel_not_found")
        return channel

    def joined(self) -> Channel:
        """The channel that was named, if the bot is a member. Raises Refused otherwise."""
        channel = self.readable()
        if BOT_USER not in channel.members:
            raise Refused("not_in_channel")
        return channel

    def writable(self) -> Channel:
        """The channel that was named, if the bot may write there. Raises Refused otherwise."""
        channel = self.readable()
        if channel.is_archived:
            raise Refused("is_archived")
        if BOT_USER not in channel.members:
            raise Refused("not_in_channel")
        return channel


def refuse(code: str, faults: list[Fault]) -> None:
    """Raise Refused(code) with every fault as a sentence, if there is one."""
    if faults:
        raise Refused(code, [str(fault) for fault in faults])


def decode(query: str, content_type: str, body: bytes) -> Json:
    """The arguments of a call: of the query and of a JSON, form or empty body, whatever it is called.

    Raises Refused for a body that is not what its header says.
    """
    args: Json = dict(parse_qsl(query, keep_blank_values=True))
    if not body.strip():
        return args
    if "json" in content_type:
        try:
            value = json.loads(body)
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(value, dict):
            raise Refused("json_not_object")
        return {**args, **value}
    try:
        return {**args, **dict(parse_qsl(body.decode(), keep_blank_values=True))}
    except UnicodeDecodeError:
        raise Refused("invalid_form_data") from None
