"""Bringing envelopes to the bot: asked once for commands and clicks, again and again for events."""

import asyncio
import secrets
from collections.abc import Collection, Coroutine
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, Protocol

from bot.sandbox.clock import MovableClock
from bot.sandbox.envelopes import BAD_ANSWER, NOT_CONNECTED, TIMEOUT, Ack, Envelope
from bot.sandbox.journal import Journal
from bot.sandbox.people import APP_ID, BOT_USER, TEAM_ID
from bot.sandbox.switches import Switches
from bot.sandbox.traffic import Traffic
from bot.sandbox.traffic_words import KINDS, STATES, envelope_about, envelope_name

# Slack tries an event again at once, after a minute and after five.
RETRY_SECONDS = (0.0, 60.0, 300.0)
_MESSAGE_EVENT = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Link(Protocol):
    """The way to the bot: its socket, or its address."""

    ack_seconds: float

    @property
    def connected(self) -> bool:
        """Whether there is a bot to send to."""
        ...

    async def send(self, envelope: Envelope) -> Ack:
        """Send one envelope and wait for its answer, `ack_seconds` at most."""
        ...


class Delivery:
    """Sends envelopes, says on the page when one was not answered, and repeats events."""

    def __init__(
        self,
        *,
        links: Link,
        journal: Journal,
        clock: MovableClock,
        switches: Switches,
        traffic: Traffic,
        bot_events: Collection[str] | None,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
    ) -> None:
        self._links = links
        self._journal = journal
        self._clock = clock
        self._switches = switches
        self._traffic = traffic
        self._bot_events = None if bot_events is None else frozenset(bot_events)
        self._retry_seconds = retry_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: set[Future[Any]] = set()

    @property
    def connected(self) -> bool:
        """Whether there is a bot to send to."""
        return self._links.connected

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run everything on this loop from now on."""
        self._loop = loop

    def end(self) -> None:
        """Give up what is still under way."""
        for future in list(self._running):
            future.cancel()

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something in the background, in the order of the calls; from any thread."""
        assert self._loop is not None, "The server was not started."  # noqa: S101
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._running.add(future)
        future.add_done_callback(self._running.discard)

    async def ask(self, kind: str, payload: dict[str, Any], *, label: str, user: str) -> Ack:
        """Send what a person did and wait for the answer; `label` names it in the notice to `user`."""
        envelope = Envelope(kind, payload, accepts_payload=True)
        if self._switches.strikes("deliver_twice"):
            self.start(self._send(envelope))
        ack = await self._send(envelope)
        if not ack.answered:
            self._journal.notice(self.why(ack, label), user=user)
        return ack

    def why(self, ack: Ack, label: str) -> str:
        """The sentence for something that was not answered, with Slack's code for it."""
        if ack.reason == NOT_CONNECTED:
            return f"{label} failed: no bot is connected (dispatch_failed)"
        if ack.reason == BAD_ANSWER:
            return f"{label} failed: the bot answered with an error (http_service_error)"
        return f"{label} was not answered within {self._links.ack_seconds:g} s (operation_timeout)"

    def event(self, event: dict[str, Any]) -> None:
        """Send an event to the bot if it subscribed to it; again when it is not acknowledged."""
        name = _MESSAGE_EVENT[event["channel_type"]] if event["type"] == "message" else event["type"]
        if self._bot_events is None or name in self._bot_events:
            self.start(self._deliver(Envelope("events_api", self._wrapped(event))))

    async def _deliver(self, envelope: Envelope) -> None:
        if self._switches.strikes("deliver_twice"):
            self.start(self._send(envelope))
        ack = await self._send(envelope)
        if ack.answered or ack.is_final:
            return
        if ack.reason == TIMEOUT:
            label = f"The event {envelope.payload['event']['type']}"
            self._journal.notice(self.why(ack, label) + "; it is sent again")
        for attempt, seconds in enumerate(self._retry_seconds, start=1):
            await asyncio.sleep(seconds)
            ack = await self._send(replace(envelope, retry=(attempt, ack.reason)))
            if ack.answered or ack.is_final:
                return

    async def _send(self, envelope: Envelope) -> Ack:
        """Send over the link, and note it in the traffic."""
        kind, payload = envelope.kind, envelope.payload
        attempt = envelope.retry[0] if envelope.retry else 0
        about = envelope_about(kind, payload)
        name = envelope_name(kind, payload)
        number = self._traffic.begin(KINDS[kind], name, payload, attempt=attempt, about=about)
        ack = await self._links.send(envelope)
        if ack.answered and self._switches.strikes("late_ack"):
            # The bot did all of it, and Slack had stopped waiting.
            ack = Ack(TIMEOUT)
        self._traffic.end(number, state=STATES.get(ack.reason, "ok"), answer=ack.payload or None)
        return ack

    def _wrapped(self, event: dict[str, Any]) -> dict[str, Any]:
        return {
            "token": "sandbox",
            "team_id": TEAM_ID,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": "Ev0" + secrets.token_hex(5).upper(),
            "event_time": int(self._clock.now().timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM_ID,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": secrets.token_hex(8),
        }
