"""Socket Mode: the links that bots keep open, what is sent over them, and what comes back."""

import asyncio
import contextlib
import json
import secrets
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.envelopes import NOT_CONNECTED, TIMEOUT, Ack, Envelope
from bot.sandbox.journal import Journal
from bot.sandbox.people import APP_ID


class SocketLinks:
    """The open links, the newest of which receives. Everything here runs on the server's event loop."""

    def __init__(self, journal: Journal, *, ack_seconds: float) -> None:
        self._journal = journal
        self.ack_seconds = ack_seconds
        self._tickets: set[str] = set()
        self._open: list[WebSocket] = []
        self._silent: list[WebSocket] = []
        self._speaks = asyncio.Event()
        self._speaks.set()
        self._waiting: dict[str, asyncio.Future[Ack]] = {}

    @property
    def connected(self) -> bool:
        """Whether a bot is listening."""
        return bool(self._open)

    def new_ticket(self) -> str:
        """Leave to open one link."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """Greet a bot and read its answers until it goes."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close(code=1008)
            return
        self._tickets.discard(ticket)
        await self._speaks.wait()
        await socket.accept()
        await self._greet(socket)
        try:
            while True:
                self._take_answer(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._forget(socket)

    async def send(self, envelope: Envelope) -> Ack:
        """Send one envelope over the newest link and wait for its answer, `ack_seconds` at most."""
        if not self._open:
            return Ack(NOT_CONNECTED)
        envelope_id = secrets.token_hex(16)
        told: dict[str, Any] = {
            "envelope_id": envelope_id,
            "type": envelope.kind,
            "accepts_response_payload": envelope.accepts_payload,
            "payload": envelope.payload,
        }
        if envelope.retry is not None:
            told |= {"retry_attempt": envelope.retry[0], "retry_reason": envelope.retry[1]}
        answer: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = answer
        try:
            if self._open[-1] not in self._silent:
                await _send(self._open[-1], told)
            return await asyncio.wait_for(answer, self.ack_seconds)
        except TimeoutError:
            return Ack(TIMEOUT)
        except (WebSocketDisconnect, RuntimeError):
            # The link went away under our hands; Starlette says so in either way.
            return Ack(NOT_CONNECTED)
        finally:
            del self._waiting[envelope_id]

    async def disconnect(self, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Tell every bot to come again, as Slack does; `close` also closes the old links, as it should."""
        notice = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
        for socket in list(self._open):
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await _send(socket, notice)
                if close:
                    self._forget(socket)
                    await socket.close()

    async def cut(self) -> None:
        """Drop every link without a word, as a broken network does."""
        for socket in list(self._open):
            self._forget(socket)
            socket.scope["state"]["cut"]()

    async def reset(self) -> None:
        """Break every link with a TCP reset, as a router does that lost its memory."""
        for socket in list(self._open):
            self._forget(socket)
            socket.scope["state"]["reset"]()

    async def close(self) -> None:
        """Close every link in due form, without having said `disconnect`."""
        for socket in list(self._open):
            self._forget(socket)
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await socket.close()

    async def silence(self, *, new_too: bool = False) -> None:
        """Swallow what comes over the open links and send nothing, as a proxy does that forgot them.

        With `new_too` those who come meanwhile get no answer to their greeting, until `speak`.
        """
        for socket in self._open:
            if socket not in self._silent:
                self._silent.append(socket)
                socket.scope["state"]["hold"]()
        if new_too:
            self._speaks.clear()

    async def speak(self) -> None:
        """Answer whoever comes again; links that fell silent stay so."""
        self._speaks.set()

    async def _greet(self, socket: WebSocket) -> None:
        for silent in self._silent:  # whoever comes again has given those up
            self._forget(silent)
            silent.scope["state"]["cut"]()
        self._silent.clear()
        self._open.append(socket)
        hello = {
            "type": "hello",
            "num_connections": len(self._open),
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP_ID},
        }
        await _send(socket, hello)
        if len(self._open) == 1:
            self._journal.tell("connection", {"connected": True})

    def _forget(self, socket: WebSocket) -> None:
        if socket in self._open:
            self._open.remove(socket)
            if not self._open:
                self._journal.tell("connection", {"connected": False})

    def _take_answer(self, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.get(answer.get("envelope_id", "")) if isinstance(answer, dict) else None
        # An answer that comes late, or twice, finds nobody who waits for it.
        if waiting is not None and not waiting.done():
            payload = answer.get("payload")
            waiting.set_result(Ack(payload=payload if isinstance(payload, dict) else {}))


async def _send(socket: WebSocket, message: dict[str, Any]) -> None:
    """One message, one text frame: the clients do not read continuation frames."""
    await socket.send_text(json.dumps(message, ensure_ascii=False))
