"""Events that the bot is told: what was posted, changed, deleted, shared, joined, where it is a member."""

from typing import Any

from bot.sandbox.delivery import Delivery
from bot.sandbox.messages import Message
from bot.sandbox.people import BOT_USER, TEAM_ID
from bot.sandbox.workspace import Workspace


class Events:
    """Turns changes of the workspace into events of Slack's Events API."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self._workspace = workspace
        self._delivery = delivery

    def posted(self, message: Message) -> None:
        """A `message`, and an `app_mention` beside it when a person names the bot in a channel."""
        if not self._bot_hears(message):
            return
        shape = self._workspace.for_slack(message)
        if message.files and not message.from_bot:
            shape |= {"upload": False, "display_as_bot": False}
        channel = self._workspace.channels[message.channel]
        if message.is_reply:
            root = self._workspace.message(message.channel, str(message.thread_ts))
            shape["parent_user_id"] = root.user if root else None
        shape |= _place(message.channel, message.ts)
        subtype = {"subtype": "file_share"} if message.files else {}
        self._delivery.event({**shape, **subtype, "channel_type": channel.kind})
        if f"<@{BOT_USER}" in message.text and not channel.is_im and not message.from_bot:
            # A mention with files carries them, and no subtype.
            self._delivery.event({**shape, "type": "app_mention"})

    def changed(self, before: Message, after: Message) -> None:
        """A `message` with subtype message_changed."""
        if self._bot_hears(after):
            self._hidden(
                after,
                subtype="message_changed",
                message=self._workspace.for_slack(after),
                previous_message=self._workspace.for_slack(before),
            )

    def deleted(self, message: Message) -> None:
        """A `message` with subtype message_deleted."""
        if self._bot_hears(message):
            gone = self._workspace.for_slack(message)
            self._hidden(message, subtype="message_deleted", deleted_ts=message.ts, previous_message=gone)

    def file_shared(self, message: Message) -> None:
        """One `file_shared` for each file of a message."""
        if self._bot_hears(message):
            for file in message.files:
                event = {
                    "type": "file_shared",
                    "file_id": file["id"],
                    "file": {"id": file["id"]},
                    "user_id": message.user,
                    "channel_id": message.channel,
                    "event_ts": message.ts,
                }
                self._delivery.event(event)

    def joined(self, channel: str, user: str, *, inviter: str | None = None) -> None:
        """A `member_joined_channel`."""
        event: dict[str, Any] = {
            "type": "member_joined_channel",
            "user": user,
            "channel": channel,
            "channel_type": "C",
            "team": TEAM_ID,
            "event_ts": f"{self._workspace.clock.now().timestamp():.6f}",
        }
        if inviter:
            event["inviter"] = inviter
        self._delivery.event(event)

    def home_opened(self, user: str, channel: str, tab: str, view: dict[str, Any] | None) -> None:
        """An `app_home_opened`; `view` is what the home tab shows, once it was published."""
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": user,
            "channel": channel,
            "tab": tab,
            "event_ts": f"{self._workspace.clock.now().timestamp():.6f}",
        }
        self._delivery.event(event | ({"view": view} if view else {}))

    def _bot_hears(self, message: Message) -> bool:
        return message.ephemeral_to is None and self._workspace.is_member(message.channel, BOT_USER)

    def _hidden(self, about: Message, /, **fields: Any) -> None:
        now = f"{self._workspace.clock.now().timestamp():.6f}"
        kind = self._workspace.channels[about.channel].kind
        place = {"channel": about.channel, "channel_type": kind, "ts": now, "event_ts": now}
        self._delivery.event({"type": "message", "hidden": True, **fields, **place})


def _place(channel: str, ts: str) -> dict[str, str]:
    return {"channel": channel, "event_ts": ts}
