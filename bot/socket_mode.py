"""Slack's Socket Mode: envelopes in, answers out, over a link that the watchdog keeps alive.

Slack's own client reads nothing for up to three seconds after a ``disconnect``, spins at full load after a
reset, and hands each envelope through three threads, each of which has to wait for busy ones.
"""

import json
import logging
from threading import Thread
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app
from slack_sdk import WebClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.link import Link
from bot.watchdog import Watchdog

log = logging.getLogger(__name__)

# So that one listener that waits for the memory holds up no other; and beside busy threads somebody who has
# just answered is late to read again: the more wait, the sooner the next message is read (measured).
READERS = 10


class SocketMode:
    """Between the socket and Bolt. ``start`` returns when Slack took us in, and raises when it did not."""

    def __init__(self, app: App, app_token: str, client: WebClient) -> None:
        self._app = app
        self._app_token = app_token
        self._client = client
        self._watchdog = Watchdog(self._open)

    @property
    def is_up(self) -> bool:
        return self._watchdog.is_up

    def start(self) -> None:
        self._watchdog.start()

    def stop(self) -> None:
        self._watchdog.stop()

    def _open(self) -> Link:
        url = self._client.apps_connections_open(app_token=self._app_token)["url"]
        link = Link(str(url), tls=self._client.ssl, proxy=self._client.proxy)
        for number in range(READERS):
            Thread(target=self._read, args=(link,), name=f"slack-socket-{number}", daemon=True).start()
        return link

    def _read(self, link: Link) -> None:
        while (text := link.read()) is not None:
            try:
                self._take(text, link)
            except Exception:
                # The last resort: Slack is not answered, says so to the person, and sends events again.
                log.exception("a message over the socket could not be taken")
        self._watchdog.wake()

    def _take(self, text: str, link: Link) -> None:
        message: dict[str, Any] = json.loads(text)
        if message.get("type") == "disconnect":
            log.info("Slack asks us to connect anew (%s)", message.get("reason"))
            self._watchdog.leave(link)
            return
        request = SocketModeRequest.from_dict(message)
        if request is not None:
            self._answer(request, link)

    def _answer(self, request: SocketModeRequest, link: Link) -> None:
        response = run_bolt_app(self._app, request)
        if response.status != 200:
            log.info("nothing listens to this envelope (%s)", response.status)
            return
        told: dict[str, Any] = {"envelope_id": request.envelope_id}
        if response.body:
            is_json = response.headers.get("content-type", [""])[0].startswith("application/json")
            told["payload"] = json.loads(response.body) if is_json else {"text": response.body}
        # An answer counts wherever it comes in: the link that brought the question may be over.
        answer = json.dumps(told)
        present = self._watchdog.link
        if not link.send(answer) and present is not None and present is not link:
            present.send(answer)
