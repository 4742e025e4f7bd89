"""What every listener works with, and how it answers one person."""

import json
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.blocks.kit import Block, Message
from bot.blocks.plainer import ways
from bot.blocks.voice import Voice
from bot.dialogs import Dialogs
from bot.finding import Finding
from bot.links import link_of
from bot.people import People
from bot.publisher import Publisher
from bot.sending import INVALID_BLOCKS, code_of, or_plainer
from bot.slack import TIMEOUT_S, UNREACHABLE
from engine.engine import Engine
from engine.models.answer import Person
from engine.models.delivery import Delivery
from engine.narrate.formats import Separators

log = logging.getLogger(__name__)

NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "user_not_in_channel", "is_archived"})


class Desk(NamedTuple):
    """The engine, Slack, and the words; nothing of the store."""

    engine: Engine
    client: WebClient
    people: People
    publisher: Publisher
    voice: Voice
    examine: Callable[[], Sequence[Finding]] = tuple  # what ``marko doctor`` finds; nothing by default

    dialogs: Dialogs = Dialogs()

    @property
    def separators(self) -> Separators:
        """How this team writes numbers now."""
        return self.voice.marked.formats.separators

    def tell(self, delivery: Delivery, message: Message) -> None:
        """Answer for this person's eyes only.

        By the response_url, which also works where the bot is no member; else in the channel, or by
        direct message where the interaction had none, or the bot may not speak there.
        """
        payload = delivery.payload
        url = payload.get("response_url")
        if url and self._by_url(url, message):
            return
        channel, user = channel_of(payload), user_of(payload)
        if channel:
            call = partial(self.client.chat_postEphemeral, channel=channel, user=user)
            try:
                or_plainer(call, delivery.key, message, text=message.text)
                return
            except SlackApiError as refused:
                if code_of(refused) not in NOT_THERE:
                    raise
        self.write_to(user, message, key=delivery.key)

    def write_to(self, user: str, message: Message, *, key: str) -> None:
        """Send a direct message; ``key`` names it in the log."""
        or_plainer(partial(self.client.chat_postMessage, channel=user), key, message, text=message.text)

    def _by_url(self, url: str, message: Message) -> bool:
        client = WebhookClient(url, timeout=TIMEOUT_S)
        try:
            for blocks in ways(message.blocks):
                answer = client.send(
                    text=message.text, blocks=blocks, response_type="ephemeral", replace_original=False
                )
                if INVALID_BLOCKS not in answer.body:
                    return answer.status_code == 200
        except UNREACHABLE as broken:
            log.info("the response_url did not answer: %s", type(broken).__name__)
        return False

    def person(self, delivery: Delivery) -> Person:
        return self.people.look_up(user_of(delivery.payload))

    def open_view(self, delivery: Delivery, view: Block) -> None:
        self.client.views_open(trigger_id=delivery.payload["trigger_id"], view=view)

    def link_of(self, record: str) -> str | None:
        """The permalink of a record's newest card."""
        return link_of(self.engine, record)


def user_of(payload: dict[str, Any]) -> str:
    """The Slack user id, wherever this kind of payload keeps it; whom an event is about."""
    event = payload.get("event")
    if event:
        return str(event.get("user") or event.get("user_id") or "")
    user = payload.get("user")
    return str(user["id"] if isinstance(user, dict) else payload.get("user_id") or user or "")


def typed(payload: dict[str, Any]) -> list[str]:
    """The words typed behind a command, as they were typed: Slack sends its three marks escaped."""
    text = str(payload.get("text") or "")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").split()


def channel_of(payload: dict[str, Any]) -> str | None:
    """The channel id; a dialog remembers the one it was opened in."""
    event = payload.get("event")
    if event:
        found = event.get("channel") or event.get("channel_id")
        return str(found) if found else None
    channel = payload.get("channel")
    private = payload.get("view", {}).get("private_metadata")
    if private and not channel:
        channel = json.loads(private).get("channel")
    found = channel["id"] if isinstance(channel, dict) else payload.get("channel_id") or channel
    return str(found) if found else None
