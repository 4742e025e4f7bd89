"""The outside world of the tests: servers on this machine that count who comes, and lists of bad names."""

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, Mapping[str, str], bytes]

# Hosts that lead, or may be read to lead, to where nobody should get: this machine, the network inside.
HOSTILE_HOSTS = (
    "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
    "127.0.0.2", "127.0.0.1.", "localhost.", "127.0.0.01", "0", "0.0.0.0", "0.1.2.3",  # noqa: S104  a name to refuse
    "[::]", "[::1%25lo]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]",
    "[2001:0:7f00:1::]", "[2001:db8::1]", "[fe80::1]", "[fec0::1]", "[fc00::1]", "[fd00:ec2::254]",
    "[ff02::1]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
    "168.63.129.16", "192.0.0.192", "192.88.99.1", "198.18.0.1", "192.0.2.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "127。0。0。1", "127．0．0．1", "①②⑦.⓪.⓪.①", "%31%32%37.0.0.1", "127%2e0%2e0%2e1", "loc%61lhost",
    "user@127.0.0.1", "example.com@127.0.0.1", "example.com:x@127.0.0.1", "example.com\\@127.0.0.1",
    "127.0.0.1\\", "127.0.0.1 ", "127.0.0.1\t", "-x.example.com", "a..example.com", "1.2.3", "1.2.3.4.5",
)  # fmt: skip
INSIDE = (
    "127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "10.1.2.3", "172.31.255.255", "192.168.1.1",  # noqa: S104  refused
    "169.254.169.254",
    "100.64.0.1", "198.19.0.1", "224.0.0.251", "255.255.255.255", "240.1.1.1", "168.63.129.16", "192.88.99.2",
    "::", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:a00:1::",
    "2001:0:1::1", "2001:db8::2", "fe80::1", "fe80::1%lo", "fc00::2", "fd12::1", "ff02::fb", "100::1",
    "3fff::1", "not-an-address",
)  # fmt: skip


class Outside:
    """An HTTP server on this machine. ``replies`` are given in order, the last one for ever."""

    def __init__(self, *replies: Reply | Callable[[Any], None]) -> None:
        self.replies = list(replies)
        self.requests: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                outer.requests.append((dict(self.headers.items()), self.rfile.read(length)))
                reply = outer.replies.pop(0) if len(outer.replies) > 1 else outer.replies[0]
                if callable(reply):
                    reply(self)
                    return
                status, headers, body = reply
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextlib.contextmanager
def outside(*replies: Reply | Callable[[Any], None]) -> Iterator[Outside]:
    server = Outside(*replies)
    try:
        yield server
    finally:
        server.close()


class Doors:
    """A port that listens on this machine, under both versions, and notes who opens a connection."""

    def __init__(self) -> None:
        self.opened = 0
        self._listeners = [socket.create_server(("127.0.0.1", 0))]
        self.port: int = self._listeners[0].getsockname()[1]
        with contextlib.suppress(OSError):  # a machine without version 6
            self._listeners.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for each in self._listeners:
            threading.Thread(target=self._count, args=(each,), daemon=True).start()

    def close(self) -> None:
        for each in self._listeners:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _count(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.opened += 1
            connection.close()


class Attempts:
    """Every attempt of this process to connect anywhere, while ``counting``; Python itself tells them."""

    def __init__(self) -> None:
        self._counting = False
        self._seen: list[Any] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, details: tuple[Any, ...]) -> None:
        if self._counting and event == "socket.connect":
            self._seen.append(details[1])

    @contextlib.contextmanager
    def counting(self) -> Iterator[list[Any]]:
        self._seen, self._counting = [], True
        try:
            yield self._seen
        finally:
            self._counting = False


@contextlib.contextmanager
def proxied(port: int) -> Iterator[None]:
    """An environment that tells every client to go by a proxy."""
    names = [f"{each}_proxy" for each in ("http", "https", "all")]
    names += [name.upper() for name in names]
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, f"http://127.0.0.1:{port}"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
