"""Sharing files as a person does: stored, posted as one message with its words, told to the bot."""

import base64
import binascii
from collections.abc import Iterator

from bot.sandbox.asked import Body, Impossible, Json, open_channel, person, thread_of
from bot.sandbox.files import StoredFile
from bot.sandbox.messages import Message
from bot.sandbox.parts import Parts
from bot.sandbox.people import User
from bot.sandbox.typed_text import passed_on

MOST_BYTES = 20_000_000
MOST_FILES = 10
# Three bytes are four letters of base64; the rest is room for the words and the names.
LONGEST_BODY = MOST_BYTES * 4 // 3 + 100_000
LONGEST_NAME = 255


def share(parts: Parts, body: Body) -> Json:
    """Share `files` (each {"name", "content": base64}) with an optional `text` and `thread_ts`.

    Returns {"ts", "files": [id]}. Raises Impossible for a file that is empty, too big or no base64.
    """
    user, channel = person(parts, body.get("user")), open_channel(parts, body)
    thread_ts = thread_of(parts, channel, body)
    contents = list(_contents(body.get("files")))
    if sum(len(content) for _, content in contents) > MOST_BYTES:
        raise Impossible(413, too_big(contents[0][0] if len(contents) == 1 else "These files"))
    files = [_stored(parts, user, name, content) for name, content in contents]
    posted = parts.workspace.post(
        channel.id,
        user.id,
        passed_on(str(body.get("text") or "").strip(), parts.workspace),
        thread_ts=thread_ts,
        files=tuple(file.to_slack(parts.url) for file in files),
    )
    _announce(parts, posted, files)
    return {"ts": posted.ts, "files": [file.id for file in files]}


def share_sample(parts: Parts, body: Body) -> Json:
    """Share a sample file, as if the person had dropped it: the one of that `name`, else the usual one.

    Raises Impossible when there is none.
    """
    made = parts.sample(str(body.get("name") or "")) if parts.sample else None
    if made is None:
        raise Impossible(404, "This sandbox has no sample file.")
    name, content = made
    encoded = base64.b64encode(content).decode()
    return share(parts, {**body, "files": [{"name": name, "content": encoded}]})


def too_big(what: str) -> str:
    """The sentence for more than fits."""
    return f"{what} cannot be shared: the sandbox takes {MOST_BYTES // 1_000_000} MB at once."


def _announce(parts: Parts, posted: Message, files: list[StoredFile]) -> None:
    # Noted before the bot hears of it, for it may ask for the file at once.
    for file in files:
        parts.files.shared(file, posted)
    parts.events.posted(posted)
    parts.events.file_shared(posted)


def _contents(told: object) -> Iterator[tuple[str, bytes]]:
    """Each file's name and bytes."""
    if not isinstance(told, list) or not told:
        raise Impossible(400, "There is no file to share.")
    if len(told) > MOST_FILES:
        raise Impossible(400, f"{MOST_FILES} files at once are the most; these are {len(told)}.")
    for one in told:
        name = _base_name(one.get("name") if isinstance(one, dict) else None)
        try:
            content = base64.b64decode(str(one["content"]), validate=True)
        except (KeyError, TypeError, binascii.Error):
            raise Impossible(400, f"{name} did not arrive whole: its content is not base64.") from None
        if not content:
            raise Impossible(400, f"{name} is empty, so there is nothing to share.")
        yield name, content


def _base_name(told: object) -> str:
    """A file's own name, without the folders that a browser may tell."""
    name = str(told or "").replace("\\", "/").rpartition("/")[2].strip()
    return name[-LONGEST_NAME:] or "file"


def _stored(parts: Parts, user: User, name: str, content: bytes) -> StoredFile:
    created = int(parts.clock.now().timestamp())
    file = parts.files.expect(name, len(content), user=user.id, created=created)
    return parts.files.complete(parts.files.receive(file, content), name)
