"""Who asks for what on the page: the person, the channel, the thread; refused in a sentence if need be."""

from typing import Any

from bot.sandbox.parts import Parts
from bot.sandbox.people import Channel, User

Json = dict[str, Any]
Body = dict[str, Any]


class Impossible(Exception):
    """Something that a person cannot do here: the HTTP status and a sentence for the page."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def person(parts: Parts, name: object) -> User:
    """The person of that id. Raises Impossible for nobody, and for the bot."""
    user = parts.workspace.users.get(str(name))
    if user is None or user.is_bot:
        raise Impossible(404, f"There is no person {name!r}.")
    return user


def own_channel(parts: Parts, body: Body) -> Channel:
    """The channel that a person named and is in. Raises Impossible."""
    channel = parts.workspace.channels.get(str(body.get("channel")))
    if channel is None or str(body.get("user")) not in channel.members:
        raise Impossible(404, f"You are in no channel {body.get('channel')!r}.")
    return channel


def open_channel(parts: Parts, body: Body) -> Channel:
    """The same, if one may write there. Raises Impossible."""
    channel = own_channel(parts, body)
    if channel.is_archived:
        raise Impossible(400, f"#{channel.name} is archived.")
    return channel


def thread_of(parts: Parts, channel: Channel, body: Body) -> str | None:
    """The root that a person answers, or None. Raises Impossible when it is no message of that channel."""
    thread_ts = body.get("thread_ts") or None
    if thread_ts is None:
        return None
    root = parts.workspace.message(channel.id, str(thread_ts))
    if root is None or root.is_reply or root.ephemeral_to is not None:
        raise Impossible(404, "That thread is not there.")
    return root.ts
