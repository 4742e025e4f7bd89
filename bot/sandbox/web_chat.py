"""chat.*, reactions.*: what the bot posts, changes and takes back."""

from typing import Any

from bot.sandbox import strictness
from bot.sandbox.block_tree import all_blocks
from bot.sandbox.messages import Message
from bot.sandbox.people import BOT_ID, BOT_USER, Channel
from bot.sandbox.web_call import Call, Json, Refused, refuse


def post_message(call: Call) -> Json:
    """chat.postMessage"""
    channel = _room(call)
    if call.parts.switches.strikes("refuse_posts"):
        raise Refused("fatal_error")
    text, blocks = checked_content(call)
    metadata = checked_metadata(call)
    message = call.parts.workspace.post(
        channel.id,
        BOT_USER,
        text,
        blocks=blocks,
        thread_ts=checked_thread(call, channel, call.optional("thread_ts")),
        metadata=metadata,
    )
    call.parts.events.posted(message)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": _own(call, message)}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral"""
    channel = call.writable()
    user = call.text("user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    text, blocks = checked_content(call)
    thread_ts = checked_thread(call, channel, call.optional("thread_ts"))
    message = call.parts.workspace.post(
        channel.id, BOT_USER, text, blocks=blocks, thread_ts=thread_ts, ephemeral_to=user
    )
    return {"ok": True, "message_ts": message.ts}


def update(call: Call) -> Json:
    """chat.update: text without blocks takes the old blocks away, blocks alone keep the old text."""
    channel = call.writable()
    message = _stored(call, channel)
    if not message.from_bot:
        raise Refused("cant_update_message")
    blocks = checked_blocks(call)
    text = call.args.get("text")
    if text is None and blocks is None and "metadata" not in call.args:
        raise Refused("no_text")
    fields: Json = {"edited_ts": _now(call)}
    if text is not None or blocks is not None:
        fields |= {"text": message.text if text is None else str(text), "blocks": blocks or None}
        _refuse_text(fields["text"], fields["blocks"], has_files=bool(message.files))
    if "metadata" in call.args:
        fields["metadata"] = checked_metadata(call) or None
    changed = call.parts.workspace.change(message, **fields)
    call.parts.events.changed(message, changed)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": changed.ts,
        "text": changed.text,
        "message": _own(call, changed),
    }


def delete(call: Call) -> Json:
    """chat.delete"""
    channel = call.joined()
    message = _stored(call, channel)
    if not message.from_bot:
        raise Refused("cant_delete_message")
    call.parts.workspace.delete(message)
    call.parts.events.deleted(message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def permalink(call: Call) -> Json:
    """chat.getPermalink: an address that opens the sandbox's own page."""
    channel = call.readable()
    ts = call.text("message_ts")
    message = call.parts.workspace.message(channel.id, ts)
    if message is None or message.ephemeral_to is not None:
        raise Refused("message_not_found")
    link = f"{call.parts.url}/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def add_reaction(call: Call) -> Json:
    """reactions.add"""
    message, mark = _reaction(call)
    if mark in message.reactions:
        raise Refused("already_reacted")
    call.parts.workspace.change(message, reactions=(*message.reactions, mark))
    return {"ok": True}


def remove_reaction(call: Call) -> Json:
    """reactions.remove"""
    message, mark = _reaction(call)
    if mark not in message.reactions:
        raise Refused("no_reaction")
    left = tuple(one for one in message.reactions if one != mark)
    call.parts.workspace.change(message, reactions=left)
    return {"ok": True}


def get_reactions(call: Call) -> Json:
    """reactions.get"""
    channel = call.joined()
    message = _stored(call, channel, name="timestamp")
    shape = call.parts.workspace.for_slack(message)
    return {"ok": True, "type": "message", "channel": channel.id, "message": shape}


def checked_blocks(call: Call) -> list[Json] | None:
    """The blocks of a call, or None. Raises Refused with every fault in them."""
    blocks = call.nested("blocks", error="invalid_blocks_format")
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    refuse("invalid_blocks", strictness.message_faults(blocks))
    refuse_unknown_files(call, blocks)
    return blocks


def checked_content(call: Call) -> tuple[str, list[Json] | None]:
    """The text and blocks of a new message. Raises Refused when Slack would."""
    blocks = checked_blocks(call)
    text = str(call.args.get("text") or "")
    _refuse_text(text, blocks)
    return text, blocks or None


def checked_metadata(call: Call) -> Json | None:
    """The metadata of a call. Raises Refused when Slack would."""
    metadata = call.nested("metadata", error="invalid_metadata_format")
    error = strictness.metadata_error(metadata)
    if error:
        raise Refused(error)
    return metadata or None


def checked_thread(call: Call, channel: Channel, thread_ts: str | None) -> str | None:
    """The root that a reply names. Raises Refused when it is no message or itself a reply."""
    if thread_ts is None:
        return None
    root = call.parts.workspace.message(channel.id, thread_ts)
    if root is None or root.ephemeral_to is not None:
        raise Refused("thread_not_found")
    if root.is_reply:
        raise Refused("cannot_reply_to_message", [f"{thread_ts} is itself a reply; name {root.thread_ts}"])
    return thread_ts


def refuse_unknown_files(call: Call, blocks: list[Json]) -> None:
    """Raise Refused when an image shows a file that was not uploaded here, or that is no picture."""
    for block in all_blocks(blocks):
        inside = [block, block.get("accessory"), *(block.get("elements") or [])]
        for image in inside:
            file = image.get("slack_file") if isinstance(image, dict) else None
            if isinstance(file, dict) and not _is_known(call, file):
                sentence = f"no completed picture is {file.get('id') or file.get('url')!r}"
                raise Refused("invalid_blocks", [f"invalid slack file: {sentence}"])


def _is_known(call: Call, file: Json) -> bool:
    url = str(file.get("url", ""))
    found = call.parts.files.find(
        file.get("id") or url.removeprefix(f"{call.parts.url}/files/").split("/")[0]
    )
    return found is not None and found.completed and found.is_picture


def _room(call: Call) -> Channel:
    """Where to post: a channel's id or name, or a person's id for their direct message."""
    workspace = call.parts.workspace
    name = call.text("channel")
    if name in workspace.users:
        direct = workspace.direct_channel(name)
        if direct is None:
            raise Refused("channel_not_found")
        return direct
    for channel in workspace.channels.values():
        if not channel.is_im and channel.name == name.removeprefix("#"):
            return Call({**call.args, "channel": channel.id}, call.parts).writable()
    return call.writable()


def _refuse_text(text: str, blocks: list[Json] | None, *, has_files: bool = False) -> None:
    error = strictness.text_error(text, blocks, files=has_files)
    if error:
        raise Refused(error)


def _stored(call: Call, channel: Channel, *, name: str = "ts") -> Message:
    message = call.parts.workspace.message(channel.id, call.text(name))
    if message is None or message.ephemeral_to is not None:
        raise Refused("message_not_found")
    return message


def _reaction(call: Call) -> tuple[Message, tuple[str, str]]:
    message = _stored(call, call.joined(), name="timestamp")
    name = call.text("name").strip(":")
    if not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise Refused("invalid_name")
    return message, (name, BOT_USER)


def _own(call: Call, message: Message) -> dict[str, Any]:
    shape = call.parts.workspace.for_slack(message, with_metadata=True)
    return {**shape, "bot_id": BOT_ID}


def _now(call: Call) -> str:
    return f"{call.parts.clock.now().timestamp():.6f}"
