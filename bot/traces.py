"""Finding a message again by the key in its metadata, where nobody knows whether it arrived."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from slack_sdk import WebClient

from engine.models.delivery import Intent

PAGE = 200
MOST_PAGES = 10


class NobodyKnows(Exception):
    """The channel has moved on too far to look through."""


def find(client: WebClient, intent: Intent, since: datetime | None = None) -> str | None:
    """Give the ts of the message with the intent's key; ``None`` when it is surely not there.

    Raises ``NobodyKnows`` when the newest 2,000 messages of a channel do not hold it and there are
    more. A thread is looked through to its end, and a channel back to ``since`` where that is told.
    """
    for message in messages(client, intent, since):
        metadata = message.get("metadata") or {}
        if metadata.get("event_payload", {}).get("key") == intent.key:
            return str(message["ts"])
    return None


def messages(client: WebClient, intent: Intent, since: datetime | None) -> Iterator[dict[str, Any]]:
    """Give a channel's messages, newest first; or those of the intent's thread, oldest first."""
    pages, cursor, channel = 0, None, _channel(client, intent)
    while True:
        where: dict[str, Any] = {"channel": channel, "limit": PAGE, "cursor": cursor}
        if intent.ts:
            answer = client.conversations_replies(ts=intent.ts, include_all_metadata=True, **where)
        else:
            oldest = f"{since.timestamp():.6f}" if since else None
            answer = client.conversations_history(include_all_metadata=True, oldest=oldest, **where)
        yield from answer["messages"]
        pages += 1
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        if pages == MOST_PAGES and not intent.ts and not since:
            raise NobodyKnows(intent.key)


def _channel(client: WebClient, intent: Intent) -> str:
    """A person's id is enough to write to them; to read what stands there, their channel is needed."""
    if not intent.channel.startswith(("U", "W")):
        return intent.channel
    return str(client.conversations_open(users=intent.channel)["channel"]["id"])
