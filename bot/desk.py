"""What every listener works with, and how it answers one person."""

import json
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.blocks.closed import closed_view
from bot.blocks.kit import Block, Message
from bot.blocks.plainer import ways
from bot.blocks.voice import Voice
from bot.dialogs import FOR_GOOD, OPENING, Dialogs
from bot.egress import is_slacks
from bot.finding import Finding
from bot.homes import Homes
from bot.links import link_of
from bot.people import People
from bot.publisher import Publisher
from bot.reading_room import ReadingRoom
from bot.sending import INVALID_BLOCKS, code_of, or_plainer
from bot.slack import TIMEOUT_S, UNREACHABLE
from bot.whereabouts import Whereabouts
from engine.engine import Engine
from engine.errors import NotForGuests, NotForStrangers
from engine.models.answer import Act, Person
from engine.models.delivery import Delivery
from engine.narrate.formats import Separators

if TYPE_CHECKING:
    from bot.limiter import Limiter

log = logging.getLogger(__name__)

Later = Callable[[], None]

NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "user_not_in_channel", "is_archived"})


def _at_once(rest: Later) -> None:
    rest()


class Desk(NamedTuple):
    """The engine, Slack, and the words; nothing of the store.

    ``later`` puts off what a dialog can be opened without: looking up, and drawing it again.
    """

    engine: Engine
    client: WebClient
    people: People
    publisher: Publisher
    voice: Voice
    homes: Homes
    dialogs: Dialogs
    whereabouts: Whereabouts
    room: ReadingRoom  # where exports are read
    examine: Callable[[], Sequence[Finding]] = tuple  # what ``marko doctor`` finds; nothing by default
    later: Callable[[Later], None] = _at_once
    met: Person | None = None  # who was looked up already for what is done now
    limiter: "Limiter | None" = None  # how often somebody may ask for work; ``None`` counts nothing
    asked: Act | None = None  # what the dialog that is opened now lets somebody take part in

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
        if not is_slacks(url, self.client.base_url):
            log.warning("a response_url led elsewhere; it was not used")
            return False
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
        """Who this is from, looked up once for each delivery."""
        user = user_of(delivery.payload)
        return self.met if self.met and self.met.id == user else self.people.look_up(user)

    def supposed(self, delivery: Delivery) -> Person:
        """Whoever it is, as if all were well: for what can be refused without asking Slack.

        What this person may do is asked again, of ``person``, before anything counts.
        """
        return Person(id=user_of(delivery.payload), is_admin=True)

    def open_view(self, delivery: Delivery, view: Block) -> str:
        """Open a dialog; gives its id. Slack allows three seconds, so nothing is looked up before."""
        opened = self.client.views_open(trigger_id=delivery.payload["trigger_id"], view=view)
        view_id = str(opened["view"]["id"])
        if self.asked:
            self.later(partial(self._look_who, self.asked, delivery, view_id))
        return view_id

    def _look_who(self, act: Act, delivery: Delivery, view_id: str) -> None:
        """Close a dialog to whoever may take no part in it; they may look at it for that moment."""
        try:
            self.engine.may_take_part(self.person(delivery), act)
            if act == "read":
                self.engine.note_read(user_of(delivery.payload), delivery.name)
        except (NotForStrangers, NotForGuests) as refused:
            self.redraw_view(view_id, closed_view(str(refused)), at=FOR_GOOD)

    def redraw_view(self, view_id: str, drawn: Block, *, at: str = OPENING) -> bool:
        """Draw an open dialog anew as of ``at``, Slack's moment of the choice; see ``Dialogs``."""
        return self.dialogs.redraw(self.client, view_id, drawn, at=at)

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
