"""Somebody asks: by a mention in a channel, or by a message to the bot itself."""

import html
import logging
import re
from functools import partial
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import notices
from bot.desk import Desk
from bot.patience import in_a_hurry
from bot.sending import or_plainer
from bot.slack import UNREACHABLE
from engine.errors import EngineError, NotForGuests, NotForStrangers, TooOften
from engine.models.answer import Person
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
    """A mention and its message are one question: they have one key. A file without words is only a file."""
    return _key(event) if not event.get("files") or _says_something(event) else None


def worth_message(event: Event) -> str | None:
    """Only what is written to the bot itself; a file without words is only a file."""
    return worth_mention(event) if event.get("channel_type") == "im" else None


def question(delivery: Delivery, desk: Desk) -> None:
    """Answer in the question's thread, once; whoever may not ask is told so alone."""
    person = desk.person(delivery)
    try:
        if desk.limiter:
            desk.limiter.check_question(delivery)
        _answer(person, delivery, desk)
    except (NotForStrangers, NotForGuests, TooOften) as refused:
        if not (person.is_bot or person.is_deactivated):
            _refuse(refused, delivery, desk)


def _answer(person: Person, delivery: Delivery, desk: Desk) -> None:
    event = delivery.payload["event"]
    channel, ts = str(event["channel"]), str(event["ts"])
    thread = str(event.get("thread_ts") or ts)
    text = words_of(str(event.get("text") or ""), _own_ids(delivery))
    desk.engine.may_take_part(person, "look")
    if desk.engine.may(person, "ask"):
        _looking_it_up(desk.client, channel, thread)
        alone = event.get("channel_type") == "im"
        desk.engine.answer_question(text, channel=channel, ts=ts, thread=thread, by=person.id, alone=alone)
    else:
        desk.engine.answer_guest(text, channel=channel, ts=ts, thread=thread, by=person)
    desk.publisher.wake()


def words_of(text: str, own: frozenset[str] = frozenset()) -> str:
    """What was said, without Slack's marks: our own mention is no word, other people are one."""
    plain = _PERSON.sub(lambda found: " " if found[1] in own else " another-person ", text)
    plain = _CHANNEL.sub(lambda found: f"#{found[1] or 'channel'}", _LINK.sub(r"\1", plain))
    return " ".join(html.unescape(re.sub(r"<![^>]*>", " ", plain)).split())


def _says_something(event: Event) -> bool:
    """Whether there are words beside mentions."""
    return bool(words_of(_PERSON.sub(" ", str(event.get("text") or ""))))


def _refuse(refused: EngineError, delivery: Delivery, desk: Desk) -> None:
    """Tell the asker alone, where they asked; where Slack does not let that be private, nothing is said."""
    event, message = delivery.payload["event"], notices.refusal(refused, desk.voice.marked)
    channel, thread = str(event["channel"]), event.get("thread_ts")
    if event.get("channel_type") == "im":
        call = partial(desk.client.chat_postMessage, channel=channel, thread_ts=thread or str(event["ts"]))
    else:
        call = partial(
            desk.client.chat_postEphemeral, channel=channel, user=str(event["user"]), thread_ts=thread
        )
    try:
        or_plainer(call, delivery.key, message, text=message.text)
    except (SlackApiError, *UNREACHABLE) as failed:
        log.info("a refusal in %s was not told: %s", channel, type(failed).__name__)


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
    try:
        in_a_hurry(client, COURTESY_S).assistant_threads_setStatus(
            channel_id=channel, thread_ts=thread, status="is looking it up"
        )
    except (SlackApiError, *UNREACHABLE) as refused:
        log.debug("no status in %s: %s", channel, type(refused).__name__)
