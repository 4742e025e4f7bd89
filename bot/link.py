"""One WebSocket to Slack: opened, read by several threads in turn, written to by any, and closed once.

The protocol is that of ``websockets``; the threads are ours. Whoever reads a message also answers it, so
nothing is handed from thread to thread between Slack's question and our acknowledgement.
"""

import contextlib
import http.client
import logging
import socket
import ssl
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from threading import Lock
from urllib.parse import unquote, urlsplit

from websockets.client import ClientProtocol
from websockets.exceptions import WebSocketException
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

log = logging.getLogger(__name__)

OPEN_S = 5.0  # for the line, the encryption and the greeting, each
SEND_S = 5.0  # how long somebody who writes waits for a line that takes nothing in
MOST_BYTES = 2**24
AT_ONCE = 65_536


class Link:
    """An open line. ``is_open`` turns false once, whoever ended it; nothing here raises after that."""

    def __init__(self, url: str, *, tls: ssl.SSLContext | None = None, proxy: str | None = None) -> None:
        """Connect and shake hands; raises ``OSError`` when the other side does not, or not in time."""
        self._sock = _connected(url, tls, proxy)
        self._protocol = ClientProtocol(parse_uri(url), max_size=MOST_BYTES, logger=log)
        self._writing = Lock()
        self._turn = Lock()
        self._messages: deque[str] = deque()
        self._parts: list[bytes] = []
        self._reads_since: float | None = None
        self._heard_at = self._pinged_at = time.monotonic()
        self.is_open = True
        try:
            self._shake_hands()
        except (OSError, WebSocketException) as refused:
            self.close()
            raise ConnectionError(f"the socket was not accepted ({refused})") from refused

    def read(self) -> str | None:
        """Wait for the next message; ``None`` when the line is over.

        Many may wait, one reads. A message that came before the end is still handed out.
        """
        with self._turn:
            self._reads_since = time.monotonic()
            while not self._messages and self.is_open:
                self._receive()
            self._reads_since = None
            return self._messages.popleft() if self._messages else None

    def send(self, text: str) -> bool:
        """Write a message; False when the line is over."""
        return self._write(lambda: self._protocol.send_text(text.encode()))

    def ping(self, every_s: float) -> None:
        """Ask for a sign of life, unless that was done less than ``every_s`` ago."""
        now = time.monotonic()
        if now - self._pinged_at >= every_s:
            self._pinged_at = now
            self._write(lambda: self._protocol.send_ping(b"marko"))

    @property
    def silent_s(self) -> float:
        """For how long somebody has been reading and nothing came; 0 while nobody reads."""
        since = self._reads_since
        return 0.0 if since is None else time.monotonic() - max(since, self._heard_at)

    def close(self) -> None:
        """Say goodbye if the line takes it at once, and end it; wakes who reads, and who writes."""
        if self.is_open and self._writing.acquire(blocking=False):
            # Whatever it says, it is over.
            with contextlib.suppress(OSError, ValueError, WebSocketException):
                self._protocol.send_close(1000)
                self._flush()
            self._writing.release()
        self._end()

    def _end(self) -> None:
        self.is_open = False
        with contextlib.suppress(OSError):  # the other side may have been first
            # Not the encrypted socket's own way, which takes its parts away from whoever is reading.
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def _shake_hands(self) -> None:
        self._sock.settimeout(OPEN_S)
        request = self._protocol.connect()
        with self._writing:
            self._protocol.send_request(request)
            self._flush()
        deadline = time.monotonic() + OPEN_S
        while not (answered := self._protocol.events_received()):
            data = self._sock.recv(AT_ONCE)
            if not data or time.monotonic() > deadline:
                raise TimeoutError("no answer to the greeting")
            self._protocol.receive_data(data)
        if self._protocol.handshake_exc is not None:
            raise self._protocol.handshake_exc
        # With a timeout the system never blocks inside the encryption: others may write meanwhile.
        self._sock.settimeout(SEND_S)
        for event in answered[1:]:
            self._take(event)

    def _receive(self) -> None:
        try:
            data = self._sock.recv(AT_ONCE)
        except TimeoutError:
            return
        except (OSError, ValueError) as broken:
            log.info("the socket broke: %s", broken)
            self._end()
            return
        with self._writing:
            if data:
                self._protocol.receive_data(data)
            events = self._protocol.events_received()
            ended = not self._answer_back() or not data
        self._heard_at = time.monotonic()
        for event in events:
            self._take(event)
        if ended:
            self._end()

    def _answer_back(self) -> bool:
        """Send what the protocol answers by itself, such as pongs; False when the line is over."""
        try:
            self._flush()
        except (OSError, ValueError):
            return False
        return not self._protocol.close_expected()

    def _take(self, event: object) -> None:
        """Keep a message that is whole."""
        if not isinstance(event, Frame) or event.opcode not in {Opcode.TEXT, Opcode.CONT}:
            return
        self._parts.append(bytes(event.data))
        if event.fin:
            whole, self._parts = b"".join(self._parts), []
            self._messages.append(whole.decode("utf-8", "replace"))

    def _write(self, put: Callable[[], None]) -> bool:
        if not self._writing.acquire(timeout=SEND_S):
            self._end()
            return False
        try:
            put()
            self._flush()
        except (OSError, ValueError, WebSocketException):
            self._end()
        finally:
            self._writing.release()
        return self.is_open

    def _flush(self) -> None:
        """Write what the protocol has for the other side; to be called with the lock."""
        for data in self._protocol.data_to_send():
            if data:
                self._sock.sendall(data)


def _connected(url: str, tls: ssl.SSLContext | None, proxy: str | None) -> socket.socket:
    """Open the line, through a proxy where one is set, encrypted where the address asks for it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "wss" else 80)
    sock = _through(proxy, host, port) if proxy else socket.create_connection((host, port), OPEN_S)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if parts.scheme == "wss":
            return (tls or ssl.create_default_context()).wrap_socket(sock, server_hostname=host)
    except OSError:
        sock.close()
        raise
    return sock


def _through(proxy: str, host: str, port: int) -> socket.socket:
    """Let a proxy for HTTP connect us."""
    way = urlsplit(proxy)
    line = http.client.HTTPConnection(way.hostname or "", way.port or 80, timeout=OPEN_S)
    headers = {}
    if way.username is not None:
        word = f"{unquote(way.username)}:{unquote(way.password or '')}"
        headers["Proxy-Authorization"] = "Basic " + b64encode(word.encode()).decode()
    line.set_tunnel(host, port, headers)
    line.connect()
    sock: socket.socket = line.sock
    return sock
