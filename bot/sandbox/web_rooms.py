"""conversations.*, users.*: who is where and what was said there."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.messages import Message
from bot.sandbox.people import BOT_USER, Channel
from bot.sandbox.web_call import Call, Json, Refused

_TYPES = {"channel": "public_channel", "group": "private_channel", "im": "im"}


def list_channels(call: Call) -> Json:
    """conversations.list: every public channel, of the others those that the bot is in."""
    return _page(
        call, "channels", _listed(call, lambda one: one.kind == "channel" or BOT_USER in one.members)
    )


def info(call: Call) -> Json:
    """conversations.info"""
    return {"ok": True, "channel": call.readable().to_slack()}


def members(call: Call) -> Json:
    """conversations.members"""
    return _page(call, "members", sorted(call.readable().members))


def history(call: Call) -> Json:
    """conversations.history: newest first, without the replies in threads."""
    channel = call.joined()
    roots = [one for one in _public(call, channel) if not one.is_reply and _within(call, one)]
    return _messages(call, roots[::-1])


def replies(call: Call) -> Json:
    """conversations.replies: the root, then its replies, oldest first."""
    channel = call.joined()
    root = call.parts.workspace.message(channel.id, call.text("ts"))
    if root is None or root.ephemeral_to is not None:
        raise Refused("thread_not_found")
    thread = root.thread_ts or root.ts
    found = [one for one in _public(call, channel) if thread in (one.ts, one.thread_ts)]
    return _messages(call, [one for one in found if one.ts == thread or _within(call, one)])


def open_direct(call: Call) -> Json:
    """conversations.open: the direct message with one person."""
    users = (call.optional("users") or "").split(",")
    if users == [""]:
        raise Refused("users_list_not_supplied")
    direct = call.parts.workspace.direct_channel(users[0])
    if direct is None:
        raise Refused("user_not_found")
    if len(users) > 1:
        raise Refused("not_enabled", ["group direct messages are not in the sandbox"])
    return {"ok": True, "no_op": True, "already_open": True, "channel": {"id": direct.id}}


def join(call: Call) -> Json:
    """conversations.join"""
    channel = call.readable()
    if channel.is_archived:
        raise Refused("is_archived")
    if channel.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if BOT_USER not in channel.members:
        call.parts.workspace.join(channel.id, BOT_USER)
        call.parts.events.joined(channel.id, BOT_USER)
    return {"ok": True, "channel": channel.to_slack()}


def leave(call: Call) -> Json:
    """conversations.leave"""
    channel = call.readable()
    if BOT_USER not in channel.members:
        return {"ok": True, "not_in_channel": True}
    call.parts.workspace.leave(channel.id, BOT_USER)
    return {"ok": True}


def user_info(call: Call) -> Json:
    """users.info"""
    user = call.parts.workspace.users.get(call.text("user"))
    if user is None:
        raise Refused("user_not_found")
    return {"ok": True, "user": user.to_slack(call.parts.clock.zone, call.parts.clock.now())}


def list_users(call: Call) -> Json:
    """users.list"""
    clock = call.parts.clock
    people = [user.to_slack(clock.zone, clock.now()) for user in call.parts.workspace.users.values()]
    return _page(call, "members", people)


def own_channels(call: Call) -> Json:
    """users.conversations: those that the bot is a member of."""
    return _page(call, "channels", _listed(call, lambda one: BOT_USER in one.members))


def _listed(call: Call, wanted: Callable[[Channel], bool]) -> list[Json]:
    """The channels of the types that were asked for."""
    types = set((call.optional("types") or "public_channel").split(","))
    without_archived = call.flag("exclude_archived")
    return [
        channel.to_slack()
        for channel in call.parts.workspace.channels.values()
        if _TYPES[channel.kind] in types
        and wanted(channel)
        and not (without_archived and channel.is_archived)
    ]


def _public(call: Call, channel: Channel) -> list[Message]:
    return [one for one in call.parts.workspace.stored(channel.id) if one.ephemeral_to is None]


def _within(call: Call, message: Message) -> bool:
    """Whether a message lies between `oldest` and `latest`, whose own moments count when inclusive."""
    at = _moment(message.ts)
    oldest, latest = call.optional("oldest"), call.optional("latest")
    if call.flag("inclusive"):
        return (oldest is None or at >= _moment(oldest)) and (latest is None or at <= _moment(latest))
    return (oldest is None or at > _moment(oldest)) and (latest is None or at < _moment(latest))


def _moment(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        raise Refused("invalid_ts_latest", [f"{ts!r} is no moment"]) from None


def _messages(call: Call, found: list[Message]) -> Json:
    with_metadata = call.flag("include_all_metadata")
    workspace = call.parts.workspace
    shapes = [workspace.for_slack(one, with_metadata=with_metadata) for one in found]
    answer = _page(call, "messages", shapes)
    return {**answer, "has_more": bool(answer["response_metadata"]["next_cursor"])}


def _page(call: Call, name: str, items: list[Any]) -> Json:
    """One page of a list; the cursor is the number of items that were already told."""
    limit = call.number("limit", default=100, most=1000)
    cursor = call.optional("cursor") or "0"
    if not cursor.isdigit():
        raise Refused("invalid_cursor")
    start = int(cursor)
    rest = start + limit < len(items)
    return {
        "ok": True,
        name: items[start : start + limit],
        "response_metadata": {"next_cursor": str(start + limit) if rest else ""},
    }
