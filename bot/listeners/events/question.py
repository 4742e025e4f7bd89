"""Somebody asks: by a mention in a channel, or by a message to the bot itself."""

import html
import logging
import re
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.desk import Desk
from bot.slack import UNREACHABLE
from engine.models.delivery import Delivery

log = logging.getLogger(__name__)

Event = dict[str, Any]
# What people write; edits, joins, deletions and what bots post are other things.
WRITTEN = frozenset({None, "file_share", "thread_broadcast"})
COURTESY_S = 2
_LINK = re.compile(r"<(?:https?|mailto|tel):[^|>]*(?:\|([^>]*))?>")
_CHANNEL = re.compile(r"<#[A-Z0-9]+(?:\|([^>]*))?>")
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")


def worth_mention(event: Event) -> str | None:
    """A mention and its message are one question: they have one key."""
    return _key(event)


def worth_message(event: Event) -> str | None:
    """Only what is written to the bot itself; what comes with a file is the file's."""
    if event.get("channel_type") != "im" or event.get("files"):
        return None
    return _key(event)


def question(delivery: Delivery, desk: Desk) -> None:
    """Answer in the question's thread, once."""
    event = delivery.payload["event"]
    channel, ts = str(event["channel"]), str(event["ts"])
    thread = str(event.get("thread_ts") or ts)
    _looking_it_up(desk.client, channel, thread)
    text = words_of(str(event.get("text") or ""), _own_ids(delivery))
    desk.engine.answer_question(text, channel=channel, ts=ts, thread=thread, by=str(event["user"]))
    desk.publisher.wake()


def words_of(text: str, own: frozenset[str] = frozenset()) -> str:
    """What was said, without Slack's marks: our own mention is no word, other people are one."""
    plain = _PERSON.sub(lambda found: " " if found[1] in own else " another-person ", text)
    plain = _CHANNEL.sub(lambda found: f"#{found[1] or 'channel'}", _LINK.sub(r"\1", plain))
    return " ".join(html.unescape(re.sub(r"<![^>]*>", " ", plain)).split())


def _key(event: Event) -> str | None:
    from_bot = event.get("bot_id") or event.get("bot_profile")
    if from_bot or event.get("hidden") or event.get("subtype") not in WRITTEN:
        return None
    if not (event.get("user") and event.get("channel") and event.get("ts")):
        return None
    return f"question:{event['channel']}:{event['ts']}"


def _own_ids(delivery: Delivery) -> frozenset[str]:
    """Slack writes for whom it delivers."""
    written = delivery.payload.get("authorizations") or ()
    return frozenset(str(each["user_id"]) for each in written if each.get("is_bot"))


def _looking_it_up(client: WebClient, channel: str, thread: str) -> None:
    """Say that we are at it. A courtesy: it waits for nothing, and where it fails the answer still comes."""
    hasty = WebClient(token=client.token, base_url=client.base_url, timeout=COURTESY_S, retry_handlers=[])
    try:
        hasty.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status="is looking it up")
    except (SlackApiError, *UNREACHABLE) as refused:
        log.debug("no status in %s: %s", channel, type(refused).__name__)
