"""The sandbox as one server on 127.0.0.1, running in a thread of its own."""

import asyncio
import base64
import contextlib
import secrets
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route, WebSocketRoute
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.sandbox import (
    page_door,
    page_requests,
    receiver_door,
    response_door,
    traffic_door,
    web_api,
    web_files,
)
from bot.sandbox.asked import Impossible
from bot.sandbox.assistance import Assistance
from bot.sandbox.clock import MovableClock
from bot.sandbox.delivery import RETRY_SECONDS, Delivery
from bot.sandbox.events import Events
from bot.sandbox.files import Files
from bot.sandbox.http_link import HttpLink
from bot.sandbox.journal import Journal
from bot.sandbox.parts import Parts
from bot.sandbox.passes import Passes
from bot.sandbox.receiver import Receiver
from bot.sandbox.scopes import Scopes
from bot.sandbox.shelf import Shelf
from bot.sandbox.socket_link import SocketLinks
from bot.sandbox.switches import Switches
from bot.sandbox.traffic import Traffic
from bot.sandbox.views import Views
from bot.sandbox.workspace import Workspace

BOT_TOKEN = "xoxb-sandbox"
APP_TOKEN = "xapp-sandbox"
NO_GUIDE: dict[str, Any] = {"title": "", "text": "", "steps": []}


class _Cuttable(H11Protocol):
    """uvicorn's HTTP connection, with ways for us to spoil it in the middle."""

    def __init__(self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: Any = None) -> None:
        ways = {"cut": self._cut, "reset": self._reset, "hold": self._hold}
        super().__init__(config, server_state, {**app_state, **ways}, _loop)

    def _cut(self) -> None:
        self.transport.abort()

    def _reset(self) -> None:
        """Let the system send a reset instead of a goodbye."""
        line = self.transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _hold(self) -> None:
        self.transport.pause_reading()


class SandboxServer:
    """A local Slack. Start it, connect a bot to `api_url` with `bot_token` and `app_token`, stop it.

    `commands` are {"command", "usage_hint", "description"}; `bot_events` the events that the bot subscribed
    to, by their names in the manifest, and `scopes` those that it was granted (None: all); `folder` keeps
    the state between runs. With a `signing_secret` everything goes by signed HTTP to `request_url`, or to
    the one `deliver_to` names. `sample` makes the name and the bytes of a file that the
    guide drops, by its name or "".
    """

    def __init__(
        self,
        *,
        port: int = 0,
        folder: Path | None = None,
        commands: Sequence[dict[str, str]] = (),
        guide: dict[str, Any] | None = None,
        sample: Callable[[str], tuple[str, bytes] | None] | None = None,
        bot_events: Collection[str] | None = None,
        scopes: Collection[str] | None = None,
        clock: MovableClock | None = None,
        clock_listeners: Sequence[Callable[[], object]] = (),
        bot_token: str = BOT_TOKEN,
        app_token: str = APP_TOKEN,
        passes: Passes | None = None,
        ack_seconds: float = 3.0,
        retry_seconds: tuple[float, ...] = RETRY_SECONDS,
        request_url: str | None = None,
        signing_secret: str | None = None,
    ) -> None:
        self._socket = _listening(port)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.api_url = f"{self.url}/api/"
        self.bot_token, self.app_token = bot_token, app_token
        self.clock = clock or MovableClock()
        self._shelf = Shelf(folder)
        journal, self.switches, self.scopes = Journal(), Switches(), Scopes(scopes)
        self.traffic = Traffic(self.clock, (bot_token, app_token))
        self.receiver = Receiver(_new_secret(), self.clock, self._shelf)
        self.workspace = Workspace(clock=self.clock, journal=journal, shelf=self._shelf)
        self.views = Views(journal, self._shelf)
        self._links = SocketLinks(journal, ack_seconds=ack_seconds)
        self._http = HttpLink(signing_secret, request_url, ack_seconds) if signing_secret else None
        delivery = self._delivery(journal, bot_events, retry_seconds)
        self._parts = Parts(
            url=self.url,
            bot_token=bot_token,
            app_token=app_token,
            commands=commands,
            guide=guide or NO_GUIDE,
            sample=sample,
            clock=self.clock,
            journal=journal,
            workspace=self.workspace,
            views=self.views,
            files=Files(self._shelf),
            passes=passes or Passes(),
            switches=self.switches,
            scopes=self.scopes,
            receiver=self.receiver,
            traffic=self.traffic,
            assistance=Assistance(self.workspace, journal, self._shelf),
            links=self._links,
            delivery=delivery,
            events=Events(self.workspace, delivery),
        )
        # First the sandbox itself notes the new time, then everybody who asked to be woken.
        for listener in (self.workspace.clock_moved, *clock_listeners):
            self.clock.listen(listener)
        self._begin()

    @property
    def connected(self) -> bool:
        """Whether a bot has a socket open, or an address of its own."""
        return self._parts.delivery.connected

    def start(self) -> None:
        """Serve in a thread; returns when the server answers."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Close every connection and the state's file; also right for a server that never started."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end_feeds)
            self._server.should_exit = True
            self._thread.join()
        if self._http:
            self._http.close()
        self._socket.close()
        self._shelf.close()

    def deliver_to(self, request_url: str) -> None:
        """Send everything to this address from now on; it has to prove first that it is the bot's.

        Raises ValueError when it does not answer the challenge.
        """
        if self._http is None:
            raise ValueError("This sandbox delivers over the socket: it has no signing secret.")
        self._on_loop(self._http.move_to(request_url))
        self._parts.journal.tell("connection", {"connected": True})

    def disconnect(self, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Send the bot away as Slack does when it refreshes; without `close` the old socket stays open."""
        self._on_loop(self._links.disconnect(reason, close=close))

    def cut(self) -> None:
        """Break the bot's connection without a word."""
        self._on_loop(self._links.cut())

    def reset(self) -> None:
        """Break the bot's connection with a TCP reset."""
        self._on_loop(self._links.reset())

    def close_links(self) -> None:
        """Close the bot's connection in due form, without having sent it away."""
        self._on_loop(self._links.close())

    def silence(self, *, new_too: bool = False) -> None:
        """Let the bot's connection fall silent, and with `new_too` every new one until `speak`."""
        self._on_loop(self._links.silence(new_too=new_too))

    def speak(self) -> None:
        """Answer new connections again."""
        self._on_loop(self._links.speak())

    def __enter__(self) -> "SandboxServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _delivery(
        self, journal: Journal, bot_events: Collection[str] | None, retry_seconds: tuple[float, ...]
    ) -> Delivery:
        return Delivery(
            links=self._http or self._links,
            journal=journal,
            clock=self.clock,
            switches=self.switches,
            traffic=self.traffic,
            bot_events=bot_events,
            retry_seconds=retry_seconds,
        )

    def _begin(self) -> None:
        self._ready = threading.Event()
        self._app = _application(self._parts, self._lifespan)
        config = uvicorn.Config(
            self._app,
            http=_Cuttable,
            # Slack's clients read plain, unfragmented, uncompressed frames.
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="sandbox", daemon=True
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        self._parts.delivery.begin(self._loop)
        app.state.closing = asyncio.Event()
        self._ready.set()
        yield
        self._parts.delivery.end()

    def _end_feeds(self) -> None:
        """Wake the pages that listen, so that they see that it is over; runs on the loop, as they do."""
        self._app.state.closing.set()
        self._parts.journal.wake()
        self.traffic.wake()

    def _on_loop(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()


def _listening(port: int) -> socket.socket:
    """A socket that already takes connections, so that the port is known before the server runs."""
    # Named as TCP, so that asyncio sends an answer's parts at once: otherwise each waits 40 ms.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _application(parts: Parts, lifespan: Any) -> Starlette:
    app = Starlette(
        routes=[
            *page_door.ROUTES,
            *traffic_door.ROUTES,
            *receiver_door.ROUTES,
            Route("/api/{method}", web_api.answer, methods=["GET", "POST"]),
            Route("/response/{response_id}", response_door.respond, methods=["POST"]),
            Route("/files/upload/{file_id}", web_files.receive_upload, methods=["POST"]),
            Route("/files/{file_id}/{name}", web_files.download),
            WebSocketRoute("/link/", parts.links.serve),
        ],
        # A page from elsewhere that makes its own name point here is turned away.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        exception_handlers={Impossible: page_requests.refuse},
        lifespan=lifespan,
    )
    app.state.parts = parts
    return app
