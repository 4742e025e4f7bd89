"""The workspace: people, channels and messages, kept on a shelf and told to the journal."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from bot.sandbox import people
from bot.sandbox.block_tree import named
from bot.sandbox.clock import MovableClock
from bot.sandbox.journal import Happening, Journal
from bot.sandbox.messages import Message
from bot.sandbox.people import BOT_USER, Channel, User
from bot.sandbox.shelf import Shelf

T = TypeVar("T")

_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL_LINK = re.compile(r"<#([A-Z0-9]+)(?:\|[^>]*)?>")


class Workspace:
    """All that people see. Every method may be called from any thread."""

    def __init__(
        self, *, clock: MovableClock, journal: Journal | None = None, shelf: Shelf | None = None
    ) -> None:
        self.clock = clock
        self.journal = journal or Journal()
        self._shelf = shelf or Shelf()
        self.users: dict[str, User] = people.cast()
        self.channels: dict[str, Channel] = people.rooms()
        self._messages: dict[str, dict[str, Message]] = {}
        self._replies: dict[tuple[str, str], list[str]] = {}
        self._last_ts = 0
        self._load()
        # What each person has seen: the newest moment told to their page, in microseconds.
        self._seen = dict.fromkeys(self.users, self._last_ts)

    # People and channels

    def is_member(self, channel: str, user: str) -> bool:
        """Whether that user is in that channel."""
        return channel in self.channels and user in self.channels[channel].members

    def channels_of(self, user: str) -> list[Channel]:
        """The channels a person sees: all public ones, for a guest or a stranger only those they are in."""
        guest = self.users[user].is_restricted or self.users[user].is_stranger
        return [
            channel
            for channel in self.channels.values()
            if user in channel.members or (channel.kind == "channel" and not guest)
        ]

    def channel_for_page(self, channel: Channel, user: str) -> dict[str, Any]:
        """A channel as the page of `user` reads it."""
        return {
            "id": channel.id,
            "name": channel.name,
            "is_im": channel.is_im,
            "is_private": channel.is_private,
            "is_archived": channel.is_archived,
            "marko_is_member": BOT_USER in channel.members,
            "unread": self._unread(channel.id, user),
        }

    def add_channel(self, channel: Channel) -> None:
        """Put a new channel into the workspace, or replace one."""
        with self.journal.condition:
            self.channels[channel.id] = channel
            self._keep_channel(channel)

    def join(self, channel: str, user: str) -> None:
        """Make a user a member."""
        with self.journal.condition:
            self.channels[channel].members.add(user)
            self._keep_channel(self.channels[channel])

    def leave(self, channel: str, user: str) -> None:
        """Take a user out of a channel."""
        with self.journal.condition:
            self.channels[channel].members.discard(user)
            self._keep_channel(self.channels[channel])

    def archive(self, channel: str) -> None:
        """Close a channel for good: it is read, never written."""
        with self.journal.condition:
            self.channels[channel].is_archived = True
            self._keep_channel(self.channels[channel])

    def direct_channel(self, user: str) -> Channel | None:
        """The direct message between a person and the bot."""
        for channel in self.channels.values():
            if channel.is_im and user in channel.members and user != BOT_USER:
                return channel
        return None

    # Messages

    def post(
        self,
        channel: str,
        user: str,
        text: str,
        *,
        blocks: list[dict[str, Any]] | None = None,
        thread_ts: str | None = None,
        metadata: dict[str, Any] | None = None,
        files: tuple[dict[str, Any], ...] = (),
        ephemeral_to: str | None = None,
    ) -> Message:
        """Store a message that was already checked, and tell it."""
        with self.journal.condition:
            message = Message(
                channel=channel,
                ts=self._next_ts(),
                user=user,
                text=text,
                blocks=named(blocks) if blocks is not None else None,
                thread_ts=thread_ts,
                metadata=metadata,
                files=files,
                ephemeral_to=ephemeral_to,
                broken=self._broken(text),
            )
            self._store(message)
            self._tell("message", message)
            self._tell_root_of(message)
            return message

    def change(self, message: Message, **fields: Any) -> Message:
        """Replace fields of a stored message, and tell it. Text and blocks are set as they are given."""
        with self.journal.condition:
            if fields.get("blocks") is not None:
                fields["blocks"] = named(fields["blocks"])
            changed = replace(message, **fields)
            changed = replace(changed, broken=self._broken(changed.text))
            self._store(changed)
            self._tell("message_changed", changed)
            return changed

    def delete(self, message: Message) -> None:
        """Remove a message, and tell it."""
        with self.journal.condition:
            del self._messages[message.channel][message.ts]
            if message.is_reply and message.ephemeral_to is None:
                self._replies[message.channel, str(message.thread_ts)].remove(message.ts)
            self._shelf.drop("message", f"{message.ts} {message.channel}")
            body = {"channel": message.channel, "ts": message.ts}
            self.journal.tell("message_deleted", body, channel=message.channel, user=message.ephemeral_to)
            self._tell_root_of(message)

    def message(self, channel: str, ts: str) -> Message | None:
        """The message at that moment, an ephemeral one too, or None."""
        with self.journal.condition:
            return self._messages.get(channel, {}).get(ts)

    def stored(self, channel: str) -> list[Message]:
        """All messages of a channel, replies and ephemeral ones included, oldest first."""
        with self.journal.condition:
            return list(self._messages.get(channel, {}).values())

    def newest_of(self, channel: str) -> str:
        """The moment of a channel's newest message; "0" when nothing was ever said there."""
        with self.journal.condition:
            return next(reversed(self._messages.get(channel, {})), "0")

    def replies(self, channel: str, ts: str) -> list[str]:
        """The moments of the replies below a message, oldest first; never ephemeral ones."""
        with self.journal.condition:
            return list(self._replies.get((channel, ts), []))

    def messages(self, channel: str, user: str | None = None) -> list[dict[str, Any]]:
        """A channel in the page's shape, oldest first, replies included: all, or what `user` may see."""
        return [
            self.for_page(message)
            for message in self.stored(channel)
            if user is None or message.ephemeral_to in (None, user)
        ]

    def for_page(self, message: Message) -> dict[str, Any]:
        """A message in the page's shape."""
        return message.to_page(reply_count=len(self.replies(message.channel, message.ts)))

    def for_slack(self, message: Message, *, with_metadata: bool = False) -> dict[str, Any]:
        """A message in the Web API's shape."""
        replies = self.replies(message.channel, message.ts)
        return message.to_slack(
            reply_count=len(replies),
            latest_reply=replies[-1] if replies else None,
            with_metadata=with_metadata,
        )

    # Waiting and watching

    def wait_for(self, predicate: Callable[[], T], timeout: float = 5.0) -> T:
        """Wait until `predicate()` is true and return its value; TimeoutError after `timeout` seconds.

        It is asked at once and after each change of the sandbox, not after changes elsewhere.
        """
        return self.journal.wait_for(predicate, timeout)

    def may_see(self, happening: Happening, user: str) -> bool:
        """Whether an entry of the feed is for that person."""
        if happening.user is not None:
            return happening.user == user
        if happening.channel is None:
            return True
        return any(channel.id == happening.channel for channel in self.channels_of(user))

    def mark_seen(self, user: str) -> None:
        """Everything so far was shown to that person."""
        self._seen[user] = self._last_ts

    def clock_moved(self) -> None:
        """Keep the clock's offset and tell the new time."""
        self._shelf.put("clock", "offset", self.clock.offset_seconds)
        self.journal.tell("clock", {"clock": self.clock.state()})

    # Inside

    def _load(self) -> None:
        for kept in self._shelf.all("channel"):
            self.channels[kept["id"]] = Channel(**{**kept, "members": set(kept["members"])})
        for kept in self._shelf.all("message"):
            self._store(Message.from_shelf(kept), keep=False)
        for offset in self._shelf.all("clock"):
            self.clock.restore(offset)

    def _store(self, message: Message, *, keep: bool = True) -> None:
        room = self._messages.setdefault(message.channel, {})
        if message.is_reply and message.ephemeral_to is None and message.ts not in room:
            self._replies.setdefault((message.channel, str(message.thread_ts)), []).append(message.ts)
        room[message.ts] = message
        self._last_ts = max(self._last_ts, _microseconds(message.ts))
        if keep:
            # The moment comes first, so that the shelf's order of keys is the order of posting.
            self._shelf.put("message", f"{message.ts} {message.channel}", message.to_shelf())

    def _tell(self, kind: str, message: Message) -> None:
        body = {"message": self.for_page(message)}
        self.journal.tell(kind, body, channel=message.channel, user=message.ephemeral_to)

    def _tell_root_of(self, message: Message) -> None:
        """A reply changes its root's count."""
        root = self.message(message.channel, message.thread_ts or "")
        if message.is_reply and message.ephemeral_to is None and root is not None:
            self._tell("message_changed", root)

    def _next_ts(self) -> str:
        now = int(self.clock.now().timestamp() * 1_000_000)
        # Two messages never share a moment, however fast they come.
        self._last_ts = max(now, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def _unread(self, channel: str, user: str) -> int:
        return sum(
            1
            for message in self.stored(channel)
            if message.user != user
            and message.ephemeral_to in (None, user)
            and _microseconds(message.ts) > self._seen[user]
        )

    def _broken(self, text: str) -> tuple[str, ...]:
        nobody = set(_MENTION.findall(text)) - set(self.users)
        nowhere = set(_CHANNEL_LINK.findall(text)) - set(self.channels)
        return tuple(
            [f"<@{who}> is nobody here." for who in sorted(nobody)]
            + [f"<#{room}> is no channel here." for room in sorted(nowhere)]
        )

    def _keep_channel(self, channel: Channel) -> None:
        kept = {**vars(channel), "members": sorted(channel.members)}
        self._shelf.put("channel", channel.id, kept)
        self.journal.condition.notify_all()


def _microseconds(ts: str) -> int:
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction or 0)
